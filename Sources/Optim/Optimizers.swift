internal import CKernels
internal import Tensor

// The formulas, in which g is the gradient after clipping, p the parameter, t the step from 1.

/// Gradient descent, with momentum:  g += decay p,  v = momentum v + g,  p −= rate v;
/// Nesterov's form:  p −= rate (g + momentum v).
///
/// Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013, in
/// PyTorch's form: the rate scales v when it is applied, not when it is summed.
public final class SGD: Optimizer {
    /// The share of the last change that is kept.
    public let momentum: Double
    /// Whether the gradient is taken where the momentum leads.
    public let nesterov: Bool

    /// Plain descent unless there is a momentum in 0..<1, without which `nesterov` traps.
    public init(
        _ source: some ParameterSource, learningRate: Double, momentum: Double = 0,
        nesterov: Bool = false, weightDecay: Double = 0
    ) {
        checkShare(momentum, "SGD", "momentum")
        if nesterov, momentum == 0 {
            fail("SGD", "nesterov needs a momentum", hint: "pass momentum: 0.9")
        }
        self.momentum = momentum
        self.nesterov = nesterov
        super.init(
            source, rule: momentum == 0 ? .sgd : nesterov ? .nesterov : .momentum,
            learningRate: learningRate, weightDecay: weightDecay,
            slots: momentum == 0 ? [] : ["velocity"])
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        [rate, decay, momentum]
    }
}

/// m = β₁ m + (1 − β₁) g,  v = β₂ v + (1 − β₂) g²,
/// p −= rate · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε);  weight decay adds decay p to g.
///
/// Kingma and Ba, "Adam: a method for stochastic optimization", 2015.
public class Adam: Optimizer {
    /// β₁, the share of the mean gradient that is kept.
    public final let beta1: Double
    /// β₂, the share of the mean square that is kept.
    public final let beta2: Double
    /// ε, which keeps the divisor from 0.
    public final let epsilon: Double

    /// An optimizer with the paper's defaults; β₁ and β₂ outside 0..<1 trap.
    public convenience init(
        _ source: some ParameterSource, learningRate: Double = 1e-3, beta1: Double = 0.9,
        beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
    ) {
        self.init(
            source, rule: .adam, learningRate: learningRate, beta1: beta1, beta2: beta2,
            epsilon: epsilon, weightDecay: weightDecay)
    }

    /// For another rule with the same states.
    init(
        _ source: some ParameterSource, rule: OptimizerRule, learningRate: Double, beta1: Double,
        beta2: Double, epsilon: Double, weightDecay: Double
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        super.init(
            source, rule: rule, learningRate: learningRate, weightDecay: weightDecay,
            slots: ["m", "v"])
        checkSize(epsilon, "\(type(of: self))", "epsilon")
        checkShare(beta1, "\(type(of: self))", "beta1")
        checkShare(beta2, "\(type(of: self))", "beta2")
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        adam(rate: rate, decay: decay, apart: 0, step: step)
    }

    final func adam(rate: Double, decay: Double, apart: Double, step: Int) -> [Double] {
        [
            rate / (1 - power(beta1, step)), 1 / (1 - power(beta2, step)), epsilon,
            beta1, 1 - beta1, beta2, 1 - beta2, decay, apart,
        ]
    }

    /// What is kept and what is added of the mean and of the mean square.
    final var shares: [Double] { [beta1, 1 - beta1, beta2, 1 - beta2] }
}

/// Adam whose weight decay is apart from the gradient:  p −= rate · decay · p, then Adam's step.
///
/// Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
public final class AdamW: Adam {
    /// An optimizer with PyTorch's defaults, its decay 0.01 of the rate each step; β₁ and β₂
    /// outside 0..<1 trap.
    public init(
        _ source: some ParameterSource, learningRate: Double = 1e-3, beta1: Double = 0.9,
        beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01
    ) {
        super.init(
            source, rule: .adam, learningRate: learningRate, beta1: beta1, beta2: beta2,
            epsilon: epsilon, weightDecay: weightDecay)
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        adam(rate: rate, decay: 0, apart: rate * decay, step: step)
    }
}

