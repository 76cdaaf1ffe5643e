internal import Autograd
public import Tensor

/// What a recurrent layer keeps from step to step.
public struct RecurrentState {
    /// h, [layers · directions, batch, width].
    public var hidden: Tensor
    /// c of an LSTM, of the same shape; nil for others.
    public var cell: Tensor?

    /// A state of h, and for an LSTM c.
    public init(hidden: Tensor, cell: Tensor? = nil) {
        self.hidden = hidden
        self.cell = cell
    }

    /// h and c of one layer and direction, as many as there are.
    func parts(_ index: Int) -> [Tensor] {
        [hidden, cell].compactMap { $0?.narrow(axis: 0, start: index, count: 1).squeeze(0) }
    }
}

/// What a recurrent layer gives of a sequence.
public enum RecurrentOutput: String, Sendable, CaseIterable {
    /// h of every step, [batch, steps, directions · width].
    case sequence
    /// h after the whole sequence, [batch, directions · width]: that of either direction at its
    /// end.
    case last
}

/// A recurrent network over sequences, [batch, steps, inputs] unless `batchFirst` is false: one
/// layer or several, forward or in both directions. `RNN`, `LSTM` and `GRU` are such.
///
/// Weights have PyTorch's names, shapes and order of parts, so that its files load: of layer l
/// `weight_ih_l` [parts · width, inputs], `weight_hh_l` [parts · width, width], `bias_ih_l` and
/// `bias_hh_l` [parts · width]; those of the backward direction end in `_reverse`. All are uniform
/// in ±1/√width at first. Gradients are those of the whole sequence.
public class Recurrent: Layer {
    let kind: RecurrenceKind
    /// The size of an element of a sequence.
    public let inputs: Int
    /// The size of a state.
    public let width: Int
    /// How many layers there are, each on what the one below gives.
    public let layers: Int
    /// Whether a second network of each layer runs from the end.
    public let isBidirectional: Bool
    /// In training, the probability with which what one layer gives the next is dropped.
    public let dropout: Double
    /// Whether the batch comes before the steps.
    public let isBatchFirst: Bool
    /// What a call with a tensor alone gives.
    public let output: RecurrentOutput
    /// The stream that dropout draws from.
    public let random: Random
    private let directions: [RecurrentDirection]

    init(
        _ kind: RecurrenceKind, _ inputs: Int, _ width: Int, layers: Int, bias: Bool,
        isBidirectional: Bool, dropout: Double, isBatchFirst: Bool, output: RecurrentOutput,
        dtype: DType, using random: Random
    ) {
        guard inputs > 0, width > 0, layers > 0 else {
            fail(
                "\(Self.self)",
                "\(inputs) inputs, width \(width), \(layers) layers; all must be positive")
        }
        guard dropout >= 0, dropout < 1 else {
            fail("\(Self.self)", "the dropout \(dropout) is not in 0..<1")
        }
        self.kind = kind
        self.inputs = inputs
        self.width = width
        self.layers = layers
        self.isBidirectional = isBidirectional
        self.dropout = dropout
        self.isBatchFirst = isBatchFirst
        self.output = output
        let perLayer = isBidirectional ? 2 : 1
        failUnlessHeld("\(Self.self)", layers.times(perLayer), "layers", bytes: 4096)
        directions = (0..<layers * perLayer).map { index in
            let layer = index / perLayer
            return RecurrentDirection(
                kind, layer == 0 ? inputs : perLayer.times(width), width, bias: bias,
                suffix: "_l\(layer)" + (index % perLayer == 1 ? "_reverse" : ""), dtype, random)
        }
        self.random = random.ownStream("recurrent")
    }

    /// How many directions there are, 1 or 2.
    public final var directionCount: Int { isBidirectional ? 2 : 1 }

    package final override var draws: Bool { dropout > 0 && layers > 1 }

    /// The weights by PyTorch's names.
    public final override var members: [(name: String, value: Any)] {
        directions.flatMap(\.members) + [("random", random)]
    }

    public final override func callAsFunction(_ x: Tensor) -> Tensor {
        if output == .sequence { return run(x).output }
        let state = run(x, from: nil, lengths: nil, endsOnly: true).state
        let top = (layers - 1) * directionCount
        return Tensor.concat(
            (0..<directionCount).map { state.parts(top + $0)[0] }, axis: 1)
    }

