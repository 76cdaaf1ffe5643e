import Tensor
import Testing

@testable import Checkpoint

@Suite struct TrainingCheckpointTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("everything that was saved comes back")
    func roundTrip() throws {
        let saved = exampleCheckpoint()
        try saved.save(to: folder.file("a"))
        let loaded = try TrainingCheckpoint(path: folder.file("a"))
        #expect(loaded.state == saved.state)
        #expect(loaded.aliases == saved.aliases)
        #expect(loaded.model.map(\.name) == saved.model.map(\.name))
        #expect(loaded.model.map(\.kind) == saved.model.map(\.kind))
        #expect(loaded.model.map(\.isTrainable) == [true, false, false, false, true])
        #expect(loaded.optimizer.map(\.name) == saved.optimizer.map(\.name))
        for (a, b) in zip(saved.model, loaded.model) {
            #expect(a.array.dtype == b.array.dtype && a.array.shape == b.array.shape)
            #expect(a.array.withUnsafeBytes(Array.init) == b.array.withUnsafeBytes(Array.init))
        }
        #expect(try TrainingCheckpoint.state(path: folder.file("a")) == saved.state)
    }

    @Test("tensors have plain names and the state is text that any tool can read")
    func fileContent() throws {
        try exampleCheckpoint().save(to: folder.file("a"))
        let file = try SafetensorsFile(folder.file("a"))
        #expect(file.entry("fc1.weight")?.shape == [3, 2])
        #expect(file.entry("optimizer/fc1.weight/m")?.shape == [3, 2])
        #expect(file.metadata["faketensor.step"] == "860")
        #expect(file.metadata["faketensor.seed"] == "18446744073709551615")
        #expect(file.metadata["faketensor.schedule.best"] == "-inf")
        #expect(file.metadata["faketensor.schedule.rate"] == "0.1")
        #expect(file.metadata["faketensor.random.model"] == "1 18446744073709551615 3")
        #expect(file.metadata["faketensor.buffers"] == #"["norm.count","norm.mask"]"#)
        #expect(file.metadata["faketensor.frozen"] == #"["fc1.bias"]"#)
        #expect(file.checksumStatus() == .ok)
    }

    @Test("a sampler at its start is not the same as none")
    func emptySampler() throws {
        var checkpoint = exampleCheckpoint()
        checkpoint.state.sampler = [:]
        try checkpoint.save(to: folder.file("a"))
        #expect(try TrainingCheckpoint.state(path: folder.file("a")).sampler == [:])
        checkpoint.state.sampler = nil
        try checkpoint.save(to: folder.file("a"))
        #expect(try TrainingCheckpoint.state(path: folder.file("a")).sampler == nil)
    }

    @Test("a file from elsewhere gives weights, but no run to resume")
    func foreignFile() throws {
        let path = folder.file("a")
        try SafetensorsFile.write([NamedArray("w", NDArray([Float(1), 2]))], to: path)
        let text = sentence(in: folder) { _ = try TrainingCheckpoint(path: path) }
        #expect(
            text
                == "a: holds weights without the state of a run; name a run folder or a checkpoint "
                + "in it (model.from starts a run from such weights)")
        let weights = try TrainingCheckpoint.weights(path: path)
        #expect(weights.map(\.name) == ["w"])
        #expect(weights[0].isTrainable && weights[0].kind == .parameter)
    }

    @Test("weights of a checkpoint come without the optimizer")
    func weightsOnly() throws {
        try exampleCheckpoint().save(to: folder.file("a"))
        let weights = try TrainingCheckpoint.weights(path: folder.file("a"))
        #expect(weights.map(\.name) == exampleCheckpoint().model.map(\.name))
    }

    /// The metadata of the example with one key replaced or removed.
    private func saveExample(_ key: String, _ value: String?) throws -> String {
        var pairs = exampleState().metadata.filter { $0.key != "faketensor." + key }
        if let value { pairs.append((key: "faketensor." + key, value: value)) }
        try SafetensorsFile.write(
            [NamedArray("w", NDArray([Float(1)]))], metadata: pairs, checksum: true,
            to: folder.file("a"))
        return folder.file("a")
    }

    @Test(
        "metadata that is not what was written gets a sentence",
        arguments: [
            (
                "step", nil,
                "has no metadata \"faketensor.step\", which every checkpoint has; "
                    + "another tool may have written it again"
            ),
            (
                "step", "12x",
                "has the metadata \"faketensor.step\" = \"12x\", "
                    + "which should be a whole number of at least 0"
            ),
            (
                "epoch", "-1",
                "has the metadata \"faketensor.epoch\" = \"-1\", "
                    + "which should be a whole number of at least 0"
            ),
            (
                "seed", "18446744073709551616",
                "has the metadata \"faketensor.seed\" = \"18446744073709551616\", "
                    + "which should be a whole number"
            ),
            (
                "best.value", "high",
                "has the metadata \"faketensor.best.value\" = \"high\", which should be a number"
            ),
            (
                "random.model", "1 2",
                "has the metadata \"faketensor.random.model\" = \"1 2\", "
                    + "which should be three whole numbers"
            ),
            (
                "buffers", "{}",
                "has the metadata \"faketensor.buffers\" = \"{}\", "
                    + "which should be a JSON array of strings"
            ),
            (
                "buffers", "[\"a\", 3]",
                "has the metadata \"faketensor.buffers\" = \"[\"a\", 3]\", "
                    + "which should be a JSON array of strings"
            ),
            (
                "aliases", "{\"a\": \"w\", \"b\": 3}",
                "has the metadata \"faketensor.aliases\" = \"{\"a\": \"w\", \"b\": 3}\", "
                    + "which should be a JSON object of strings"
            ),
            (
                "aliases", "[",
                "has the metadata \"faketensor.aliases\" = \"[\", "
                    + "which should be a JSON object of strings"
            ),
            (
                "format", "2",
                "has checkpoint format 2, but this version reads format 1; "
                    + "use the version that wrote it"
            ),
        ] as [(String, String?, String)])
    func badMetadata(key: String, value: String?, problem: String) throws {
        let path = try saveExample(key, value)
        #expect(sentence(in: folder) { _ = try TrainingCheckpoint(path: path) } == "a: " + problem)
    }

    @Test("a damaged file is refused, and so is one whose checksum was lost")
    func damage() throws {
        let path = folder.file("a")
        try exampleCheckpoint().save(to: path)
        var bytes = try contents(path)
        bytes[bytes.count - 3] ^= 1
        try folder.write("a", bytes)
        let damaged = sentence(in: folder) { _ = try TrainingCheckpoint(path: path) }
        #expect(
            damaged == "a: is damaged: its checksum does not match; "
                + "use another checkpoint of the run")
        try SafetensorsFile.write([], metadata: exampleState().metadata, to: path)
        let lost = sentence(in: folder) { _ = try TrainingCheckpoint(path: path) }
        #expect(
            lost == "a: has no checksum, which every checkpoint has; "
                + "another tool may have written it again")
    }

    @Test("optimizer tensors belong to parameters")
    func orphan() throws {
        var checkpoint = exampleCheckpoint()
        checkpoint.optimizer[0].parameter = "gone"
        try checkpoint.save(to: folder.file("a"))
        let text = sentence(in: folder) { _ = try TrainingCheckpoint(path: folder.file("a")) }
        #expect(
            text == "a: tensor \"optimizer/gone/m\" belongs to a parameter that is not in the file")
    }

    @Test("model names that would be taken for optimizer state are refused")
    func reservedNames() throws {
        var checkpoint = exampleCheckpoint()
        checkpoint.model[0].name = "optimizer/x/m"
        let text = sentence(in: folder) { try checkpoint.save(to: folder.file("a")) }
        #expect(
            text == "a: tensor \"optimizer/x/m\" can't be written: "
                + "names of model tensors must not start with \"optimizer/\"")
        checkpoint = exampleCheckpoint()
        checkpoint.optimizer[0].slot = "a/b"
        let slot = sentence(in: folder) { try checkpoint.save(to: folder.file("a")) }
        #expect(slot.hasSuffix("the name of a slot is empty or has a slash"))
    }

    @Test("time stamps are ISO 8601 in UTC")
    func timestamps() {
        #expect(TrainingState.timestamp(secondsSince1970: 0) == "1970-01-01T00:00:00Z")
        #expect(TrainingState.timestamp(secondsSince1970: 951_782_400) == "2000-02-29T00:00:00Z")
    }
}
