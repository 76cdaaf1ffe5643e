import FTJSON
import FakeTensor
import StrictDevice
import Testing

@Suite("Training on a device that the host can't look into", .serialized)
struct StrictTrainingTests {
    static let configs = [
        "autoencoder", "cnn", "deep", "linear", "mlp", "regression", "resnet20", "vit",
    ]

    @Test("every config ends with the CPU's bits, its steps replayed or not", arguments: configs)
    func bits(_ name: String) throws {
        let sandbox = Sandbox()
        let data = sandbox.file("data.h5")
        if name == "regression" {
            try Friedman.write(to: data, seed: 9, train: 40, test: 20)
        } else {
            try writeImages(data)
        }
        func train(_ run: String, _ overrides: String...) throws {
            let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
            let config = try RunConfig(
                file: "/\(root)/configs/\(name).json",
                overrides: [
                    "data.path=\(data)", "data.batchSize=16",
                    "training.epochs=2",
                ] + overrides)
            let folder = try RunFolder.create(sandbox.file(run))
            #expect(
                try Trainer(starting: Experiment(config), in: folder).run().status == .completed)
        }
        let strict = StrictBackend.shared.device
        try train("cpu", "device=cpu")
        for capture in [true, false] {
            let run = "strict-\(capture)"
            try train(run, "device=\(strict)", "training.capture=\(capture)")
            #expect(
                try tensors(sandbox.file("\(run)/last.safetensors"))
                    == tensors(sandbox.file("cpu/last.safetensors")))
            #expect(
                steadyColumns(try sandbox.text("\(run)/metrics.csv"))
                    == steadyColumns(try sandbox.text("cpu/metrics.csv")))
        }
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

    /// Noise in the shape of digits: 40 images to learn from, 20 to measure on.
    private func writeImages(_ path: String) throws {
        try HDF5Writer.create(path) { file in
            for (part, count) in [("train", 40), ("test", 20)] {
                let random = Random(seed: 9).fork(part)
                let pixels = random.uniform([count, 28, 28], high: 256).cast(to: .uint8)
                try file.write("\(part)/images", pixels)
                try file.write("\(part)/labels", NDArray((0..<count).map { UInt8($0 % 10) }))
            }
        }
    }
}
