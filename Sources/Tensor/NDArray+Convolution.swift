extension NDArray {
    /// A convolution or one of its gradients: what `part` says, of this array and another. The
    /// result has the sizes `extents` beside images and channels. Halves are computed in float32.
    package func convolution(
        _ part: ConvolutionPart, _ other: NDArray, bias: NDArray? = nil, _ window: Window,
        extents: [Int]
    ) -> NDArray {
        guard dtype.isWide else {
            let result = cast(to: .float32).convolution(
                part, other.cast(to: .float32), bias: bias?.cast(to: .float32), window,
                extents: extents)
            return result.cast(to: dtype)
        }
        let leading: [Int] =
            switch part {
            case .output: [shape[0], other.shape[0]]
            case .input: [shape[0], other.shape[1] * window.groups]
            case .weight: [other.shape[1], shape[1] / window.groups]
            }
        let out = NDArray(uninitialized: Shape(leading + extents), dtype, on: backend)
        let kernel = Kernel.convolution(part, window, bias: bias != nil)
        if let bias {
            kernel.run(contiguous(), other.contiguous(), bias.contiguous(), into: out)
        } else {
            kernel.run(contiguous(), other.contiguous(), into: out)
        }
        return out
    }
}
