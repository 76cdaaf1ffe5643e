internal import CKernels

/// Adam that divides by √v only once that can be trusted: with Adam's m and v,
/// ρ∞ = 2 / (1 − β₂) − 1  and  ρₜ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ),
/// p −= rate · m / (1 − β₁ᵗ) · r √(1 − β₂ᵗ) / (√v + ε)  where ρₜ > 5, with
/// r² = (ρₜ − 4) (ρₜ − 2) ρ∞ / ((ρ∞ − 4) (ρ∞ − 2) ρₜ);  before,  p −= rate · m / (1 − β₁ᵗ).
///
/// Liu et al., "On the variance of the adaptive learning rate and beyond", 2020.
public final class RAdam: Adam {
    /// An optimizer with the paper's defaults, which needs no warm-up; β₁ and β₂ outside 0..<1
    /// trap.
    public init(
        _ source: some ParameterSource, learningRate: Double = 1e-3, beta1: Double = 0.9,
        beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
    ) {
        super.init(
            source, rule: .radam, learningRate: learningRate, beta1: beta1, beta2: beta2,
            epsilon: epsilon, weightDecay: weightDecay)
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        let mean = rate / (1 - power(beta1, step))
        let kept = power(beta2, step)
        let limit = 2 / (1 - beta2) - 1
        let length = limit - 2 * Double(step) * kept / (1 - kept)
        guard length > 5 else { return [0, mean, epsilon] + shares + [decay] }
        let trust = (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
        return [mean * (trust * (1 - kept)).squareRoot(), 0, epsilon] + shares + [decay]
    }
}
