import FTConfig
import FakeTensor
import Testing

/// When training ends by itself.
@Suite("Stopping")
struct StoppingTests {
    /// Collects the warnings and notes of a run.
    private final class Listener: TrainingObserver {
        var warnings: [String] = []
        func handle(_ event: TrainingEvent) {
            switch event {
            case .warning(let text), .note(let text): warnings.append(text)
            default: break
            }
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
        // That nothing is learned, too.
        #expect(warnings.count == 2 && warnings[0].contains("optimizer.learningRate=0.0"))
        #expect(warnings[1].hasPrefix("stopped after epoch 4: "))
        func resumed(_ overrides: [String] = []) throws -> Int {
            try Trainer.resume(sandbox.file("run"), overrides: overrides).trainer.run().epochs
        }
        #expect(try resumed() == 4)
        #expect(try resumed(["training.patience=5"]) == 6)
    }

    @Test("a run that has taken its minutes stops after the step, and goes on to the same bits")
    func minutes() throws {
        let sandbox = Sandbox()
        let (summary, warnings) = try run(sandbox, ["training.maxMinutes=1e-9"])
        #expect(summary.steps == 1 && summary.epochs == 0 && summary.status == .completed)
        #expect(warnings.count == 1 && warnings[0].hasPrefix("stopped after step 1: "))
        // It is measured where it ends, and that is the best so far.
        #expect(summary.best?.step == 1)
        #expect(try sandbox.text("run/metrics.jsonl").split(separator: "\n").count == 1)
        let best = try Evaluation(sandbox.file("run/best.safetensors")).measurement
        #expect(best == summary.best?.measurement)
        #expect(try Trainer.resume(sandbox.file("run")).isComplete)
        let late = try TrainingCheckpoint(path: sandbox.file("run/last.safetensors")).state
        #expect(try #require(late.extra["seconds"].flatMap { Double($0) }) > 6e-8)
        #expect(try Verification(sandbox.file("run")).difference == nil)
        let longer = try Trainer.resume(
            sandbox.file("run"), overrides: ["training.maxMinutes=null"])
        #expect(!longer.isComplete)
        #expect(try longer.trainer.run().epochs == 3)
        _ = try run(sandbox, [], "plain")
        #expect(try weights(sandbox, "run/last") == weights(sandbox, "plain/last"))
    }

    @Test("patience begins anew with a gain above the minimum change alone")
    func minimumChange() throws {
        let sandbox = Sandbox()
        // Slow enough that each epoch is a little better than the one before.
        let slow = [
            "training.epochs=12", "training.patience=3", "optimizer.learningRate=1e-5",
            "training.bestBy=loss",
        ]
        let all = try run(sandbox, slow, "all").summary
        #expect(all.epochs == 12 && all.best?.epoch == 12)
        let (summary, warnings) = try run(sandbox, slow + ["training.minimumChange=0.5"], "few")
        #expect(summary.epochs == 4 && summary.best?.epoch == 4)
        #expect(
            warnings.first
                == "stopped after epoch 4: loss was no better by more than 0.5 in 3 epochs "
                + "than in epoch 1 (training.patience)")
        // A sum of small gains is one, too.
        let gains = 2.5 * (all.gain(of: sandbox, "all") ?? 0)
        let sum = try run(sandbox, slow + ["training.minimumChange=\(gains)"], "sum").summary
        #expect(sum.epochs == 12)
    }

    @Test(
        "settings that change nothing beside the others are named when a run begins",
        arguments: [
            (["data.splitOrder=stored"], "data.splitOrder"),
            (["training.minimumChange=0.1"], "training.minimumChange"),
            (["training.accumulate=9"], "training.accumulate"),
        ])
    func idle(changes: [String], key: String) throws {
        let sandbox = Sandbox()
        let warnings = try run(sandbox, changes).warnings
        #expect(warnings.count == 1 && warnings[0].hasPrefix("\(key) "))
        let effective = [
            "data.splitOrder=stored", "data.validation=null", "data.split=0.2",
            "training.minimumChange=0.1", "training.patience=9", "training.accumulate=8",
        ]
        #expect(try run(sandbox, effective, "other").warnings == [])
    }