    /// What every step gives, and the state after the last one.
    ///
    /// - Parameters:
    ///   - initial: zeros if nil.
    ///   - lengths: of each sequence of the batch, integers from 0 to the number of steps:
    ///     steps that follow give 0, and the state is that after the last that counts. What lies
    ///     beyond a length is never looked at. Another length ends the program when the device
    ///     comes to it.
    public final func run(
        _ x: Tensor, from initial: RecurrentState? = nil, lengths: Tensor? = nil
    ) -> (output: Tensor, state: RecurrentState) {
        run(x, from: initial, lengths: lengths, endsOnly: false)
    }

    /// - Parameter endsOnly: whether the output isn't wanted; then it is the last layer's input.
    private func run(
        _ x: Tensor, from initial: RecurrentState?, lengths: Tensor?, endsOnly: Bool
    ) -> (output: Tensor, state: RecurrentState) {
        guard x.rank == 3, x.shape[2] == inputs else {
            let axes = isBatchFirst ? "batch, steps" : "steps, batch"
            fail("\(type(of: self))", "the input \(x.shape) is not [\(axes), \(inputs)]")
        }
        var sequence = isBatchFirst ? x.transpose(0, 1) : x
        let (steps, batch) = (sequence.shape[0], sequence.shape[1])
        let start = checked(initial ?? zeros(batch, like: x), batch)
        let lengths = lengths.map { checked($0, steps, batch) }
        let isOver = lengths.map { lengths in
            let places = Tensor(NDArray.range(0, steps, on: x.data.backend)).unsqueeze(1)
            return (places .>= lengths).unsqueeze(2)
        }
        // Nothing times 0 is nothing, but for NaN and infinity.
        if let isOver { sequence = sequence.maskedFill(isOver, 0) }
        var ends: [[Tensor]] = []
        for layer in 0..<layers {
            if layer > 0, dropout > 0, isTraining {
                sequence = sequence.dropout(dropout, using: random)
            }
            var made: [Tensor] = []
            for side in 0..<directionCount {
                let index = layer * directionCount + side
                let (all, end) = directions[index](
                    sequence, start.parts(index), lengths, isReversed: side == 1,
                    endsOnly: endsOnly && layer == layers - 1)
                ends.append(end)
                if let all { made.append(isOver.map { all.maskedFill($0, 0) } ?? all) }
            }
            if let first = made.first {
                sequence = made.count == 1 ? first : Tensor.concat(made, axis: 2)
            }
        }
        let states = (0..<kind.states).map { part in Tensor.stack(ends.map { $0[part] }, axis: 0) }
        return (
            isBatchFirst ? sequence.transpose(0, 1) : sequence,
            RecurrentState(hidden: states[0], cell: states.count > 1 ? states[1] : nil)
        )
    }

    private func zeros(_ batch: Int, like x: Tensor) -> RecurrentState {
        let shape: Shape = [layers * directionCount, batch, width]
        let zeros = Tensor(
            NDArray.full(shape, 0, directions[0].weight.dtype, on: x.data.backend))
        return RecurrentState(hidden: zeros, cell: kind == .lstm ? zeros : nil)
    }

    private func checked(_ state: RecurrentState, _ batch: Int) -> RecurrentState {
        let shape: Shape = [layers * directionCount, batch, width]
        guard state.hidden.shape == shape, (state.cell != nil) == (kind == .lstm),
            state.cell?.shape ?? shape == shape
        else {
            let found = [state.hidden, state.cell].compactMap { $0?.shape.description }
            fail(
                "\(type(of: self))",
                "a state of \(found.joined(separator: " and ")) is not \(shape)"
                    + (kind == .lstm ? " twice, h and c" : ""))
        }
        return state
    }

    private func checked(_ lengths: Tensor, _ steps: Int, _ batch: Int) -> Tensor {
        guard lengths.dtype.isInteger, lengths.shape == [batch] else {
            fail(
                "\(type(of: self))",
                "lengths are \(lengths.dtype) \(lengths.shape), not integers [\(batch)]")
        }
        return lengths.within(
            steps, "recurrent layer",
            "a length is negative or above the number of steps (clip the lengths, or pad the steps)"
        )
    }

