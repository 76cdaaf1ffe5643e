internal import CKernels
internal import Tensor

/// Adam whose step for each parameter is as long as the parameter, for large batches: with Adam's m
/// and v,  u = m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε) + decay p,  p −= rate · |p| / |u| · u.
/// Where |p| or |u| is 0, their ratio counts as 1.
///
/// You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", 2020.
public final class LAMB: Adam {
    /// An optimizer with the paper's defaults; β₁ and β₂ outside 0..<1 trap.
    public init(
        _ source: some ParameterSource, learningRate: Double = 1e-3, beta1: Double = 0.9,
        beta2: Double = 0.999, epsilon: Double = 1e-6, weightDecay: Double = 0.01
    ) {
        super.init(
            source, rule: .lamb, learningRate: learningRate, beta1: beta1, beta2: beta2,
            epsilon: epsilon, weightDecay: weightDecay)
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        // The first two are those of the rule `sgd`, which makes the step.
        [rate, 0, 1 / (1 - power(beta1, step)), 1 / (1 - power(beta2, step)), epsilon] + shares
            + [decay]
    }

    override func change(_ arrays: [NDArray], numbers: NDArray, clip: NDArray?, gate: NDArray?) {
        var arrays = arrays
        let width = 2 + slots.count
        let places = Array(stride(from: 0, to: arrays.count, by: width))
        let parameters = places.map { arrays[$0] }
        for place in places { arrays[place] = arrays[place].copy() }
        let directions = places.map { arrays[$0] }
        run(.lamb, arrays, numbers: numbers, clip: clip, gate: gate)
        run(
            .sgd, Array(Swift.zip(parameters, directions).map { [$0, $1] }.joined()),
            numbers: numbers, clip: ratios(parameters, directions), gate: gate)
    }

    /// |p| / |u| of each pair, in float64.
    private func ratios(_ parameters: [NDArray], _ directions: [NDArray]) -> NDArray {
        let squares = NDArray.squaredNorms(parameters + directions)
        let count = parameters.count
        let above = squares.slice(axis: 0, start: 0, count: count)
        let below = squares.slice(axis: 0, start: count, count: count)
        let isDefined = above.zip(.minimum, below).compare(.gt, Scalar(0))
        let ratio = above.zip(.div, below).map(.sqrt)
        return isDefined.select(ratio, NDArray.full([count], 1, .float64, on: ratio.backend))
    }
}
