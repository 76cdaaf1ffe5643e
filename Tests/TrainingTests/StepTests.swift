import FTConfig
import FakeTensor
import FoundationEssentials
import Testing

/// What happens by the count of steps: ends, measurements and checkpoints within epochs.
@Suite("Steps")
struct StepTests {
    private func rows(_ sandbox: Sandbox, _ name: String) throws -> [[Substring]] {
        steadyColumns(try sandbox.text("\(name)/metrics.csv")).dropFirst().map { $0 }
    }

    /// Copies the run after each of its steps: what a kill at that moment leaves.
    private func copies(_ sandbox: Sandbox, _ overrides: [String]) throws -> RunSummary {
        let trainer = try sandbox.trainer("whole", overrides)
        trainer.observers.append(
            Listener { event in
                guard case .step(let progress) = event else { return }
                try? sandbox.copy(sandbox.file("whole"), to: "killed\(progress.step)")
            })
        return try trainer.run()
    }

    @Test("a run ends after maxSteps, within an epoch too, and schedules end with it")
    func maxSteps() throws {
        let sandbox = Sandbox()
        let cosine = ["schedule={\"type\":\"cosine\"}", "training.checkpointEverySteps=0"]
        let limited = ["training.maxSteps=8"] + cosine
        let summary = try sandbox.trainer("run", limited).run()
        #expect(summary.status == .completed && summary.steps == 8 && summary.epochs == 1)
        let rows = try rows(sandbox, "run")
        #expect(rows.map { $0[0] } == ["1", "2"])
        #expect(rows.map { $0[1] } == ["5", "8"])
        #expect(Double(rows[1][4]) ?? 1 < 0.1 * (Double(rows[0][4]) ?? 0))
        #expect(try TrainingCheckpoint.state(path: sandbox.file("run/last.safetensors")).step == 8)
        #expect(summary.stepLimit == 8)
        // Of an epoch's length it is the epoch.
        #expect(try sandbox.trainer("even", ["training.maxSteps=10"]).run().epochs == 2)
        #expect(try sandbox.trainer("long", ["training.maxSteps=99"]).run().steps == 15)
    }

