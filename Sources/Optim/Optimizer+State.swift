internal import NN
public import Tensor

extension Optimizer {
    /// All that a run needs to go on exactly: the step count, named `step`, and each parameter's
    /// state arrays, named as in `0.weight/m`. Copies, which later steps don't change.
    ///
    /// A parameter that was frozen for some steps also has its own count, as in `0.weight/step`.
    public final var stateDictionary: [(name: String, value: NDArray)] {
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
        var error = StateError(subject: "optimizer")
        var values: [String: NDArray] = [:]
        for (name, value) in state where values.updateValue(value, forKey: name) != nil {
            error.duplicated.append(name)
        }
        var unknown = Set(values.keys)

        func count(_ name: String) -> Int? {
            guard let value = values[name] else { return nil }
            unknown.remove(name)
            guard error.accepts(value, as: name, shape: [], .int64) else { return 0 }
            let count = Int(value.scalar(as: Int64.self))
            if !(0...Optimizer.mostSteps).contains(count) {
                error.unusable.append("'\(name)' is \(count), not a number of steps")
            }
            return count
        }
        func arrays(of entry: Entry) -> [NDArray] {
            let names = slots.map { "\(entry.name)/\($0)" }
            // State is made with the first step of a parameter; a frozen one may have none.
            if !entry.parameter.requiresGrad, names.allSatisfy({ values[$0] == nil }) { return [] }
            return names.compactMap { name in
                guard let value = values[name] else {
                    error.missing.append(name)
                    return nil
                }
                unknown.remove(name)
                let parameter = entry.parameter
                let fits = error.accepts(
                    value, as: name, shape: parameter.shape, parameter.dtype)
                return fits ? value : nil
            }
        }

        let steps = count("step")
        if steps == nil { error.missing.append("step") }
        var loaded = entries
        for index in entries.indices {
            let entry = entries[index]
            loaded[index].steps = count("\(entry.name)/step") ?? steps ?? 0
            loaded[index].state = arrays(of: entry)
        }
        error.unexpected = state.map(\.name).filter { unknown.contains($0) }
        for entry in loaded where entry.steps > steps ?? 0 {
            error.unusable.append(
                "'\(entry.name)/step' is \(entry.steps), more than the \(steps ?? 0) in all")
        }
        if !error.isEmpty { throw error }

        for index in loaded.indices {
            let backend = loaded[index].parameter.data.backend
            loaded[index].state = loaded[index].state.map { $0.copied(to: backend) }
        }
        entries = loaded
        // A captured step would go on with the states of before.
        plan = StepPlan(launches: [])
        stepsMade = steps ?? 0
    }

    /// More steps than any run makes: a million each second for thousands of years.
    private static let mostSteps = 1 << 60

    private static func number(_ value: Int) -> NDArray { NDArray([Int64(value)], []) }
}
