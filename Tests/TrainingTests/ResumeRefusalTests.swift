import FTConfig
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
