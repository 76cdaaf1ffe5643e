public import Tensor

// The transposes of convolutions, by which small images become large ones.

extension Tensor {
    /// The transpose of `conv1d`, by which small images become large ones: weights are
    /// [channels, features / groups, kernel]. Lengths become
    /// (n − 1) · stride − 2 · padding + (kernel − 1) · dilation + 1 + outputPadding.
    public final func convTranspose1d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: PerAxis = 0,
        outputPadding: PerAxis = 0, dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolveBack(
            1, weight, bias, outputPadding,
            KernelMovement(
                stride: stride, padding: .both(padding), dilation: dilation, groups: groups))
    }

    /// The transpose of `conv2d`; weights are [channels, features / groups, height, width].
    public final func convTranspose2d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: PerAxis = 0,
        outputPadding: PerAxis = 0, dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolveBack(
            2, weight, bias, outputPadding,
            KernelMovement(
                stride: stride, padding: .both(padding), dilation: dilation, groups: groups))
    }

    /// The transpose of `conv3d`; weights are [channels, features / groups, depth, height, width].
    public final func convTranspose3d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: PerAxis = 0,
        outputPadding: PerAxis = 0, dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolveBack(
            3, weight, bias, outputPadding,
            KernelMovement(
                stride: stride, padding: .both(padding), dilation: dilation, groups: groups))
    }

    private final func convolveBack(
        _ axes: Int, _ weight: Tensor, _ bias: Tensor?, _ outputPadding: PerAxis,
        _ movement: KernelMovement
    ) -> Tensor {
        let name = "convTranspose\(axes)d"
        let groups = movement.groups
        if rank == axes + 1 {
            return unsqueeze(0).convolveBack(axes, weight, bias, outputPadding, movement)
                .squeeze(0)
        }
        guard rank == axes + 2, weight.rank == axes + 2, groups > 0, shape[1] == weight.shape[0],
            weight.shape[0] % groups == 0, shape[1] > 0
        else {
            fail(
                name, "input \(shape) doesn't fit weight \(weight.shape) in \(groups) groups",
                hint: "inputs are [images, channels, …], weights [channels, features / groups, …]")
        }
        let (window, size) = movement.back(
            from: Array(shape.dropFirst(2)), kernel: Array(weight.shape.dropFirst(2)),
            outputPadding.each(axes, name), name)
        let op = Convolution(.input, window, extents: size)
        let (x, w) = Tensor.promoted(self, weight, for: op, name, toFloat: true)
        guard let shift = biased(name, bias, weight.shape[1] * groups, x.dtype).first else {
            return op([x, w])
        }
        if Autocast.precision.half != nil {
            let y = op([x, w])
            return y + shift.cast(to: y.dtype).perChannel(x.rank)
        }
        return Tensor.roundedOnce([x, w, shift]) {
            op([$0[0], $0[1]]) + $0[2].perChannel(x.rank)
        }
    }
}

extension KernelMovement {
    /// The window of a kernel that spreads images of a size, and the size that they get, with
    /// `more` at the end of each axis.
    fileprivate func back(
        from input: [Int], kernel: [Int], _ more: [Int], _ name: String
    ) -> (window: Window, size: [Int]) {
        let axes = input.count
        let (steps, spread) = (stride.each(axes, name), dilation.each(axes, name))
        let low = padding.each(input, kernel: kernel, stride: steps, dilation: spread, name).low
        guard (steps + spread + input + kernel).allSatisfy({ $0 > 0 && $0 < 1 << 31 }),
            (low + more).allSatisfy({ $0 >= 0 && $0 < 1 << 31 })
        else {
            fail(
                name,
                "stride \(steps), dilation \(spread) and padding \(low), \(more) for images "
                    + "\(input) and a kernel \(kernel)",
                hint: "sizes must be positive, and none beyond 2³¹")
        }
        var size: [Int] = []
        var fits = true
        for axis in 0..<axes {
            let reach: Int = (kernel[axis] - 1) * spread[axis] + 1
            let whole: Int = (input[axis] - 1) * steps[axis] + reach + more[axis]
            size.append(whole - 2 * low[axis])
            fits = fits && size[axis] > 0 && more[axis] < Swift.max(steps[axis], spread[axis])
        }
        guard fits else {
            fail(
                name,
                "stride \(steps), padding \(low), output padding \(more) and dilation "
                    + "\(spread) don't fit: the output would be \(size)",
                hint: "an output padding is less than the stride or the dilation")
        }
        let window = Window(stride: steps, padding: low, dilation: spread, groups: groups)
        return (window, size)
    }
}
