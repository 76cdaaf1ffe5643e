import Autograd
import OpTable
import Tensor
import Testing

@Suite("Every operation is a pure function")
struct PurityGateTests {
    @Test("leaves its operands alone, recorded or not", arguments: OpTable.rows)
    func operands(_ row: OpRow) {
        for example in row.examples {
            let operands = example.operands()
            let before = operands.map(\.doubles)
            noGrad { _ = row.apply(operands) }
            let leaves = operands.map { $0.leaf() }
            let result = row.apply(leaves)
            if result.requiresGrad { result.backward(createGraph: true) }
            #expect(operands.map(\.doubles) == before, "\(example)")
            for leaf in leaves { leaf.zeroGrad() }
        }
    }

    @Test("gives the same bits again", arguments: OpTable.rows)
    func again(_ row: OpRow) {
        for example in row.examples {
            let operands = example.operands()
            let first = row.apply(operands).doubles
            let unrecorded = noGrad { row.apply(operands) }.doubles
            #expect(first == unrecorded, "\(example)")
            let result = row.apply(operands.map { $0.leaf() })
            #expect(result.doubles == first, "\(example)")
            guard let op = result.ctx else { continue }
            for _ in 0..<2 { #expect(rerun(op, result.parents)?.doubles == first, "\(example)") }
        }
    }

    /// Runs a recorded operation's instance once more.
    private func rerun(_ op: Op, _ inputs: [Tensor]) -> Tensor? {
        switch op {
        case let op as UnaryOp: op(inputs[0])
        case let op as BinaryOp: op(inputs[0], inputs[inputs.count - 1])
        case let op as NaryOp: op(inputs)
        default: nil
        }
    }

    @Test(
        "gives the same bits at one thread and at two",
        arguments: OpTable.rows.filter { !$0.large.isEmpty })
    func threads(_ row: OpRow) {
        let dtypes: [DType] = row.isDifferentiable ? [.float32, .float64] : [.float32]
        for dtype in dtypes {
            let operands = Samples.operands(row, row.large, dtype)
            let alone = Threads.with(1) { everything(row, operands) }
            let together = Threads.with(2) { everything(row, operands) }
            #expect(alone == together)
        }
    }

    /// The bits of the result and of all gradients.
    private func everything(_ row: OpRow, _ operands: [Tensor]) -> [[UInt8]] {
        let leaves = operands.map { $0.leaf() }
        let result = row.apply(leaves)
        if result.requiresGrad { result.backward(Samples.weights(result.shape)) }
        return ([result] + leaves.compactMap(\.grad)).map { tensor in
            tensor.data.withUnsafeBytes { Array($0) }
        }
    }
}

/// Runs code with a number of threads. Other tests may run meanwhile: results don't depend on it.
enum Threads {
    static func with<R>(_ count: Int, _ body: () -> R) -> R {
        let before = CPUBackend.shared.threads
        CPUBackend.shared.threads = count
        defer { CPUBackend.shared.threads = before }
        return body()
    }
}
