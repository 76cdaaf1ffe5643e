internal import Autograd
public import Tensor

/// Sharpness-aware minimization: makes the loss small not at a point but all around it.
///
///     let optimizer = SAM(SGD(model, learningRate: 0.1), radius: 0.05)
///     optimizer.step { loss(model(x), y) }
///
/// First a gradient g where the parameters p are, then one at p + radius · g / |g|, the worst
/// point near; with that the base optimizer steps from p. The loss is computed twice, so dropout
/// draws two masks, and running statistics see both passes.
///
/// Foret et al., "Sharpness-aware minimization for efficiently improving generalization", 2021.
public final class SAM {
    /// What makes the step.
    public let base: Optimizer
    /// How far away the second gradient is taken.
    public var radius: Double { didSet { checkRadius() } }

    /// Sharpness-aware steps of `base`; the paper took radii from 0.02 to 0.2. One that isn't
    /// positive traps.
    public init(_ base: Optimizer, radius: Double = 0.05) {
        self.base = base
        self.radius = radius
        checkRadius()
    }

    private func checkRadius() {
        guard radius > 0, radius.isFinite else {
            fail("SAM", "the radius \(radius) is not a positive number")
        }
    }

    /// Makes one step; returns the loss before it. `grad` holds the second gradient afterwards.
    ///
    /// - Parameter loss: computes the loss again whenever it is called; nothing needs to be
    ///   differentiated there.
    @discardableResult
    public func step(_ loss: () -> Tensor) -> Double {
        let value = differentiate(loss)
        let moved = base.parameters.filter { $0.requiresGrad && $0.grad != nil }
        let norm = moved.gradientNorm
        // At a stationary point there is no worst direction, and a NaN is for the base to report.
        if norm > 0, norm.isFinite {
            let places = moved.map { $0.data.copy() }
            for parameter in moved {
                guard let gradient = parameter.grad?.detach() else { continue }
                let worst = Tensor(parameter.data) + gradient * (radius / norm)
                parameter.data.assign(worst.data)
            }
            differentiate(loss)
            for (parameter, place) in zip(moved, places) { parameter.data.assign(place) }
        }
        base.step()
        return value
    }

    @discardableResult
    private func differentiate(_ loss: () -> Tensor) -> Double {
        base.zeroGrad()
        let value = enableGrad(loss)
        guard value.count == 1 else {
            fail("SAM", "the loss has shape \(value.shape)", hint: "take its mean or sum")
        }
        value.backward()
        return value.item
    }
}
