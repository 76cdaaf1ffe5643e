import FTConfig
import FakeTensor
import Testing

/// When training ends by itself, and what it warns of before.
@Suite("Stopping")
struct StoppingTests {
    /// Collects the warnings of a run.
    private final class Listener: TrainingObserver {
        var warnings: [String] = []
        func handle(_ event: TrainingEvent) {
            if case .warning(let text) = event { warnings.append(text) }
        }
    }

    private func run(
        _ sandbox: Sandbox, _ overrides: [String], _ name: String = "run"
    ) throws -> (summary: RunSummary, warnings: [String]) {
        let experiment = try Experiment(sandbox.config(overrides))
        let folder = try RunFolder.create(sandbox.file(name))
        let trainer = try Trainer(starting: experiment, in: folder)
        let listener = Listener()
        trainer.observers.append(listener)
        return (try trainer.run(), listener.warnings)
    }

    @Test("a run that gets no better stops after its patience, at the same epoch when resumed")
    func patience() throws {
        let sandbox = Sandbox()
        // A rate of 0: no epoch is better than the first.
        let still = ["training.epochs=50", "training.patience=3", "optimizer.learningRate=0"]
        let (summary, warnings) = try run(sandbox, still)
        #expect(summary.epochs == 4 && summary.status == .completed && summary.best?.epoch == 1)
        #expect(warnings.count == 1)
        #expect(warnings[0].hasPrefix("stopped after epoch 4: "))
        func resumed(_ overrides: [String] = []) throws -> Int {
            try Trainer.resume(sandbox.file("run"), overrides: overrides).trainer.run().epochs
        }
        #expect(try resumed() == 4)
        #expect(try resumed(["training.patience=5"]) == 6)
    }

    @Test("a run that has taken its minutes stops after the epoch")
    func minutes() throws {
        let (summary, warnings) = try run(
            Sandbox(), ["training.epochs=50", "training.maxMinutes=1e-9"])
        #expect(summary.epochs == 1 && warnings.count == 1)
    }

    @Test("a split that leaves one class to measure on is warned of")
    func split() throws {
        let sandbox = Sandbox()
        try HDF5Writer.create(sandbox.file("clusters.h5")) { file in
            try file.write("train/images", Random(seed: 1).normal([30, 6]))
            try file.write("train/labels", NDArray((0..<30).map { UInt8($0 / 10) }))
        }
        let split = ["training.epochs=1", "data.validation=null", "data.split=0.2"]
        let warnings = try run(sandbox, split).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("they are all of class 2, one of 3;") == true)
        let half = ["training.epochs=1", "data.validation=null", "data.split=0.5"]
        #expect(try run(sandbox, half, "other").warnings == [])
    }
}
