extension NDArray {
    /// A convolution or one of its gradients: what `part` says, of this array and another. The
    /// result has the sizes `extents` beside images and channels. Halves are computed in float32,
    /// their products exact; in a scope of TF32 a GPU may round float32. What is negative in an
    /// output becomes 0 if `relu`.
    package func convolution(
        _ part: ConvolutionPart, _ other: NDArray, bias: NDArray? = nil, _ window: Window,
        extents: [Int], relu: Bool = false
    ) -> NDArray {
        let factors: AutocastPrecision =
            switch dtype {
            case .float16: .float16
            case .bfloat16: .bfloat16
            case .float32: Autocast.precision.ofKernels
            default: .float32
            }
        let wide = dtype.isWide ? dtype : .float32
        let result = cast(to: wide).convolution(
            part, other.cast(to: wide), bias?.cast(to: wide),
            .convolution(part, window, bias: bias != nil, relu: relu, factors: factors), window,
            extents: extents)
        return result.cast(to: dtype)
    }

    private func convolution(
        _ part: ConvolutionPart, _ other: NDArray, _ bias: NDArray?, _ kernel: Kernel,
        _ window: Window, extents: [Int]
    ) -> NDArray {
        let leading: [Int] =
            switch part {
            case .output: [shape[0], other.shape[0]]
            case .input: [shape[0], other.shape[1] * window.groups]
            case .weight: [other.shape[1], shape[1] / window.groups]
            }
        let out = NDArray(uninitialized: Shape(leading + extents), dtype, on: backend)
        if let bias {
            kernel.run(contiguous(), other.contiguous(), bias.contiguous(), into: out)
        } else {
            kernel.run(contiguous(), other.contiguous(), into: out)
        }
        return out
    }
}
