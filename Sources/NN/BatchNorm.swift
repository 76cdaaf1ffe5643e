internal import Autograd
public import Tensor

/// y = (x − mean) / √(variance + ε) · w + b of each channel of [batch, channels, …]: in training by
/// the mean and variance of the batch, which are averaged on the way; in evaluation by these
/// averages, so that examples don't depend on each other. In training a channel of fewer than two
/// elements traps.
///
/// Ioffe and Szegedy, "Batch Normalization", 2015.
public class BatchNorm: Layer {
    /// w [channels], ones at first; nil without.
    public final let weight: Parameter?
    /// b [channels], zeros at first; nil without.
    public final let bias: Parameter?
    /// The average of the batches' means, zeros at first.
    public final let runningMean: Buffer
    /// The average of the batches' variances, of their elements less one, ones at first.
    public final let runningVariance: Buffer
    /// How many batches there were.
    public final let batchCount: Buffer
    /// ε, which keeps the divisor from 0.
    public final let epsilon: Double
    /// What share a batch has of the new averages; nil for an average over all batches.
    public final let momentum: Double?

    /// How many axes a batch may have.
    package class var ranks: ClosedRange<Int> { 2...8 }

    /// A normalization of so many channels; without `affine` it has no w and b. Traps where there
    /// are no channels, or momentum isn't in 0...1.
    public required init(
        _ channels: Int, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
        dtype: DType = .float32
    ) {
        guard channels > 0, epsilon >= 0, (0...1).contains(momentum ?? 0) else {
            fail(
                "\(Self.self)",
                "\(channels) channels, epsilon \(epsilon), momentum \(momentum ?? 0)",
                hint: "channels must be positive, epsilon from 0 up, momentum from 0 to 1")
        }
        self.epsilon = epsilon
        self.momentum = momentum
        weight = affine ? Parameter(NDArray.full([channels], 1, dtype)) : nil
        bias = affine ? Parameter(NDArray.full([channels], 0, dtype)) : nil
        let wide: DType = dtype == .float64 ? .float64 : .float32
        runningMean = Buffer(NDArray.full([channels], 0, wide))
        runningVariance = Buffer(NDArray.full([channels], 1, wide))
        batchCount = Buffer(NDArray.full([], 0, .int64))
    }

    /// [batch, channels, …], like the input; traps where it has other channels or axes.
    public final override func callAsFunction(_ x: Tensor) -> Tensor { self(x, ending: Ending()) }

    override final var takesEnding: Bool { true }

    override final func callAsFunction(_ x: Tensor, ending: Ending) -> Tensor {
        guard Self.ranks.contains(x.rank), x.shape[1] == runningMean.shape[0] else {
            let (fewest, most) = (Self.ranks.lowerBound, Self.ranks.upperBound)
            fail(
                describe,
                "the input \(x.shape) is not [batch, \(runningMean.shape[0]), …] with "
                    + (fewest == most ? "\(most) axes" : "\(fewest) to \(most) axes"))
        }
        guard isTraining else {
            return ending.applied(
                to: x.batchNorm(
                    mean: runningMean, variance: runningVariance, weight: weight, bias: bias,
                    epsilon: epsilon))
        }
        // Halves are rounded before what comes after.
        let dtypes = [weight?.dtype, ending.added?.dtype].compactMap { $0 }
        let isWide = x.dtype == .float32 || x.dtype == .float64
        let isOnePass = isWide && dtypes.allSatisfy { $0 == x.dtype }
        let inside = isOnePass ? ending : Ending()
        let (y, moments) = x.batchNormWithMoments(
            weight: weight, bias: bias, epsilon: epsilon, added: inside.added,
            rectified: inside.rectifies)
        noGrad { average(moments, Double(x.count / x.shape[1])) }
        return isOnePass ? y : ending.applied(to: y)
    }

    /// Takes the means and variances of a batch into the averages, by a share of n / (n − 1) for
    /// those.
    private func average(_ moments: Tensor, _ n: Double) {
        batchCount.assign(batchCount + 1)
        let pairs = [(runningMean, moments[0]), (runningVariance, moments[1] * (n / (n - 1)))]
        for (average, new) in pairs {
            let change = new.cast(to: average.dtype) - average
            if let momentum {
                average.assign(average + change * momentum)
            } else {
                average.assign(average + change / batchCount.cast(to: average.dtype))
            }
        }
    }

    public final override func outputShape(for input: Shape) throws -> Shape {
        try channelwise(input, channels: runningMean.shape[0], ranks: Self.ranks)
    }

    /// The channels, and what isn't usual.
    public final override var pyTorchMembers: [(own: String, theirs: String)] {
        [
            ("runningMean", "running_mean"), ("runningVariance", "running_var"),
            ("batchCount", "num_batches_tracked"),
        ]
    }

    public final override var describe: String {
        let rate = momentum.map { $0 == 0.1 ? "" : ", momentum: \($0)" } ?? ", momentum: nil"
        return "\(type(of: self))(\(runningMean.shape[0])\(rate)\(weight == nil ? ", plain" : ""))"
    }
}

/// Batch normalization of [batch, channels] or [batch, channels, length].
public final class BatchNorm1d: BatchNorm {
    package override class var ranks: ClosedRange<Int> { 2...3 }
}

/// Batch normalization of [batch, channels, height, width].
public final class BatchNorm2d: BatchNorm {
    package override class var ranks: ClosedRange<Int> { 4...4 }
}

/// Batch normalization of [batch, channels, depth, height, width].
public final class BatchNorm3d: BatchNorm {
    package override class var ranks: ClosedRange<Int> { 5...5 }
}

extension Layer {
    /// The shape of an example, which stays what it is; throws where it has other channels or axes.
    final func channelwise(
        _ input: Shape, channels: Int, ranks: ClosedRange<Int> = 2...8
    ) throws -> Shape {
        guard ranks.contains(input.rank + 1), input[0] == channels else {
            throw ShapeError(
                layer: describe,
                problem: "the input \(input) should have \(channels) channels and "
                    + "\(ranks.count == 1 ? "" : "\(max(0, ranks.lowerBound - 2)) to ")"
                    + "\(ranks.upperBound - 2) more axes")
        }
        return input
    }
}
