import FTJSON
import FakeTensor
import StrictDevice
import Testing

@Suite("Training on a device that the host can't look into", .serialized)
struct StrictTrainingTests {
    @Test(
        "every config ends with the CPU's bits, its steps replayed or not",
        arguments: ConfigBitsTests.configs)
    func bits(_ name: String) throws {
        let sandbox = Sandbox()
        let overrides = try ConfigBitsTests.few(name, in: sandbox)
        func train(_ run: String, _ more: String...) throws {
            let config = try RunConfig(
                file: "\(ConfigBitsTests.folder)/\(name)", overrides: overrides + more)
            let folder = try RunFolder.create(sandbox.file(run))
            #expect(
                try Trainer(starting: Experiment(config), in: folder).run().status == .completed)
        }
        let strict = StrictBackend.shared.device
        try train("cpu", "device=cpu")
        for capture in [true, false] {
            let run = "strict-\(capture)"
            try train(run, "device=\(strict)", "training.capture=\(capture)")
            try expectSame(run, "cpu", in: sandbox)
        }
    }

    @Test(
        "every layer that a config can name ends with the CPU's bits",
        arguments: CatalogTests.names("layer"))
    func layers(_ name: String) throws {
        let sandbox = Sandbox()
        for (run, device) in [("cpu", .cpu), ("strict", StrictBackend.shared.device)] {
            _ = try sandbox.trainer(run, CatalogTests.overrides(layer: name) + ["device=\(device)"])
                .run()
        }
        try expectSame("strict", "cpu", in: sandbox)
    }

    private func expectSame(_ run: String, _ other: String, in sandbox: Sandbox) throws {
        #expect(
            try tensors(sandbox.file("\(run)/last.safetensors"))
                == tensors(sandbox.file("\(other)/last.safetensors")))
        #expect(
            steadyColumns(try sandbox.text("\(run)/metrics.csv"))
                == steadyColumns(try sandbox.text("\(other)/metrics.csv")))
    }

    @Test("mixed and balanced batches and measured gradients give the CPU's bits, too")
    func sampling() throws {
        let sandbox = Sandbox()
        let changes = [
            "training.mixup=0.4", "data.sampling=balanced", "training.gradientNorm=true",
        ]
        _ = try sandbox.trainer("cpu", changes + ["device=cpu"]).run()
        let device = "device=\(StrictBackend.shared.device)"
        _ = try sandbox.trainer("strict", changes + [device]).run()
        #expect(
            try tensors(sandbox.file("strict/last.safetensors"))
                == tensors(sandbox.file("cpu/last.safetensors")))
        let norms = try ["cpu", "strict"].map { name in
            try sandbox.text("\(name)/metrics.jsonl").split(separator: "\n").map { row in
                try JSONNode(parsing: String(row))["gradientNorm"]?.double
            }
        }
        #expect(norms[0] == norms[1] && norms[0].allSatisfy { $0 ?? 0 > 0 })
    }

    @Test("a step waits once, for the loss of the step before")
    func waits() throws {
        let sandbox = Sandbox()
        let strict = StrictBackend(named: "strict-training")
        var waits: [Int] = []
        let trainer = try sandbox.trainer(
            "run",
            ["device=\(strict.device)", "training.epochs=1", "training.checkpointEverySteps=0"])
        let listener = Listener { event in
            if case .step = event { waits.append(strict.counts.waits) }
        }
        trainer.observers = [listener]
        _ = try trainer.run()
        #expect(waits.count == 5)
        #expect(waits[1] - waits[0] == 0)
        #expect(zip(waits.dropFirst(2), waits.dropFirst()).allSatisfy { $0 - $1 == 1 })
    }
}
