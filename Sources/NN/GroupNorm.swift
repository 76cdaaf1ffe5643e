internal import Autograd
public import Tensor

/// y = (x − mean) / √(variance + ε) · w + b of [batch, channels, …] by the mean and variance of
/// each group of channels of each example: Wu and He, "Group Normalization", 2018.
public class GroupNorm: Layer {
    /// How many groups the channels come in.
    public final let groups: Int
    /// How many channels there are.
    public final let channels: Int
    /// w [channels], ones at first; nil without.
    public final let weight: Parameter?
    /// b [channels], zeros at first; nil without.
    public final let bias: Parameter?
    /// ε, which keeps the divisor from 0.
    public final let epsilon: Double

    /// A normalization of `channels` in `groups`, which divide them or it traps; without `affine`
    /// it has no w and b.
    public init(
        _ groups: Int, _ channels: Int, epsilon: Double = 1e-5, affine: Bool = true,
        dtype: DType = .float32
    ) {
        guard groups > 0, channels > 0, channels % groups == 0 else {
            fail("GroupNorm", "\(channels) channels don't come in \(groups) groups")
        }
        guard epsilon >= 0 else { fail("GroupNorm", "epsilon is \(epsilon), not from 0 up") }
        self.groups = groups
        self.channels = channels
        self.epsilon = epsilon
        weight = affine ? Parameter(NDArray.full([channels], 1, dtype)) : nil
        bias = affine ? Parameter(NDArray.full([channels], 0, dtype)) : nil
    }

    /// [batch, channels, …], like the input; traps where it has other channels.
    public final override func callAsFunction(_ x: Tensor) -> Tensor {
        guard x.rank > 1, x.shape[1] == channels else {
            fail(describe, "the input \(x.shape) is not [batch, \(channels), …]")
        }
        return x.groupNorm(groups, weight: weight, bias: bias, epsilon: epsilon)
    }

    public final override func outputShape(for input: Shape) throws -> Shape {
        try channelwise(input, channels: channels)
    }

    /// The groups and channels.
    public override var describe: String { "GroupNorm(\(groups), \(channels))" }
}

/// `GroupNorm` with each channel a group of its own: Ulyanov, Vedaldi and Lempitsky, "Instance
/// Normalization", 2016.
public final class InstanceNorm: GroupNorm {
    /// A normalization of each of so many channels of each example; with `affine` it has w and b.
    public init(
        _ channels: Int, epsilon: Double = 1e-5, affine: Bool = false, dtype: DType = .float32
    ) {
        super.init(channels, channels, epsilon: epsilon, affine: affine, dtype: dtype)
    }

    /// The channels.
    public override var describe: String { "InstanceNorm(\(channels))" }
}
