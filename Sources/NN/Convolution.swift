public import Autograd
public import Tensor

/// What the convolution layers of one, two and three axes share: a weight [features, channels /
/// groups, kernel…], a bias [features], and how the kernel moves.
public class ConvolutionLayer: Layer, WeightedLayer {
    /// The weight, of shape [features, channels / groups, kernel…].
    public final let weight: Parameter
    /// The bias, of shape [features].
    public final let bias: Parameter?
    /// Steps between neighbouring results, one number an axis.
    public final let stride: PerAxis
    /// How much is put around the input.
    public final let padding: Padding
    /// The distance of neighbouring elements of the kernel, one number an axis.
    public final let dilation: PerAxis
    /// Channels come in so many groups that see nothing of each other.
    public final let groups: Int

    // `stride` and `dilation` of each axis.
    private let steps: [Int]
    private let spread: [Int]

    /// The number of axes beside channels.
    package class var axes: Int {
        fail("ConvolutionLayer", "has no axes", hint: "make a Conv1d, Conv2d or Conv3d")
    }

    /// Traps where a size isn't positive, padding is negative, or groups don't divide channels and
    /// features.
    public required init(
        _ channels: Int, _ features: Int, kernel: PerAxis, stride: PerAxis = 1,
        padding: Padding = 0, dilation: PerAxis = 1, groups: Int = 1, bias: Bool = true,
        initializer: Initializer = .fanInUniform, dtype: DType = .float32, using random: Random
    ) {
        let axes = Self.axes
        let name = "Conv\(axes)d"
        guard channels > 0, features > 0, groups > 0, channels % groups == 0, features % groups == 0
        else {
            fail(
                name, "\(channels) channels and \(features) features in \(groups) groups",
                hint: "all must be positive, and groups divide both")
        }
        let inner = channels / groups
        let sizes = kernel.each(axes, name)
        (steps, spread) = (stride.each(axes, name), dilation.each(axes, name))
        guard (sizes + steps + spread).allSatisfy({ $0 > 0 && $0 < 1 << 31 }) else {
            fail(
                name, "a kernel \(sizes) with stride \(steps) and dilation \(spread)",
                hint: "all must be positive, and none beyond 2³¹")
        }
        let ends = padding.each(sizes, kernel: sizes, stride: steps, dilation: spread, name)
        guard (ends.low + ends.high).allSatisfy({ $0 >= 0 && $0 < 1 << 31 }) else {
            fail(name, "padding \(ends.low), \(ends.high)", hint: "it must be from 0 to 2³¹")
        }
        weight = Parameter(initializer(Shape([features, inner] + sizes), dtype, random))
        let bound = 1 / Double(sizes.reduce(inner, *)).squareRoot()
        let forBias = Initializer.uniform(low: -bound, high: bound)
        self.bias = bias ? Parameter(forBias([features], dtype, random)) : nil
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
    }

    /// [batch, features, sizes…]; traps where the input doesn't fit.
    public final override func callAsFunction(_ x: Tensor) -> Tensor { self(x, weight: weight) }

    override final var takesEnding: Bool { true }

    override final func callAsFunction(_ x: Tensor, ending: Ending) -> Tensor {
        let y = x.convolve(
            axes, weight, bias,
            KernelMovement(stride: stride, padding: padding, dilation: dilation, groups: groups),
            rectified: ending.rectifies && ending.added == nil)
        return ending.added == nil ? y : ending.applied(to: y)
    }

    /// The output, with another tensor in place of the weight.
    public final func callAsFunction(_ x: Tensor, weight: Tensor) -> Tensor {
        x.convolve(
            axes, weight, bias,
            KernelMovement(stride: stride, padding: padding, dilation: dilation, groups: groups))
    }

    private var axes: Int { steps.count }

    /// [features, sizes…] of one example; throws where the channels or axes don't fit.
    public override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank == axes + 1 else {
            throw ShapeError(
                layer: describe,
                problem: "the input \(input) should have channels and \(axes) more axes")
        }
        guard input[0] == weight.shape[1] * groups else {
            throw ShapeError(
                layer: describe,
                problem: "the input \(input) should have \(weight.shape[1] * groups) channels")
        }
        let kernel = Array(weight.shape.dropFirst(2))
        let size = Array(input.dropFirst())
        let ends = padding.each(size, kernel: kernel, stride: steps, dilation: spread, describe)
        var result = [weight.shape[0]]
        for axis in 0..<axes {
            let padded = size[axis].plus(ends.low[axis]).plus(ends.high[axis])
            let room = padded.plus(-(kernel[axis] - 1) * spread[axis] - 1)
            guard room >= 0 else {
                let reach = zip(kernel, spread).map { ($0 - 1) * $1 + 1 }
                let size =
                    spread.allSatisfy { $0 == 1 }
                    ? "is larger than the input \(input); lower kernel or add padding"
                    : "reaches over \(Shape(reach)) by its dilation, more than the input \(input) "
                        + "has; lower dilation or add padding"
                throw ShapeError(layer: describe, problem: "the kernel \(Shape(kernel)) \(size)")
            }
            result.append(room / steps[axis] + 1)
        }
        return Shape(result)
    }

    /// The channels, the features and the kernel.
    public override var describe: String {
        let kernel = weight.shape.dropFirst(2).map(String.init).joined(separator: "×")
        let channels = "\(weight.shape[1] * groups) → \(weight.shape[0])"
        return "Conv\(axes)d(\(channels), \(kernel)\(bias == nil ? ", no bias" : ""))"
    }
}

/// The convolution of [batch, channels, length] with a trained kernel: [batch, features, length'].
public final class Conv1d: ConvolutionLayer {
    package override class var axes: Int { 1 }
}

/// The convolution of [batch, channels, height, width] with a trained kernel:
/// [batch, features, height', width'].
public final class Conv2d: ConvolutionLayer {
    package override class var axes: Int { 2 }
}

/// The convolution of [batch, channels, depth, height, width] with a trained kernel.
public final class Conv3d: ConvolutionLayer {
    package override class var axes: Int { 3 }
}
