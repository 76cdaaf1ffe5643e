/// The ε of a batch normalization, and what follows it in the same pass.
package struct BatchNormRule: Sendable {
    package var epsilon: Double
    /// Whether a third operand, like the input, is added.
    package var adds = false
    /// Whether max(y, 0) comes last.
    package var rectifies = false

    package init(epsilon: Double, adds: Bool = false, rectifies: Bool = false) {
        self.epsilon = epsilon
        self.adds = adds
        self.rectifies = rectifies
    }
}

/// What is computed of the channels of a batch [images, channels, pixels], each over all images.
package enum ChannelKernel: Sendable {
    /// Means and variances [2, channels] of a.
    case moments
    /// (a − mean) / √(variance + ε) · w + b by the moments b, then what the rule says, of which c is
    /// added; the list holds w and b, if there are such.
    case normalize(BatchNormRule, ArrayList)
    /// The gradients of `normalize`, by a rule that adds nothing, by its input a, of which b holds
    /// the moments, then by w and by b: c is that by its output. The list holds w and, where the
    /// rule rectifies, b, if there are such.
    case normalizeBackward(BatchNormRule, ArrayList)

    var name: String {
        switch self {
        case .moments: "channelMoments"
        case .normalize: "batchNorm"
        case .normalizeBackward: "batchNormBackward"
        }
    }

    var operandCount: Int {
        switch self {
        case .moments: 1
        case .normalize(let rule, _): rule.adds ? 3 : 2
        case .normalizeBackward: 3
        }
    }

    var list: ArrayList? {
        switch self {
        case .moments: nil
        case .normalize(_, let list), .normalizeBackward(_, let list): list
        }
    }

    func with(_ list: ArrayList) -> ChannelKernel {
        switch self {
        case .moments: self
        case .normalize(let rule, _): .normalize(rule, list)
        case .normalizeBackward(let rule, _): .normalizeBackward(rule, list)
        }
    }
}

extension Kernel {
    func checkChannels(
        _ kernel: ChannelKernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray
    ) {
        let operands = [a, b, c].prefix(kernel.operandCount) + (kernel.list?.arrays ?? [])
        for array in operands + [out] {
            hasType(array, out.dtype)
            require(
                array.isContiguous && array.dtype.isWide, "contiguous float32 or float64", [array])
        }
        require(a.rank == 3 && a.count > 0, "a batch [images, channels, pixels]", [a])
        let channels = a.shape[1]
        for array in kernel.list?.arrays ?? [] {
            require(array.shape == [channels], "a number a channel", [array, a])
        }
        let isFit: Bool =
            switch kernel {
            case .moments: out.shape == [2, channels]
            case .normalize(let rule, let list):
                b.shape == [2, channels] && out.shape == a.shape && list.arrays.count <= 2
                    && (!rule.adds || c.shape == a.shape)
            case .normalizeBackward(let rule, let list):
                b.shape == [2, channels] && c.shape == a.shape && !rule.adds
                    && list.arrays.count <= 2 && out.shape == [a.count + 2 * channels]
            }
        require(isFit, "moments, gradients and an output that fit", operands + [out])
    }
}
