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

    /// Functions of each element share a loop, of which some rows are enough for `make test`.
    static let extensive: [OpRow] = OpTable.rows.enumerated().filter { number, row in
        let isPlain = row.large == [[332, 307]] || row.large == [[332, 307], [307]]
        let isTried = EmulatedGate.isComplete || !isPlain || number.isMultiple(of: 16)
        return !row.large.isEmpty && isTried
    }.map(\.element)

    @Test("has the CPU's values but for rounding", arguments: OpTable.rows)
    func values(_ row: OpRow) {
        // These go another way than LAPACK, to results that are as good.
        let isOwnWay = !Set(row.classes).isDisjoint(with: ["Cofactors", "SymmetricEigen"])
        for example in row.examples {
            for dtype in Self.dtypes {
                expectCloseThere(
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
                expectCloseThere(
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
            expectCloseThere(
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
        expectCloseThere(
            Samples.operands(row, row.large, .float32), .float32, roundings: 1024, "\(row)"
        ) { operands in
            let leaves = operands.map { $0.leaf() }
            let result = row.apply(leaves)
            if result.requiresGrad { result.backward(.ones(like: result)) }
            return [result] + leaves.compactMap(\.grad)
        }
    }
}
