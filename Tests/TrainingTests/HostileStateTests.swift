import FakeTensor
import Testing

/// Checkpoints that are whole but whose numbers nobody could have written.
@Suite struct HostileStateTests {
    static let values = ["", "nan", "inf", "-1", "1e308", "9223372036854775807", "x"]

    @Test("survives any number in the saved state", arguments: values)
    func numbers(value: String) throws {
        let sandbox = Sandbox()
        let schedule = "schedule={\"type\":\"plateau\"}"
        _ = try sandbox.trainer("run", [schedule, "data.validation=null"]).run()
        let path = sandbox.file("run/last.safetensors")
        let good = try TrainingCheckpoint(path: path)
        for key in good.state.extra.keys where key != "data" {
            var bad = good
            bad.state.extra[key] = value
            try resume(bad, sandbox)
        }
        for key in good.state.schedule.keys {
            var bad = good
            bad.state.schedule[key] = Double(value) ?? 0
            try resume(bad, sandbox)
        }
        var bad = good
        bad.state.optimizerValues["step"] = Double(value) ?? 0
        try resume(bad, sandbox)
    }

    @Test("survives any position in the data", arguments: [-1, 3, 1_000_000, Int.max])
    func positions(value: Int) throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer().run()
        let good = try TrainingCheckpoint(path: sandbox.file("run/last.safetensors"))
        for key in ["epoch", "position"] {
            var bad = good
            bad.state.sampler?["epoch"] = 1
            bad.state.sampler?[key] = value
            try resume(bad, sandbox)
        }
        var bad = good
        bad.state.step = abs(max(value, -1))
        try resume(bad, sandbox)
    }

    /// Goes on from a checkpoint for one epoch; it may be refused, but not end the process.
    private func resume(_ checkpoint: TrainingCheckpoint, _ sandbox: Sandbox) throws {
        let folder = try RunFolder(opening: sandbox.file("run"))
        try checkpoint.save(to: folder.checkpoints().lastPath)
        try checkpoint.save(to: folder.checkpoints().bestPath)
        for path in try folder.checkpoints().stepPaths() { try checkpoint.save(to: path) }
        do {
            let resumption = try Trainer.resume(folder.path, overrides: ["training.epochs=4"])
            _ = try resumption.trainer.run()
        } catch {
            #expect(ExitStatus(for: error) == .data, "\(error)")
        }
    }
}
