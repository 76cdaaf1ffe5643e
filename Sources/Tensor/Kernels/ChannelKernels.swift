/// What is computed of the channels of a batch [images, channels, pixels], each over all images.
package enum ChannelKernel: Sendable {
    /// Means and variances [2, channels] of a.
    case moments
    /// (a − mean) / √(variance + ε) · w + b by the moments b; the list holds w and b, if there are
    /// such.
    case normalize(epsilon: Double, ArrayList)
    /// The gradients of `normalize` by its input a, of which b holds the moments, then by w and by
    /// b: c is that by its output. The list holds w, if there is one.
    case normalizeBackward(epsilon: Double, ArrayList)

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
        case .normalize: 2
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
        case .normalize(let epsilon, _): .normalize(epsilon: epsilon, list)
        case .normalizeBackward(let epsilon, _): .normalizeBackward(epsilon: epsilon, list)
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
            case .normalize(_, let list):
                b.shape == [2, channels] && out.shape == a.shape && list.arrays.count <= 2
            case .normalizeBackward:
                b.shape == [2, channels] && c.shape == a.shape
                    && out.shape == [a.count + 2 * channels]
            }
        require(isFit, "moments, gradients and an output that fit", operands + [out])
    }
}
