public import Tensor

// Convolutions of one, two and three axes.

extension Tensor {
    /// The convolution of [images, channels, length] with weights [features, channels / groups,
    /// kernel], plus a bias [features]; a single image needs no first axis. Traps where sizes don't
    /// fit.
    public final func conv1d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: Padding = 0,
        dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolve(
            1, weight, bias,
            KernelMovement(stride: stride, padding: padding, dilation: dilation, groups: groups))
    }

    /// The convolution of [images, channels, height, width] with weights
    /// [features, channels / groups, height, width], plus a bias [features]; a single image needs
    /// no first axis. Traps where sizes don't fit.
    public final func conv2d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: Padding = 0,
        dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolve(
            2, weight, bias,
            KernelMovement(stride: stride, padding: padding, dilation: dilation, groups: groups))
    }

    /// The convolution of [images, channels, depth, height, width] with weights of as many axes,
    /// plus a bias [features]; a single image needs no first axis. Traps where sizes don't fit.
    public final func conv3d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: Padding = 0,
        dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolve(
            3, weight, bias,
            KernelMovement(stride: stride, padding: padding, dilation: dilation, groups: groups))
    }

    /// The convolution along the last `axes` axes, with what is negative made 0 in the same pass if
    /// `rectified`; a single image needs no first axis.
    package final func convolve(
        _ axes: Int, _ weight: Tensor, _ bias: Tensor?, _ movement: KernelMovement,
        rectified: Bool = false
    ) -> Tensor {
        let name = "conv\(axes)d"
        let groups = movement.groups
        if rank == axes + 1 {
            return unsqueeze(0).convolve(axes, weight, bias, movement, rectified: rectified)
                .squeeze(0)
        }
        guard rank == axes + 2, weight.rank == axes + 2, groups > 0,
            shape[1] == weight.shape[1].times(groups), weight.shape[0] % groups == 0, shape[1] > 0
        else {
            fail(
                name, "input \(shape) doesn't fit weight \(weight.shape) in \(groups) groups",
                hint: "inputs are [images, channels, …], weights [features, channels / groups, …]")
        }
        let (window, extents) = movement.over(
            Array(shape.dropFirst(2)), kernel: Array(weight.shape.dropFirst(2)), name)
        let op = Convolution(.output, window, extents: extents, rectifies: rectified)
        let (x, w) = Tensor.promoted(self, weight, for: op, name, toFloat: true)
        return op([x, w] + biased(name, bias, weight.shape[0], x.dtype))
    }

    final func biased(
        _ name: String, _ bias: Tensor?, _ features: Int, _ dtype: DType
    ) -> [Tensor] {
        guard let bias else { return [] }
        if bias.shape != [features] {
            fail(name, "a bias of shape \(bias.shape) for \(features) features")
        }
        return [bias.cast(to: dtype)]
    }
}

extension KernelMovement {
    /// The window of a kernel that moves over images of a size, and how often it fits along each
    /// axis.
    fileprivate func over(
        _ size: [Int], kernel: [Int], _ name: String
    ) -> (window: Window, extents: [Int]) {
        let axes = size.count
        let (steps, spread) = (stride.each(axes, name), dilation.each(axes, name))
        guard (steps + spread + kernel + size).allSatisfy({ $0 > 0 && $0 < 1 << 31 }) else {
            fail(
                name,
                "a kernel \(kernel) with dilation \(spread) and stride \(steps) for \(size): all "
                    + "must be positive, and none beyond 2³¹")
        }
        let ends = padding.each(size, kernel: kernel, stride: steps, dilation: spread, name)
        guard (ends.low + ends.high).allSatisfy({ $0 >= 0 && $0 < 1 << 31 }) else {
            fail(name, "padding \(ends.low), \(ends.high); it must be from 0 to 2³¹")
        }
        var reach: [Int] = []
        for axis in 0..<axes {
            let padded: Int = size[axis] + ends.low[axis] + ends.high[axis]
            reach.append(padded - (kernel[axis] - 1) * spread[axis] - 1)
        }
        guard reach.allSatisfy({ $0 >= 0 }) else {
            fail(
                name,
                "a kernel \(kernel) with dilation \(spread), stride \(steps) and padding "
                    + "\(ends.low), \(ends.high) doesn't fit into \(size)")
        }
        let window = Window(stride: steps, padding: ends.low, dilation: spread, groups: groups)
        return (window, zip(reach, steps).map { $0 / $1 + 1 })
    }
}
