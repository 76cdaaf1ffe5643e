internal import Autograd
internal import NN
public import Tensor

/// Changes parameters so that a loss becomes smaller, given the gradients that `backward()` left.
///
///     let optimizer = Adam(model, learningRate: 1e-3)
///     for (images, labels) in batches {
///         optimizer.zeroGrad()
///         loss(model(images), labels).backward()
///         optimizer.step()
///     }
///
/// A subclass gives a fused kernel's rule and names the arrays of its state. Frozen parameters and
/// those without a gradient stay as they are. A step with a gradient that is not finite makes the
/// parameters so: `nonFiniteGradient` tells beforehand.
open class Optimizer {
    /// Set by hand or from a `Schedule` before a step.
    public final var learningRate: Double
    /// The weight decay of groups without their own.
    public final var weightDecay: Double
    /// How gradients are limited in a step.
    public final var clipping = Clipping.none
    /// The number of steps made.
    public final internal(set) var stepCount = 0
    /// The norm of all gradients at the last step, before clipping, if that was by norm.
    public final private(set) var gradientNorm: Double?
    /// The names of the state arrays of a parameter; each has its shape and starts as zeros.
    public final let slots: [String]

    /// The groups, in the order they were given.
    public final internal(set) var groups: [ParameterGroup]
    /// All parameters in the order of their groups.
    final var entries: [Entry] = []

    /// What is kept for one parameter.
    struct Entry {
        let name: String
        let parameter: Parameter
        let group: Int
        var state: [NDArray]
        /// Steps made with this parameter: fewer than the optimizer's if it was frozen meanwhile.
        var steps = 0
    }

    /// - Parameters:
    ///   - source: a module, parameters or groups of them; each parameter once.
    ///   - slots: the names of the state arrays, in the order that the kernel takes them.
    public init(
        _ source: some ParameterSource, learningRate: Double, weightDecay: Double, slots: [String]
    ) {
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.slots = slots
        groups = source.parameterGroups
        var seen: Set<ObjectIdentifier> = []
        var names: Set<String> = []
        for (index, group) in groups.enumerated() {
            for (name, parameter) in group.parameters {
                guard seen.insert(ObjectIdentifier(parameter)).inserted else {
                    fail("Optimizer", "parameter '\(name)' is in two groups")
                }
                guard names.insert(name).inserted else {
                    fail("Optimizer", "two parameters are named '\(name)'")
                }
                append(name, parameter, group: index)
            }
        }
    }

    private func append(_ name: String, _ parameter: Parameter, group: Int) {
        guard parameter.dtype == .float32 || parameter.dtype == .float64 else {
            fail(
                "Optimizer", "parameter '\(name)' is \(parameter.dtype)",
                hint: "train in float32 or float64")
        }
        if !parameter.data.isContiguous { parameter.data = parameter.data.copy() }
        var entry = Entry(name: name, parameter: parameter, group: group, state: [])
        if parameter.requiresGrad { entry.state = zeroState(of: parameter) }
        entries.append(entry)
    }

    final func zeroState(of parameter: Parameter) -> [NDArray] {
        let data = parameter.data
        return slots.map { _ in NDArray.full(data.shape, 0, data.dtype, on: data.backend) }
    }

    /// The kernel of step number `step` (from 1) with a parameter and what it is given.
    open func rule(rate: Double, decay: Double, clip: Double, step: Int) -> OptimizerRule {
        fail("\(type(of: self))", "rule is not implemented")
    }

    /// The parameters and their names.
    public final var namedParameters: [(name: String, parameter: Parameter)] {
        entries.map { ($0.name, $0.parameter) }
    }

    /// The parameters in the order of their groups.
    public final var parameters: [Parameter] { entries.map(\.parameter) }

    /// The learning rates of the groups.
    public final var groupRates: [Double] { groups.map { $0.rateFactor * learningRate } }

    /// Changes all parameters that have a gradient.
    public final func step() {
        let factor = clipGradients()
        stepCount += 1
        for index in entries.indices {
            let parameter = entries[index].parameter
            guard parameter.requiresGrad, let gradient = parameter.grad else { continue }
            if entries[index].state.count < slots.count {
                entries[index].state = zeroState(of: parameter)
            }
            entries[index].steps += 1
            let group = groups[entries[index].group]
            let rule = rule(
                rate: learningRate * group.rateFactor, decay: group.weightDecay ?? weightDecay,
                clip: factor, step: entries[index].steps)
            parameter.data.step(rule, gradient: gradient.data, state: entries[index].state)
        }
    }

    /// Limits the gradients as `clipping` says and gives the factor that is left to the kernels.
    private func clipGradients() -> Double {
        gradientNorm = nil
        switch clipping {
        case .none:
            return 1
        case .value(let limit):
            parameters.clipGradients(toValue: limit)
            return 1
        case .norm(let limit):
            let norm = parameters.gradientNorm
            gradientNorm = norm
            return norm > limit ? limit / norm : 1
        }
    }

    /// Forgets the gradients of all parameters.
    public final func zeroGrad() {
        for entry in entries { entry.parameter.grad = nil }
    }

    /// The name of the first parameter whose gradient holds NaN or infinity.
    public final var nonFiniteGradient: String? {
        entries.first { entry in entry.parameter.grad.map { !$0.data.isAllFinite } ?? false }?.name
    }
}

/// How an optimizer limits gradients before it uses them.
public enum Clipping: Sendable, Equatable {
    case none
    /// Scales all gradients together so that their norm is at most this. It costs no pass: the
    /// kernel multiplies, and `grad` keeps the gradients as they were.
    case norm(Double)
    /// Cuts each element to ± this, in `grad` too.
    case value(Double)
}
