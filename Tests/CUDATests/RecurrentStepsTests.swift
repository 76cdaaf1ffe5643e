import CUDAEmulator
import EmulatedDevice
import FakeTensor
import Tensor
import Testing

@Suite("Recurrent layers on an emulated GPU", .serialized)
struct RecurrentStepsTests {
    struct Case: CustomTestStringConvertible {
        let kind: RecurrenceKind
        let width: Int
        let isReversed, hasLengths, endsOnly, isOneLaunch: Bool
        var testDescription: String { "\(kind), width \(width)" }
    }

    /// The widest that a block has room for, and the next.
    private static let cases = [
        Case(
            kind: .lstm, width: 256, isReversed: true, hasLengths: false, endsOnly: false,
            isOneLaunch: true),
        Case(
            kind: .lstm, width: 257, isReversed: false, hasLengths: true, endsOnly: false,
            isOneLaunch: false),
        Case(
            kind: .lstm, width: 260, isReversed: true, hasLengths: false, endsOnly: true,
            isOneLaunch: false),
        Case(
            kind: .gru, width: 342, isReversed: true, hasLengths: true, endsOnly: false,
            isOneLaunch: false),
        Case(
            kind: .tanh, width: 513, isReversed: false, hasLengths: false, endsOnly: false,
            isOneLaunch: false),
    ]

    private let steps = 3
    private let batch = 5

    /// All states, and the gradients by projections, weights, bias and first states.
    private func results(_ c: Case, on device: Device) -> [[Double]] {
        let random = Random(seed: 3)
        let wide = c.kind.parts * c.width
        let shapes: [Shape] =
            [[steps, batch, wide], [wide, c.width], [wide]]
            + Array(repeating: [batch, c.width], count: c.kind.states)
        let given = shapes.enumerated().map { index, shape in
            let x = Tensor(random.normal(shape, .float32)) * (index == 1 ? 0.05 : 1.0)
            return Tensor(x.data.on(device), requiresGrad: true)
        }
        let lengths = Tensor(NDArray((0..<batch).map { $0 % (steps + 1) }, [batch]).on(device))
        let states = Tensor.recurrence(
            c.kind, projections: given[0], weight: given[1], bias: given[2],
            state: Array(given[3...]), lengths: c.hasLengths ? lengths : nil,
            isReversed: c.isReversed, endsOnly: c.endsOnly)
        let factors = Random(seed: 4).normal(states.shape, .float32).on(device)
        (states * Tensor(factors)).sum().backward()
        return ([states] + given.compactMap(\.grad)).map { $0.data.values(as: Double.self) }
    }

    @Test("give the CPU's numbers in one launch and step by step", arguments: cases)
    func widths(_ c: Case) {
        let here = results(c, on: .cpu)
        let there = results(c, on: EmulatedDevice.shared.device)
        #expect(here.count == 4 + c.kind.states && there.count == here.count)
        for (number, (here, there)) in zip(here, there).enumerated() {
            let scale = here.reduce(1e-3) { max($0, abs($1)) }
            let error = zip(here, there).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
            #expect(here.count == there.count && error < 1e-5, "result \(number): \(error)")
        }
    }

    @Test("are one launch where a block has room for a row", arguments: cases)
    func launches(_ c: Case) {
        let rule = RecurrenceRule(
            c.kind, isReversed: c.isReversed, steps: steps, batch: batch, width: c.width,
            hasBias: false, hasLengths: false)
        let backend = EmulatedDevice.shared
        func zeros(_ shape: Shape) -> NDArray { .full(shape, Float(0), on: backend.device) }
        let weight = zeros([c.kind.parts * c.width, c.width])
        let first = Array(repeating: zeros([batch, c.width]), count: c.kind.states)
        let x = zeros(rule.projectionShape)
        backend.synchronize()
        ft_emulator_reset_counters()
        _ = x.recurrence(rule, weight, first)
        backend.synchronize()
        // One more turns W.
        #expect(ft_emulator_count().launches == UInt64(c.isOneLaunch ? 2 : steps + 2))
        #expect(ft_emulator_count().products == UInt64(c.isOneLaunch ? 0 : steps))
    }
}
