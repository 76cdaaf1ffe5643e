internal import CKernels

// The numbers by which kernels in C and CUDA tell what is asked of them.

extension ConvolutionPart {
    /// The kernels' number.
    var code: Int32 {
        let part =
            switch self {
            case .output: FT_CONVOLUTION_OUTPUT
            case .input: FT_CONVOLUTION_INPUT
            case .weight: FT_CONVOLUTION_WEIGHT
            }
        return Int32(part.rawValue)
    }
}

extension PoolPart {
    /// The kernels' number.
    var code: Int32 {
        let part =
            switch self {
            case .largest: FT_POOL_LARGEST
            case .pick: FT_POOL_PICK
            case .spread: FT_POOL_SPREAD
            case .mean: FT_POOL_MEAN
            case .spreadMean: FT_POOL_SPREAD_MEAN
            case .places: FT_POOL_PLACES
            }
        return Int32(part.rawValue)
    }
}

extension RecurrenceKind {
    /// The kernels' number.
    var code: Int32 {
        let kind =
            switch self {
            case .tanh: FT_RNN_TANH
            case .relu: FT_RNN_RELU
            case .lstm: FT_LSTM
            case .gru: FT_GRU
            }
        return Int32(kind.rawValue)
    }
}

extension ScatterRule {
    /// The kernels' number.
    var code: Int32 {
        let rule =
            switch self {
            case .put: FT_SCATTER_PUT
            case .add: FT_SCATTER_ADD
            case .multiply: FT_SCATTER_MULTIPLY
            case .maximum: FT_SCATTER_MAXIMUM
            case .minimum: FT_SCATTER_MINIMUM
            }
        return Int32(rule.rawValue)
    }
}
