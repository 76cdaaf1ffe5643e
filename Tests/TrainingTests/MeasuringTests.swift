import FTJSON
import FakeTensor
import Testing

/// What a config's losses and metrics report, whatever the batches are.
@Suite("Losses and metrics of a config")
struct MeasuringTests {
    /// Metrics of classes and a loss beside them.
    private static let classes = [
        "metrics=[\"f1\", {\"type\": \"f1\", \"average\": \"class\", \"class\": 1}, "
            + "{\"type\": \"precision\", \"average\": \"micro\"}, "
            + "{\"type\": \"recall\", \"average\": \"weighted\"}, \"balancedAccuracy\", "
            + "\"perplexity\", {\"type\": \"topKAccuracy\", \"k\": 2}]"
    ]
    /// Metrics of numbers and of single logits.
    private static let numbers = [
        "metrics=[\"r2\", \"explainedVariance\", \"rootMeanSquaredError\", "
            + "\"meanAbsolutePercentageError\", \"auc\", {\"type\": \"f1\", \"average\": \"binary\"}]",
        "data.train.targets=train/sums", "data.validation.targets=test/sums",
        "model.layers.2.units=6",
    ]
    private static let untrained = ["optimizer.learningRate=1e-30", "training.epochs=1"]

    private static let losses: [(loss: String, overrides: [String])] = [
        (#"{"type": "focal", "gamma": 1.5, "classWeights": [1, 3, 0.5]}"#, classes),
        (#"{"type": "multiMargin", "ignoreIndex": 2}"#, classes),
        (#"{"type": "dice", "ignoreIndex": 1}"#, classes),
        (#"{"type": "quantile", "quantiles": [0.9]}"#, numbers),
        (#"{"type": "logCosh"}"#, numbers),
        (#"{"type": "binaryFocal", "alpha": 0.25}"#, numbers),
        (#"{"type": "binaryCrossEntropy", "positiveWeights": [1, 2, 3, 4, 5, 6]}"#, numbers),
    ]

    @Test("don't depend on the batch size", arguments: losses.indices)
    func batches(_ index: Int) throws {
        let (loss, overrides) = MeasuringTests.losses[index]
        let sandbox = Sandbox()
        var measured: [RunMeasurement] = []
        for size in [3, 8, 40] {
            let options = ["loss=\(loss)", "data.batchSize=\(size)"] + MeasuringTests.untrained
            let summary = try sandbox.trainer("run\(size)", overrides + options).run()
            measured.append(try #require(summary.best?.measurement))
        }
        for other in measured[1...] {
            #expect(abs(other.loss - measured[0].loss) < 1e-6)
            for (a, b) in zip(other.metrics, measured[0].metrics) {
                #expect(a.name == b.name && abs(a.value - b.value) < 1e-6 * max(1, abs(b.value)))
            }
        }
    }

    @Test("of the training data go on after a resumption", arguments: [classes, numbers])
    func resumed(_ overrides: [String]) throws {
        let sandbox = Sandbox()
        let loss = overrides.count == 1 ? "crossEntropy" : "meanSquaredError"
        let options =
            overrides.filter { !$0.hasPrefix("data.validation") } + [
                "loss={\"type\":\"\(loss)\"}", "data.validation=null", "training.epochs=2",
                "training.bestBy=loss",
            ]
        let whole = try sandbox.trainer("whole", options).run()
        do {
            let stopped = try sandbox.trainer("stopped", options)
            let stop = stopped.stop
            stopped.observers.append(
                Listener { event in
                    if case .step(let step) = event, step.step == 2 { stop.request() }
                })
            #expect(try stopped.run().status == .interrupted)
        }
        let again = try Trainer.resume(sandbox.file("stopped")).trainer.run()
        #expect(again.best?.measurement == whole.best?.measurement)
    }

    @Test("a margin loss learns the clusters", arguments: ["multiMargin", "focal"])
    func learns(_ loss: String) throws {
        let sandbox = Sandbox()
        let options = ["loss={\"type\":\"\(loss)\"}", "training.epochs=10", "metrics=[\"f1\"]"]
        let summary = try sandbox.trainer("run", options).run()
        #expect((summary.best?.measurement.value("f1") ?? 0) > 0.9)
    }

    @Test("a confusion matrix is measured with the checkpoint")
    func confusion() throws {
        let sandbox = Sandbox()
        let metrics = "metrics=[\"accuracy\", \"confusionMatrix\"]"
        _ = try sandbox.trainer("run", [metrics, "training.epochs=10"]).run()
        let evaluation = try Evaluation(sandbox.file("run"))
        #expect(evaluation.confusion == [[4, 0, 0], [0, 4, 0], [0, 0, 4]])
        #expect(evaluation.measurement.value("confusionMatrix") == 1)
        #expect(
            evaluation.lines.suffix(6) == [
                "",
                "confusionMatrix: how often each target (rows) was predicted as each class",
                "target  → 0  → 1  → 2", "     0    4    0    0", "     1    0    4    0",
                "     2    0    0    4",
            ])
        #expect(evaluation.json["confusionMatrix"] != nil)
    }

    @Test("numbers that the type of the training data doesn't hold are refused, not cut")
    func otherType() throws {
        let sandbox = Sandbox()
        let digits = sandbox.file("digits.h5")
        try Digits.write(to: digits, seed: 1, train: 40, test: 10)
        let config = try RunConfig(
            file: "\(ConfigBitsTests.folder)/mlp.json",
            overrides: ["data.path=\(digits)", "training.maxSteps=1", "data.batchSize=10"])
        let run = sandbox.file("run")
        _ = try Trainer(starting: Experiment(config), in: RunFolder.create(run)).run()
        let predictor = try Predictor(run)
        let bytes = NDArray.full([2, 28, 28], 200, .float32)
        #expect(try predictor(bytes).labels == predictor(bytes.cast(to: .uint8)).labels)
        for number in [0.5, 300, -1] {
            let error = #expect(throws: RunError.self) {
                try predictor(NDArray.full([2, 28, 28], number, .float32))
            }
            let words =
                "inputs of uint8, which don't hold \(number == 0.5 ? "0.5" : "\(Int(number))");"
            #expect(error?.description.contains(words) == true, "\(error!)")
        }
    }

    @Test("data that aren't what a model was trained on are named, other classes refused")
    func otherData() throws {
        let sandbox = Sandbox()
        let (own, other) = (sandbox.file("clusters.h5"), sandbox.file("other.h5"))
        let names = #"["ant", "bee", "cat"]"#
        try writeClusters(own, classes: names)
        _ = try sandbox.trainer().run()
        let run = sandbox.file("run")
        #expect(try Evaluation(run).notes == [])
        #expect(try EvaluationReport(Predictor(run)).notes == [])
        try writeClusters(other, seed: 8, classes: names)
        #expect(try Evaluation(run, overrides: ["data.path=\(other)"]).notes == [])
        try writeClusters(other, seed: 8, classes: #"["ant", "cat", "dog"]"#)
        let words = "numbers the classes ant, cat, dog, the model was trained on ant, bee, cat; "
        for measure in [
            { _ = try Evaluation(run, overrides: ["data.path=\(other)"]) },
            { _ = try EvaluationReport(Predictor(run), data: other) },
        ] {
            let error = #expect(throws: RunError.self) { try measure() }
            #expect(error?.description.contains(words) == true)
        }
        try writeClusters(own, seed: 9, classes: names)
        let changed = "(data.validation.inputs) holds other elements than when the model"
        #expect(try Evaluation(run).notes.contains { $0.contains(changed) })
        #expect(try EvaluationReport(Predictor(run)).notes.contains { $0.contains(changed) })
    }

    @Test(
        "without validation data all training examples are measured once, in the order of the file",
        arguments: ["data.shuffle=true", "data.sampling=balanced"])
    func ofTraining(order: String) throws {
        let sandbox = Sandbox()
        let changes = ["data.validation=null", "data.dropLast=true", "data.batchSize=7", order]
        _ = try sandbox.trainer("run", changes).run()
        let run = sandbox.file("run")
        let evaluation = try Evaluation(run)
        let predictor = try Predictor(run)
        let dataset = try Dataset.open(
            sandbox.file("clusters.h5"), inputs: "train/images", targets: "train/labels")
        let (inputs, targets) = try dataset.read(0..<40)
        let found = try #require(predictor(inputs[0]).classes).values(as: Int.self)
        let hits = zip(found, targets.values(as: Int.self)).count { $0 == $1 }
        #expect(evaluation.count == 40)
        #expect(evaluation.measurement.value("accuracy") == Double(hits) / 40)
        let report = try EvaluationReport(predictor).json
        #expect(report["accuracy"] == .double(Double(hits) / 40))
    }

    @Test("a checkpoint is measured by another loss, but as the model that it is")
    func overriddenEvaluation() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", ["training.epochs=1"]).run()
        let run = sandbox.file("run")
        let own = try Evaluation(run).measurement.loss
        let focal = try Evaluation(run, overrides: ["loss.type=focal", "loss.gamma=2"])
        #expect(focal.measurement.loss < own)
        let error = #expect(throws: RunError.self) {
            try Evaluation(run, overrides: ["optimizer.learningRate=1"])
        }
        #expect(
            error.map { "\($0)" }
                == "eval: optimizer.learningRate=1 changes nothing that is measured: optimizer is the "
                + "checkpoint's; set keys of data, loss, metrics or device")
    }

    @Test("what doesn't fit is a sentence")
    func misfits() throws {
        let sandbox = Sandbox()
        func message(_ overrides: [String]) -> String {
            do {
                _ = try sandbox.trainer("run", overrides)
                return ""
            } catch { return "\(error)" }
        }
        #expect(
            message([#"metrics=[{"type": "f1", "average": "class"}]"#])
                .contains("average \"class\" needs a class"))
        #expect(
            message([#"metrics=[{"type": "f1", "average": "class", "class": 3}]"#])
                .contains("the model has the classes 0 to 2, and no 3"))
        #expect(message([#"metrics=[{"type": "f1", "class": 1}]"#]).contains("leave class out"))
        #expect(
            message([#"loss={"type": "focal", "classWeights": [1, 2]}"#])
                .contains("2 class weights for the 3 classes"))
        #expect(message([#"loss={"type": "gaussianNLL"}"#]).contains("logarithms of variances"))
        #expect(message([#"loss={"type": "quantile", "quantiles": [1]}"#]).contains("quantiles"))
    }
}
