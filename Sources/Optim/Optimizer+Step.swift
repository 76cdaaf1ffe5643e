internal import Autograd
internal import CKernels
internal import NN
package import Tensor

/// Which parameters a step changes, by which launches of the kernel.
final class StepPlan {
    /// Parameters of one group, dtype and device that made equally many steps.
    struct Launch {
        /// Their positions among the optimizer's entries.
        var members: [Int]
        /// The rule's numbers, on the device; where steps may count late, a row of them for each
        /// number of steps that may have been made.
        let numbers: NDArray
    }

    let launches: [Launch]
    /// What the device counts; nil where the host knows each step to count.
    let late: LateSteps?
    /// Which launch changes each of the optimizer's entries; nil for one that takes no part.
    let launchOfEntry: [Int?]

    init(launches: [Launch] = [], entries: Int = 0, late: LateSteps? = nil) {
        self.launches = launches
        self.late = late
        var launchOfEntry = [Int?](repeating: nil, count: entries)
        for (number, launch) in launches.enumerated() {
            for index in launch.members { launchOfEntry[index] = number }
        }
        self.launchOfEntry = launchOfEntry
    }
}

/// How an optimizer limits gradients before it uses them.
public enum Clipping: Sendable, Equatable {
    /// Not at all.
    case none
    /// Scales all gradients of a step together so that their norm is at most this. It costs no
    /// pass: the kernel multiplies, and `grad` keeps the gradients as they were.
    case norm(Double)
    /// Cuts each element to ± this, in `grad` too.
    case value(Double)
}

extension Optimizer {
    /// Changes all parameters that have a gradient.
    public final func step() { step(gate: nil) }

    /// A step that changes no parameter and no state where `gate`, one bool on the parameters'
    /// device, is false. It counts as a step until `takeBackStep`, for the host doesn't wait to
    /// see.
    ///
    /// - Parameter countsLate: whether only the device knows, for now, if the step counts. Those that
    ///   follow have the numbers of the steps that did.
    package final func step(gate: NDArray?, countsLate: Bool = false) {
        makePlan(countsLate: countsLate)
        let factor = clipGradients()
        advance()
        if let recorder = Recorder.current { note(for: recorder) }
        let made = plan.late?.made
        for launch in plan.launches {
            let numbers = made.map { launch.numbers.row(at: $0) } ?? launch.numbers
            change(arrays(of: launch), numbers: numbers, clip: factor, gate: gate)
        }
        guard let late = plan.late, let made else { return }
        late.note(made, gate)
        countLate()
        Recorder.current?.afterwards { [unowned self] in countLate() }
    }

    /// Runs a rule over parameters. `arrays` holds for each of them itself, its gradient and its
    /// states.
    final func run(
        _ rule: OptimizerRule, _ arrays: [NDArray], numbers: NDArray, clip: NDArray?,
        gate: NDArray?
    ) {
        Kernel.update(rule, ArrayList(arrays), clips: clip != nil, gated: gate != nil)
            .run(numbers, clip ?? numbers, gate ?? numbers, into: numbers)
    }

    private func arrays(of launch: StepPlan.Launch) -> [NDArray] {
        let entries = entries
        var arrays: [NDArray] = []
        arrays.reserveCapacity(launch.members.count * (2 + slots.count))
        for index in launch.members {
            let parameter = entries[index].parameter
            guard let gradient = gradient(of: parameter) else { continue }
            let data = parameter.data
            if !isLike(gradient, data)
                || entries[index].state.contains(where: { !isLike($0, data) })
            {
                check(entries[index], gradient)
            }
            arrays.append(data)
            arrays.append(gradient.isContiguous ? gradient : gradient.contiguous())
            arrays += entries[index].state
        }
        return arrays
    }

    /// The kernel checks this too, but doesn't know the parameters' names.
    private func check(_ entry: Entry, _ gradient: NDArray) {
        let data = entry.parameter.data
        if !isLike(gradient, data) {
            if entry.parameter.grad?.trace != nil {
                fail(
                    "Optimizer",
                    "the gradient of parameter '\(entry.name)' is one example's of a batch",
                    hint: "make the step outside vmap and jvp")
            }
            failFit(
                entry, "gradient", gradient,
                hint: "set neither grad nor data to another shape, dtype or device")
        }
        for state in entry.state where !isLike(state, data) {
            failFit(
                entry, "state", state,
                hint: "make a new optimizer where data was set to another shape or dtype")
        }
    }

    private func isLike(_ array: NDArray, _ data: NDArray) -> Bool {
        array.shape == data.shape && array.dtype == data.dtype && array.backend === data.backend
    }

    private func failFit(_ entry: Entry, _ what: String, _ array: NDArray, hint: String) -> Never {
        func text(_ array: NDArray) -> String { "\(array.dtype) \(array.shape) on \(array.device)" }
        fail(
            "Optimizer",
            "parameter '\(entry.name)' is \(text(entry.parameter.data)), its \(what) \(text(array))",
            hint: hint)
    }

    /// Finds the parameters that take part in a step, and which of them one launch can change.
    private func makePlan(countsLate: Bool) {
        if isPlanned, (plan.late != nil) == countsLate { return }
        settleCount()
        var launches: [[Int]] = []
        for index in entries.indices {
            let parameter = entries[index].parameter
            guard gradient(of: parameter) != nil else { continue }
            prepare(index)
            let place = launches.firstIndex { members in
                let other = entries[members[0]]
                return other.group == entries[index].group && other.steps == entries[index].steps
                    && other.parameter.dtype == parameter.dtype
                    && other.parameter.data.backend === parameter.data.backend
            }
            if let place { launches[place].append(index) } else { launches.append([index]) }
        }
        plan = StepPlan(
            launches: launches.map { members in
                let backend = entries[members[0]].parameter.data.backend
                let width = OptimizerRule.numberCount
                let shape: Shape = countsLate ? [LateSteps.rows, width] : [width]
                let numbers = NDArray(uninitialized: shape, .float64, on: backend)
                return StepPlan.Launch(members: members, numbers: numbers)
            }, entries: entries.count,
            late: countsLate ? launches.first.map { late(beside: $0[0]) } : nil)
    }

