import Testing

@testable import Tensor

/// Attention whose operands are widened from halves and whose result is rounded to them, where a
/// half is a state that the step reads and writes.
@Suite("Attention of a captured step that writes a state")
struct AttentionStateTests {
    private let sample = StepSample()
    private let attention: Kernel

    init() {
        var rule = AttentionRule(scale: 0.5)
        rule.factors = .bfloat16
        attention = .attention(rule, ArrayList([]))
    }

    private func half(_ seed: UInt64) -> NDArray {
        sample.array(Random(seed: seed).normal([1, 5, 2, 4]).cast(to: .bfloat16))
    }

    private func widened(_ half: NDArray) -> NDArray {
        let wide = sample.array(.full([1, 5, 2, 4], 9, .float32), .step)
        sample.add(.copy, half, into: wide)
        return wide
    }

    private func attending(_ x: NDArray) -> NDArray {
        let y = sample.array(.full([1, 5, 2, 4], 9, .float32), .step)
        sample.add(attention, x, x, x, into: y)
        return y
    }

    /// How many kernels are left, whose results have the bits of the calls as they are.
    private func left() -> Int {
        let program = sample.improved
        #expect(sample.run(program) == sample.expected)
        return program.calls.count
    }

    @Test("takes and gives halves where nothing stands between")
    func halves() {
        let (x, y) = (half(1), half(2))
        sample.add(.copy, attending(widened(x)), into: y)
        #expect(left() == 1)
    }

    @Test("doesn't write what it reads")
    func inPlace() {
        let state = half(1)
        sample.add(.copy, attending(widened(state)), into: state)
        #expect(left() == 3)
    }

    @Test("isn't written before another reads it")
    func order() {
        let (x, state, z) = (half(1), half(2), half(3))
        let (first, second) = (widened(x), widened(state))
        let y = attending(first)
        sample.add(.copy, attending(second), into: z)
        sample.add(.copy, y, into: state)
        _ = left()
    }

    @Test("isn't written before another that reads it by now")
    func later() {
        let (x, state, z) = (half(1), half(2), half(3))
        let (first, second) = (widened(x), widened(state))
        let y = attending(first)
        let other = attending(second)
        sample.add(.copy, y, into: state)
        sample.add(.copy, other, into: z)
        _ = left()
    }
}