    @Test("a run that ended within an epoch goes on as if it had been longer from the start")
    func longer() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("whole", ["training.validateEverySteps=4"]).run()
        _ = try sandbox.trainer("run", ["training.maxSteps=8"]).run()
        let resumption = try Trainer.resume(
            sandbox.file("run"),
            overrides: ["training.maxSteps=null", "training.validateEverySteps=4"])
        _ = try resumption.trainer.run()
        #expect(
            try tensors(sandbox.file("run/last.safetensors"))
                == tensors(sandbox.file("whole/last.safetensors")))
        #expect(try rows(sandbox, "run").map { $0[1] } == ["5", "8", "10", "12", "15"])
        #expect(try rows(sandbox, "whole").map { $0[1] } == ["4", "5", "8", "10", "12", "15"])
    }

    @Test("says so where another limit changes the course of a schedule")
    func course() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", ["training.maxSteps=8", "schedule={\"type\":\"cosine\"}"])
            .run()
        let changes = ["training.maxSteps=12"]
        let warnings = try Trainer.resume(sandbox.file("run"), overrides: changes).warnings
        #expect(warnings.first?.contains("so training.maxSteps=12 changes its course") == true)
        // The rate that was reached trains nothing any more.
        #expect(warnings.first?.contains("to go on at a tenth of optimizer.learningRate") == true)
        #expect(warnings.first?.hasSuffix(" optimizer.learningRate=0.005") == true, "\(warnings)")
    }

    static let runs = [
        ["training.validateEverySteps=2", "training.checkpointEverySteps=3"],
        ["training.validateEverySteps=3", "training.maxSteps=13"],
        ["training.maxSteps=7", "data.validation=null", "training.checkpointEverySteps=3"],
        ["training.restoreBest=true", "training.patience=1", "training.minimumChange=0.3"],
    ]

    @Test("ends with the same bits and rows, killed after any step", arguments: runs)
    func killed(overrides: [String]) throws {
        let sandbox = Sandbox()
        let summary = try copies(sandbox, overrides)
        let expected = try tensors(sandbox.file("whole/last.safetensors"))
        let rows = try rows(sandbox, "whole")
        #expect(summary.steps >= 7)
        for step in 1...summary.steps {
            let resumed = try Trainer.resume(sandbox.file("killed\(step)"))
            #expect(try resumed.trainer.run().best == summary.best)
            let weights = try tensors(sandbox.file("killed\(step)/last.safetensors"))
            #expect(weights == expected, "killed after step \(step)")
            #expect(try self.rows(sandbox, "killed\(step)") == rows, "killed after step \(step)")
        }
    }

    @Test("measures within epochs what the validation data say then, and keeps the best")
    func measures() throws {
        let sandbox = Sandbox()
        let every = ["training.validateEverySteps=2", "training.bestBy=loss", "training.epochs=2"]
        var best: [Bool] = []
        let trainer = try sandbox.trainer("run", every)
        trainer.observers.append(
            Listener { event in
                guard case .epoch(let record) = event else { return }
                best.append(record.isBest)
                let path = sandbox.file("run/last.safetensors")
                let measured = try? Evaluation(path).measurement
                #expect(measured == record.measurement)
            })
        let summary = try trainer.run()
        #expect(try rows(sandbox, "run").map { $0[1] } == ["2", "4", "5", "6", "8", "10"])
        #expect(best.first == true)
        let path = sandbox.file("run/best.safetensors")
        #expect(try TrainingCheckpoint.state(path: path).step == summary.best?.step)
    }

    @Test("needs something to measure on")
    func nothingToMeasure() throws {
        let sandbox = Sandbox()
        let changes = ["training.validateEverySteps=2", "data.validation=null"]
        let error = #expect(throws: ConfigError.self) {
            try Experiment(sandbox.config(changes))
        }
        #expect(error?.issues.first?.path == "training.validateEverySteps")
    }

    @Test("keeps a checkpoint each so many steps, those that end an epoch too")
    func keptSteps() throws {
        let sandbox = Sandbox()
        let changes = ["training.checkpointEverySteps=5", "training.keepCheckpoints=9"]
        _ = try sandbox.trainer("run", changes).run()
        for step in ["05", "10", "15"] {
            let path = sandbox.file("run/step-000000\(step).safetensors")
            #expect(try TrainingCheckpoint.state(path: path).step == Int(step))
        }
    }

    @Test("renews the last checkpoint after so many minutes")
    func minutes() throws {
        let sandbox = Sandbox()
        func saves(_ name: String, _ changes: [String]) throws -> [Int] {
            let trainer = try sandbox.trainer(name, changes + ["training.checkpointEverySteps=0"])
            var steps: [Int] = []
            trainer.observers.append(
                Listener { event in if case .saved(_, let step) = event { steps.append(step) } })
            _ = try trainer.run()
            return steps
        }
        #expect(try saves("a", ["training.checkpointEveryMinutes=1e-9"]) == Array(1...15))
        #expect(try saves("b", ["training.checkpointEveryMinutes=60"]) == [5, 10, 15])
        let store = try RunFolder(opening: sandbox.file("a")).checkpoints()
        #expect(try store.stepPaths().isEmpty)
    }

    @Test("a stop while a part of an epoch is measured loses no row")
    func stopped() throws {
        let sandbox = Sandbox()
        let every = ["training.validateEverySteps=3"]
        _ = try sandbox.trainer("whole", every).run()
        #expect(try sandbox.stopped("run", at: 3, every).status == .interrupted)
        #expect(try rows(sandbox, "run").isEmpty)
        _ = try Trainer.resume(sandbox.file("run")).trainer.run()
        #expect(try rows(sandbox, "run") == rows(sandbox, "whole"))
    }
}
