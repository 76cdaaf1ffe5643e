import Autograd
import OpTable
import StrictDevice
import Tensor
import Testing

@Suite("Every operation on a device that the host can't look into")
struct StrictDeviceTests {
    static let smooth = GradientGateTests.smooth
    static let batchable = BatchingGateTests.batchable
    static let dtypes: [DType] = [.float64, .float32, .float16, .bfloat16]

    @Test("has the CPU's values to the bit", arguments: OpTable.rows)
    func values(_ row: OpRow) {
        for example in row.examples {
            for dtype in StrictDeviceTests.dtypes {
                expectSameBits(example.operands(dtype), "\(example) \(dtype)") { x in
                    [noGrad { row.apply(x) }]
                }
            }
        }
    }

    @Test(
        "has the CPU's values however its operands lie in memory", arguments: OpTable.rows)
    func layouts(_ row: OpRow) {
        for example in row.examples {
            for layout in Layout.allCases {
                let device = StrictBackend.shared.device
                let expected = example.operands().map { Tensor(layout.arrange($0.data)) }
                let moved = example.operands().map { Tensor(layout.arrange($0.data.on(device))) }
                #expect(
                    bits([row.apply(moved)]) == bits([row.apply(expected)]),
                    "\(example) \(layout)")
            }
        }
    }

    @Test("has the CPU's gradients and second gradients", arguments: smooth)
    func gradients(_ row: OpRow) {
        for example in row.examples {
            let probe = GradientProbe(row, example.operands())
            expectSameBits(probe.operands + [probe.upstream], "\(example)") { operands in
                StrictDeviceTests.derivatives(
                    row, Array(operands.dropLast()), operands.last)
            }
        }
    }

    @Test("has the CPU's tangents, of values and of gradients", arguments: smooth)
    func tangents(_ row: OpRow) {
        for example in row.examples {
            let probe = ForwardProbe(example)
            let count = probe.operands.count
            let all = probe.operands + probe.directions + [probe.upstream]
            expectSameBits(all, "\(example)") { given in
                let (operands, directions) = (
                    Array(given[..<count]), Array(given[count..<2 * count])
                )
                let upstream = given[2 * count]
                let pushed = jvp(row.apply, at: operands, along: directions)
                let ofGradients = jvp(
                    grad { (x: [Tensor]) in (row.apply(x) * upstream).sum() }, at: operands,
                    along: directions
                ).tangent
                return [pushed.value, pushed.tangent] + ofGradients
            }
        }
    }

    @Test("has the CPU's batches, and their gradients", arguments: batchable)
    func batches(_ row: OpRow) {
        for example in row.examples {
            for pattern in BatchProbe.patterns(row.arity) {
                let probe = BatchProbe(example, pattern, size: 2)
                let count = probe.batched.count
                expectSameBits(probe.batched + probe.shared, "\(example), \(pattern)") { given in
                    let (batched, shared) = (Array(given[..<count]), Array(given[count...]))
                    let run = { (x: [Tensor]) in
                        probe.row.apply(probe.merged(x, shared: shared))
                    }
                    var results = [vmap(run)(batched)]
                    if row.isDifferentiable {
                        results += vmap { grad { run($0).sum() }($0) }(batched)
                    }
                    return results
                }
            }
        }
    }

    @Test("has the CPU's Jacobians", arguments: smooth)
    func jacobians(_ row: OpRow) {
        for example in row.examples {
            let operands = example.operands()
            for position in operands.indices where operands[position].dtype.isFloat {
                expectSameBits(operands, "\(example)") { operands in
                    let f = { (x: Tensor) in
                        row.apply(operands.replacing(position, with: x))
                    }
                    return [DifferentiationMode.forward, .reverse].map {
                        jacobian(f, mode: $0)(operands[position])
                    }
                }
            }
        }
    }

    @Test("has the CPU's values where the work is cut for threads", arguments: OpTable.rows)
    func large(_ row: OpRow) {
        if row.large.isEmpty { return }
        expectSameBits(Samples.operands(row, row.large, .float32)) { operands in
            let leaves = operands.map { $0.leaf() }
            let result = row.apply(leaves)
            if result.requiresGrad { result.backward(.ones(like: result)) }
            return [result] + leaves.compactMap(\.grad)
        }
    }

    /// The result, its gradients, and the gradients of their sum.
    static func derivatives(
        _ row: OpRow, _ operands: [Tensor], _ upstream: Tensor?
    ) -> [Tensor] {
        let leaves = operands.map { $0.leaf() }
        let seed = (upstream ?? Tensor(1)).leaf()
        let result = row.apply(leaves)
        result.backward(seed, createGraph: true)
        let first = leaves.compactMap(\.grad)
        let total = first.filter(\.requiresGrad).map { ($0 * $0).sum() }
        for leaf in leaves { leaf.zeroGrad() }
        if let sum = total.first.map({ total.dropFirst().reduce($0, +) }) { sum.backward() }
        return [result] + first + (leaves + [seed]).compactMap(\.grad)
    }
}

/// Expects `body` to give the same bits on the CPU and on the strict device, and there.
func expectSameBits(
    _ operands: [Tensor], _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation, _ body: ([Tensor]) -> [Tensor]
) {
    let device = StrictBackend.shared.device
    let expected = body(operands)
    let results = body(operands.map { Tensor($0.data.on(device)) })
    #expect(results.map(\.shape) == expected.map(\.shape), comment, sourceLocation: sourceLocation)
    #expect(results.allSatisfy { $0.device == device }, comment, sourceLocation: sourceLocation)
    #expect(bits(results) == bits(expected), comment, sourceLocation: sourceLocation)
}

/// The bytes of tensors in row-major order.
func bits(_ tensors: [Tensor]) -> [[UInt8]] {
    tensors.map { tensor in tensor.data.withUnsafeBytes { Array($0) } }
}
