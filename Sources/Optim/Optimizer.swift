package import CKernels
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
/// A step changes parameters in place, so nobody may use them on another thread meanwhile: neither
/// another optimizer of the same parameters nor a forward pass.
///
/// A subclass names its rule of optimizers.h, the arrays of its state and the rule's numbers; one
/// kernel then changes all parameters of a group. Frozen parameters and those without a gradient
/// stay as they are. A step with a gradient that is not finite makes the parameters so:
/// `nonFiniteGradient` tells beforehand, and waits for the gradients.
public class Optimizer {
    /// Set by hand or from a `Schedule` before a step.
    public final var learningRate: Double {
        get { noteReading("learning rate", \.currentRate) }
        set {
            Optimizer.refuse("sets the learning rate")
            checkSize(newValue, "\(type(of: self))", "the learning rate")
            currentRate = newValue
        }
    }
    /// The weight decay of groups without their own.
    public final var weightDecay: Double {
        get { noteReading("weight decay", \.currentDecay) }
        set {
            Optimizer.refuse("sets the weight decay")
            checkSize(newValue, "\(type(of: self))", "the weight decay")
            currentDecay = newValue
        }
    }
    private(set) final var currentRate: Double
    private(set) final var currentDecay: Double
    /// How gradients are limited in a step.
    public final var clipping = Clipping.none { didSet { Optimizer.refuse("sets the clipping") } }
    /// The number of steps made.
    public final var stepCount: Int {
        Recorder.current?.refuse(
            "it asks how many steps an optimizer made; do that before, and give what depends on it "
                + "as an input")
        settleCount()
        return stepsMade
    }
    final var stepsMade = 0
    /// Steps that may count late, of all that were launched; the last so many of them of which the
    /// host doesn't know it yet; and of those that it was told of since the last launch, how many
    /// counted.
    package internal(set) final var launchedSteps = 0
    final var openSteps = 0
    final var settledSteps = 0
    /// The learning rate of the next step, where so many of the steps before it didn't count that
    /// the host doesn't know of; nil for `learningRate`.
    package final var rateHeldUp: ((Int) -> Double)?
    /// The norm of the gradients that the last step used, before clipping, if that was by norm.
    /// Reading it waits for the step.
    public final var gradientNorm: Double? { squaredNorm.map { $0.scalar.squareRoot() } }
    final var squaredNorm: NDArray?
    /// The names of the state arrays of a parameter; each has its shape and starts as zeros.
    public final let slots: [String]
    final let rule: OptimizerRule
    /// What the last step changed, and by which launches of the kernel.
    final var plan = StepPlan()

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
    ///   - rule: what happens to one element.
    ///   - slots: the names of the state arrays, in the order that the rule takes them.
    package init(
        _ source: some ParameterSource, rule: OptimizerRule, learningRate: Double,
        weightDecay: Double, slots: [String]
    ) {
        if slots.count != rule.slots {
            fail("Optimizer", "\(slots.count) names for the \(rule.slots) states of the rule")
        }
        self.rule = rule
        currentRate = learningRate
        currentDecay = weightDecay
        self.slots = slots
        groups = source.parameterGroups
        appendEntries()
        checkSize(learningRate, "\(type(of: self))", "the learning rate")
        for decay in [weightDecay] + groups.compactMap(\.weightDecay) {
            checkSize(decay, "\(type(of: self))", "the weight decay")
        }
        for group in groups {
            checkSize(group.rateFactor, "\(type(of: self))", "the factor of a group's rate")
        }
        if entries.isEmpty {
            fail(
                "Optimizer", "there is nothing to train: no parameters were found",
                hint: "parameters are found in a module's stored properties, not in closures")
        }
    }

    /// The parameters of all groups, each once and by a name of its own.
    private func appendEntries() {
        var seen: Set<ObjectIdentifier> = []
        var names: Set<String> = []
        for (index, group) in groups.enumerated() {
            for (name, parameter) in group.parameters {
                guard seen.insert(ObjectIdentifier(parameter)).inserted else {
                    fail("Optimizer", "parameter '\(name)' is in two groups")
                }
                guard names.insert(name).inserted else {
                    fail(
                        "Optimizer", "two parameters are named '\(name)'",
                        hint: "give a group's names a prefix: ParameterGroup(model, prefix: \"a.\")"
                    )
                }
                append(name, parameter, group: index)
            }
        }
    }

    /// Tells a step that is being recorded that replays wouldn't do something.
    private static func refuse(_ action: String) {
        Recorder.current?.refuse("it \(action) of an optimizer; do that before")
    }

    /// A number of this optimizer. A step that is being recorded then depends on it.
    private func noteReading(_ name: String, _ number: KeyPath<Optimizer, Double>) -> Double {
        let known = self[keyPath: number]
        Recorder.current?.require("the \(name) of an optimizer changes") { [weak self] in
            self.map { $0[keyPath: number] == known } ?? true
        }
        return known
    }

    private func append(_ name: String, _ parameter: Parameter, group: Int) {
        guard parameter.dtype == .float32 || parameter.dtype == .float64 else {
            fail(
                "Optimizer", "parameter '\(name)' is \(parameter.dtype)",
                hint: "train in float32 or float64")
        }
        Optimizer.makeContiguous(parameter, name)
        var entry = Entry(name: name, parameter: parameter, group: group, state: [])
        if parameter.requiresGrad { entry.state = zeroState(of: parameter) }
        entries.append(entry)
    }

    final func zeroState(of parameter: Parameter) -> [NDArray] {
        let data = parameter.data
        return slots.map { _ in NDArray.full(data.shape, 0, data.dtype, on: data.backend) }
    }

    /// The rule's numbers for step number `step` (from 1) of a parameter: see optimizers.h.
    func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        fail("\(type(of: self))", "numbers is not implemented")
    }

    /// Changes the parameters of one launch. `arrays` holds for each of them itself, its gradient
    /// and its states; the numbers and the factor of the gradients lie on their device.
    func change(_ arrays: [NDArray], numbers: NDArray, clip: NDArray?, gate: NDArray?) {
        run(rule, arrays, numbers: numbers, clip: clip, gate: gate)
    }

    /// What a parameter is changed by; nil if it takes no part in a step.
    func gradient(of parameter: Parameter) -> NDArray? {
        parameter.requiresGrad ? parameter.grad?.data : nil
    }

    /// Whether a step changes a parameter.
    func takesPart(_ parameter: Parameter) -> Bool {
        parameter.requiresGrad && parameter.grad != nil
    }

    /// The parameters and their names.
    public final var namedParameters: [(name: String, parameter: Parameter)] {
        entries.map { ($0.name, $0.parameter) }
    }

    /// The parameters in the order of their groups.
    public final var parameters: [Parameter] { entries.map(\.parameter) }

    /// Forgets the gradients of all parameters.
    public final func zeroGrad() {
        for entry in entries { entry.parameter.grad = nil }
    }

    /// The name of the first parameter whose gradient holds NaN or infinity.
    public final var nonFiniteGradient: String? {
        entries.first { entry in entry.parameter.grad.map { !$0.data.isAllFinite } ?? false }?.name
    }
}
