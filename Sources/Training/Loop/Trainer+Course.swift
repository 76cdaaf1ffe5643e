import Checkpoint
import Datasets
import FTConfig
import FTJSON
import FTSupport
import Optim

extension Trainer {
    /// The rates that a config's schedule gives a run of so many epochs on this data.
    func rates(_ config: RunConfig, epochs: Int? = nil) throws -> RateControl {
        let rate = config.value.child("optimizer").double("learningRate")
        let steps = (epochs ?? config.epochs) * experiment.data.train.batchesPerEpoch
        let span = ScheduleSpan(rate: rate, steps: steps)
        return try Catalogs.schedules.make(config.value.child("schedule"), span)
    }

    /// Whether a run of more epochs begins as this one did.
    var canBeLonger: Bool {
        guard let longer = try? rates(config, epochs: config.epochs * 2) else { return false }
        return !rates.differs(from: longer, before: cursor.step)
    }

    /// Remembers, for whoever trains the run again, which settings became others here that decide
    /// on the weights.
    func note(_ changes: [ConfigDifference]) {
        let decisive = changes.filter { change in
            ["optimizer", "schedule"].contains { change.isInside($0) }
                || change.path == "training.epochs"
        }
        cursor.history += decisive.map { "step \(cursor.step): \($0.description)" }
    }

    /// What to say where more epochs change the course of a schedule that ends with the last one.
    func courseRemarks(
        _ path: String, _ state: TrainingState, _ changes: [ConfigDifference]
    ) throws -> [String] {
        guard cursor.step > 0, changes.contains(where: { $0.path == "training.epochs" }),
            let text = state.config,
            let before = try? rates(RunConfig(text: text, file: "the checkpoint's config")),
            before.differs(from: rates, before: cursor.step)
        else { return [] }
        let old = before.rate(after: cursor.step - 1)
        let epochs = "training.epochs=\(config.epochs)"
        let name = config.value.child("schedule").type
        return [
            "the \(name) schedule ends with the last epoch, so \(epochs) changes its course: the "
                + "learning rate goes from \(Format.rate(old)) to "
                + "\(Format.rate(rates.rate(after: cursor.step))) here, and the weights won't be those "
                + "of a run of \(config.epochs) epochs from the start, which is: fttrain "
                + "\(path)/config.json; to go on at the rate that was reached: fttrain resume \(path) "
                + "\(epochs) 'schedule={\"type\":\"constant\"}' optimizer.learningRate="
                + "\(Format.short(old, digits: 6))"
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
