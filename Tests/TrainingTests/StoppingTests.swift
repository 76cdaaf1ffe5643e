import FTConfig
import FakeTensor
import Testing

/// When training ends by itself.
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
}
