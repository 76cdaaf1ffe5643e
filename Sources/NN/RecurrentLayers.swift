internal import Autograd
public import Tensor

/// h' = tanh(W x + b + U h + d), or with ReLU: Elman, "Finding structure in time", 1990.
public final class RNN: Recurrent {
    /// What makes the next state of a sum.
    public enum Nonlinearity: String, Sendable, CaseIterable {
        /// tanh x.
        case tanh
        /// max(x, 0).
        case relu
    }

    /// What makes the next state here.
    public var nonlinearity: Nonlinearity { kind == .relu ? .relu : .tanh }

    /// A network over elements of `inputs` numbers with states of `width`; sizes below 1 trap.
    public init(
        _ inputs: Int, _ width: Int, layers: Int = 1, nonlinearity: Nonlinearity = .tanh,
        bias: Bool = true, isBidirectional: Bool = false, dropout: Double = 0,
        isBatchFirst: Bool = true, output: RecurrentOutput = .sequence, dtype: DType = .float32,
        using random: Random
    ) {
        super.init(
            nonlinearity == .relu ? .relu : .tanh, inputs, width, layers: layers, bias: bias,
            isBidirectional: isBidirectional, dropout: dropout, isBatchFirst: isBatchFirst,
            output: output, dtype: dtype, using: random)
    }
}

/// i, f, o = σ(…), g = tanh(…), each of W x + b + U h + d;  c' = f c + i g,  h' = o tanh c'.
///
/// Hochreiter and Schmidhuber, "Long short-term memory", 1997; Gers et al., "Learning to forget",
/// 2000.
public final class LSTM: Recurrent {
    /// A network over elements of `inputs` numbers with states of `width`; sizes below 1 trap.
    ///
    /// - Parameter forgetBias: what the biases of the forget gates begin with, if it isn't drawn: 1
    ///   and more keep memories from the start (Jozefowicz et al., 2015).
    public init(
        _ inputs: Int, _ width: Int, layers: Int = 1, bias: Bool = true, forgetBias: Double? = nil,
        isBidirectional: Bool = false, dropout: Double = 0, isBatchFirst: Bool = true,
        output: RecurrentOutput = .sequence, dtype: DType = .float32, using random: Random
    ) {
        super.init(
            .lstm, inputs, width, layers: layers, bias: bias, isBidirectional: isBidirectional,
            dropout: dropout, isBatchFirst: isBatchFirst, output: output, dtype: dtype,
            using: random)
        guard let forgetBias else { return }
        for (name, parameter) in namedParameters where name.hasPrefix("bias") {
            let value = name.hasPrefix("bias_ih") ? forgetBias : 0
            parameter.data.slice(axis: 0, start: width, count: width)
                .assign(.full([], value, dtype))
        }
    }
}

/// r, z = σ(W x + b + U h + d),  n = tanh(W x + b + r (U h + d)),  h' = (1 − z) n + z h.
///
/// Cho et al., "Learning phrase representations", 2014; Chung et al., "Empirical evaluation of
/// gated recurrent neural networks", 2014.
public final class GRU: Recurrent {
    /// A network over elements of `inputs` numbers with states of `width`; sizes below 1 trap.
    public init(
        _ inputs: Int, _ width: Int, layers: Int = 1, bias: Bool = true,
        isBidirectional: Bool = false, dropout: Double = 0, isBatchFirst: Bool = true,
        output: RecurrentOutput = .sequence, dtype: DType = .float32, using random: Random
    ) {
        super.init(
            .gru, inputs, width, layers: layers, bias: bias, isBidirectional: isBidirectional,
            dropout: dropout, isBatchFirst: isBatchFirst, output: output, dtype: dtype,
            using: random)
    }
}

/// One step of an `RNN`, with PyTorch's names of weights: `weight_ih`, `weight_hh`, `bias_ih`,
/// `bias_hh`.
public final class RNNCell: Module {
    private let direction: RecurrentDirection

    /// A cell for x of `inputs` and h of `width` numbers.
    public init(
        _ inputs: Int, _ width: Int, nonlinearity: RNN.Nonlinearity = .tanh, bias: Bool = true,
        dtype: DType = .float32, using random: Random
    ) {
        direction = RecurrentDirection(
            nonlinearity == .relu ? .relu : .tanh, inputs, width, bias: bias, dtype, random)
    }

    /// The weights by PyTorch's names.
    public override var members: [(name: String, value: Any)] { direction.members }

    /// The next h, [batch, width], of x [batch, inputs] and h.
    public func callAsFunction(_ x: Tensor, _ hidden: Tensor) -> Tensor {
        direction.step(x, [hidden])[0]
    }
}

/// One step of an `LSTM`, with PyTorch's names of weights.
public final class LSTMCell: Module {
    private let direction: RecurrentDirection

    /// A cell for x of `inputs`, h and c of `width` numbers.
    public init(
        _ inputs: Int, _ width: Int, bias: Bool = true, dtype: DType = .float32,
        using random: Random
    ) {
        direction = RecurrentDirection(.lstm, inputs, width, bias: bias, dtype, random)
    }

    /// The weights by PyTorch's names.
    public override var members: [(name: String, value: Any)] { direction.members }

    /// The next h and c, [batch, width], of x [batch, inputs], h and c.
    public func callAsFunction(
        _ x: Tensor, _ state: (hidden: Tensor, cell: Tensor)
    ) -> (hidden: Tensor, cell: Tensor) {
        let next = direction.step(x, [state.hidden, state.cell])
        return (next[0], next[1])
    }
}

/// One step of a `GRU`, with PyTorch's names of weights.
public final class GRUCell: Module {
    private let direction: RecurrentDirection

    /// A cell for x of `inputs` and h of `width` numbers.
    public init(
        _ inputs: Int, _ width: Int, bias: Bool = true, dtype: DType = .float32,
        using random: Random
    ) {
        direction = RecurrentDirection(.gru, inputs, width, bias: bias, dtype, random)
    }

    /// The weights by PyTorch's names.
    public override var members: [(name: String, value: Any)] { direction.members }

    /// The next h, [batch, width], of x [batch, inputs] and h.
    public func callAsFunction(_ x: Tensor, _ hidden: Tensor) -> Tensor {
        direction.step(x, [hidden])[0]
    }
}
