internal import NN
public import Tensor

extension Optimizer {
    /// All that a run needs to go on exactly: the step count, named `step`, and each parameter's
    /// state arrays, named as in `0.weight/m`. Copies, which later steps don't change.
    ///
    /// A parameter that was frozen for some steps also has its own count, as in `0.weight/step`.
    public final var stateDictionary: [(name: String, value: NDArray)] {
        settleCount()
        var result = [(name: "step", value: Optimizer.number(stepsMade))]
        for entry in entries {
            if entry.steps != stepsMade {
                result.append(("\(entry.name)/step", Optimizer.number(entry.steps)))
            }
            for (slot, array) in zip(slots, entry.state) {
                result.append(("\(entry.name)/\(slot)", array.copy()))
            }
        }
        return result
    }

    /// Restores what `stateDictionary` gave. Either everything fits, or a `StateError` lists all
    /// that doesn't and nothing is changed: names, shapes and dtypes, and numbers of steps
    /// that are negative, immense, or larger for one parameter than for all.
    public final func load(_ state: [(name: String, value: NDArray)]) throws {
        var given = GivenState(state)
        let steps = given.count("step")
        if steps == nil { given.error.missing.append("step") }
        var loaded = entries
        for index in entries.indices {
            let entry = entries[index]
            loaded[index].steps = given.count("\(entry.name)/step") ?? steps ?? 0
            loaded[index].state = given.arrays(
                slots.map { "\(entry.name)/\($0)" }, of: entry.parameter)
        }
        given.error.unexpected = state.map(\.name).filter { given.unknown.contains($0) }
        for entry in loaded where entry.steps > steps ?? 0 {
            given.error.unusable.append(
                "'\(entry.name)/step' is \(entry.steps), more than the \(steps ?? 0) in all")
        }
        if !given.error.isEmpty { throw given.error }

        for index in loaded.indices {
            let backend = loaded[index].parameter.data.backend
            loaded[index].state = loaded[index].state.map { $0.copied(to: backend) }
        }
        entries = loaded
        (openSteps, settledSteps) = (0, 0)
        // A captured step would go on with the states of before.
        plan = StepPlan()
        stepsMade = steps ?? 0
    }

    private static func number(_ value: Int) -> NDArray { NDArray([Int64(value)], []) }
}

/// A state that was given, as it is taken up, and what is wrong with it.
private struct GivenState {
    private var values: [String: NDArray] = [:]
    /// The names that nobody has asked for.
    private(set) var unknown: Set<String>
    var error = StateError(subject: "optimizer")

    /// More steps than any run makes: a million each second for thousands of years.
    private static let mostSteps = 1 << 60

    init(_ state: [(name: String, value: NDArray)]) {
        for (name, value) in state where values.updateValue(value, forKey: name) != nil {
            error.duplicated.append(name)
        }
        unknown = Set(values.keys)
    }

    /// A number of steps; nil where there is none.
    mutating func count(_ name: String) -> Int? {
        guard let value = values[name] else { return nil }
        unknown.remove(name)
        guard error.accepts(value, as: name, shape: [], .int64) else { return 0 }
        let count = Int(value.scalar(as: Int64.self))
        if !(0...GivenState.mostSteps).contains(count) {
            error.unusable.append("'\(name)' is \(count), not a number of steps")
        }
        return count
    }

    /// The arrays of a parameter. They are made with its first step; a frozen one may have none.
    mutating func arrays(_ names: [String], of parameter: Parameter) -> [NDArray] {
        if !parameter.requiresGrad, names.allSatisfy({ values[$0] == nil }) { return [] }
        var arrays: [NDArray] = []
        for name in names {
            guard let value = values[name] else {
                error.missing.append(name)
                continue
            }
            unknown.remove(name)
            if error.accepts(value, as: name, shape: parameter.shape, parameter.dtype) {
                arrays.append(value)
            }
        }
        return arrays
    }
}
