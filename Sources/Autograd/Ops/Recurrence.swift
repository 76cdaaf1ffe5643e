package import Tensor

// Recurrent layers over a whole sequence: Elman, "Finding structure in time", 1990; LSTM of
// Hochreiter and Schmidhuber, 1997, with the forget gate of Gers et al., 2000; GRU of Cho et al.,
// 2014, its reset gate after the product as in Chung et al., 2014. The kernel takes all steps in
// one call.

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
        var projections = operands[0]
        if let projection {
            let weight = rest.removeFirst()
            projections = projections.linear(
                weight, projection.hasBias ? rest.removeFirst() : nil)
        }
        let lengths = rest.first
        var states = [state]
        for number in 0..<steps {
            let t = isReversed ? steps - 1 - number : number
            var next = step(projections.narrow(axis: 0, start: t, count: 1).squeeze(0), state)
            if let lengths {
                let isOn = (lengths .> t).unsqueeze(1)
                next = zip(next, state).map { Tensor.where(isOn, $0, $1) }
            }
            state = next
            states.append(state)
        }
        if givesEnds { return Tensor.stack(state, axis: 0) }
        if isReversed { states.reverse() }
        return Tensor.stack(
            (0..<kind.states).map { part in Tensor.stack(states.map { $0[part] }, axis: 0) },
            axis: 0)
    }
}

extension Tensor {
    /// All states of one direction of a recurrent layer, [states, steps + 1, batch, width], the one
    /// it begins with first, or last if it runs backward; or those after the last step alone,
    /// [states, batch, width]. Halves are computed in float32.
    ///
    /// - Parameters:
    ///   - projections: W x and biases of the inputs, [steps, batch, parts · width].
    ///   - weight: of the states, [parts · width, width].
    ///   - bias: added to its products; gradients of that which needs none cost less.
    ///   - state: the first h, [batch, width], and of an LSTM the first c.
    ///   - lengths: of each row, int64 [batch], if they differ: the state then stays what it is.
    package static func recurrence(
        _ kind: RecurrenceKind, projections: Tensor, weight: Tensor, bias: Tensor? = nil,
        state: [Tensor], lengths: Tensor? = nil, isReversed: Bool = false, endsOnly: Bool = false
    ) -> Tensor {
        let (steps, batch) = (projections.shape[0], projections.shape[1])
        let rule = RecurrenceRule(
            kind, isReversed: isReversed, steps: steps, batch: batch, width: weight.shape[1],
            hasBias: bias != nil, hasLengths: lengths != nil, givesEnds: endsOnly)
        let op = RecurrentStates(rule)
        let reals = op.autocast.cast([projections, weight] + state + (bias.map { [$0] } ?? []))
        let dtype = reals.reduce(reals[0].dtype) { DType.promote($0, $1.dtype, "recurrence") }
        let wide: DType = dtype == .float64 ? .float64 : .float32
        let operands = reals.map { $0.cast(to: wide) } + (lengths.map { [$0] } ?? [])
        return states(rule, op, operands).cast(to: dtype)
    }

    /// The same of inputs [steps, batch, inputs], to the same bits: their projections
    /// x · Vᵀ + a are made where a step wants them and never lie in memory, if all are of one wide
    /// type and none is rounded for the product.
    ///
    /// - Parameters:
    ///   - inputWeight: V, [parts · width, inputs].
    ///   - inputBias: a, [parts · width].
    package static func recurrence(
        _ kind: RecurrenceKind, inputs: Tensor, inputWeight: Tensor, inputBias: Tensor?,
        weight: Tensor, bias: Tensor? = nil, state: [Tensor], lengths: Tensor? = nil,
        isReversed: Bool = false, endsOnly: Bool = false
    ) -> Tensor {
        let rule = RecurrenceRule(
            kind, isReversed: isReversed, steps: inputs.shape[0], batch: inputs.shape[1],
            width: weight.shape[1], hasBias: bias != nil, hasLengths: lengths != nil,
            givesEnds: endsOnly,
            projection: .init(inputs: inputs.shape[2], hasBias: inputBias != nil))
        let inner = [weight] + state + (bias.map { [$0] } ?? [])
        let outer = [inputWeight] + (inputBias.map { [$0] } ?? [])
        let isOfOneType = (inner + outer).allSatisfy { $0.dtype == inputs.dtype }
        guard isOfOneType, inputs.dtype.isWide, inputs.shape[2] > 0, rule.joinsProjections,
            Autocast.precision == .float32
        else {
            let given = DType.promote(inputs.dtype, weight.dtype)
            let wide: DType = given == .float64 ? .float64 : .float32
            let states = recurrence(
                kind, projections: inputs.linear(inputWeight, inputBias).cast(to: wide),
                weight: weight.cast(to: wide), bias: bias?.cast(to: wide),
                state: state.map { $0.cast(to: wide) }, lengths: lengths, isReversed: isReversed,
                endsOnly: endsOnly)
            // Inside autocast they are halves.
            return states.dtype == wide ? states.cast(to: given) : states
        }
        let operands = [inputs] + inner + outer + (lengths.map { [$0] } ?? [])
        return states(rule, RecurrentStates(rule), operands)
    }

    /// The states by operands of one wide type, and lengths.
    private static func states(
        _ rule: RecurrenceRule, _ op: RecurrentStates, _ operands: [Tensor]
    ) -> Tensor {
        if operands.contains(where: { $0.data.absence != nil }) {
            return autocast(Autocast.precision.ofKernels) { rule.unrolled(operands) }
        }
        return op(operands + [RecurrentPass(rule)(operands.map { $0.detach() })])
    }
}
