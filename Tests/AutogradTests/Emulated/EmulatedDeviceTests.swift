import Autograd
import EmulatedDevice
import OpTable
import Tensor
import Testing

/// The gate on the CUDA backend, whose kernels run on the processor.
@Suite("Every operation on an emulated GPU", .serialized)
struct EmulatedDeviceTests {
    static let smooth = GradientGateTests.smooth
    static let dtypes: [DType] = [.float64, .float32, .float16, .bfloat16]

    /// Functions of each element share a loop, of which some rows are enough.
    static let extensive: [OpRow] = OpTable.rows.enumerated().filter { number, row in
        let isPlain = row.large == [[332, 307]] || row.large == [[332, 307], [307]]
        return !row.large.isEmpty && (!isPlain || number.isMultiple(of: 16))
    }.map(\.element)

    private static let device = EmulatedDevice.make(named: "gate").device

    @Test("has the CPU's values but for rounding", arguments: OpTable.rows)
    func values(_ row: OpRow) {
        // These go another way than LAPACK, to results that are as good.
        let isOwnWay = !Set(row.classes).isDisjoint(with: ["Cofactors", "SymmetricEigen"])
        for example in row.examples {
            for dtype in Self.dtypes {
                expectClose(
                    example.operands(dtype), dtype, roundings: isOwnWay ? 16 : 8,
                    "\(example) \(dtype)"
                ) {
                    [noGrad { [x = $0] in row.apply(x) }]
                }
            }
        }
    }

    @Test(
        "has the CPU's values however its operands lie in memory", arguments: OpTable.rows)
    func layouts(_ row: OpRow) {
        for example in row.examples {
            for layout in Layout.allCases {
                expectClose(
                    example.operands(), .float64, roundings: 64, "\(example) \(layout)"
                ) { operands in
                    [row.apply(operands.map { Tensor(layout.arrange($0.data)) })]
                }
            }
        }
    }

    @Test("has the CPU's gradients but for rounding", arguments: smooth)
    func gradients(_ row: OpRow) {
        for example in row.examples {
            let probe = GradientProbe(row, example.operands())
            expectClose(
                probe.operands + [probe.upstream], .float64, roundings: 256, "\(example)"
            ) { operands in
                let leaves = operands.dropLast().map { $0.leaf() }
                let result = row.apply(Array(leaves))
                result.backward(operands[operands.count - 1])
                return [result] + leaves.compactMap(\.grad)
            }
        }
    }

    @Test("has the CPU's values where there is work for many blocks", arguments: extensive)
    func large(_ row: OpRow) {
        expectClose(
            Samples.operands(row, row.large, .float32), .float32, roundings: 1024, "\(row)"
        ) { operands in
            let leaves = operands.map { $0.leaf() }
            let result = row.apply(leaves)
            if result.requiresGrad { result.backward(.ones(like: result)) }
            return [result] + leaves.compactMap(\.grad)
        }
    }

    /// Expects `body` to give the same there as on the CPU, up to so many roundings of the largest
    /// element.
    private func expectClose(
        _ operands: [Tensor], _ dtype: DType, roundings: Double, _ comment: Comment,
        sourceLocation: SourceLocation = #_sourceLocation, _ body: ([Tensor]) -> [Tensor]
    ) {
        let results = body(operands.map { Tensor($0.data.on(Self.device)) })
        #expect(
            results.allSatisfy { $0.device == Self.device }, comment,
            sourceLocation: sourceLocation)
        let found = results.map(\.doubles)
        let expected = body(operands)
        #expect(
            results.map(\.shape) == expected.map(\.shape), comment,
            sourceLocation: sourceLocation)
        for (found, expected) in zip(found, expected) {
            let wanted = expected.doubles
            let scale = wanted.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
            let allowed = expected.dtype.isFloat ? roundings * unitRoundoff(dtype) * scale : 0
            #expect(
                farthest(found, wanted) <= allowed, comment, sourceLocation: sourceLocation)
        }
    }

    /// The largest difference; infinite where only one is no number.
    private func farthest(_ found: [Double], _ wanted: [Double]) -> Double {
        guard found.count == wanted.count else { return .infinity }
        return zip(found, wanted).reduce(0) { worst, pair in
            if pair.0 == pair.1 || pair.0.isNaN && pair.1.isNaN { return worst }
            let distance = abs(pair.0 - pair.1)
            return distance.isNaN ? .infinity : max(worst, distance)
        }
    }
}