    /// Whether the plan of the last step is that of the next one, which needs no preparation.
    private var isPlanned: Bool {
        let (entries, plan) = (entries, plan)
        guard plan.launchOfEntry.count == entries.count else { return false }
        return entries.indices.allSatisfy { index in
            let parameter = entries[index].parameter
            guard let number = plan.launchOfEntry[index] else { return !takesPart(parameter) }
            let launch = plan.launches[number]
            let first = launch.members[0]
            let state = entries[index].state
            return takesPart(parameter) && entries[index].steps == entries[first].steps
                && parameter.lies(on: launch.numbers.storage.backend)
                && parameter.dtype == entries[first].parameter.dtype
                && state.count == slots.count
                && (state.isEmpty || state[0].storage.backend === launch.numbers.storage.backend)
        }
    }

    /// Makes a parameter's state with its first step, and moves it where the parameter went.
    private func prepare(_ index: Int) {
        let parameter = entries[index].parameter
        Optimizer.makeContiguous(parameter, entries[index].name)
        let state = entries[index].state
        if state.count < slots.count {
            entries[index].state = zeroState(of: parameter)
        } else if let first = state.first, first.backend !== parameter.data.backend {
            entries[index].state = state.map { $0.on(parameter.data.backend) }
        }
    }

    /// Makes a parameter contiguous, as kernels need it; traps where that would part it from others
    /// that hold its memory.
    static func makeContiguous(_ parameter: Parameter, _ name: String) {
        if parameter.data.isContiguous { return }
        if parameter.isMemoryShared {
            fail(
                "Optimizer",
                "parameter '\(name)' is a view \(parameter.shape) that isn't contiguous, of memory "
                    + "that others hold: a step would part it from them",
                hint: "copy() its data, or use one parameter in both places")
        }
        parameter.data = parameter.data.copy()
    }

    /// Counts a step and hands the numbers of each launch to its device.
    package final func advance() {
        if plan.late == nil || openSteps == LateSteps.most { settleCount() }
        stepsMade += 1
        for launch in plan.launches {
            for index in launch.members { entries[index].steps += 1 }
            let entry = entries[launch.members[0]]
            var rows = (0...openSteps).flatMap { made in
                numbers(of: entry, heldUp: openSteps - made)
            }
            while rows.count < launch.numbers.count { rows.append(0) }
            launch.numbers.write(rows)
        }
        plan.late?.begin(isKnown: openSteps == 0, settled: settledSteps)
        settledSteps = 0
    }

    /// The rule's numbers of the step that begins, where so many of those before it didn't count.
    private func numbers(of entry: Entry, heldUp: Int) -> [Double] {
        let group = groups[entry.group]
        let rate = heldUp == 0 ? currentRate : rateHeldUp?(heldUp) ?? currentRate
        var numbers = numbers(
            rate: rate * group.rateFactor, decay: group.weightDecay ?? currentDecay,
            step: entry.steps - heldUp)
        while numbers.count < OptimizerRule.numberCount { numbers.append(0) }
        return numbers
    }

    /// Tells a captured step to ask for the numbers of each replay, and to be made anew where other
    /// parameters take part, lie elsewhere, or gradients are limited in another way.
    private func note(for recorder: Recorder) {
        recorder.note(self)
        let states = entries.lazy.flatMap(\.state)
        if states.contains(where: { recorder.isInside($0.storage) })
            || plan.late.map({ recorder.isInside($0.counted.storage) }) ?? false
        {
            recorder.postpone("it makes the state of an optimizer")
        }
        let squaredNorm = squaredNorm
        recorder.afterwards { [unowned self] in self.squaredNorm = squaredNorm }
        let (plan, clipping) = (plan, clipping)
        let trained = entries.map(\.parameter.requiresGrad)
        let places = entries.map(\.parameter.data)
        let change = "the parameters of an optimizer, their places or the clipping change"
        recorder.require(change) { [unowned self] in
            self.plan === plan && self.clipping == clipping
                && self.entries.indices.allSatisfy { index in
                    let parameter = self.entries[index].parameter
                    return parameter.requiresGrad == trained[index]
                        && parameter.data.isSamePlace(as: places[index])
                }
        }
    }

    /// Limits the gradients as `clipping` says and gives the factor that is left to the kernels, on
    /// the device; nil for none.
    private func clipGradients() -> NDArray? {
        squaredNorm = nil
        switch clipping {
        case .none: return nil
        case .value(let limit):
            checkLimit(limit)
            parameters.clipGradients(toValue: limit)
            return nil
        case .norm(let limit):
            checkLimit(limit)
            let used = plan.launches.flatMap(\.members)
            let squared = NDArray.squaredNorm(used.compactMap { entries[$0].parameter.grad?.data })
            squaredNorm = squared
            return squared.clipFactor(toNorm: limit)
        }
    }

    private func checkLimit(_ limit: Double) {
        if !(limit > 0) { fail("Optimizer", "gradients can't be clipped to \(limit)") }
    }
}

extension Optimizer: StepInput {}
