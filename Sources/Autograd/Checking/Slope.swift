import Glibc
import Tensor

/// The derivative of a function by one element, by differences of several steps.
struct Slope {
    /// What the comparison with an analytic derivative says.
    struct Verdict {
        let analytic: Double
        let numeric: Double
        let slopes: (left: Double, right: Double)
        let error: Double
        /// Whether the slopes on both sides differ however small the step.
        let isKink: Bool
        let isWrong: Bool
    }

    /// Differences of one step.
    private struct Sample {
        let left, right: Double
        /// What rounding alone can make of a difference.
        let noise: Double
        var central: Double { (left + right) / 2 }
        var gap: Double { (right - left).magnitude }
    }

    private let function: WeightedFunction
    private let leaf: Tensor
    private let position: Int
    private let center: Double
    private let step: Double

    init(of function: WeightedFunction, by leaf: Tensor, at position: Int) {
        self.function = function
        self.leaf = leaf
        self.position = position
        center = leaf.data.element(position)
        // Where truncation and rounding are about equal.
        step = cbrt(function.epsilon) * max(1, center.magnitude)
    }

    /// Compares at one step, and where that disagrees or looks like a kink, at smaller ones: a kink
    /// beside the point disappears, one at the point stays.
    func compare(_ analytic: Double, _ tolerance: Double) -> Verdict {
        let wide = sample(step)
        let error = Slope.error(analytic, wide, tolerance)
        let slope = max(wide.left.magnitude, wide.right.magnitude)
        let isBent = !(wide.gap <= 0.1 * slope + 4 * wide.noise)
        if error <= tolerance, !isBent { return verdict(analytic, wide, error, false, false) }
        let fine = sample(step / 8)
        let finest = sample(step / 64)
        let best =
            [(wide, error)]
            + [fine, finest].map {
                ($0, Slope.error(analytic, $0, tolerance))
            }
        let (sample, smallest) = best.min { $0.1 < $1.1 } ?? (wide, error)
        // The gap of a smooth function is proportional to the step: here an eighth.
        let isKink = !(finest.gap <= 0.5 * fine.gap + 4 * finest.noise)
        if !isKink { return verdict(analytic, sample, smallest, false, !(smallest <= tolerance)) }
        let slack = tolerance * max(1, analytic.magnitude) + finest.noise
        let low = min(finest.left, finest.right) - slack
        let high = max(finest.left, finest.right) + slack
        let isEdge = !finest.central.isFinite && function.value.isFinite && !analytic.isNaN
        let isBetween = (low <= analytic && analytic <= high) || isEdge
        return verdict(analytic, finest, smallest, true, !isBetween)
    }

    private func verdict(
        _ analytic: Double, _ sample: Sample, _ error: Double, _ isKink: Bool, _ isWrong: Bool
    ) -> Verdict {
        Verdict(
            analytic: analytic, numeric: sample.central, slopes: (sample.left, sample.right),
            error: error, isKink: isKink, isWrong: isWrong)
    }

    /// The function's slopes to both sides.
    private func sample(_ step: Double) -> Sample {
        func value(at point: Double) -> Double {
            leaf.data.setElement(position, point)
            return function.evaluate()
        }
        let (above, below) = (center + step, center - step)
        let (upper, lower) = (value(at: above), value(at: below))
        leaf.data.setElement(position, center)
        let size = max(function.magnitude, upper.magnitude, lower.magnitude)
        return Sample(
            left: (function.value - lower) / (center - below),
            right: (upper - function.value) / (above - center),
            noise: 16 * function.epsilon * size / step)
    }

    private static func error(_ analytic: Double, _ sample: Sample, _ tolerance: Double) -> Double {
        let difference = (analytic - sample.central).magnitude
        if difference == 0 { return 0 }
        if difference.isNaN { return .infinity }
        let size = max(analytic.magnitude, sample.central.magnitude, sample.noise / tolerance)
        return difference / size
    }
}

extension NDArray {
    /// The element at a position of a contiguous array, as an array of one.
    private func one(_ position: Int) -> NDArray {
        reshape([count]).slice(axis: 0, start: position, count: 1)
    }

    fileprivate func element(_ position: Int) -> Double { one(position).scalar }

    fileprivate func setElement(_ position: Int, _ value: Double) {
        one(position).assign(NDArray.full([1], value, dtype, on: backend))
    }
}