    /// A run whose first epoch is its best: then the rate is far too high.
    private static let worsening = [
        "training.epochs=5", "training.bestBy=loss", "optimizer.learningRate=0.05",
        "schedule={\"type\":\"step\",\"everySteps\":5,\"factor\":60}",
    ]

    @Test("a run ends with its best weights where it is asked to, and says so")
    func restoreBest() throws {
        let sandbox = Sandbox()
        let restoring = Self.worsening + ["training.restoreBest=true", "training.patience=2"]
        let (summary, warnings) = try run(sandbox, restoring)
        let best = try #require(summary.best)
        #expect(best.epoch < summary.epochs)
        let words = "the run ends with the weights of epoch \(best.epoch), its best"
        #expect(warnings.last == words + " (training.restoreBest)")
        let last = try TrainingCheckpoint(path: sandbox.file("run/last.safetensors"))
        #expect(last.state.step == summary.steps)
        #expect(try weights(sandbox, "run/last") == weights(sandbox, "run/best"))
        let measured = try Evaluation(sandbox.file("run/last.safetensors"))
        #expect(measured.measurement == best.measurement)
        // Without, the last is the last.
        _ = try run(sandbox, Self.worsening + ["training.patience=2"], "plain")
        #expect(try weights(sandbox, "plain/last") != weights(sandbox, "plain/best"))
        #expect(try weights(sandbox, "plain/best") == weights(sandbox, "run/best"))
        #expect(try Verification(sandbox.file("run")).difference == nil)
        // What is done stays done, and going on says from where.
        let again = try Trainer.resume(sandbox.file("run"))
        #expect(again.warnings.isEmpty)
        #expect(try again.trainer.run().epochs == summary.epochs)
        #expect(try weights(sandbox, "run/last") == weights(sandbox, "run/best"))
    }

    @Test("a run that is over keeps its weights where the best ones are asked for later")
    func restoredLater() throws {
        let sandbox = Sandbox()
        _ = try run(sandbox, Self.worsening)
        let last = try weights(sandbox, "run/last")
        let resumed = try Trainer.resume(
            sandbox.file("run"), overrides: ["training.restoreBest=true"])
        #expect(resumed.isComplete)
        #expect(resumed.warnings.last?.contains("without training.restoreBest=true") == true)
        _ = try resumed.trainer.finishAtOnce()
        #expect(try weights(sandbox, "run/last") == last)
        #expect(last != (try weights(sandbox, "run/best")))
    }

    @Test("going on after the best weights were restored starts from them and says so")
    func goesOn() throws {
        let sandbox = Sandbox()
        let restoring = Self.worsening + ["training.restoreBest=true"]
        let best = try #require(try run(sandbox, restoring).summary.best)
        let longer = try Trainer.resume(sandbox.file("run"), overrides: ["training.epochs=6"])
        let words = "the run ended with the weights of epoch \(best.epoch)"
        #expect(longer.warnings.first?.hasPrefix(words) == true, "\(longer.warnings)")
        #expect(try longer.trainer.run().epochs == 6)
        let refused = #expect(throws: RunError.self) { try Verification(sandbox.file("run")) }
        #expect(refused?.description.contains("weights of epoch \(best.epoch) restored") == true)
    }

    private func weights(_ sandbox: Sandbox, _ name: String) throws -> [String: [UInt8]] {
        try tensors(sandbox.file("\(name).safetensors")).filter { !$0.key.hasPrefix("optimizer/") }
    }
}

extension RunSummary {
    /// How much better the last epoch of a run was than the one before.
    fileprivate func gain(of sandbox: Sandbox, _ name: String) -> Double? {
        guard let csv = try? sandbox.text("\(name)/metrics.csv") else { return nil }
        let losses = csv.split(separator: "\n").dropFirst().compactMap { row in
            Double(row.split(separator: ",", omittingEmptySubsequences: false)[3])
        }
        return losses.count > 1 ? losses[losses.count - 2] - losses[losses.count - 1] : nil
    }
}
