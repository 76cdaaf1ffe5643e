internal import CKernels

/// Adam whose mean looks one gradient ahead, as Nesterov's momentum does: with Adam's m and v and
/// μₜ = β₁ (1 − ½ · 0.96^(t momentumDecay)),  Πₜ = μ₁ μ₂ … μₜ,
/// p −= rate · (μₜ₊₁ m / (1 − Πₜ₊₁) + (1 − μₜ) g / (1 − Πₜ)) / (√(v / (1 − β₂ᵗ)) + ε).
///
/// Dozat, "Incorporating Nesterov momentum into Adam", 2016.
public final class NAdam: Adam {
    /// How fast μₜ rises from β₁ / 2 to β₁.
    public let momentumDecay: Double
    /// Π₁, Π₂, … as far as they matter beside 1.
    private var products: [Double] = []

    /// An optimizer with PyTorch's defaults; β₁ and β₂ outside 0..<1 trap.
    public init(
        _ source: some ParameterSource, learningRate: Double = 2e-3, beta1: Double = 0.9,
        beta2: Double = 0.999, epsilon: Double = 1e-8, momentumDecay: Double = 4e-3,
        weightDecay: Double = 0
    ) {
        self.momentumDecay = momentumDecay
        super.init(
            source, rule: .nadam, learningRate: learningRate, beta1: beta1, beta2: beta2,
            epsilon: epsilon, weightDecay: weightDecay)
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        let ahead = rate * momentum(step + 1) / (1 - product(step + 1))
        let now = rate * (1 - momentum(step)) / (1 - product(step))
        return [ahead, now, 1 / (1 - power(beta2, step))] + shares + [decay, epsilon]
    }

    private func momentum(_ step: Int) -> Double {
        beta1 * (1 - power(0.96, Double(step) * momentumDecay) / 2)
    }

    private func product(_ step: Int) -> Double {
        var last = products.last ?? 1
        while products.count < step, last > 1e-20 {
            last *= momentum(products.count + 1)
            products.append(last)
        }
        return step <= products.count ? products[step - 1] : last
    }
}
