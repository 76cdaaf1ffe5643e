internal import CKernels

/// Adam whose v measures how far gradients are from their mean, not how large they are:
/// m = β₁ m + (1 − β₁) g,  v = β₂ v + (1 − β₂) (g − m)² + ε,
/// p −= rate · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε);  weight decay adds decay p to g.
///
/// Zhuang et al., "AdaBelief optimizer: adapting stepsizes by the belief in observed gradients",
/// 2020.
public final class AdaBelief: Adam {
    /// An optimizer with the paper's defaults; β₁ and β₂ outside 0..<1 trap.
    public init(
        _ source: some ParameterSource, learningRate: Double = 1e-3, beta1: Double = 0.9,
        beta2: Double = 0.999, epsilon: Double = 1e-16, weightDecay: Double = 0
    ) {
        super.init(
            source, rule: .adabelief, learningRate: learningRate, beta1: beta1, beta2: beta2,
            epsilon: epsilon, weightDecay: weightDecay)
    }
}
