internal import Tensor

/// The learning rate as a function of the number of steps already made.
///
///     let schedule = Schedule.cosine(1e-3, steps: 900).warmedUp(over: 100)
///     optimizer.learningRate = schedule(optimizer.stepCount)
public struct Schedule: Sendable {
    private let rate: @Sendable (Int) -> Double

    /// A schedule of one's own: the rate after a number of steps.
    public init(_ rate: @escaping @Sendable (Int) -> Double) { self.rate = rate }

    /// The rate for the step after `step` others.
    public func callAsFunction(_ step: Int) -> Double { rate(max(step, 0)) }

    /// The same rate always.
    public static func constant(_ rate: Double) -> Schedule { Schedule { _ in rate } }

    /// Multiplied by `factor` after every `interval` steps.
    public static func step(_ rate: Double, every interval: Int, factor: Double = 0.1) -> Schedule {
        checkSteps(interval, "step")
        return Schedule { rate * power(factor, $0 / interval) }
    }

    /// Multiplied by `factor` after each step.
    public static func exponential(_ rate: Double, factor: Double) -> Schedule {
        Schedule { rate * power(factor, $0) }
    }

    /// From `rate` to `final` in `steps` steps as (1 − t)ᵖ falls from 1 to 0, then `final`.
    public static func polynomial(
        _ rate: Double, steps: Int, final: Double = 0, exponent: Double = 1
    ) -> Schedule {
        checkSteps(steps, "polynomial")
        return Schedule { step in
            let left = 1 - min(1, Double(step) / Double(steps))
            return final + (rate - final) * power(left, exponent)
        }
    }

    /// From `rate` to `final` in `steps` steps along half a cosine, then `final`.
    public static func cosine(_ rate: Double, steps: Int, final: Double = 0) -> Schedule {
        checkSteps(steps, "cosine")
        return Schedule { step in
            final + (rate - final) * halfCosine(min(1, Double(step) / Double(steps)))
        }
    }

    /// Half a cosine from `rate` to `final` that starts again after `period` steps, then after
    /// `growth` times as many, and so on. Loshchilov and Hutter, "SGDR", 2017.
    public static func cosineRestarts(
        _ rate: Double, period: Int, growth: Int = 1, final: Double = 0
    ) -> Schedule {
        checkSteps(period, "cosineRestarts")
        guard growth >= 1 else { fail("cosineRestarts", "growth is \(growth), below 1") }
        return Schedule { step in
            var (position, length) = (step, period)
            if growth == 1 {
                position %= period
            } else {
                while position >= length {
                    position -= length
                    let (longer, overflow) = length.multipliedReportingOverflow(by: growth)
                    length = overflow ? .max : longer
                }
            }
            return final + (rate - final) * halfCosine(Double(position) / Double(length))
        }
    }

    /// The curve of the two parts of `oneCycle`.
    public enum Curve: String, Sendable, CaseIterable {
        /// Half a cosine wave, flat at both ends.
        case cosine
        /// A straight line.
        case linear

        /// From 0 at 0 to 1 at 1.
        func callAsFunction(_ x: Double) -> Double { self == .linear ? x : 1 - halfCosine(x) }
    }

    /// Up from `rate` / `startDivisor` to `rate` in the first `rising` share of `steps` steps, then
    /// down to the start's `finalDivisor`-th part, which the last of the steps is made with. Smith
    /// and Topin, "Super-convergence", 2018.
    public static func oneCycle(
        _ rate: Double, steps: Int, rising: Double = 0.3, startDivisor: Double = 25,
        finalDivisor: Double = 10_000, curve: Curve = .cosine
    ) -> Schedule {
        checkSteps(steps, "oneCycle")
        guard rising >= 0, rising <= 1 else {
            fail("oneCycle", "rising is \(rising), not in 0...1")
        }
        let start = rate / startDivisor
        let end = start / finalDivisor
        let last = Double(steps - 1)
        let peak = max(rising * Double(steps) - 1, 0)
        return Schedule { step in
            let step = Double(step)
            if step < peak { return start + (rate - start) * curve(step / peak) }
            if step >= last, step > peak || rising < 1 { return end }
            return rate + (end - rate) * curve((step - peak) / max(last - peak, 1))
        }
    }

    /// Rises evenly from 0 to this schedule's first rate in `steps` steps, then follows it from its
    /// beginning.
    public func warmedUp(over steps: Int) -> Schedule {
        guard steps > 0 else { return self }
        return Schedule { step in
            step < steps ? self(0) * Double(step) / Double(steps) : self(step - steps)
        }
    }

    private static func checkSteps(_ steps: Int, _ name: String) {
        guard steps > 0 else { fail("Schedule.\(name)", "\(steps) steps; at least one is needed") }
    }
}

/// Lowers the learning rate when a metric stops getting better. It depends on what was measured,
/// so it has a state: save the whole value.
public struct Plateau: Sendable, Equatable {
    /// The learning rate now.
    public var rate: Double
    /// The best metric so far.
    public var best: Double?
    /// Measurements since the best one, or since the rate was lowered.
    public var badChecks = 0

    /// What the rate is multiplied by.
    public let factor: Double
    /// At how many measurements in a row without progress the rate is lowered.
    public let patience: Int
    /// By how much a metric must beat the best to count as better.
    public let threshold: Double
    /// Where lowering ends.
    public let minimumRate: Double
    /// Whether more is better.
    public let prefersHigher: Bool

    /// Starts at `rate` and multiplies by `factor` after `patience` measurements, at least 1,
    /// without progress.
    public init(
        _ rate: Double, factor: Double = 0.1, patience: Int = 10, threshold: Double = 0,
        minimumRate: Double = 0, prefersHigher: Bool = false
    ) {
        guard patience > 0 else { fail("Plateau", "patience is \(patience), below 1") }
        self.rate = rate
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.minimumRate = minimumRate
        self.prefersHigher = prefersHigher
    }

    /// Notes a measurement and gives the rate to go on with. NaN is not better than anything.
    @discardableResult
    public mutating func update(_ metric: Double) -> Double {
        if isBetter(metric) {
            best = metric
            badChecks = 0
        } else {
            badChecks += 1
            if badChecks >= patience {
                rate = max(rate * factor, min(rate, minimumRate))
                badChecks = 0
            }
        }
        return rate
    }

    private func isBetter(_ metric: Double) -> Bool {
        if metric.isNaN { return false }
        guard let best else { return true }
        return prefersHigher ? metric > best + threshold : metric < best - threshold
    }
}
