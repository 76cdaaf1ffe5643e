internal import Autograd
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
/// A subclass names its rule of optimizers.h, the arrays of its state and the rule's numbers; one
/// kernel then changes all parameters of a group. Frozen parameters and those without a gradient stay
/// as they are. A step with a gradient that is not finite makes the parameters so:
/// `nonFiniteGradient` tells beforehand.
public class Optimizer {
    /// Set by hand or from a `Schedule` before a step.
    public final var learningRate: Double
    /// The weight decay of groups without their own.
    public final var weightDecay: Double
    /// How gradients are limited in a step.
    public final var clipping = Clipping.none
    /// The number of steps made.
    public final internal(set) var stepCount = 0
    /// The norm of all gradients at the last step, before clipping, if that was by norm. Reading it
    /// waits for the step.
    public final var gradientNorm: Double? { squaredNorm.map { $0.scalar.squareRoot() } }
    private final var squaredNorm: NDArray?
    /// The names of the state arrays of a parameter; each has its shape and starts as zeros.
    public final let slots: [String]
    private final let rule: OptimizerRule
    /// What the last step changed, and by which launches of the kernel.
    private final var plan = StepPlan(launches: [])

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
        if entries.isEmpty {
            fail(
                "Optimizer", "there is nothing to train: no parameters were found",
                hint: "parameters are found in a module's stored properties, not in closures")
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

    /// The rule's numbers for step number `step` (from 1) of a parameter: see optimizers.h.
    func numbers(rate: Double, decay: Double, step: Int) -> [Double] {
        fail("\(type(of: self))", "numbers is not implemented")
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
    public final func step() { step(gate: nil) }

    /// A step that changes nothing where `gate`, one bool on the parameters' device, is false.
    package final func step(gate: NDArray?) {
        let factor = clipGradients()
        makePlan()
        update()
        noteForReplay()
        for launch in plan.launches {
            let numbers = launch.numbers
            Kernel.update(rule, list(launch), clips: factor != nil, gated: gate != nil).run(
                numbers, factor ?? numbers, gate ?? numbers, into: numbers)
        }
    }

    /// The arrays of a launch, for each parameter itself, its gradient and its states.
    private func list(_ launch: StepPlan.Launch) -> ArrayList {
        var arrays: [NDArray] = []
        arrays.reserveCapacity(launch.members.count * (2 + slots.count))
        for index in launch.members {
            let parameter = entries[index].parameter
            guard let gradient = parameter.grad else { continue }
            guard gradient.shape == parameter.shape, gradient.dtype == parameter.dtype,
                entries[index].state.allSatisfy({ $0.shape == parameter.shape })
            else {
                fail(
                    "Optimizer",
                    "parameter '\(entries[index].name)' is \(parameter.dtype) \(parameter.shape), "
                        + "its gradient \(gradient.dtype) \(gradient.shape)",
                    hint: "set neither grad nor data to another shape or dtype")
            }
            arrays.append(parameter.data)
            arrays.append(gradient.data.contiguous())
            arrays += entries[index].state
        }
        return ArrayList(arrays)
    }

    /// Finds the parameters that take part in a step: those of one launch have the same numbers.
    private func makePlan() {
        var launches: [StepPlan.Launch] = []
        for index in entries.indices {
            let parameter = entries[index].parameter
            guard parameter.requiresGrad, parameter.grad != nil else { continue }
            if entries[index].state.count < slots.count {
                entries[index].state = zeroState(of: parameter)
            }
            let place = launches.firstIndex { launch in
                let other = entries[launch.members[0]]
                return other.group == entries[index].group && other.steps == entries[index].steps
                    && other.parameter.dtype == parameter.dtype
                    && other.parameter.data.backend === parameter.data.backend
            }
            if let place {
                launches[place].members.append(index)
            } else {
                launches.append(StepPlan.Launch(members: [index]))
            }
        }
        if launches.map(\.members) == plan.launches.map(\.members) { return }
        for index in launches.indices {
            let parameter = entries[launches[index].members[0]].parameter
            launches[index].numbers = NDArray(
                uninitialized: [StepPlan.numberCount], .float64, on: parameter.data.backend)
        }
        plan = StepPlan(launches: launches)
    }

    /// Counts a step and hands the numbers of each launch to its device.
    package final func update() {
        stepCount += 1
        for launch in plan.launches {
            for index in launch.members { entries[index].steps += 1 }
            let entry = entries[launch.members[0]]
            let group = groups[entry.group]
            var numbers = numbers(
                rate: learningRate * group.rateFactor, decay: group.weightDecay ?? weightDecay,
                step: entry.steps)
            numbers += Array(repeating: 0, count: StepPlan.numberCount - numbers.count)
            launch.numbers.write(numbers)
        }
    }

    /// A captured step asks for the numbers of each replay, and is made anew where other parameters
    /// take part or gradients are limited in another way.
    private func noteForReplay() {
        guard let recorder = Recorder.current else { return }
        recorder.note(self)
        let squaredNorm = squaredNorm
        recorder.afterwards { [unowned self] in self.squaredNorm = squaredNorm }
        let (plan, clipping, trained) = (plan, clipping, entries.map(\.parameter.requiresGrad))
        recorder.require { [unowned self] in
            self.plan === plan && self.clipping == clipping
                && self.entries.map(\.parameter.requiresGrad) == trained
        }
    }

    /// Limits the gradients as `clipping` says and gives the factor that is left to the kernels, on
    /// the device; nil for none.
    private func clipGradients() -> NDArray? {
        squaredNorm = nil
        switch clipping {
        case .none: return nil
        case .value(let limit):
            parameters.clipGradients(toValue: limit)
            return nil
        case .norm(let limit):
            let squared = NDArray.squaredNorm(parameters.compactMap { $0.grad?.data })
            squaredNorm = squared
            let ratio = squared.map(.sqrt).zip(.div, Scalar(limit), isFirst: true)
            return ratio.zip(.minimum, Scalar(1))
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

extension Optimizer: StepInput {}

/// Which parameters a step changes.
private final class StepPlan {
    /// One launch of the kernel.
    struct Launch {
        /// The positions of the parameters.
        var members: [Int]
        /// The rule's numbers, on the device.
        var numbers = NDArray(uninitialized: [numberCount], .float64, on: CPUBackend.shared)
    }

    static let numberCount = OptimizerRule.numberCount

    let launches: [Launch]

    init(launches: [Launch]) { self.launches = launches }
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
