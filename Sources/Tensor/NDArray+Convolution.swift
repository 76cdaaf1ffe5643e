extension NDArray {
    /// A convolution or one of its gradients: what `part` says, of this array and another. The
    /// result has the sizes `extents` beside images and channels. Halves are computed in float32.
    /// What is negative in an output becomes 0 if `relu`.
    package func convolution(
        _ part: ConvolutionPart, _ other: NDArray, bias: NDArray? = nil, _ window: Window,
        extents: [Int], relu: Bool = false
    ) -> NDArray {
        guard dtype.isWide else {
            let result = cast(to: .float32).convolution(
                part, other.cast(to: .float32), bias: bias?.cast(to: .float32), window,
                extents: extents, relu: relu)
            return result.cast(to: dtype)
        }
        let leading: [Int] =
            switch part {
            case .output: [shape[0], other.shape[0]]
            case .input: [shape[0], other.shape[1] * window.groups]
            case .weight: [other.shape[1], shape[1] / window.groups]
            }
        let out = NDArray(uninitialized: Shape(leading + extents), dtype, on: backend)
        let kernel = Kernel.convolution(part, window, bias: bias != nil, relu: relu)
        if let bias {
            kernel.run(contiguous(), other.contiguous(), bias.contiguous(), into: out)
        } else {
            kernel.run(contiguous(), other.contiguous(), into: out)
        }
        return out
    }
}
