import FTConfig
import FakeTensor
import FoundationEssentials
import Testing

/// Averages of weights: measured and kept in place of the weights themselves.
@Suite("Averaged weights")
struct AverageTests {
    private static let runs: [[String]] = [
        ["training.average={\"type\":\"ema\",\"decay\":0.8}"],
        ["training.average={\"type\":\"swa\",\"startEpoch\":2}", "training.validateEverySteps=2"],
        ["training.average=swa", "training.restoreBest=true", "training.bestBy=loss"],
        ["training.average={\"type\":\"ema\",\"decay\":0.8}", "model.layers.0.frozen=true"],
    ]

    @Test("end with the same bits and rows, killed after any step", arguments: runs)
    func killed(overrides: [String]) throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer("whole", overrides)
        trainer.observers.append(
            Listener { event in
                guard case .step(let progress) = event else { return }
                try? sandbox.copy(sandbox.file("whole"), to: "killed\(progress.step)")
            })
        let steps = try trainer.run().steps
        let expected = try tensors(sandbox.file("whole/last.safetensors"))
        let best = try tensors(sandbox.file("whole/best.safetensors"))
        for step in 1...steps {
            _ = try Trainer.resume(sandbox.file("killed\(step)")).trainer.run()
            #expect(try tensors(sandbox.file("killed\(step)/last.safetensors")) == expected)
            #expect(try tensors(sandbox.file("killed\(step)/best.safetensors")) == best)
            #expect(
                try steadyColumns(sandbox.text("killed\(step)/metrics.csv"))
                    == steadyColumns(sandbox.text("whole/metrics.csv")))
        }
        #expect(try Verification(sandbox.file("whole")).difference == nil)
    }

    /// The weights that training goes on from, by name.
    private func current(_ checkpoint: TrainingCheckpoint) -> [String: [Float]] {
        let pairs = checkpoint.optimizer.filter { $0.slot == "current" }
            .map { ($0.parameter, $0.array.values(as: Float.self)) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    private func model(_ checkpoint: TrainingCheckpoint) -> [String: [Float]] {
        let pairs = checkpoint.model.map { ($0.name, $0.array.values(as: Float.self)) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    @Test("leave training as it is, and are what is measured", arguments: ["ema", "swa"])
    func measured(type: String) throws {
        let sandbox = Sandbox()
        let summary = try sandbox.trainer("run", ["training.average=\(type)"]).run()
        _ = try sandbox.trainer("plain").run()
        let last = try TrainingCheckpoint(path: sandbox.file("run/last.safetensors"))
        let plain = try TrainingCheckpoint(path: sandbox.file("plain/last.safetensors"))
        #expect(current(last) == model(plain))
        #expect(model(last) != model(plain))
        let measurement = try Evaluation(sandbox.file("run")).measurement
        #expect(measurement == summary.best?.measurement)
    }

    @Test("swa is the mean of the weights at the ends of epochs")
    func mean() throws {
        let sandbox = Sandbox()
        let swa = "training.average={\"type\":\"swa\",\"startEpoch\":2}"
        var ends: [[Float]] = []
        let trainer = try sandbox.trainer("run", [swa])
        trainer.observers.append(
            Listener { event in
                guard case .epoch = event else { return }
                ends.append(trainer.experiment.model.parameters[0].values(as: Float.self))
            })
        _ = try trainer.run()
        trainer.observers = []
        let last = try TrainingCheckpoint(path: sandbox.file("run/last.safetensors"))
        let found = last.model[0].array.values(as: Float.self)
        for (index, value) in found.enumerated() {
            #expect(abs(value - (ends[1][index] + ends[2][index]) / 2) < 1e-6)
        }
    }

    @Test(
        "don't take in weights again where nothing in a batch counts",
        arguments: ["fp32", "fp16"])
    func ignored(precision: String) throws {
        let sandbox = Sandbox()
        let data = sandbox.file("ignored.h5")
        try HDF5Writer.create(data) { file in
            let x = Random(seed: 3).normal([32, 4], .float32)
            try file.write("x", x)
            // The first and third of four batches.
            let labels = (0..<32).map { row -> Int64 in row / 8 % 2 == 0 ? -1 : Int64(row % 3) }
            try file.write("y", NDArray(labels))
        }
        let text = """
            {"data": {"path": "\(data)", "train": {"inputs": "x", "targets": "y"},
                      "batchSize": 8, "shuffle": false},
             "model": {"layers": [{"type": "linear", "units": 3}]},
             "loss": {"type": "crossEntropy", "ignoreIndex": -1},
             "optimizer": {"type": "adam"},
             "training": {"epochs": 3, "average": "ema", "precision": "\(precision)"}}
            """
        let trainer = try Trainer(
            starting: Experiment(RunConfig(text: text, file: "c.json")),
            in: RunFolder.create(sandbox.file("run")))
        _ = try trainer.run()
        #expect(trainer.experiment.optimizer.stepCount == 6)
        let last = try TrainingCheckpoint(path: sandbox.file("run/last.safetensors"))
        #expect(last.state.optimizerValues["averageUpdates"] == 6)
    }

    @Test("may begin and end with a resumption")
    func resumed() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run").run()
        let longer = ["training.epochs=4", "training.average=ema"]
        _ = try Trainer.resume(sandbox.file("run"), overrides: longer).trainer.run()
        let path = sandbox.file("run/last.safetensors")
        #expect(!current(try TrainingCheckpoint(path: path)).isEmpty)
        let without = ["training.epochs=5", "training.average=null"]
        _ = try Trainer.resume(sandbox.file("run"), overrides: without).trainer.run()
        #expect(current(try TrainingCheckpoint(path: path)).isEmpty)
        _ = try sandbox.trainer("plain", ["training.epochs=5"]).run()
        let plain = try TrainingCheckpoint(path: sandbox.file("plain/last.safetensors"))
        #expect(model(try TrainingCheckpoint(path: path)) == model(plain))
    }

    @Test("that would begin after the end of the run is refused, or named where the run ends now")
    func late() throws {
        let sandbox = Sandbox()
        func swa(_ epoch: Int) -> String {
            "training.average={\"type\":\"swa\",\"startEpoch\":\(epoch)}"
        }
        for changes in [[swa(4)], [swa(3), "training.maxSteps=14"]] {
            let error = #expect(throws: ConfigError.self) {
                try Experiment(sandbox.config(changes))
            }
            #expect(error?.issues[0].path == "training.average.startEpoch")
            #expect(error?.issues[0].message.contains("so the average never begins") == true)
        }
        _ = try Experiment(sandbox.config([swa(3), "training.maxSteps=15"]))
        try sandbox.stopped("run", at: 2, [swa(3)])
        let resumption = try Trainer.resume(
            sandbox.file("run"), overrides: ["training.epochs=2"])
        let words = "training.average.startEpoch: the run has 2 whole epochs"
        #expect(resumption.warnings.contains { $0.hasPrefix(words) })
    }

    @Test("that has begun doesn't become one of another kind")
    func mixed() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", ["training.average=ema"]).run()
        let error = #expect(throws: RunError.self) {
            try Trainer.resume(
                sandbox.file("run"), overrides: ["training.epochs=4", "training.average=swa"])
        }
        #expect(error?.description.contains("has begun and can't become another") == true)
        // What was refused left nothing behind.
        let again = try Trainer.resume(sandbox.file("run"), overrides: ["training.epochs=4"])
        #expect(try again.trainer.run().epochs == 4)
    }
}