/// g += decay p,  s = α s + (1 − α) g²,  u = g / (√s + ε),  p −= rate u;
/// with momentum  b = momentum b + u,  p −= rate b.
///
/// Hinton, "Neural networks for machine learning", lecture 6e, 2012.
public final class RMSprop: Optimizer {
    /// α, the share of the mean square that is kept.
    public let alpha: Double
    /// ε, which keeps the divisor from 0.
    public let epsilon: Double
    /// The share of the last change that is kept.
    public let momentum: Double

    /// An optimizer with PyTorch's defaults; α and the momentum outside 0..<1 trap.
    public init(
        _ source: some ParameterSource, learningRate: Double = 0.01, alpha: Double = 0.99,
        epsilon: Double = 1e-8, momentum: Double = 0, weightDecay: Double = 0
    ) {
        checkShare(alpha, "RMSprop", "alpha")
        checkShare(momentum, "RMSprop", "momentum")
        self.alpha = alpha
        checkSize(epsilon, "RMSprop", "epsilon")
        self.epsilon = epsilon
        self.momentum = momentum
        super.init(
            source, rule: momentum == 0 ? .rmsprop : .rmsprop_momentum,
            learningRate: learningRate, weightDecay: weightDecay,
            slots: momentum == 0 ? ["square"] : ["square", "buffer"])
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        [rate, epsilon, alpha, 1 - alpha, decay, momentum]
    }
}

/// g += decay p,  s += g²,  p −= rate g / (√s + ε).
///
/// Duchi et al., "Adaptive subgradient methods for online learning and stochastic optimization",
/// 2011.
public final class Adagrad: Optimizer {
    /// ε, which keeps the divisor from 0.
    public let epsilon: Double

    /// An optimizer with PyTorch's defaults. Rates sink as squares add up, so that a larger one
    /// than Adam's is usual.
    public init(
        _ source: some ParameterSource, learningRate: Double = 0.01, epsilon: Double = 1e-10,
        weightDecay: Double = 0
    ) {
        checkSize(epsilon, "Adagrad", "epsilon")
        self.epsilon = epsilon
        super.init(
            source, rule: .adagrad, learningRate: learningRate, weightDecay: weightDecay,
            slots: ["square"])
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        [rate, epsilon, decay]
    }
}

/// p −= rate (sign(β₁ m + (1 − β₁) g) + decay p),  m = β₂ m + (1 − β₂) g.
///
/// Chen et al., "Symbolic discovery of optimization algorithms", 2023.
public final class Lion: Optimizer {
    /// β₁, the share of the remembered mean in the direction.
    public let beta1: Double
    /// β₂, the same for what is remembered.
    public let beta2: Double

    /// An optimizer with the paper's defaults. All elements move by the rate, so that a tenth of
    /// Adam's is usual, with ten times its decay.
    public init(
        _ source: some ParameterSource, learningRate: Double = 1e-4, beta1: Double = 0.9,
        beta2: Double = 0.99, weightDecay: Double = 0
    ) {
        checkShare(beta1, "Lion", "beta1")
        checkShare(beta2, "Lion", "beta2")
        self.beta1 = beta1
        self.beta2 = beta2
        super.init(
            source, rule: .lion, learningRate: learningRate, weightDecay: weightDecay, slots: ["m"])
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        [rate, decay, beta1, 1 - beta1, beta2, 1 - beta2]
    }
}

/// Traps unless `value` lies in 0..<1.
func checkShare(_ value: Double, _ optimizer: String, _ name: String) {
    guard value >= 0, value < 1 else { fail(optimizer, "\(name) is \(value), not in 0..<1") }
}

/// Traps unless `value` is a finite number from 0 up.
func checkSize(_ value: Double, _ optimizer: @autoclosure () -> String, _ name: String) {
    guard value >= 0, value.isFinite else {
        fail(optimizer(), "\(name) is \(value), not a number from 0 up")
    }
}
