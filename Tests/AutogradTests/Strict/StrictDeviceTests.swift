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

    @Test("has the CPU's values to the bit", arguments: Samples.examples, dtypes)
    func values(_ example: Example, _ dtype: DType) {
        expectSameBits(example.operands(dtype)) { x in [noGrad { example.row.apply(x) }] }
    }

    @Test(
        "has the CPU's values however its operands lie in memory", arguments: Samples.examples,
        Layout.allCases)
    func layouts(_ example: Example, _ layout: Layout) {
        let device = StrictBackend.shared.device
        let expected = example.operands().map { Tensor(layout.arrange($0.data)) }
        let moved = example.operands().map { Tensor(layout.arrange($0.data.on(device))) }
        #expect(bits([example.row.apply(moved)]) == bits([example.row.apply(expected)]))
    }

    @Test("has the CPU's gradients and second gradients", arguments: smooth)
    func gradients(_ example: Example) {
        let probe = GradientProbe(example.row, example.operands())
        expectSameBits(probe.operands + [probe.upstream]) { operands in
            StrictDeviceTests.derivatives(example.row, Array(operands.dropLast()), operands.last)
        }
    }

    @Test("has the CPU's tangents, of values and of gradients", arguments: smooth)
    func tangents(_ example: Example) {
        let probe = ForwardProbe(example)
        let count = probe.operands.count
        expectSameBits(probe.operands + probe.directions + [probe.upstream]) { given in
            let (operands, directions) = (Array(given[..<count]), Array(given[count..<2 * count]))
            let upstream = given[2 * count]
            let pushed = jvp(example.row.apply, at: operands, along: directions)
            let ofGradients = jvp(
                grad { (x: [Tensor]) in (example.row.apply(x) * upstream).sum() }, at: operands,
                along: directions
            ).tangent
            return [pushed.value, pushed.tangent] + ofGradients
        }
    }

    @Test("has the CPU's batches, and their gradients", arguments: batchable)
    func batches(_ example: Example) {
        for pattern in BatchProbe.patterns(example.row.arity) {
            let probe = BatchProbe(example, pattern, size: 2)
            let count = probe.batched.count
            expectSameBits(probe.batched + probe.shared) { given in
                let (batched, shared) = (Array(given[..<count]), Array(given[count...]))
                let run = { (x: [Tensor]) in
                    probe.row.apply(probe.merged(x, shared: shared))
                }
                var results = [vmap(run)(batched)]
                if example.row.isDifferentiable {
                    results += vmap { grad { run($0).sum() }($0) }(batched)
                }
                return results
            }
        }
    }

    @Test("has the CPU's Jacobians", arguments: smooth)
    func jacobians(_ example: Example) {
        let operands = example.operands()
        for position in operands.indices where operands[position].dtype.isFloat {
            expectSameBits(operands) { operands in
                let f = { (x: Tensor) in
                    example.row.apply(operands.replacing(position, with: x))
                }
                return [DifferentiationMode.forward, .reverse].map {
                    jacobian(f, mode: $0)(operands[position])
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
    private static func derivatives(
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
    _ operands: [Tensor], sourceLocation: SourceLocation = #_sourceLocation,
    _ body: ([Tensor]) -> [Tensor]
) {
    let device = StrictBackend.shared.device
    let expected = body(operands)
    let results = body(operands.map { Tensor($0.data.on(device)) })
    #expect(results.map(\.shape) == expected.map(\.shape), sourceLocation: sourceLocation)
    #expect(results.allSatisfy { $0.device == device }, sourceLocation: sourceLocation)
    #expect(bits(results) == bits(expected), sourceLocation: sourceLocation)
}

/// The bytes of tensors in row-major order.
func bits(_ tensors: [Tensor]) -> [[UInt8]] {
    tensors.map { tensor in tensor.data.withUnsafeBytes { Array($0) } }
}
