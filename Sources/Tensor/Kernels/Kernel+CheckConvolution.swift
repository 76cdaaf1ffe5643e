extension Kernel {
    /// The arrays of a convolution, input [images, groups · channels, …], weight [groups ·
    /// features, channels, …] and output [images, groups · features, …].
    func checkConvolution(
        _ part: ConvolutionPart, _ window: Window, _ a: NDArray, _ b: NDArray, bias: NDArray?,
        _ out: NDArray
    ) {
        let arrays = [a, b, out]
        for array in arrays + (bias.map { [$0] } ?? []) {
            hasType(array, out.dtype)
            require(array.isContiguous, "contiguous operands", [array])
        }
        require(
            out.dtype.isWide && window.rank >= 1 && window.rank <= 3
                && arrays.allSatisfy { $0.rank == window.rank + 2 },
            "float32 or float64 with 1 to 3 axes beside images and channels", arrays)
        require(
            window.groups > 0 && window.padding.count == window.rank
                && window.dilation.count == window.rank && window.stride.allSatisfy { $0 > 0 }
                && window.dilation.allSatisfy { $0 > 0 } && window.padding.allSatisfy { $0 >= 0 },
            "positive strides, dilations and groups, and no negative padding", arrays)
        let (x, weight, y): (NDArray, NDArray, NDArray) =
            switch part {
            case .output: (a, b, out)
            case .input: (out, b, a)
            case .weight: (a, out, b)
            }
        require(
            x.shape[0] == y.shape[0] && x.shape[1] == weight.shape[1] * window.groups
                && y.shape[1] == weight.shape[0] && y.shape[1] % window.groups == 0,
            "channels that fit", arrays)
        if let bias { require(bias.shape == [weight.shape[0]], "a bias a feature", [bias, out]) }
    }
}
