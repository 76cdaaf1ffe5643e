import FTConfig
import FakeTensor
import FoundationEssentials
import Testing

@Suite struct ResumeTests {
    /// Runs that keep every kind of state: moments, momentum, dropout streams, plateaus.
    static let runs: [[String]] =
        [
            [],
            ["schedule={\"type\":\"cosine\",\"warmupSteps\":4}", "optimizer.clipNorm=0.5"],
            [
                "model.layers=[{\"type\":\"linear\",\"units\":16},{\"type\":\"dropout\"},"
                    + "{\"type\":\"residual\",\"layers\":[{\"type\":\"dropout\",\"rate\":0.2}]},"
                    + "{\"type\":\"linear\",\"units\":3}]"
            ],
            [
                "schedule={\"type\":\"plateau\",\"patience\":1,\"threshold\":0.3}",
                "optimizer={\"type\":\"sgd\",\"learningRate\":0.1,\"momentum\":0.9}",
            ],
            ["data.validation=null", "data.dropLast=true", "data.batchSize=9"],
            ["optimizer={\"type\":\"rmsprop\",\"momentum\":0.5}", "data.shuffle=false"],
            ["data.memoryLimit=0", "optimizer={\"type\":\"adagrad\"}"],
            ["model.layers.0.frozen=true", "optimizer={\"type\":\"lion\"}"],
            ["optimizer.samRadius=0.1", "training.accumulate=3"],
            [CapturedTrainingTests.channels], AugmentedTrainingTests.augmented,
            AugmentedTrainingTests.augmented + ["data.memoryLimit=0"],
            ["training.precision=bf16"], PrecisionTests.overflowing,
            PrecisionTests.overflowing + [CapturedTrainingTests.channels],
        ] + SequenceRuns.all

