internal import CKernels

/// Steps as large as the last ones were, so that they have the parameter's unit:
/// g += decay p,  s = ρ s + (1 − ρ) g²,  Δ = √(d + ε) / √(s + ε) · g,  d = ρ d + (1 − ρ) Δ²,
/// p −= rate Δ.
///
/// Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
public final class Adadelta: Optimizer {
    /// ρ, the share of the mean squares that is kept.
    public let rho: Double
    /// ε, which keeps the divisor from 0 and gets the first steps going.
    public let epsilon: Double

    /// An optimizer with the paper's defaults, its rate a factor of a step that has the right size
    /// by itself; ρ outside 0..<1 traps.
    public init(
        _ source: some ParameterSource, learningRate: Double = 1, rho: Double = 0.9,
        epsilon: Double = 1e-6, weightDecay: Double = 0
    ) {
        checkShare(rho, "Adadelta", "rho")
        self.rho = rho
        checkSize(epsilon, "Adadelta", "epsilon")
        self.epsilon = epsilon
        super.init(
            source, rule: .adadelta, learningRate: learningRate, weightDecay: weightDecay,
            slots: ["square", "change"])
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        [rate, epsilon, rho, 1 - rho, decay]
    }
}
