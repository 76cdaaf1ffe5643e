import Autograd
import Tensor
import Testing

@Suite("Recurrent layers that project their inputs")
struct ProjectedRecurrenceTests {
    struct Case: CustomTestStringConvertible {
        let kind: RecurrenceKind
        var isReversed = false
        var endsOnly = false
        var hasLengths = false
        var batch = 6
        var testDescription: String {
            "\(kind), reversed \(isReversed), ends \(endsOnly), lengths \(hasLengths), batch \(batch)"
        }
    }

    static let cases = RecurrenceKind.allCases.flatMap {
        [
            Case(kind: $0), Case(kind: $0, isReversed: true, hasLengths: true),
            Case(kind: $0, endsOnly: true), Case(kind: $0, batch: 3),
        ]
    }

    private func operands(_ c: Case) -> [Tensor] {
        let random = Random(seed: 5)
        let (width, wide) = (24, 24 * c.kind.parts)
        var shapes: [Shape] = [[7, c.batch, 9], [wide, 9], [wide], [wide, width]]
        shapes += Array(repeating: [c.batch, width], count: c.kind.states)
        if c.kind == .gru { shapes.append([wide]) }
        return shapes.map { Tensor.normal($0, using: random).leaf() }
    }

    /// States and all gradients.
    private func run(_ c: Case, isJoined: Bool, _ x: [Tensor]) -> [[UInt32]] {
        let state = Array(x[4..<4 + c.kind.states])
        let bias = c.kind == .gru ? x[x.count - 1] : nil
        let lengths = c.hasLengths ? Tensor((0..<c.batch).map { $0 + 1 }, .int64) : nil
        let y: Tensor =
            isJoined
            ? .recurrence(
                c.kind, inputs: x[0], inputWeight: x[1], inputBias: x[2], weight: x[3], bias: bias,
                state: state, lengths: lengths, isReversed: c.isReversed, endsOnly: c.endsOnly)
            : .recurrence(
                c.kind, projections: x[0].linear(x[1], x[2]), weight: x[3], bias: bias,
                state: state, lengths: lengths, isReversed: c.isReversed, endsOnly: c.endsOnly)
        y.square().sum().backward()
        let found = [y] + x.map { $0.grad ?? .zeros(like: $0) }
        for tensor in x { tensor.zeroGrad() }
        return found.map { $0.cast(to: .float32).values(as: Float.self).map(\.bitPattern) }
    }

    @Test("have the bits of projections made before, in gradients too", arguments: cases)
    func bits(_ c: Case) {
        let x = operands(c)
        #expect(run(c, isJoined: true, x) == run(c, isJoined: false, x))
    }

    @Test("round inputs for the product where they did, inside autocast")
    func autocasting() {
        let c = Case(kind: .lstm)
        let x = operands(c)
        let found = autocast(.bfloat16) {
            [true, false].map { run(c, isJoined: $0, x) }
        }
        #expect(found[0] == found[1])
        #expect(found[0] != run(c, isJoined: true, x))
    }

    @Test("keep no projections in memory where a step makes them")
    func kernels() {
        let counts = [6, 3].map { batch in
            let c = Case(kind: .lstm, batch: batch)
            let x = operands(c).map { $0.detach() }
            let counter = KernelCounter()
            counter.count {
                _ = Tensor.recurrence(
                    c.kind, inputs: x[0], inputWeight: x[1], inputBias: x[2], weight: x[3],
                    state: Array(x[4..<6]))
            }
            #expect(counter.multiplyAdds == 7 * batch * 24 * 4 * (24 + 9))
            #expect(counter.rows.values.reduce(0) { $0 + $1.multiplyAdds } == counter.multiplyAdds)
            return counter.rows["matmul"]?.launches ?? 0
        }
        #expect(counts == [0, 1])
    }
}
