import Datasets
import FTConfig
import FTSupport
import NN
import Optim

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
            remarks.append(
                "training.accumulate is \(training.int("accumulate")), and a batch of \(batch) is "
                    + "computed in \(batch) pieces at most")
        }
        return remarks
    }
}

extension Experiment {
    /// A sentence on each setting that changes nothing, given the others, on a warm-up that a new
    /// run ends in, on layers that aren't what the loss or
    /// `generate` is for, and on a metric that says nothing.
    public var remarks: [String] {
        let own = [warmUpRemark, logarithmRemark, vocabularyRemark, fewClassesRemark]
        return config.remarks + own.compactMap(\.self)
    }

    /// What to say of a metric that is 1 whatever the model says.
    private var fewClassesRemark: String? {
        let count = outputShape.last ?? 1
        let metrics = config.value.children("metrics")
        let sure = metrics.first { $0.type == "topKAccuracy" && $0.int("k") >= count }
        guard let sure, count > 1 else { return nil }
        return "topKAccuracy is 1 whatever the model says, for the \(sure.int("k")) largest of its "
            + "\(count) outputs are all of them; "
            + (count > 2 ? "take a k below \(count)" : "take accuracy instead")
    }

    /// What to say of a text model with tokens that the text doesn't have.
    private var vocabularyRemark: String? {
        guard let known = data.vocabulary, let model = self.model.textModel,
            model.vocabulary != known
        else { return nil }
        return "model.layers[0].vocabulary is \(model.vocabulary) and the text has "
            + "\(Format.count(known, "token")), so fttrain generate can't write with the model; "
            + "leave the key out, and it follows from the text"
    }

    /// What to say of a loss of log-probabilities after a layer that gives others.
    private var logarithmRemark: String? {
        let name = config.value.child("loss").type
        guard ["nll", "klDivergence"].contains(name) else { return nil }
        var last: Layer? = model
        while let sequence = last as? Sequential { last = sequence.layers.last }
        guard let last, !(last is LogSoftmax) else { return nil }
        let other = name == "nll" ? ", or take the loss crossEntropy" : ""
        return "the loss \(name) is of log-probabilities, which the last layer doesn't give; end "
            + "the model with logSoftmax\(other)"
    }

    private var warmUpRemark: String? {
        let schedule = config.value.child("schedule")
        let (warmup, steps) = (schedule.int("warmupSteps"), Trainer.steps(config, data))
        guard warmup > steps, config.epochs > 0 else { return nil }
        let rate = optimizer.learningRate
        let reached = rate * Double(steps - 1) / Double(warmup)
        return
            "schedule.warmupSteps is \(Format.grouped(warmup)) and the run has "
            + "\(Format.count(steps, "step")), so the learning rate gets to "
            + "\(Format.short(reached, digits: 2)) and never to \(Format.short(rate)); warm up in "
            + "fewer steps or train longer"
    }

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