    @Test("ends with the same bits, killed after any step", arguments: runs)
    func killed(overrides: [String]) throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer("whole", overrides)
        var steps = 0
        // What lies on the disk after a step is what a kill at that moment leaves.
        trainer.observers.append(
            Listener { event in
                guard case .step(let progress) = event else { return }
                steps = progress.step
                #expect(throws: Never.self) {
                    try sandbox.copy(sandbox.file("whole"), to: "killed\(progress.step)")
                }
            })
        _ = try trainer.run()
        let expected = try tensors(sandbox.file("whole/last.safetensors"))
        let rows = steadyColumns(try sandbox.text("whole/metrics.csv"))
        #expect(steps >= 12)
        for step in 1...steps {
            let resumed = try Trainer.resume(sandbox.file("killed\(step)"))
            #expect(try resumed.trainer.run().status == .completed)
            let weights = try tensors(sandbox.file("killed\(step)/last.safetensors"))
            #expect(weights == expected, "killed after step \(step)")
            let found = steadyColumns(try sandbox.text("killed\(step)/metrics.csv"))
            #expect(found == rows, "killed after step \(step)")
        }
    }

    @Test("saves, ends and goes on when asked to stop", arguments: [1, 5, 8])
    func interrupted(step: Int) throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("whole").run()
        let trainer = try sandbox.trainer("stopped")
        trainer.observers.append(
            Listener { event in
                if case .step(let progress) = event, progress.step == step {
                    trainer.stop.request()
                }
            })
        let summary = try trainer.run()
        #expect(summary.status == .interrupted)
        #expect(summary.steps == step)
        trainer.observers = []
        let path = sandbox.file("stopped/last.safetensors")
        #expect(try TrainingCheckpoint.state(path: path).step == step)
    }

    @Test("goes on after a stop with the same bits", arguments: [1, 5, 8])
    func resumed(step: Int) throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("whole").run()
        try stop(sandbox, "stopped", at: step)
        let resumption = try Trainer.resume(sandbox.file("stopped"))
        #expect(resumption.changes.isEmpty)
        #expect(resumption.warnings.isEmpty)
        let summary = try resumption.trainer.run()
        #expect(summary.status == .completed)
        #expect(summary.steps == 15)
        #expect(
            try tensors(sandbox.file("stopped/last.safetensors"))
                == tensors(sandbox.file("whole/last.safetensors")))
    }

    @Test("trains a finished run further, as if it had been longer from the start")
    func longer() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("long", ["training.epochs=5"]).run()
        _ = try sandbox.trainer("short").run()
        let resumption = try Trainer.resume(
            sandbox.file("short"), overrides: ["training.epochs=5"])
        #expect(resumption.changes == ["training.epochs: 3 → 5"])
        _ = try resumption.trainer.run()
        #expect(
            try tensors(sandbox.file("short/last.safetensors"))
                == tensors(sandbox.file("long/last.safetensors")))
        #expect(
            steadyColumns(try sandbox.text("short/metrics.csv"))
                == steadyColumns(try sandbox.text("long/metrics.csv")))
        #expect(try sandbox.text("short/config.json").contains("\"epochs\": 5"))
    }

    @Test(
        "makes a best that is missing or of an earlier epoch the best again",
        arguments: [true, false])
    func repairs(isMissing: Bool) throws {
        let sandbox = Sandbox()
        var trainer: Trainer? = try sandbox.trainer("run", ["training.bestBy=loss"])
        let best = sandbox.file("run/best.safetensors")
        trainer?.observers.append(
            Listener { event in
                guard case .epoch(let record) = event, record.epoch == 1 else { return }
                try? sandbox.copy(best, to: "older")
            })
        let summary = try trainer?.run()
        try #require(summary?.best?.epoch == 3)
        trainer = nil
        let expected = try tensors(best)
        try FileManager.default.removeItem(atPath: best)
        if !isMissing { try sandbox.copy(sandbox.file("older"), to: "run/best.safetensors") }
        let measured = try Evaluation(sandbox.file("run"))
        #expect(measured.notes.count == 1)
        #expect(measured.notes.first?.contains("best epoch") == true, "\(measured.notes)")
        #expect(try Trainer.resume(sandbox.file("run")).warnings.isEmpty)
        #expect(try tensors(best) == expected)
        #expect(try Evaluation(sandbox.file("run")).notes.isEmpty)
    }

    @Test("goes on with batches of another size, from the next example", arguments: [3, 5])
    func otherBatchSize(step: Int) throws {
        let sandbox = Sandbox()
        try stop(sandbox, "run", at: step)
        let cosine = "schedule={\"type\":\"cosine\"}"
        let resumption = try Trainer.resume(
            sandbox.file("run"), overrides: ["data.batchSize=4", cosine])
        #expect(resumption.changes.first == "data.batchSize: 8 → 4")
        let summary = try resumption.trainer.run()
        // Of three epochs of 40 examples, what is left comes in fours.
        #expect(summary.steps == step + (120 - 8 * step) / 4)
        #expect(summary.status == .completed)
        let refused = #expect(throws: RunError.self) { try Verification(sandbox.file("run")) }
        #expect(refused?.description.contains("data.batchSize: 8 → 4") == true)
    }

    @Test("says so where another batch size changes the course of a schedule")
    func stretchedByBatches() throws {
        let sandbox = Sandbox()
        try stop(sandbox, "run", at: 8, ["schedule={\"type\":\"cosine\"}"])
        let warnings = try Trainer.resume(
            sandbox.file("run"), overrides: ["data.batchSize=4"]
        ).warnings
        #expect(warnings.first?.contains("data.batchSize=4 changes its course") == true)
    }

    @Test("goes on without config.json, by the config in the checkpoint")
    func withoutConfig() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("whole").run()
        try stop(sandbox, "run", at: 8)
        let before = try sandbox.text("run/config.json")
        try FileManager.default.removeItem(atPath: sandbox.file("run/config.json"))
        let resumption = try Trainer.resume(sandbox.file("run"))
        #expect(resumption.warnings.count == 1)
        #expect(resumption.warnings.first?.contains("config.json is missing") == true)
        _ = try resumption.trainer.run()
        #expect(try sandbox.text("run/config.json") == before)
        #expect(
            try tensors(sandbox.file("run/last.safetensors"))
                == tensors(sandbox.file("whole/last.safetensors")))
    }

    @Test("says so where more epochs change the course of a schedule, and offers other ways")
    func stretched() throws {
        let sandbox = Sandbox()
        let cosine = "schedule={\"type\":\"cosine\"}"
        let summary = try sandbox.trainer("run", [cosine]).run()
        #expect(!summary.canBeLonger)
        let path = sandbox.file("run")
        try sandbox.copy(path, to: "other")
        let warnings = try Trainer.resume(path, overrides: ["training.epochs=6"]).warnings
        #expect(warnings.count == 1)
        let rates = "the learning rate goes from 5.5e-04 to 2.5e-02 here"
        #expect(warnings.first?.contains(rates) == true, "\(warnings)")
        #expect(warnings.first?.contains("fttrain \(path)/config.json") == true)
        // What it offers goes on where the rate was, and doesn't warn.
        let way = [
            "training.epochs=6", "schedule={\"type\":\"constant\"}",
            "optimizer.learningRate=0.00055",
        ]
        let resumption = try Trainer.resume(sandbox.file("other"), overrides: way)
        #expect(resumption.trainer.optimizer.learningRate == 0.00055)
    }

    @Test("what it offers keeps the other settings that were given")
    func offered() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", ["schedule={\"type\":\"cosine\"}"]).run()
        let changes = [
            "training.epochs=6", "optimizer.learningRate=0.02", "training.patience=4",
        ]
        let warning = try Trainer.resume(sandbox.file("run"), overrides: changes).warnings.first
        let text = try #require(warning)
        let causes = "so optimizer.learningRate=0.02 training.epochs=6 changes"
        #expect(text.contains(causes), "\(text)")
        let command = try #require(text.split(separator: "fttrain resume ").last)
        #expect(command.contains(" training.epochs=6 training.patience=4 'schedule="), "\(text)")
        #expect(!command.contains("learningRate=0.02"), "\(text)")
    }

    @Test(
        "says nothing of the kind where more epochs only follow",
        arguments: ["constant", "plateau"])
    func lengthened(schedule: String) throws {
        let sandbox = Sandbox()
        let summary = try sandbox.trainer("run", ["schedule={\"type\":\"\(schedule)\"}"]).run()
        #expect(summary.canBeLonger)
        let path = sandbox.file("run")
        #expect(try Trainer.resume(path, overrides: ["training.epochs=6"]).warnings.isEmpty)
    }

    @Test("names the rows of the tables that are damaged or lost")
    func damagedRows() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run").run()
        let path = sandbox.file("run/metrics.csv")
        var lines = try sandbox.text("run/metrics.csv").split(separator: "\n").map { String($0) }
        let third = lines[3]
        lines[2] = "2,garb"
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
        try FileManager.default.removeItem(atPath: sandbox.file("run/metrics.jsonl"))
        let warnings = try Trainer.resume(sandbox.file("run")).warnings
        #expect(
            warnings == [
                "\(path): 1 row is lost (damaged: line 3); the weights are not "
                    + "concerned",
                "\(path.dropLast(3))jsonl: 3 rows are lost; the weights are not "
                    + "concerned",
            ])
        #expect(try sandbox.text("run/metrics.csv").hasSuffix(third + "\n"))
    }
}
