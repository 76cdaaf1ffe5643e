internal import Autograd
internal import Tensor

/// A line search for the strong Wolfe conditions: a step t along a direction of descent with
/// φ(t) ≤ φ(0) + c₁ t φ′(0) and |φ′(t)| ≤ c₂ |φ′(0)|, where φ is the loss along the direction.
///
/// Nocedal and Wright, "Numerical optimization", 2nd edition, algorithms 3.5 and 3.6.
struct WolfeSearch {
    /// What is known about one step.
    struct Sample {
        let step, value, slope: Double
        let gradient: Tensor

        var isFinite: Bool { value.isFinite && slope.isFinite }
    }

    /// c₁: which share of the decrease that the slope promises is enough.
    let decrease = 1e-4
    /// c₂: which share of the slope may be left. Small values search for the minimum itself.
    let curvature: Double
    /// How often the loss may be computed.
    let limit: Int

    /// The accepted step, or nil if none was found: then rounding hides any further decrease.
    func run(
        from start: Sample, first: Double, _ sample: (Double) -> Sample
    ) -> Sample? {
        var previous = start
        var step = first
        for count in 1...limit {
            let current = sample(step)
            let isHigh = !current.isFinite || isTooHigh(current, start)
            if isHigh || (count > 1 && current.value >= previous.value) {
                return narrow(previous, current, start, limit - count, sample)
            }
            if isFlat(current, start) { return current }
            if current.slope >= 0 {
                return narrow(current, previous, start, limit - count, sample)
            }
            let guess = WolfeSearch.cubicMinimum(previous, current)
            let bounds = (1.1 * step, 10 * step)
            step = guess.map { min(max($0, bounds.0), bounds.1) } ?? 2 * step
            previous = current
        }
        return previous.step > 0 ? previous : nil
    }

    /// Shrinks an interval that holds an acceptable step: `low` is its better end.
    private func narrow(
        _ low: Sample, _ high: Sample, _ start: Sample, _ limit: Int,
        _ sample: (Double) -> Sample
    ) -> Sample? {
        var (low, high) = (low, high)
        for _ in 0..<max(0, limit) {
            let width = high.step - low.step
            if abs(width) <= 1e-14 * max(abs(high.step), abs(low.step)) { break }
            let current = sample(inside(low, high))
            let isHigh = !current.isFinite || isTooHigh(current, start)
            if isHigh || current.value >= low.value {
                high = current
                continue
            }
            if isFlat(current, start) { return current }
            if current.slope * width >= 0 { high = low }
            low = current
        }
        return low.step > 0 ? low : nil
    }

    private func isTooHigh(_ sample: Sample, _ start: Sample) -> Bool {
        sample.value > start.value + decrease * sample.step * start.slope
    }

    private func isFlat(_ sample: Sample, _ start: Sample) -> Bool {
        abs(sample.slope) <= -curvature * start.slope
    }

    /// Where to look next: the minimum of the cubic, kept away from the ends, or the middle.
    private func inside(_ low: Sample, _ high: Sample) -> Double {
        let width = high.step - low.step
        guard let guess = WolfeSearch.cubicMinimum(low, high) else { return low.step + width / 2 }
        let share = (guess - low.step) / width
        return low.step + min(max(share, 0.02), 0.98) * width
    }

    /// The minimum of the cubic with these values and slopes, which for a quadratic is exact.
    private static func cubicMinimum(_ a: Sample, _ b: Sample) -> Double? {
        guard a.isFinite, b.isFinite, a.step != b.step else { return nil }
        let mean = 3 * (a.value - b.value) / (b.step - a.step) + a.slope + b.slope
        let square = mean * mean - a.slope * b.slope
        guard square >= 0 else { return nil }
        let root = b.step > a.step ? square.squareRoot() : -square.squareRoot()
        let divisor = b.slope - a.slope + 2 * root
        guard divisor != 0 else { return nil }
        let guess = b.step - (b.step - a.step) * (b.slope + root - mean) / divisor
        return guess.isFinite ? guess : nil
    }
}

extension Landscape {
    /// Searches along `direction` from `point`, where the loss is `value` and has this gradient,
    /// and leaves the parameters at the step found, or at `point` if there is none.
    func descend(
        from point: Tensor, value: Double, gradient: Tensor, along direction: Tensor,
        first: Double, _ search: WolfeSearch
    ) -> WolfeSearch.Sample? {
        let start = WolfeSearch.Sample(
            step: 0, value: value, slope: gradient.dot(direction).item, gradient: gradient)
        guard start.isFinite, start.slope < 0 else { return nil }
        var last = 0.0
        let found = search.run(from: start, first: first) { step in
            move(to: point + direction * step)
            last = step
            let (value, gradient) = slope()
            return WolfeSearch.Sample(
                step: step, value: value, slope: gradient.dot(direction).item, gradient: gradient)
        }
        let step = found?.step ?? 0
        if step != last { move(to: step == 0 ? point : point + direction * step) }
        return found
    }
}
