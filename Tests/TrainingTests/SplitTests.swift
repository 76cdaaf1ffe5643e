import FTConfig
import FTJSON
import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

/// What `data.split` keeps to measure on.
@Suite("Splits")
struct SplitTests {
    @Test(
        "a fold of none, and a batch of one example under batchNorm1d, are problems of the config")
    func impossible() throws {
        let fold = #expect(throws: ConfigError.self) { try Sandbox().trainer("a", ["data.fold=2"]) }
        #expect(fold?.description.contains("there are no folds") == true)
        let layers =
            "model.layers=[{\"type\":\"linear\",\"units\":4},{\"type\":\"batchNorm1d\"},"
            + "{\"type\":\"linear\",\"units\":3}]"
        let single = #expect(throws: ConfigError.self) {
            try Sandbox().trainer("b", [layers, "data.batchSize=1"])
        }
        #expect(single?.description.contains("needs two examples or more") == true)
    }

    private static let split = ["data.validation=null", "data.split=0.2"]
    private static let stored = split + ["data.splitOrder=stored"]

    /// Thirty examples, sorted by their three classes.
    private func sorted() throws -> Sandbox {
        let sandbox = Sandbox()
        try HDF5Writer.create(sandbox.file("clusters.h5")) { file in
            try file.write("train/images", Random(seed: 1).normal([30, 6]))
            try file.write("train/labels", NDArray((0..<30).map { UInt8($0 / 10) }))
            try file.write("one/images", Random(seed: 1).normal([3, 6]))
            try file.write("one/labels", NDArray([1, 1, 1] as [UInt8]))
        }
        return sandbox
    }

    private func warnings(_ sandbox: Sandbox, _ name: String, _ changes: [String]) throws
        -> [String]
    {
        let trainer = try sandbox.trainer(name, changes + ["training.epochs=1"])
        var found: [String] = []
        trainer.observers.append(
            Listener { event in if case .warning(let text) = event { found.append(text) } })
        _ = try trainer.run()
        return found
    }

    @Test("a run that measures on one class alone is warned of it")
    func oneClass() throws {
        let sandbox = try sorted()
        #expect(try warnings(sandbox, "a", Self.split).isEmpty)
        #expect(
            try warnings(sandbox, "b", Self.stored) == [
                "the examples to measure on are all of class 2, one of 3; have them chosen of "
                    + "each class: data.splitOrder=stratified"
            ])
        let half = ["data.split=0.5"]
        #expect(try warnings(sandbox, "c", Self.stored + half).isEmpty)
        let other = "data.validation={\"inputs\":\"one/images\",\"targets\":\"one/labels\"}"
        let found = try warnings(sandbox, "d", [other])
        #expect(found.first?.hasSuffix("or have data.split choose some") == true, "\(found)")
    }

    @Test("each order takes its own examples, and the seed decides on random ones")
    func orders() throws {
        let sandbox = try sorted()
        func digests(_ seed: Int, _ order: String = "stratified") throws -> [String] {
            let changes = Self.split + ["seed=\(seed)", "data.splitOrder=\(order)"]
            return try Experiment(sandbox.config(changes)).data.digests().map(\.digest)
        }
        let seeds = 1...5
        let stratified = try seeds.map { try digests($0) }
        #expect(try seeds.map { try digests($0) } == stratified)
        #expect(Set(stratified).count == 5)
        #expect(try seeds.map { try digests($0, "shuffled") } != stratified)
        #expect(Set(try seeds.map { try digests($0, "stored") }).count == 1)
    }

    /// Makes a run's files those of a version that had no `data.splitOrder`.
    private func age(_ sandbox: Sandbox, _ name: String) throws {
        for file in ["last", "best"] {
            let path = sandbox.file("\(name)/\(file).safetensors")
            var checkpoint = try TrainingCheckpoint(path: path)
            checkpoint.state.config = checkpoint.state.config.map(withoutOrder)
            try checkpoint.save(to: path)
        }
        let text = withoutOrder(try sandbox.text("\(name)/config.json"))
        try Data(text.utf8).write(to: URL(filePath: sandbox.file("\(name)/config.json")))
    }

    private func withoutOrder(_ text: String) -> String {
        guard let node = try? JSONNode(parsing: text), case .object(var config) = JSONValue(node),
            case .object(let data)? = config["data"]
        else { return "" }
        var kept = JSONObject()
        for key in data.keys where key != "splitOrder" {
            if let value = data[key] { kept.append(key, value) }
        }
        config["data"] = .object(kept)
        return JSONValue.object(config).text()
    }

    @Test("a run of a version that split in stored order goes on with that", arguments: [4, 9])
    func older(step: Int) throws {
        let sandbox = try sorted()
        _ = try sandbox.trainer("whole", Self.stored).run()
        try sandbox.stopped("run", at: step, Self.stored)
        try age(sandbox, "run")
        #expect(!(try sandbox.text("run/config.json").contains("splitOrder")))
        let measured = try Evaluation(sandbox.file("run/last.safetensors")).hashes.data
        func resume() throws {
            let resumption = try Trainer.resume(sandbox.file("run"))
            #expect(resumption.changes.isEmpty)
            _ = try resumption.trainer.run()
        }
        try resume()
        #expect(
            try tensors(sandbox.file("run/last.safetensors"))
                == tensors(sandbox.file("whole/last.safetensors")))
        #expect(try Evaluation(sandbox.file("whole")).hashes.data == measured)
        #expect(try sandbox.text("run/config.json").contains("\"splitOrder\": \"stored\""))
        let refused = #expect(throws: RunError.self) {
            try Trainer.resume(
                sandbox.file("run"), overrides: ["data.splitOrder=stratified"])
        }
        #expect(
            refused?.description.contains("data.splitOrder: \"stored\" → \"stratified\"") == true)
    }

    @Test("ends with the same bits when stopped", arguments: [1024, 0])
    func resumed(memoryLimit: Int) throws {
        let sandbox = try sorted()
        let changes = Self.split + ["data.memoryLimit=\(memoryLimit)"]
        _ = try sandbox.trainer("whole", changes).run()
        try sandbox.stopped("run", at: 5, changes)
        _ = try Trainer.resume(sandbox.file("run")).trainer.run()
        #expect(
            try tensors(sandbox.file("run/last.safetensors"))
                == tensors(sandbox.file("whole/last.safetensors")))
    }

    @Test("folds are measured on one after the other")
    func folds() throws {
        let sandbox = try sorted()
        var digests: Set<String> = []
        for fold in 1...3 {
            let changes = [
                "data.validation=null", "data.folds=3", "data.fold=\(fold)", "training.epochs=1",
            ]
            let trainer = try sandbox.trainer("fold\(fold)", changes)
            #expect(trainer.experiment.info().validationCount == 10)
            let summary = try trainer.run()
            let path = sandbox.file("fold\(fold)")
            #expect(try Evaluation(path).measurement == summary.best?.measurement)
            let state = try TrainingCheckpoint.state(path: path + "/last.safetensors")
            digests.insert(state.extra["digest.validation.inputs"] ?? "")
        }
        #expect(digests.count == 3)
    }

    @Test(
        "folds go with nothing else that is measured on",
        arguments: [
            (
                ["data.folds=3"],
                "can't be combined with data.validation; remove one, or set it to null"
            ),
            (
                ["data.validation=null", "data.folds=3", "data.split=0.2"],
                "can't be combined with data.split; remove one, or set it to null"
            ),
            (["data.validation=null", "data.folds=3", "data.fold=4"], "there are 3 folds"),
        ])
    func refused(changes: [String], sentence: String) throws {
        let sandbox = Sandbox()
        let error = #expect(throws: ConfigError.self) { try sandbox.config(changes) }
        #expect(error?.issues.map(\.message) == [sentence])
    }
}
