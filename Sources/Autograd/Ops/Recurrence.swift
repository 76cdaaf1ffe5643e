package import Tensor

// Recurrent layers over a whole sequence: Elman, "Finding structure in time", 1990; LSTM of
// Hochreiter and Schmidhuber, 1997, with the forget gate of Gers et al., 2000; GRU of Cho et al.,
// 2014, its reset gate after the product as in Chung et al., 2014. The kernel takes all steps in
// one call.

/// Σ of states by the rule of `RecurrenceStep`, [states, steps + 1, batch, width]; its gradients go
/// back through time (Werbos, "Backpropagation through time", 1990): by W they are
/// Σ over steps dqᵀ h.
///
/// Operands are projections [steps, batch, parts · width], W [parts · width, width], the first
/// state [batch, width], of an LSTM the first cell, a bias and lengths if the rule has them, and
/// last what the kernel made of all these, which the result is a part of. Recorded gradients are
/// those of the composition of other operations, and so are tangents; batches of whole layers never
/// come here.
final class RecurrentStates: NaryOp {
    private let rule: RecurrenceRule
    init(_ rule: RecurrenceRule) {
        self.rule = rule
        super.init()
    }

    override init() { fatalError("RecurrentStates needs a rule") }

    override var saves: Saved { .inputs }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        let count = rule.stateShape.elementCount
        return inputs[inputs.count - 1].slice(axis: 0, start: 0, count: count)
            .reshape(rule.stateShape)
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
        return gradients + (rule.hasLengths ? [nil] : []) + [nil]
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

/// One step of a recurrent layer, made of other operations.
package struct RecurrenceStep {
    private let kind: RecurrenceKind
    private let weight: Tensor
    private let bias: Tensor?

    /// A step with W [parts · width, width] and perhaps a bias of W h.
    package init(_ kind: RecurrenceKind, weight: Tensor, bias: Tensor?) {
        self.kind = kind
        self.weight = weight
        self.bias = bias
    }

    /// The next state, and of an LSTM the next cell, from projections p [batch, parts · width]:
    /// h' = f(p + W h + b); an LSTM, of parts i, f, g, o: c' = σ(f) c + σ(i) tanh g,
    /// h' = σ(o) tanh c'; a GRU, of parts r, z, n with q = W h + b: n = tanh(p + σ(r) q),
    /// h' = (1 − σ(z)) n + σ(z) h.
    package func callAsFunction(_ projections: Tensor, _ state: [Tensor]) -> [Tensor] {
        let inner = state[0].linear(weight, bias)
        let width = state[0].shape[1]
        func part(_ x: Tensor, _ index: Int) -> Tensor {
            x.narrow(axis: 1, start: index * width, count: width)
        }
        switch kind {
        case .tanh: return [(projections + inner).tanh()]
        case .relu: return [(projections + inner).relu()]
        case .lstm:
            let gates = projections + inner
            let kept = part(gates, 1).sigmoid() * state[1]
            let cell = kept + part(gates, 0).sigmoid() * part(gates, 2).tanh()
            return [part(gates, 3).sigmoid() * cell.tanh(), cell]
        case .gru:
            let reset = (part(projections, 0) + part(inner, 0)).sigmoid()
            let update = (part(projections, 1) + part(inner, 1)).sigmoid()
            let new = (part(projections, 2) + reset * part(inner, 2)).tanh()
            return [(1 - update) * new + update * state[0]]
        }
    }
}

extension RecurrenceRule {
    /// What `RecurrentStates` gives, as a composition of other operations: for derivatives of
    /// higher order, forward mode and batches of whole layers.
    package func unrolled(_ operands: [Tensor]) -> Tensor {
        var rest = operands.dropFirst(2)
        var state = (0..<kind.states).map { _ in rest.removeFirst() }
        let step = RecurrenceStep(
            kind, weight: operands[1], bias: hasBias ? rest.removeFirst() : nil)
        let lengths = rest.first
        var states = [state]
        for number in 0..<steps {
            let t = isReversed ? steps - 1 - number : number
            var next = step(operands[0].narrow(axis: 0, start: t, count: 1).squeeze(0), state)
            if let lengths {
                let isOn = (lengths .> t).unsqueeze(1)
                next = zip(next, state).map { Tensor.where(isOn, $0, $1) }
            }
            state = next
            states.append(state)
        }
        if isReversed { states.reverse() }
        return Tensor.stack(
            (0..<kind.states).map { part in Tensor.stack(states.map { $0[part] }, axis: 0) },
            axis: 0)
    }
}

extension Tensor {
    /// All states of one direction of a recurrent layer, [states, steps + 1, batch, width], the one
    /// it begins with first, or last if it runs backward. Halves are computed in float32.
    ///
    /// - Parameters:
    ///   - projections: W x and biases of the inputs, [steps, batch, parts · width].
    ///   - weight: of the states, [parts · width, width].
    ///   - bias: added to its products; gradients of that which needs none cost less.
    ///   - state: the first h, [batch, width], and of an LSTM the first c.
    ///   - lengths: of each row, int64 [batch], if they differ: the state then stays what it is.
    package static func recurrence(
        _ kind: RecurrenceKind, projections: Tensor, weight: Tensor, bias: Tensor? = nil,
        state: [Tensor], lengths: Tensor? = nil, isReversed: Bool = false
    ) -> Tensor {
        let (steps, batch) = (projections.shape[0], projections.shape[1])
        let rule = RecurrenceRule(
            kind, isReversed: isReversed, steps: steps, batch: batch, width: weight.shape[1],
            hasBias: bias != nil, hasLengths: lengths != nil)
        let reals = [projections, weight] + state + (bias.map { [$0] } ?? [])
        let dtype = reals.reduce(reals[0].dtype) { DType.promote($0, $1.dtype, "recurrence") }
        let wide: DType = dtype == .float64 ? .float64 : .float32
        let operands = reals.map { $0.cast(to: wide) } + (lengths.map { [$0] } ?? [])
        if operands.contains(where: { $0.data.absence != nil }) {
            return rule.unrolled(operands).cast(to: dtype)
        }
        let made = operands[0].data.recurrence(
            rule, operands[1].data, operands.dropFirst(2).map(\.data))
        return RecurrentStates(rule)(operands + [Tensor(made)]).cast(to: dtype)
    }
}