    public final override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank == 2, input[1] == inputs else {
            throw ShapeError(
                layer: describe, problem: "the input \(input) should be [steps, \(inputs)]")
        }
        let size = directionCount * width
        return output == .last ? [size] : [input[0], size]
    }

    public final override var describe: String {
        let name = kind == .relu ? "RNN(relu, " : "\(type(of: self))("
        return name + "\(inputs) → \(width)" + (layers > 1 ? ", layers: \(layers)" : "")
            + (isBidirectional ? ", bidirectional" : "")
            + (dropout > 0 ? ", dropout: \(dropout)" : "") + (output == .last ? ", last" : "") + ")"
    }
}

/// The weights of one direction of a recurrent layer, or of a cell.
struct RecurrentDirection {
    let kind: RecurrenceKind
    let inputWeight: Parameter
    let weight: Parameter
    let inputBias: Parameter?
    let bias: Parameter?
    private let suffix: String

    init(
        _ kind: RecurrenceKind, _ inputs: Int, _ width: Int, bias: Bool, suffix: String = "",
        _ dtype: DType, _ random: Random
    ) {
        let bound = 1 / Double(width).squareRoot()
        func parameter(_ shape: Shape) -> Parameter {
            Parameter(Initializer.uniform(low: -bound, high: bound)(shape, dtype, random))
        }
        let rows = kind.parts.times(width)
        self.kind = kind
        self.suffix = suffix
        inputWeight = parameter([rows, inputs])
        weight = parameter([rows, width])
        inputBias = bias ? parameter([rows]) : nil
        self.bias = bias ? parameter([rows]) : nil
    }

    var members: [(name: String, value: Any)] {
        let pairs: [(String, Parameter?)] = [
            ("weight_ih", inputWeight), ("weight_hh", weight), ("bias_ih", inputBias),
            ("bias_hh", bias),
        ]
        return pairs.compactMap { name, value in value.map { (name + suffix, $0) } }
    }

    /// The biases of the projections, and what of W h's stays apart from them.
    private var biases: (outer: Tensor?, inner: Tensor?) {
        guard let inputBias, let bias else { return (nil, nil) }
        // A GRU's reset gate multiplies W h with its bias.
        return kind == .gru ? (inputBias, bias) : (inputBias + bias, nil)
    }

    /// All h, [steps, batch, width], unless only the states after the last step are wanted; and
    /// those.
    func callAsFunction(
        _ x: Tensor, _ state: [Tensor], _ lengths: Tensor?, isReversed: Bool, endsOnly: Bool
    ) -> (all: Tensor?, end: [Tensor]) {
        let (outer, inner) = biases
        let given = DType.promote(x.dtype, weight.dtype)
        let wide: DType = given == .float64 ? .float64 : .float32
        let states = Tensor.recurrence(
            kind, inputs: x.contiguous(), inputWeight: inputWeight, inputBias: outer,
            weight: weight, bias: inner, state: state, lengths: lengths, isReversed: isReversed,
            endsOnly: endsOnly)
        // Inside autocast, states are halves.
        let dtype = states.dtype == wide ? given : states.dtype
        func parts(_ ends: Tensor) -> [Tensor] {
            (0..<kind.states).map {
                ends.narrow(axis: 0, start: $0, count: 1).squeeze(0).cast(to: dtype)
            }
        }
        if endsOnly { return (nil, parts(states)) }
        let steps = x.shape[0]
        let all = states.narrow(axis: 0, start: 0, count: 1).squeeze(0)
            .narrow(axis: 0, start: isReversed ? 0 : 1, count: steps)
        let ends = states.narrow(axis: 1, start: isReversed ? 0 : steps, count: 1).squeeze(1)
        return (all.cast(to: dtype), parts(ends))
    }

    /// The states after one step, of x [batch, inputs].
    func step(_ x: Tensor, _ state: [Tensor]) -> [Tensor] {
        let (outer, inner) = biases
        return RecurrenceStep(kind, weight: weight, bias: inner)(
            x.linear(inputWeight, outer), state)
    }
}
