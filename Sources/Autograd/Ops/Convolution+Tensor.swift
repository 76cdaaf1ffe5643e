public import Tensor

/// One number for all axes, or one for each.
public struct PerAxis: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    let values: [Int]

    /// The same number for all axes.
    public init(_ value: Int) { values = [value] }
    /// A number for each axis, the outermost first.
    public init(_ values: [Int]) { self.values = values }
    /// The same number for all axes.
    public init(integerLiteral value: Int) { values = [value] }
    /// A number for each axis, the outermost first.
    public init(arrayLiteral elements: Int...) { values = elements }

    /// The numbers of `rank` axes; traps where there is another number of them.
    public func each(_ rank: Int, _ operation: String) -> [Int] {
        if values.count == 1 { return Array(repeating: values[0], count: rank) }
        if values.count != rank {
            fail(operation, "\(values) for \(rank) axes", hint: "give one number, or one an axis")
        }
        return values
    }
}

/// How much is put around an input before a window moves over it.
public enum Padding: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    /// As much at both ends of an axis.
    case both(PerAxis)
    /// Each end by itself.
    case ends(low: [Int], high: [Int])
    /// As much as gives the output the size of the input at stride 1, divided by the stride and
    /// rounded up at others; an odd element goes to the far end.
    case same
    /// Nothing.
    public static let valid = Padding.both(0)

    /// As much at both ends of every axis.
    public init(integerLiteral value: Int) { self = .both(PerAxis(value)) }
    /// As much at both ends, one number an axis.
    public init(arrayLiteral elements: Int...) { self = .both(PerAxis(elements)) }

    /// What stands before and behind each axis.
    public func each(
        _ input: [Int], kernel: [Int], stride: [Int], dilation: [Int], _ operation: String
    ) -> (low: [Int], high: [Int]) {
        switch self {
        case .both(let amount):
            let each = amount.each(input.count, operation)
            return (each, each)
        case .ends(let low, let high):
            if low.count != input.count || high.count != input.count {
                fail(operation, "padding \(low) and \(high) for \(input.count) axes")
            }
            return (low, high)
        case .same:
            let total = input.indices.map { axis in
                let steps = (input[axis] + stride[axis] - 1) / stride[axis]
                let reach = (steps - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] + 1
                return Swift.max(0, reach - input[axis])
            }
            return (total.map { $0 / 2 }, total.map { $0 - $0 / 2 })
        }
    }
}

