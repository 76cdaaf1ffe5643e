import Glibc

// References of recurrent layers: element by element, step by step.
extension References {
    private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// - Parameters:
    ///   - parts: how many times the width projections have.
    ///   - states: how many grids of first states there are.
    ///   - next: the states that follow, from p, q = W h + b and the states, each by element.
    private static func recurrence(
        parts: Int, states: Int, bias: Bool, isReversed: Bool = false, hasLengths: Bool = false,
        next: @escaping @Sendable ([Double], [Double], [Double]) -> [Double]
    ) -> Reference {
        { grids in
            let (p, w) = (grids[0], grids[1])
            let (steps, batch, width) = (p.shape[0], p.shape[1], w.shape[1])
            let shape = [states, steps + 1, batch, width]
            var all: [[Int]: Double] = [:]
            for row in 0..<batch {
                var now = (0..<states).map { s in (0..<width).map { grids[2 + s][[row, $0]] } }
                func keep(_ place: Int) {
                    for s in 0..<states {
                        for j in 0..<width { all[[s, place, row, j]] = now[s][j] }
                    }
                }
                keep(isReversed ? steps : 0)
                for number in 0..<steps {
                    let t = isReversed ? steps - 1 - number : number
                    let old = now
                    for j in 0..<width where !hasLengths || t <= row {
                        let q = (0..<parts).map { part in
                            let line = part * width + j
                            var sum = bias ? grids[2 + states][[line]] : 0
                            for k in 0..<width { sum += w[[line, k]] * old[0][k] }
                            return sum
                        }
                        let here = (0..<parts).map { p[[t, row, $0 * width + j]] }
                        let made = next(here, q, old.map { $0[j] })
                        for s in 0..<states { now[s][j] = made[s] }
                    }
                    keep(isReversed ? t : t + 1)
                }
            }
            return Grid(shape) { all[$0] ?? .nan }
        }
    }

    /// Those after the last step alone.
    private static func ends(_ all: @escaping Reference, isReversed: Bool) -> Reference {
        { grids in
            let states = all(grids)
            let place = isReversed ? 0 : states.shape[1] - 1
            return Grid([states.shape[0]] + states.shape.dropFirst(2)) {
                states[[$0[0], place, $0[1], $0[2]]]
            }
        }
    }

    private static let lstmStep: @Sendable ([Double], [Double], [Double]) -> [Double] =
        { p, q, state in
            let x = zip(p, q).map { $0 + $1 }
            let cell = sigmoid(x[1]) * state[1] + sigmoid(x[0]) * tanh(x[2])
            return [sigmoid(x[3]) * tanh(cell), cell]
        }

    private static let gruStep: @Sendable ([Double], [Double], [Double]) -> [Double] =
        { p, q, state in
            let (r, z) = (sigmoid(p[0] + q[0]), sigmoid(p[1] + q[1]))
            return [(1 - z) * tanh(p[2] + r * q[2]) + z * state[0]]
        }

    static let recurrence: [String: Reference] = [
        "rnnTanh": recurrence(parts: 1, states: 1, bias: false) { p, q, _ in [tanh(p[0] + q[0])] },
        "rnnRelu": recurrence(parts: 1, states: 1, bias: true) { p, q, _ in [max(0, p[0] + q[0])] },
        "lstm": recurrence(parts: 4, states: 2, bias: false, next: lstmStep),
        "lstm, reversed": recurrence(
            parts: 4, states: 2, bias: true, isReversed: true, next: lstmStep),
        "lstm, of lengths": recurrence(
            parts: 4, states: 2, bias: false, hasLengths: true, next: lstmStep),
        "gru": recurrence(parts: 3, states: 1, bias: true, next: gruStep),
        "lstm, ends": ends(
            recurrence(parts: 4, states: 2, bias: false, next: lstmStep), isReversed: false),
        "gru, ends, reversed": ends(
            recurrence(parts: 3, states: 1, bias: true, isReversed: true, next: gruStep),
            isReversed: true),
        "gru, reversed, of lengths": recurrence(
            parts: 3, states: 1, bias: false, isReversed: true, hasLengths: true, next: gruStep),
        "rnnTanh of inputs": ofInputs(
            2 + 1,
            recurrence(parts: 1, states: 1, bias: false, isReversed: true) { p, q, _ in
                [tanh(p[0] + q[0])]
            }),
        "lstm of inputs": ofInputs(
            2 + 2,
            ends(
                recurrence(parts: 4, states: 2, bias: false, next: lstmStep), isReversed: false)),
        "gru of inputs, of lengths": ofInputs(
            2 + 2,
            recurrence(parts: 3, states: 1, bias: true, hasLengths: true, next: gruStep)),
    ]

    /// Of inputs, whose weights are in `place` among the operands and followed by their bias.
    private static func ofInputs(
        _ place: Int, _ ofProjections: @escaping Reference
    ) -> Reference {
        { grids in
            let (x, v, a) = (grids[0], grids[place], grids[place + 1])
            let projections = Grid([x.shape[0], x.shape[1], v.shape[0]]) { index in
                (0..<x.shape[2]).reduce(a[[index[2]]]) { sum, k in
                    sum + v[[index[2], k]] * x[[index[0], index[1], k]]
                }
            }
            return ofProjections([projections] + grids[1..<place])
        }
    }
}
