import Autograd
import Tensor

extension OpTable {
    /// Recurrent layers, by shapes of projections, weights, first states and what else they take.
    static let recurrence: [OpRow] = [
        row("rnnTanh", .tanh, bias: false), row("rnnRelu", .relu, bias: true),
        row("lstm", .lstm, bias: false), row("lstm, reversed", .lstm, bias: true, isReversed: true),
        row("lstm, of lengths", .lstm, bias: false, hasLengths: true),
        row("gru", .gru, bias: true), row("lstm, ends", .lstm, bias: false, endsOnly: true),
        row("gru, ends, reversed", .gru, bias: true, isReversed: true, endsOnly: true),
        row("gru, reversed, of lengths", .gru, bias: false, isReversed: true, hasLengths: true),
        ofInputs("rnnTanh of inputs", .tanh, isReversed: true),
        ofInputs("lstm of inputs", .lstm, endsOnly: true),
        ofInputs("gru of inputs, of lengths", .gru, bias: true, hasLengths: true),
    ]

    /// The same of inputs, by shapes of inputs, weights, first states, a bias of W h, the inputs'
    /// weights and their bias.
    private static func ofInputs(
        _ name: String, _ kind: RecurrenceKind, bias: Bool = false, isReversed: Bool = false,
        hasLengths: Bool = false, endsOnly: Bool = false
    ) -> OpRow {
        func shapes(_ steps: Int, _ batch: Int, _ width: Int, _ inputs: Int) -> [Shape] {
            let wide = kind.parts * width
            return [[steps, batch, inputs], [wide, width]]
                + Array(repeating: [batch, width], count: kind.states) + (bias ? [[wide]] : [])
                + [[wide, inputs], [wide]]
        }
        let place = 2 + kind.states + (bias ? 1 : 0)
        return several(
            name, "RecurrentPass", "RecurrentStates",
            inputs: operands(place + 2),
            shapes: [shapes(2, 5, 5, 1), shapes(1, 1, 1, 2), shapes(2, 0, 2, 2)],
            large: shapes(6, 50, 40, 30), roundings: 60
        ) { operands in
            let batch = operands[0].shape[1]
            let lengths = Tensor(NDArray.range(1, 1 + batch, on: operands[0].data.backend))
            return .recurrence(
                kind, inputs: operands[0], inputWeight: operands[place],
                inputBias: operands[place + 1], weight: operands[1],
                bias: bias ? operands[place - 1] : nil,
                state: Array(operands[2..<2 + kind.states]),
                lengths: hasLengths ? lengths : nil, isReversed: isReversed, endsOnly: endsOnly)
        }
    }

    /// Weights of W, the second, that don't multiply a rounding by more at every step.
    private static func operands(_ count: Int) -> [OpInput] {
        (0..<count).map { .real($0 == 1 ? -0.5...0.5 : -1.5...1.5) }
    }

    private static func row(
        _ name: String, _ kind: RecurrenceKind, bias: Bool, isReversed: Bool = false,
        hasLengths: Bool = false, endsOnly: Bool = false
    ) -> OpRow {
        func shapes(_ steps: Int, _ batch: Int, _ width: Int) -> [Shape] {
            let wide = kind.parts * width
            return [[steps, batch, wide], [wide, width]]
                + Array(repeating: [batch, width], count: kind.states) + (bias ? [[wide]] : [])
        }
        let count = 2 + kind.states + (bias ? 1 : 0)
        return several(
            name, "RecurrentPass", "RecurrentStates",
            inputs: operands(count),
            shapes: [shapes(3, 2, 2), shapes(1, 1, 1), shapes(2, 0, 2)], large: shapes(6, 50, 40),
            roundings: 60
        ) { operands in
            let batch = operands[0].shape[1]
            let backend = operands[0].data.backend
            let lengths = Tensor(NDArray.range(1, 1 + batch, on: backend))
            return .recurrence(
                kind, projections: operands[0], weight: operands[1],
                bias: bias ? operands[count - 1] : nil,
                state: Array(operands[2..<2 + kind.states]),
                lengths: hasLengths ? lengths : nil, isReversed: isReversed, endsOnly: endsOnly)
        }
    }
}
