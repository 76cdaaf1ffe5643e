import FakeTensor
import FoundationEssentials
import Testing

/// Each config that comes with the program, on data that are few and drawn for the test.
@Suite("Bits of the configs that come with the program", .serialized)
struct ConfigBitsTests {
    static var folder: String {
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/configs"
    }

    /// All files of the folder but the schema.
    static var configs: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") && $0 != "schema.json" }.sorted()
    }

    @Test(
        "one thread ends with the weights of two, and so does a run that was killed",
        arguments: configs, ["fp32", "bf16", "fp16"])
    func bits(_ name: String, _ precision: String) throws {
        let sandbox = Sandbox()
        let overrides =
            try ConfigBitsTests.few(name, in: sandbox) + ["training.precision=\(precision)"]
        func trainer(_ run: String) throws -> Trainer {
            let config = try RunConfig(
                file: "\(ConfigBitsTests.folder)/\(name)", overrides: overrides)
            return try Trainer(
                starting: Experiment(config), in: RunFolder.create(sandbox.file(run)))
        }
        let before = CPUBackend.shared.threads
        defer { CPUBackend.shared.threads = before }
        CPUBackend.shared.threads = 2
        let two = try trainer("two")
        // What lies on the disk after a step is what a kill at that moment leaves.
        two.observers.append(
            Listener { event in
                guard case .step(let progress) = event, progress.step == 3 else { return }
                #expect(throws: Never.self) {
                    try sandbox.copy(sandbox.file("two"), to: "killed")
                }
            })
        #expect(try two.run().steps == 4)
        CPUBackend.shared.threads = 1
        #expect(try trainer("one").run().status == .completed)
        #expect(try Trainer.resume(sandbox.file("killed")).trainer.run().status == .completed)
        let expected = try tensors(sandbox.file("two/last.safetensors"))
        let rows = steadyColumns(try sandbox.text("two/metrics.csv"))
        #expect(!expected.isEmpty && rows.count == 3)
        for run in ["one", "killed"] {
            #expect(try tensors(sandbox.file("\(run)/last.safetensors")) == expected, "\(run)")
            #expect(steadyColumns(try sandbox.text("\(run)/metrics.csv")) == rows, "\(run)")
        }
    }

    /// Two epochs of two steps, with a checkpoint after the third.
    static func few(_ name: String, in sandbox: Sandbox) throws -> [String] {
        let data = sandbox.file("data.h5")
        var overrides = [
            "data.path=\(data)", "data.batchSize=16", "training.epochs=2",
            "training.checkpointEverySteps=1",
        ]
        switch name {
        case "gpt.json":
            let text = sandbox.file("text.txt")
            let words = String(repeating: "what is written here ", count: 80)
            try Data(words.utf8).write(to: URL(filePath: text))
            try TextTokens.write([text], .character, to: data)
            overrides += ["data.batchSize=3", "data.text.windows=6"]
        case "lstm.json": try RecallTask.write(to: data, seed: 9, train: 32, test: 8)
        case "regression.json": try Friedman.write(to: data, seed: 9, train: 32, test: 8)
        default: try Digits.write(to: data, seed: 9, train: 32, test: 8)
        }
        return overrides
    }
}
