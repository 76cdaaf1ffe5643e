internal import Autograd
public import Tensor

/// Limited-memory BFGS with a line search for the strong Wolfe conditions: for losses that are
/// computed on all data at once and without chance.
///
///     let optimizer = LBFGS(model)
///     for _ in 0..<20 where !optimizer.hasConverged {
///         optimizer.step { loss(model(x), y) }
///     }
///
/// The direction is −H g, where H estimates the inverse Hessian from the last `history` steps s and
/// changes y of the gradient:  H ← (1 − ρ s yᵀ) H (1 − ρ y sᵀ) + ρ s sᵀ,  ρ = 1 / yᵀs,  starting
/// from (sᵀy / yᵀy) · 1.
///
/// Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989.
public final class LBFGS {
    /// How many past steps are remembered.
    public let history: Int
    /// The largest element of the gradient at which the search is over.
    public let tolerance: Double
    /// Whether the last step found nothing to improve: the gradient is within the tolerance,
    /// rounding hides any further decrease, or the loss is not a number, from where nothing leads
    /// down.
    public private(set) var hasConverged = false
    /// How often the loss and its gradient have been computed.
    public private(set) var evaluationCount = 0

    private let parameters: [Parameter]
    private let search: WolfeSearch
    private var pairs: [Pair] = []

    private struct Pair {
        let step, change: Tensor
        let rho: Double

        init(_ step: Tensor, _ change: Tensor) {
            (self.step, self.change) = (step, change)
            rho = 1 / step.dot(change).item
        }
    }

    /// The past steps that are remembered and the changes of the gradient along them, the oldest
    /// first: float64 vectors of all trainable parameters laid end to end.
    package var memory: [(step: Tensor, change: Tensor)] {
        get { pairs.map { ($0.step, $0.change) } }
        set { pairs = newValue.suffix(history).map { Pair($0.step, $0.change) } }
    }

    /// An optimizer that remembers `history` steps, at least 1, and has converged where no element
    /// of the gradient is above `tolerance`.
    ///
    /// - Parameters:
    ///   - source: what to train; parameters that are frozen now stay out.
    ///   - curvature: how much of the slope the line search may leave, in 0..<1. Small values
    ///     search for the minimum on the line itself.
    public init(
        _ source: some ParameterSource, history: Int = 10, tolerance: Double = 1e-9,
        curvature: Double = 0.9
    ) {
        guard history > 0 else { fail("LBFGS", "a history of \(history) steps; at least 1") }
        guard curvature > 1e-4, curvature < 1 else {
            fail("LBFGS", "the curvature \(curvature) is not between 0.0001 and 1")
        }
        parameters = Landscape.parameters(of: source, "LBFGS")
        self.history = history
        self.tolerance = tolerance
        search = WolfeSearch(curvature: curvature, limit: 25)
    }

    /// Makes up to `iterations` steps, and returns the loss where they led.
    ///
    /// - Parameter loss: computes the loss again whenever it is called, from the same data and
    ///   without chance; nothing needs to be differentiated there.
    @discardableResult
    public func step(iterations: Int = 1, _ loss: @escaping () -> Tensor) -> Double {
        if iterations < 1 { fail("LBFGS", "\(iterations) iterations; at least 1 is needed") }
        let landscape = Landscape(parameters: parameters) {
            self.evaluationCount += 1
            return loss()
        }
        var (value, gradient) = landscape.slope()
        var point = landscape.point
        hasConverged = isFlat(gradient)
        for _ in 0..<iterations where !hasConverged {
            let direction = descent(gradient)
            let first = pairs.isEmpty ? min(1, 1 / gradient.abs().sum().item) : 1
            let found = landscape.descend(
                from: point, value: value, gradient: gradient, along: direction, first: first,
                search)
            guard let found else {
                // A history that misleads is forgotten; steepest descent has the last word.
                if pairs.isEmpty { hasConverged = true }
                pairs = []
                continue
            }
            remember(direction * found.step, found.gradient - gradient)
            (value, gradient) = (found.value, found.gradient)
            point = landscape.point
            hasConverged = isFlat(gradient)
        }
        return value
    }

    private func isFlat(_ gradient: Tensor) -> Bool { gradient.abs().max().item <= tolerance }

    private func remember(_ step: Tensor, _ change: Tensor) {
        let product = step.dot(change).item
        // The estimate stays positive definite only if this is positive.
        guard product > 1e-14 * change.dot(change).item else { return }
        pairs.append(Pair(step, change))
        if pairs.count > history { pairs.removeFirst() }
    }

    /// −H g by the two-loop recursion.
    private func descent(_ gradient: Tensor) -> Tensor {
        var direction = -gradient
        var shares: [Double] = []
        for pair in pairs.reversed() {
            let share = pair.rho * pair.step.dot(direction).item
            direction = direction - pair.change * share
            shares.append(share)
        }
        if let last = pairs.last {
            direction = direction * (1 / (last.rho * last.change.dot(last.change).item))
        }
        for (pair, share) in zip(pairs, shares.reversed()) {
            let correction = share - pair.rho * pair.change.dot(direction).item
            direction = direction + pair.step * correction
        }
        return direction
    }
}
