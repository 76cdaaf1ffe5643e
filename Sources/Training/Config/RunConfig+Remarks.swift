import Datasets
import FTConfig

extension RunConfig {
    /// A sentence on each setting that changes nothing, given the others.
    public var remarks: [String] {
        var remarks: [String] = []
        func note(_ key: String, _ reason: String) {
            remarks.append("\(key) changes nothing: \(reason)")
        }
        let isSplit = ["split", "folds"].contains { data.optional($0) != nil }
        let order = data.string(DataPlan.splitOrderKey)
        if !isSplit, order != SplitOrder.stratified.rawValue {
            note("data.\(DataPlan.splitOrderKey)", "there is neither data.split nor data.folds")
        }
        if training.double("minimumChange") > 0, training.optional("patience") == nil {
            note("training.minimumChange", "there is no training.patience that it is for")
        }
        let batch = data.int("batchSize")
        if training.int("accumulate") > batch {
            note(
                "training.accumulate",
                "a batch of \(batch) is computed in \(batch) pieces at most")
        }
        return remarks
    }
}

extension Experiment {
    /// Why the average of the weights never begins; nil where it does, or there is none.
    var averageProblem: String? {
        guard let value = config.training.optional("average"), value.hasKey("startEpoch") else {
            return nil
        }
        let steps = config.training.optionalInt("maxSteps")
        let whole = steps.map { $0 / max(data.train.batchesPerEpoch, 1) } ?? config.epochs
        let last = min(whole, config.epochs)
        guard value.int("startEpoch") > last else { return nil }
        return
            "the run has \(last) whole epochs, so the average never begins; begin earlier, or set "
            + "training.average=null"
    }
}
