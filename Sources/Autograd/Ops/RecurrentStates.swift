import Tensor

/// All that a recurrent layer makes of its operands, flat: its states, and what its gradients take.
final class RecurrentPass: NaryOp {
    private let rule: RecurrenceRule
    init(_ rule: RecurrenceRule) { self.rule = rule }

    override var isDifferentiable: Bool { false }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        inputs[0].recurrence(rule, inputs[1], Array(inputs.dropFirst(2)))
    }
}

/// States by the rule of `RecurrenceStep`, [states, steps + 1, batch, width], or those after the last
/// step alone, [states, batch, width]; its gradients go back through time (Werbos,
/// "Backpropagation through time", 1990): by W they are Σ over steps dqᵀ h.
///
/// Operands are projections [steps, batch, parts · width], or inputs [steps, batch, inputs], W
/// [parts · width, width], the first state [batch, width], of an LSTM the first cell, a bias, of
/// inputs V [parts · width, inputs] and their bias, and lengths, if the rule has them, and last what
/// `RecurrentPass` made of all these, which the result is a part of. Recorded gradients are those of
/// the composition of other operations, and so are tangents; batches of whole layers never come
/// here.
final class RecurrentStates: NaryOp {
    private let rule: RecurrenceRule
    init(_ rule: RecurrenceRule) { self.rule = rule }

    override var autocast: AutocastRule { .halfAround }
    override var saves: Saved { .inputs }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        let count = rule.stateShape.elementCount
        let states = inputs[inputs.count - 1].slice(axis: 0, start: 0, count: count)
            .reshape(rule.stateShape)
        return rule.givesEnds ? states.select(axis: 1, index: rule.end) : states
    }

    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let given = Array(inputs.dropLast())
        if GradMode.isEnabled || dy.trace != nil || given.contains(where: { $0.trace != nil }) {
            return unrolledGradients(dy, given) + [nil]
        }
        let made = inputs[inputs.count - 1].data
        let lengths = rule.hasLengths ? given[given.count - 1].data : nil
        let flat = made.recurrenceBackward(rule, given[1].data, dy.data, lengths: lengths)
        var start = 0
        func take(_ shape: Shape) -> Tensor {
            defer { start += shape.elementCount }
            return Tensor(
                flat.slice(axis: 0, start: start, count: shape.elementCount).reshape(shape))
        }
        let byProjections = take(rule.projectionShape)
        let inner = rule.kind == .gru ? take(rule.projectionShape) : byProjections
        let rows = inner.reshape([rule.steps * rule.batch, rule.kind.parts * rule.width])
        let states = (0..<rule.kind.states).map { _ in take([rule.batch, rule.width]) }
        var gradients: [Tensor?] = [
            byProjections, given[1].needsGradient ? byWeight(rows, Tensor(made)) : nil,
        ]
        gradients += states.map { $0 }
        if rule.hasBias {
            let isNeeded = given[gradients.count].needsGradient
            gradients.append(isNeeded ? rows.sum(axis: 0) : nil)
        }
        if rule.projection != nil { project(byProjections, given, &gradients) }
        return gradients + (rule.hasLengths ? [nil] : []) + [nil]
    }

    /// Of gradients dp by projections those by what makes them: dx = dp · V, dV = dpᵀ · x, da = Σ dp.
    private func project(_ dp: Tensor, _ given: [Tensor], _ gradients: inout [Tensor?]) {
        let index = gradients.count
        let (x, weight) = (given[0], given[index])
        let rows = dp.reshape([rule.steps * rule.batch, rule.kind.parts * rule.width])
        gradients[0] = x.needsGradient ? dp.matmul(weight) : nil
        let flat = x.reshape([rule.steps * rule.batch, x.shape[2]])
        gradients.append(weight.needsGradient ? rows.transpose().matmul(flat) : nil)
        guard let projection = rule.projection, projection.hasBias else { return }
        gradients.append(given[index + 1].needsGradient ? rows.sum(axis: 0) : nil)
    }

    /// Σ over steps and rows of the gradient by W h, times the h that the step began with.
    private func byWeight(_ rows: Tensor, _ made: Tensor) -> Tensor {
        let (batch, width) = (rule.batch, rule.width)
        let first = rule.isReversed ? batch * width : 0
        let states = made.narrow(axis: 0, start: first, count: rule.steps * batch * width)
        return rows.transpose().matmul(states.reshape([rule.steps * batch, width]))
    }

    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        let given = Array(inputs.dropLast())
        let reals = given.dropLast(rule.hasLengths ? 1 : 0)
        let directions = zip(reals, tangents).map { $1 ?? .zeros(like: $0) }
        let rest = given.dropFirst(reals.count)
        return jvp(
            { (x: [Tensor]) in rule.unrolled(x + rest) }, at: Array(reals), along: directions
        )
        .tangent
    }

    private func unrolledGradients(_ dy: Tensor, _ inputs: [Tensor]) -> [Tensor?] {
        let segment = Recording.newSegment()
        let variables = inputs.map { input in
            guard input.requiresGrad else { return input }
            let variable = input.variable
            variable.segment = segment
            return variable
        }
        let scope = { (recording: inout Recording) in
            recording.isEnabled = true
            recording.segment = segment
        }
        let output = Recording.with(scope) { rule.unrolled(variables) }
        let needed = inputs.indices.filter { inputs[$0].needsGradient }
        let found = gradients(
            of: [(output, dy)], by: needed.map { variables[$0] }, records: GradMode.isEnabled,
            within: segment)
        var result = [Tensor?](repeating: nil, count: inputs.count)
        for (index, gradient) in zip(needed, found) {
            result[index] = gradient ?? .zeros(like: inputs[index])
        }
        return result
    }
}
