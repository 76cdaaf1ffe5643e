/// What a recurrent layer computes in a step.
package enum RecurrenceKind: Sendable, CaseIterable {
    case tanh, relu, lstm, gru

    /// The name in messages and profiles.
    package var name: String {
        switch self {
        case .tanh: "rnnTanh"
        case .relu: "rnnRelu"
        case .lstm: "lstm"
        case .gru: "gru"
        }
    }

    /// How many times the width a row of projections has.
    package var parts: Int {
        switch self {
        case .tanh, .relu: 1
        case .lstm: 4
        case .gru: 3
        }
    }

    /// How many states there are: h, and of an LSTM c.
    package var states: Int { self == .lstm ? 2 : 1 }
}

/// One direction of a recurrent layer over a sequence.
///
/// What it gives is one flat array: states [steps + 1, batch, width], of an LSTM cells alike, gates
/// [steps, batch, parts · width], and of a GRU [steps, batch, width] of what its reset gate
/// multiplies. Its gradients are one too: by the projections, of a GRU by W h + b, each [steps,
/// batch, parts · width], by the first state, of an LSTM by the first cell, each [batch, width].
package struct RecurrenceRule: Sendable, Hashable {
    package var kind: RecurrenceKind
    /// Whether it runs from the last step to the first.
    package var isReversed: Bool
    package var steps: Int
    package var batch: Int
    package var width: Int
    /// Whether there is a bias of W h, and whether rows have lengths of their own: the list holds
    /// the first state, of an LSTM the first cell, and then these.
    package var hasBias: Bool
    package var hasLengths: Bool
    /// Whether those after the last step alone count of the states: gradients are by these.
    package var givesEnds: Bool
    /// What makes the projections from the inputs, if it is the kernel.
    package var projection: Projection?

    /// Projections x · Vᵀ + a of inputs x, each element the chain of a product: beside a bias of W
    /// h the list then holds Vᵀ [inputs, parts · width] and a, if there is one.
    package struct Projection: Sendable, Hashable {
        package var inputs: Int
        package var hasBias: Bool

        package init(inputs: Int, hasBias: Bool) {
            self.inputs = inputs
            self.hasBias = hasBias
        }
    }

    package init(
        _ kind: RecurrenceKind, isReversed: Bool, steps: Int, batch: Int, width: Int, hasBias: Bool,
        hasLengths: Bool, givesEnds: Bool = false, projection: Projection? = nil
    ) {
        self.kind = kind
        self.isReversed = isReversed
        self.steps = steps
        self.batch = batch
        self.width = width
        self.hasBias = hasBias
        self.hasLengths = hasLengths
        self.givesEnds = givesEnds
        self.projection = projection
    }

    /// The shape of all states.
    package var stateShape: Shape { [kind.states, steps + 1, batch, width] }
    /// The shape of the states that count.
    package var resultShape: Shape { givesEnds ? [kind.states, batch, width] : stateShape }
    /// Where among its states those after the last step are.
    package var end: Int { isReversed ? 0 : steps }
    /// The shape of projections.
    package var projectionShape: Shape { [steps, batch, kind.parts * width] }

    /// The shape of the inputs: x, or projections.
    var inputShape: Shape { projection.map { [steps, batch, $0.inputs] } ?? projectionShape }
    /// Where in the list the inputs' weights are, if there are some.
    var inputWeightIndex: Int? {
        projection == nil ? nil : kind.states + (hasBias ? 1 : 0)
    }
    /// Whether its sums can be those of a product and of this: not for so few rows or columns that
    /// either adds up in several chains, and with a bias of W h only where gates keep that apart.
    package var joinsProjections: Bool {
        steps > 0 && batch > 4 && kind.parts * width > 4 && (!hasBias || kind == .gru)
    }

    var stateCount: Int { (steps + 1) * batch * width }
    var gateCount: Int { steps * batch * kind.parts * width }
    /// Where in what it gives the gates begin, and what a GRU's reset gate multiplies.
    var gatesPlace: Int { kind.states * stateCount }
    var innerPlace: Int { gatesPlace + gateCount }
    /// Where in its gradients those by W h + b begin, and those by the first state and cell.
    var throughPlace: Int { kind == .gru ? gateCount : 0 }
    var firstStatePlace: Int { throughPlace + gateCount }
    var firstCellPlace: Int { firstStatePlace + batch * width }

    /// The step that is made as the one of a number, from 0 on.
    func step(_ number: Int) -> Int { isReversed ? steps - 1 - number : number }
    /// The state that a step begins with.
    func start(of step: Int) -> Int { isReversed ? step + 1 : step }

    /// Elements of what it gives.
    package var count: Int {
        innerPlace + (kind == .gru ? steps * batch * width : 0)
    }
    /// Elements of its gradients.
    package var gradientCount: Int {
        firstStatePlace + kind.states * batch * width
    }
}

extension Kernel {
    func checkRecurrence(
        _ rule: RecurrenceRule, _ projections: NDArray, _ weight: NDArray, _ list: [NDArray],
        _ out: NDArray
    ) {
        let (kind, width) = (rule.kind, rule.width)
        var shapes: [Shape] = Array(repeating: [rule.batch, width], count: kind.states)
        if rule.hasBias { shapes.append([kind.parts * width]) }
        if let projection = rule.projection {
            shapes.append([projection.inputs, kind.parts * width])
            if projection.hasBias { shapes.append([kind.parts * width]) }
            require(
                projection.inputs > 0 && rule.joinsProjections, "inputs that a step can project",
                [projections, weight])
        }
        if rule.hasLengths { shapes.append([rule.batch]) }
        require(
            list.map(\.shape) == shapes,
            "first states [batch, width], a bias, weights of inputs with theirs, and lengths",
            list + [out])
        require(
            projections.shape == rule.inputShape
                && weight.shape == [width, kind.parts * width],
            "projections, or inputs, and transposed weights that fit", [projections, weight])
        require(out.count == rule.count, "room for states and gates", [out])
        checkRecurrent([projections, weight] + list, lengths: rule.hasLengths ? 1 : 0, out)
    }

    func checkRecurrenceBackward(
        _ rule: RecurrenceRule, _ made: NDArray, _ weight: NDArray, _ gradient: NDArray,
        _ lengths: [NDArray], _ out: NDArray
    ) {
        require(
            made.count == rule.count && weight.shape == [rule.kind.parts * rule.width, rule.width]
                && gradient.shape == rule.resultShape && out.count == rule.gradientCount
                && lengths.map(\.shape) == (rule.hasLengths ? [[rule.batch]] : []),
            "what the layer gave, its weights and a gradient of the states that count",
            [made, weight, gradient, out])
        checkRecurrent([made, weight, gradient] + lengths, lengths: lengths.count, out)
    }

    private func checkRecurrent(_ arrays: [NDArray], lengths: Int, _ out: NDArray) {
        require(out.dtype.isWide && out.isContiguous, "float32 or float64, contiguous", [out])
        for (index, array) in arrays.enumerated() {
            hasType(array, index < arrays.count - lengths ? out.dtype : .int64)
            require(array.isContiguous, "contiguous operands", [array])
        }
    }
}
