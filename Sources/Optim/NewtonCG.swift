internal import Autograd
public import Tensor

/// Newton's method without a Hessian: each step solves H p = −g by conjugate gradients, which need
/// only products H v, and searches along p.
///
///     let optimizer = NewtonCG(model)
///     optimizer.step(iterations: 10) { loss(model(x), y) }
///
/// The solution is cut short where it is accurate enough for the distance to the minimum, or where
/// a direction of negative curvature turns up, so that p always leads down.
///
/// Steihaug, "The conjugate gradient method and trust regions in large scale optimization", 1983;
/// Nocedal and Wright, "Numerical optimization", 2nd edition, algorithm 7.1.
public final class NewtonCG {
    /// The largest element of the gradient at which the search is over.
    public let tolerance: Double
    /// The most products H v in one step; the number of parameters if nil.
    public let innerLimit: Int?
    /// The residual at which conjugate gradients stop, as a share of |g|. If nil, the smaller of
    /// 0.01 and |g| / |g₀|, where g₀ is the first gradient: so the last steps converge
    /// quadratically.
    public let forcing: Double?
    /// Whether the last step found nothing to improve: the gradient is within the tolerance,
    /// rounding hides any further decrease, or the loss is not a number, from where nothing leads
    /// down.
    public private(set) var hasConverged = false
    /// How many products H v have been computed.
    public private(set) var productCount = 0

    private let parameters: [Parameter]
    private var firstNorm: Double?
    private let search = WolfeSearch(curvature: 0.9, limit: 25)

    /// An optimizer that has converged where no element of the gradient is above `tolerance`.
    ///
    /// - Parameter source: what to train; parameters that are frozen now stay out.
    public init(
        _ source: some ParameterSource, tolerance: Double = 1e-9, innerLimit: Int? = nil,
        forcing: Double? = nil
    ) {
        parameters = Landscape.parameters(of: source, "NewtonCG")
        if let innerLimit, innerLimit < 1 {
            fail("NewtonCG", "innerLimit is \(innerLimit); at least 1 product is needed")
        }
        self.tolerance = tolerance
        self.innerLimit = innerLimit
        self.forcing = forcing
    }

    /// Makes up to `iterations` steps, and returns the loss where they led.
    ///
    /// - Parameter loss: computes the loss again whenever it is called, from the same data and
    ///   without chance; nothing needs to be differentiated there.
    @discardableResult
    public func step(iterations: Int = 1, _ loss: @escaping () -> Tensor) -> Double {
        if iterations < 1 { fail("NewtonCG", "\(iterations) iterations; at least 1 is needed") }
        let landscape = Landscape(parameters: parameters, loss: loss)
        hasConverged = false
        var value = Double.nan
        for _ in 0..<iterations {
            let (here, gradient, product) = landscape.curvature()
            value = here
            hasConverged = gradient.abs().max().item <= tolerance
            if hasConverged { return value }
            let found = landscape.descend(
                from: landscape.point, value: value, gradient: gradient,
                along: direction(gradient, product), first: 1, search)
            guard let found else {
                hasConverged = true
                return value
            }
            value = found.value
            hasConverged = found.gradient.abs().max().item <= tolerance
            if hasConverged { return value }
        }
        return value
    }

    /// An approximate solution of H p = −g that leads down.
    private func direction(_ gradient: Tensor, _ product: (Tensor) -> Tensor) -> Tensor {
        let norm = gradient.dot(gradient).item.squareRoot()
        let first = firstNorm ?? norm
        firstNorm = first
        let enough = (forcing ?? min(0.01, norm / first)) * norm
        var solution = Tensor.zeros(like: gradient)
        var residual = gradient
        var direction = -gradient
        var square = norm * norm
        for count in 0..<(innerLimit ?? gradient.count) {
            let image = product(direction)
            productCount += 1
            let curvature = direction.dot(image).item
            // Not `<= 0`: a NaN must end the loop too.
            guard curvature > 0 else { return count == 0 ? direction : solution }
            let step = square / curvature
            solution = solution + direction * step
            residual = residual + image * step
            let next = residual.dot(residual).item
            if next.squareRoot() <= enough { break }
            direction = direction * (next / square) - residual
            square = next
        }
        return solution
    }
}
