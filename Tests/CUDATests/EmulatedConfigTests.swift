import EmulatedDevice
import FTSupport
import FakeTensor
import FoundationEssentials
import Glibc
import Testing

@Suite("Configs that come with the program, on an emulated GPU", .serialized)
struct EmulatedConfigTests {
    private static let folder =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/configs"

    /// Those that `make test` tries; `make test-cuda` tries all.
    private static let quick = ["linear.json", "mlp.json", "regression.json", "lstm.json"]
    static var configs: [String] {
        if getenv("FT_EMULATOR_COMPLETE") == nil { return quick }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") && $0 != "schema.json" }.sorted()
    }

    @Test("the first steps of each have the CPU's losses", arguments: configs)
    func steps(_ name: String) throws { try compare(name, "fp32", tolerance: 1e-3) }

    /// `make test` tries those whose layers no other test has there in halves.
    static var inHalves: [String] {
        getenv("FT_EMULATOR_COMPLETE") == nil ? ["lstm.json", "regression.json"] : configs
    }

    @Test(
        "in halves, too, as far as these are exact", arguments: inHalves, ["bf16", "fp16"])
    func halves(_ name: String, _ precision: String) throws {
        try compare(name, precision, tolerance: 0.02)
    }

    private func compare(_ name: String, _ precision: String, tolerance: Double) throws {
        let sandbox = try Folder.makeTemporary("emulated")
        defer { try? FileManager.default.removeItem(atPath: sandbox) }
        let overrides = try Self.few(name, in: sandbox)
        func losses(_ run: String, _ device: Device) throws -> [Double] {
            let config = try RunConfig(
                file: "\(Self.folder)/\(name)",
                overrides: overrides + ["device=\(device)", "training.precision=\(precision)"])
            let folder = try RunFolder.create("\(sandbox)/\(run)")
            let trainer = try Trainer(starting: Experiment(config), in: folder)
            let losses = Losses()
            trainer.observers = [losses]
            #expect(try trainer.run().status == .completed)
            return losses.values
        }
        let expected = try losses("cpu", .cpu)
        let found = try losses("gpu", EmulatedDevice.shared.device)
        #expect(expected.count == 5 && found.count == expected.count)
        for (step, pair) in zip(found, expected).enumerated() {
            #expect(
                abs(pair.0 - pair.1) <= tolerance * max(1, abs(pair.1)),
                "step \(step + 1): \(pair.0) and \(pair.1)")
        }
    }

    /// Five steps of an epoch: the last two are a CUDA graph, where the config captures them.
    private static func few(_ name: String, in sandbox: String) throws -> [String] {
        let data = "\(sandbox)/data.h5"
        var overrides = [
            "data.path=\(data)", "data.batchSize=2", "training.epochs=1", "training.maxSteps=5",
        ]
        switch name {
        case "gpt.json":
            let text = "\(sandbox)/text.txt"
            let words = String(repeating: "what is written here ", count: 80)
            try Data(words.utf8).write(to: URL(filePath: text))
            try TextTokens.write([text], .character, to: data)
            overrides += ["data.batchSize=1", "data.text.windows=5"]
        case "lstm.json": try RecallTask.write(to: data, seed: 9, train: 10, test: 2)
        case "regression.json": try Friedman.write(to: data, seed: 9, train: 10, test: 2)
        default: try Digits.write(to: data, seed: 9, train: 10, test: 2)
        }
        return overrides
    }
}
