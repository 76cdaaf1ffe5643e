import Checkpoint
import Datasets
import FTConfig
import FTJSON
import FTSupport
import Optim

extension Trainer {
    /// The steps that a config's run has on some data, unless it ends early; for a run of no
    /// epochs those of one, so that schedules can be made.
    static func steps(_ config: RunConfig, _ data: DataPlan) -> Int {
        let batches = data.train.batches(of: config.data.int("batchSize"))
        let all = max(config.epochs, 1) * batches
        return min(all, config.training.optionalInt("maxSteps") ?? all)
    }

    /// The rates that a config's schedule gives a run on this data, or one so many times as long.
    func rates(_ config: RunConfig, longer factor: Int = 1) throws -> RateControl {
        let rate = config.learningRate
        let steps = factor * Trainer.steps(config, experiment.data)
        let span = ScheduleSpan(rate: rate, steps: steps)
        return try Catalogs.schedules.make(config.value.child("schedule"), span)
    }

    /// Whether a run of more epochs begins as this one did.
    var canBeLonger: Bool {
        guard let longer = try? rates(config, longer: 2) else { return false }
        return !rates.differs(from: longer, before: cursor.step)
    }

    /// What decides on how long a run is.
    private static let lengths = ["training.epochs", "training.maxSteps", "data.batchSize"]
    /// What decides on the weights besides.
    private static let decisive = [
        "optimizer", "schedule", "training.accumulate", "training.average", "training.mixup",
        "training.precision",
        "data.batchSize",
    ]

    /// The rates that a run had before its config changed, and has now, if it began anew with
    /// either; nil where the former can't be known.
    private func courses(_ state: TrainingState) throws -> (before: RateControl, now: RateControl)?
    {
        guard let text = state.config,
            let before = try? rates(RunConfig(recorded: text, file: "the checkpoint's config"))
        else { return nil }
        return (before, try rates(config))
    }

    /// Remembers, for whoever trains the run again, which settings became others here that decide
    /// on the weights. Another length does so only where it changes rates that were used.
    func note(_ changes: [ConfigDifference], _ state: TrainingState) throws {
        let courses = try courses(state)
        let isOther = courses.map { $0.before.differs(from: $0.now, before: cursor.step) } ?? true
        let decisive = changes.filter { change in
            Trainer.decisive.contains { change.isInside($0) }
                || isOther && Trainer.lengths.contains(change.path)
        }
        cursor.history += decisive.map { "step \(cursor.step): \($0.description)" }
    }

    /// A constant rate to go on at, and what it is: that which was reached, unless a schedule has
    /// brought it down to where little is trained any more.
    static func steadyRate(reached: Double, largest: Double) -> (rate: Double, words: String) {
        reached >= largest / 10
            ? (reached, "go on at the rate that was reached")
            : (
                largest / 10,
                "go on at a tenth of optimizer.learningRate, for the rate that was reached trains "
                    + "little"
            )
    }

    /// What to say where another length changes the course of a schedule that ends with the run.
    func courseRemarks(
        _ path: String, _ state: TrainingState, _ changes: [ConfigDifference]
    ) throws -> [String] {
        let changed = changes.filter { Trainer.lengths.contains($0.path) }
        guard cursor.step > 0, !isOver, !changed.isEmpty,
            config.value.child("schedule").type != "constant",
            let (before, now) = try courses(state), before.differs(from: now, before: cursor.step)
        else { return [] }
        let old = before.rate(after: cursor.step - 1)
        let steady = Trainer.steadyRate(reached: old, largest: config.learningRate)
        func settings(_ changes: [ConfigDifference]) -> String {
            changes.map { "\($0.path)=\($0.new?.text() ?? "null")".shellWord }
                .joined(separator: " ")
        }
        let causes = changes.filter { change in
            ["optimizer", "schedule"].contains { change.isInside($0) }
                || Trainer.lengths.contains(change.path)
        }
        // All but what is replaced.
        let kept = changes.filter {
            !$0.isInside("schedule") && $0.path != "optimizer.learningRate"
        }
        let name = config.value.child("schedule").type
        return [
            "the \(name) schedule ends with the run, so \(settings(causes)) changes its course: the "
                + "learning rate goes from \(Format.rate(old)) to "
                + "\(Format.rate(rates.rate(after: cursor.changes))) here, and the weights won't be those "
                + "of a run that was so long from the start, which is: fttrain \("\(path)/config.json".shellPath); to "
                + "\(steady.words): fttrain resume \(path.shellPath) \(settings(kept)) "
                + "'schedule={\"type\":\"constant\"}' optimizer.learningRate="
                + "\(Format.short(steady.rate, digits: 6))"
        ]
    }
}

extension RateControl {
    /// Whether another schedule gives one of the first steps another rate.
    func differs(from other: RateControl, before step: Int) -> Bool {
        let stride = max(1, step / 1000)
        return Swift.stride(from: 0, to: step, by: stride).contains {
            rate(after: $0) != other.rate(after: $0)
        }
    }
}
