import FTConfig
import FTJSON
import FakeTensor
import FoundationEssentials
import Testing

extension ResumeTests {
    @Test("has nothing to do for a finished run")
    func finished() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer().run()
        let resumption = try Trainer.resume(sandbox.file("run"))
        #expect(resumption.isComplete)
        #expect(try resumption.trainer.finishAtOnce().status == .completed)
    }

    @Test(
        "keeps a run that is over as it is, whatever else is asked for",
        arguments: [[], ["training.maxSteps=7"], ["training.patience=1"]],
        ["optimizer.learningRate=0.5", "training.precision=bf16", "training.epochs=2"])
    func idleChanges(end: [String], change: String) throws {
        let sandbox = Sandbox()
        // With a rate of 0 no epoch is better than the first.
        let rate = end == ["training.patience=1"] ? ["optimizer.learningRate=0"] : []
        let steps = try sandbox.trainer("run", end + rate).run().steps
        let (config, last) = (
            try sandbox.text("run/config.json"), try tensors(sandbox.file("run/last.safetensors"))
        )
        let path = sandbox.file("run")
        // The run is locked as long as there is a trainer.
        func idle() throws -> String {
            let resumption = try Trainer.resume(path, overrides: [change])
            #expect(resumption.changes.isEmpty && resumption.isComplete)
            let trainer = resumption.trainer
            _ = try resumption.isComplete ? trainer.finishAtOnce() : trainer.run()
            return try #require(resumption.warnings.first)
        }
        let warning = try idle()
        #expect(
            warning.hasPrefix(
                "\(path): nothing is left to train, so the run stays as it is, without \(change)"))
        #expect(warning.contains("; to train on: fttrain resume \(path) "))
        // Fewer epochs than there were are for a run of their own.
        let isShorter = change == "training.epochs=2" && end != ["training.maxSteps=7"]
        let anew = "; to train anew: fttrain \(path)/config.json \(change); "
        #expect(warning.contains(anew) == isShorter, "\(warning)")
        #expect(warning.contains("which takes nothing back of ") == isShorter)
        #expect(try sandbox.text("run/config.json") == config)
        #expect(try tensors(sandbox.file("run/last.safetensors")) == last)
        let words = warning.split(separator: " ")
        let asked = words[words.index(after: try #require(words.lastIndex(of: path[...])))...]
        let longer = try Trainer.resume(path, overrides: asked.map { String($0) })
        #expect(try longer.trainer.run().steps > steps)
    }

    @Test("names all limits that a run has come to, at once")
    func limits() throws {
        let sandbox = Sandbox()
        let path = sandbox.file("run")
        let all = ["training.maxSteps=15", "training.patience=1", "optimizer.learningRate=0"]
        let summary = try sandbox.trainer("run", all + ["training.patience=2"]).run()
        let command = "fttrain resume \(path) training.epochs=6 training.maxSteps=30 "
        #expect(summary.longerCommand(path) == "\(command)training.patience=null")
        let asked = "training.epochs=8"
        let warnings = try Trainer.resume(path, overrides: [asked]).warnings
        let more = "fttrain resume \(path) \(asked) training.maxSteps=30 training.patience=null"
        #expect(warnings.first?.hasSuffix(more) == true, "\(warnings)")
    }

    @Test("an end where a run stands is measured at the rate that was used last")
    func rateAtAnEnd() throws {
        let sandbox = Sandbox()
        try stop(sandbox, "run", at: 7, ["schedule={\"type\":\"cosine\"}"])
        let ended = try Trainer.resume(sandbox.file("run"), overrides: ["training.maxSteps=7"])
        #expect(ended.warnings.isEmpty, "\(ended.warnings)")
        // The steps of the unfinished epoch wait to be measured.
        #expect(!ended.isComplete)
        #expect(try ended.trainer.run().steps == 7)
        let rows = try sandbox.text("run/metrics.jsonl").split(separator: "\n")
        let last = try JSONNode(parsing: String(try #require(rows.last)))
        let rate = try #require(last["learningRate"]?.double)
        #expect(last["step"]?.int == 7 && rate > 0.02 && rate < 0.05, "\(rate)")
    }

    @Test("refuses what would train nothing where a run is ended by the same words")
    func idleAtAnEnd() throws {
        let sandbox = Sandbox()
        try stop(sandbox, "run", at: 5)
        let end = "training.maxSteps=5"
        let refusal = #expect(throws: RunError.self) {
            try Trainer.resume(
                sandbox.file("run"), overrides: [end, "optimizer.learningRate=0.5"])
        }
        #expect(
            refusal?.description.hasSuffix(
                "training.maxSteps=5 ends the run where it stands, so optimizer.learningRate=0.5 "
                    + "would train nothing; leave out one of them") == true)
        #expect(try !sandbox.text("run/config.json").contains("0.5"))
        for taken in ["training.maxSteps=3", "training.epochs=1"] {
            try stop(sandbox, taken, at: 7)
            let refused = #expect(throws: RunError.self) {
                try Trainer.resume(sandbox.file(taken), overrides: [taken])
            }
            #expect(
                refused?.description.hasSuffix(
                    "\(taken) takes nothing back of 7 steps, 1 whole epoch, that are trained; to end "
                        + "the run here: training.maxSteps=7") == true, "\(refused!)")
        }
        let ended = try Trainer.resume(sandbox.file("run"), overrides: [end])
        #expect(try ended.trainer.run().steps == 5)
        #expect(try sandbox.text("run/config.json").contains("\"maxSteps\": 5"))
    }

    @Test("says where another processor or library goes on")
    func otherArithmetic() throws {
        let sandbox = Sandbox()
        try stop(sandbox, "stopped", at: 13)
        #expect(try Trainer.resume(sandbox.file("stopped")).warnings.isEmpty)
        let store = try RunFolder(opening: sandbox.file("stopped")).checkpoints()
        var checkpoint = try TrainingCheckpoint(path: store.lastPath)
        checkpoint.state.extra["arithmetic"] = "an abacus"
        try checkpoint.save(to: store.lastPath)
        let resumption = try Trainer.resume(sandbox.file("stopped"))
        #expect(resumption.warnings.first?.hasPrefix("the run was computed by an abacus,") == true)
    }

    @Test("passes over a damaged checkpoint and says so")
    func damaged() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("whole").run()
        try stop(sandbox, "stopped", at: 13)
        let path = sandbox.file("stopped/last.safetensors")
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes[bytes.count - 5] ^= 1
        try FileManager.default.removeItem(atPath: path)
        try bytes.write(to: URL(filePath: path))
        let resumption = try Trainer.resume(sandbox.file("stopped"))
        #expect(resumption.warnings.count == 1)
        #expect(resumption.warnings.first?.contains("checksum") == true)
        _ = try resumption.trainer.run()
        #expect(try tensors(path) == tensors(sandbox.file("whole/last.safetensors")))
    }

    @Test(
        "refuses to become another run",
        arguments: [
            ("model.layers.0.units=9", "model.layers[0].units: 8 → 9"),
            ("data.shuffle=false", "data.shuffle: true → false"), ("seed=1", "seed: 42 → 1"),
            ("optimizer={\"type\":\"sgd\"}", "optimizer.type: \"adam\" → \"sgd\""),
            ("loss={\"type\":\"nll\"}", "loss"),
        ])
    func refused(override: String, sentence: String) throws {
        let sandbox = Sandbox()
        try stop(sandbox, "run", at: 3)
        do {
            _ = try Trainer.resume(sandbox.file("run"), overrides: [override])
            Issue.record("\(override) was accepted")
        } catch let error as RunError {
            #expect(error.status == .usage)
            #expect(error.description.contains(sentence))
            let path = sandbox.file("run")
            #expect(error.description.contains("\n  fttrain \(path)/config.json "))
            #expect(error.description.hasSuffix(" model.from.path=\(path)"))
        }
    }

    @Test("refuses data that changed meanwhile")
    func otherData() throws {
        let sandbox = Sandbox()
        try stop(sandbox, "run", at: 3)
        try HDF5Writer.create(sandbox.file("clusters.h5")) { file in
            for part in ["train", "test"] {
                try file.write("\(part)/images", NDArray.full([50, 6], 1))
                try file.write("\(part)/labels", NDArray.full([50], 1, .uint8))
            }
        }
        #expect {
            try Trainer.resume(sandbox.file("run"))
        } throws: { error in
            "\(error)".contains("the data has changed") && ExitStatus(for: error) == .data
        }
    }

    @Test(
        "names the dataset that holds other elements, in memory or streamed", arguments: [1024, 0],
        ["train/labels", "test/images", "none"])
    func otherElements(memoryLimit: Int, changed: String) throws {
        let sandbox = Sandbox()
        try stop(sandbox, "run", at: 3, ["data.memoryLimit=\(memoryLimit)"])
        let path = sandbox.file("clusters.h5")
        let old = try HDF5File(path)
        let names = ["train/images", "train/labels", "test/images", "test/labels"]
        let arrays = try names.map { try HDF5Dataset(old, $0).read() }
        try HDF5Writer.create(path) { file in
            for (name, array) in zip(names, arrays) {
                // The same shape and the same elements, in another order.
                try file.write(name, name == changed ? array.flip(0).contiguous() : array)
            }
        }
        let sentence = sentence { try Trainer.resume(sandbox.file("run")) }
        guard changed != "none" else {
            #expect(sentence == nil)
            return
        }
        let part = changed == "train/labels" ? "train.targets" : "validation.inputs"
        #expect(
            sentence
                == "\(path): '\(changed)' (data.\(part)) holds other elements than when the run "
                + "began; restore it or start a new run")
    }

    func sentence(_ body: () throws -> some Any) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Leaves a run behind that was stopped after a step.
    func stop(
        _ sandbox: Sandbox, _ name: String, at step: Int, _ overrides: [String] = []
    ) throws {
        let trainer = try sandbox.trainer(name, overrides)
        let stop = trainer.stop
        trainer.observers.append(
            Listener { event in
                if case .step(let progress) = event, progress.step == step { stop.request() }
            })
        _ = try trainer.run()
    }
}