extension Tensor {
    /// The convolution of [images, channels, length] with weights [features, channels / groups, kernel],
    /// plus a bias [features]; a single image needs no first axis. Traps where sizes don't fit.
    public final func conv1d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: Padding = 0,
        dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolve("conv1d", 1, weight, bias, stride, padding, dilation, groups)
    }

    /// The convolution of [images, channels, height, width] with weights
    /// [features, channels / groups, height, width], plus a bias [features]; a single image needs no
    /// first axis. Traps where sizes don't fit.
    public final func conv2d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: Padding = 0,
        dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolve("conv2d", 2, weight, bias, stride, padding, dilation, groups)
    }

    /// The convolution of [images, channels, depth, height, width] with weights of as many axes, plus a
    /// bias [features]; a single image needs no first axis. Traps where sizes don't fit.
    public final func conv3d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: Padding = 0,
        dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolve("conv3d", 3, weight, bias, stride, padding, dilation, groups)
    }

    private final func convolve(
        _ name: String, _ axes: Int, _ weight: Tensor, _ bias: Tensor?, _ stride: PerAxis,
        _ padding: Padding, _ dilation: PerAxis, _ groups: Int
    ) -> Tensor {
        if rank == axes + 1 {
            return unsqueeze(0).convolve(
                name, axes, weight, bias, stride, padding, dilation, groups
            ).squeeze(0)
        }
        guard rank == axes + 2, weight.rank == axes + 2, groups > 0,
            shape[1] == weight.shape[1] * groups, weight.shape[0] % groups == 0, shape[1] > 0
        else {
            fail(
                name, "input \(shape) doesn't fit weight \(weight.shape) in \(groups) groups",
                hint: "inputs are [images, channels, …], weights [features, channels / groups, …]")
        }
        let (x, w) = Tensor.promoted(self, weight, toFloat: true)
        let size = Array(shape.dropFirst(2))
        let kernel = Array(weight.shape.dropFirst(2))
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
        let extents: [Int] = zip(reach, steps).map { $0 / $1 + 1 }
        let op = Convolution(.output, window, extents: extents)
        return op([x, w] + biased(name, bias, weight.shape[0], x.dtype))
    }

    private final func biased(
        _ name: String, _ bias: Tensor?, _ features: Int, _ dtype: DType
    ) -> [Tensor] {
        guard let bias else { return [] }
        if bias.shape != [features] {
            fail(name, "a bias of shape \(bias.shape) for \(features) features")
        }
        return [bias.cast(to: dtype)]
    }

    /// The transpose of `conv1d`, by which small images become large ones: weights are
    /// [channels, features / groups, kernel]. Lengths become
    /// (n − 1) · stride − 2 · padding + (kernel − 1) · dilation + 1 + outputPadding.
    public final func convTranspose1d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: PerAxis = 0,
        outputPadding: PerAxis = 0, dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolveBack(
            "convTranspose1d", 1, weight, bias, stride, padding, outputPadding, dilation, groups)
    }

    /// The transpose of `conv2d`; weights are [channels, features / groups, height, width].
    public final func convTranspose2d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: PerAxis = 0,
        outputPadding: PerAxis = 0, dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolveBack(
            "convTranspose2d", 2, weight, bias, stride, padding, outputPadding, dilation, groups)
    }

    /// The transpose of `conv3d`; weights are [channels, features / groups, depth, height, width].
    public final func convTranspose3d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: PerAxis = 1, padding: PerAxis = 0,
        outputPadding: PerAxis = 0, dilation: PerAxis = 1, groups: Int = 1
    ) -> Tensor {
        convolveBack(
            "convTranspose3d", 3, weight, bias, stride, padding, outputPadding, dilation, groups)
    }

    private final func convolveBack(
        _ name: String, _ axes: Int, _ weight: Tensor, _ bias: Tensor?, _ stride: PerAxis,
        _ padding: PerAxis, _ outputPadding: PerAxis, _ dilation: PerAxis, _ groups: Int
    ) -> Tensor {
        if rank == axes + 1 {
            return unsqueeze(0).convolveBack(
                name, axes, weight, bias, stride, padding, outputPadding, dilation, groups
            ).squeeze(0)
        }
        guard rank == axes + 2, weight.rank == axes + 2, groups > 0, shape[1] == weight.shape[0],
            weight.shape[0] % groups == 0, shape[1] > 0
        else {
            fail(
                name, "input \(shape) doesn't fit weight \(weight.shape) in \(groups) groups",
                hint: "inputs are [images, channels, …], weights [channels, features / groups, …]")
        }
        let (x, w) = Tensor.promoted(self, weight, toFloat: true)
        let (steps, spread) = (stride.each(axes, name), dilation.each(axes, name))
        let (low, more) = (padding.each(axes, name), outputPadding.each(axes, name))
        let given = Array(shape.dropFirst(2)) + Array(weight.shape.dropFirst(2))
        guard (steps + spread + given).allSatisfy({ $0 > 0 && $0 < 1 << 31 }),
            (low + more).allSatisfy({ $0 >= 0 && $0 < 1 << 31 })
        else {
            fail(
                name,
                "stride \(steps), dilation \(spread) and padding \(low), \(more) for \(shape) and "
                    + "\(weight.shape)", hint: "sizes must be positive, and none beyond 2³¹")
        }
        var size: [Int] = []
        var fits = true
        for axis in 0..<axes {
            let reach: Int = (weight.shape[axis + 2] - 1) * spread[axis] + 1
            let whole: Int = (shape[axis + 2] - 1) * steps[axis] + reach + more[axis]
            size.append(whole - 2 * low[axis])
            fits = fits && steps[axis] > 0 && spread[axis] > 0 && low[axis] >= 0
            fits = fits && size[axis] > 0 && more[axis] >= 0
            fits = fits && more[axis] < Swift.max(steps[axis], spread[axis])
        }
        guard fits
        else {
            fail(
                name,
                "stride \(steps), padding \(low), output padding \(more) and dilation "
                    + "\(spread) don't fit: the output would be \(size)",
                hint: "an output padding is less than the stride or the dilation")
        }
        let window = Window(stride: steps, padding: low, dilation: spread, groups: groups)
        let op = Convolution(.input, window, extents: size)
        guard let shift = biased(name, bias, weight.shape[1] * groups, x.dtype).first else {
            return op([x, w])
        }
        return Tensor.roundedOnce([x, w, shift]) {
            op([$0[0], $0[1]]) + $0[2].perChannel(x.rank)
        }
    }
}
