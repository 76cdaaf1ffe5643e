public import Autograd
public import Tensor

/// What the transposed convolutions of one, two and three axes share: small images become large
/// ones by a weight [channels, features / groups, kernel…] and a bias [features].
public class ConvolutionTransposeLayer: Layer, WeightedLayer {
    /// The weight, of shape [channels, features / groups, kernel…].
    public final let weight: Parameter
    /// The bias, of shape [features].
    public final let bias: Parameter?
    /// What is added to each size.
    public final let outputPadding: PerAxis
    /// Channels come in so many groups that see nothing of each other.
    public final let groups: Int

    package final let stride, padding, dilation: PerAxis

    /// The number of axes beside channels.
    package class var axes: Int {
        fail("ConvolutionTransposeLayer", "has no axes", hint: "make a ConvTranspose2d or another")
    }

    /// Traps where a size isn't positive, or groups don't divide channels and features. Sizes
    /// become (n − 1) · stride − 2 · padding + (kernel − 1) · dilation + 1 + outputPadding.
    public required init(
        _ channels: Int, _ features: Int, kernel: PerAxis, stride: PerAxis = 1,
        padding: PerAxis = 0, outputPadding: PerAxis = 0, dilation: PerAxis = 1, groups: Int = 1,
        bias: Bool = true, initializer: Initializer = .fanInUniform, dtype: DType = .float32,
        using random: Random
    ) {
        let name = "\(Self.self)"
        let sizes = kernel.each(Self.axes, name)
        guard channels > 0, features > 0, groups > 0, channels % groups == 0,
            features % groups == 0, sizes.allSatisfy({ $0 > 0 && $0 < 1 << 31 })
        else {
            fail(
                name,
                "\(channels) channels and \(features) features in \(groups) groups, kernel "
                    + "\(sizes)", hint: "all must be positive, and groups divide both")
        }
        weight = Parameter(
            initializer(Shape([channels, features / groups] + sizes), dtype, random))
        let bound = 1 / Double(sizes.reduce(features / groups, *)).squareRoot()
        let forBias = Initializer.uniform(low: -bound, high: bound)
        self.bias = bias ? Parameter(forBias([features], dtype, random)) : nil
        self.stride = stride
        self.padding = padding
        self.outputPadding = outputPadding
        self.dilation = dilation
        self.groups = groups
    }

    /// [batch, features, sizes…]; traps where the input doesn't fit.
    public final override func callAsFunction(_ x: Tensor) -> Tensor { self(x, weight: weight) }

    /// The second axis of the weight.
    public final var outputAxis: Int { 1 }

    /// The output, with another tensor in place of the weight.
    public final func callAsFunction(_ x: Tensor, weight: Tensor) -> Tensor {
        switch Self.axes {
        case 1:
            x.convTranspose1d(
                weight, bias, stride: stride, padding: padding, outputPadding: outputPadding,
                dilation: dilation, groups: groups)
        case 2:
            x.convTranspose2d(
                weight, bias, stride: stride, padding: padding, outputPadding: outputPadding,
                dilation: dilation, groups: groups)
        default:
            x.convTranspose3d(
                weight, bias, stride: stride, padding: padding, outputPadding: outputPadding,
                dilation: dilation, groups: groups)
        }
    }

    /// [features, sizes…] of one example; throws where the channels or axes don't fit, or nothing
    /// is left.
    public final override func outputShape(for input: Shape) throws -> Shape {
        let axes = Self.axes
        guard input.rank == axes + 1, input[0] == weight.shape[0] else {
            throw ShapeError(
                layer: describe,
                problem: "the input \(input) should have \(weight.shape[0]) channels and \(axes) "
                    + "more axes")
        }
        let (steps, around) = (stride.each(axes, describe), padding.each(axes, describe))
        let (more, spread) = (outputPadding.each(axes, describe), dilation.each(axes, describe))
        var result = [weight.shape[1] * groups]
        for axis in 0..<axes {
            let reach = (weight.shape[axis + 2] - 1).times(spread[axis]).plus(1)
            let whole = input[axis + 1].plus(-1).times(steps[axis]).plus(reach).plus(more[axis])
            let size = whole.plus(around[axis].times(-2))
            guard size > 0 else {
                throw ShapeError(
                    layer: describe, problem: "padding \(around) leaves nothing of \(input)",
                    remedy: "lower padding, or add to kernel or stride")
            }
            guard more[axis] == 0 || more[axis] < max(steps[axis], spread[axis]) else {
                throw ShapeError(
                    layer: describe,
                    problem: "output padding \(more) beside stride \(steps) and dilation \(spread)",
                    remedy: "an output padding is less than the stride or the dilation")
            }
            result.append(size)
        }
        return Shape(result)
    }

    /// The channels, the features and the kernel.
    public final override var describe: String {
        let kernel = weight.shape.dropFirst(2).map(String.init).joined(separator: "×")
        let channels = "\(weight.shape[0]) → \(weight.shape[1] * groups)"
        return "\(type(of: self))(\(channels), \(kernel)\(bias == nil ? ", no bias" : ""))"
    }
}

/// The transposed convolution of [batch, channels, length].
public final class ConvTranspose1d: ConvolutionTransposeLayer {
    package override class var axes: Int { 1 }
}

/// The transposed convolution of [batch, channels, height, width].
public final class ConvTranspose2d: ConvolutionTransposeLayer {
    package override class var axes: Int { 2 }
}

/// The transposed convolution of [batch, channels, depth, height, width].
public final class ConvTranspose3d: ConvolutionTransposeLayer {
    package override class var axes: Int { 3 }
}
