import FTConfig
import FTSupport
import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

/// Files of TensorBoard, read record by record; `Tests/Interop/tensorboard_reader.py` has
/// TensorBoard read one.
@Suite("Files of TensorBoard")
struct TensorBoardTests {
    private struct Event {
        let step: Int
        let fields: ProtobufFields
        /// The values of its summary by tag.
        var values: [String: ProtobufFields] {
            Dictionary(
                fields.messages(5).flatMap { $0.messages(1) }.map { ($0.texts(1)[0], $0) }
            ) { first, _ in first }
        }
    }

    private func number(_ bytes: some Collection<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The events of a run's files, in the order of their names, each checksum compared.
    private func events(_ sandbox: Sandbox, _ name: String) throws -> [Event] {
        let names = try FileManager.default.contentsOfDirectory(atPath: sandbox.file(name))
            .filter { $0.hasPrefix("events.out.tfevents.") }.sorted()
        var found: [Event] = []
        for file in names {
            var rest = Array(
                try Data(contentsOf: URL(filePath: sandbox.file("\(name)/\(file)"))))[...]
            while !rest.isEmpty {
                let length = Int(number(rest.prefix(8)))
                #expect(
                    CRC32C.masked(rest.prefix(8)) == UInt32(number(rest.dropFirst(8).prefix(4))))
                let event = Array(rest.dropFirst(12).prefix(length))
                let sum = UInt32(number(rest.dropFirst(12 + length).prefix(4)))
                #expect(event.count == length && CRC32C.masked(event) == sum)
                let fields = try #require(ProtobufFields(event))
                found.append(Event(step: fields.numbers(2).first ?? 0, fields: fields))
                rest = rest.dropFirst(16 + length)
            }
        }
        return found
    }

    private func run(_ trainer: Trainer) throws {
        trainer.observers.append(TensorBoardLog(trainer))
        _ = try trainer.run()
    }

    @Test("hold losses, metrics, rates, the config and the weights of each epoch")
    func content() throws {
        let sandbox = Sandbox()
        try run(sandbox.trainer("run", ["training.gradientNorm=true"]))
        let events = try events(sandbox, "run")
        #expect(events[0].fields.texts(3) == ["brain.Event:2"])
        let config = try #require(events[1].values["config"])
        let text = try #require(config.messages(8).first?.texts(8).first)
        #expect(text.contains("    \"name\": \"tiny\""))
        #expect(config.messages(9).first?.messages(1).first?.texts(1) == ["text"])
        let rows = try RunRecord(sandbox.file("run")).rows
        for row in rows {
            let scalars = events.filter { $0.step == row.step }.map(\.values)
            func scalar(_ name: String) -> Float? {
                scalars.compactMap { $0[name]?.bytes(2).first }.first.map {
                    Float(bitPattern: UInt32(number($0)))
                }
            }
            #expect(scalar("train/loss") == Float(row.trainLoss))
            #expect(scalar("validation/loss") == Float(row.measured["loss"] ?? .nan))
            #expect(scalar("validation/accuracy") == Float(row.measured["accuracy"] ?? .nan))
            #expect(scalar("training/learningRate") == Float(row.learningRate))
            #expect(scalar("training/gradientNorm") == Float(row.gradientNorm ?? .nan))
        }
        let histograms = events.filter { $0.step == rows.last?.step }.flatMap { $0.values }
            .filter { $0.key.hasPrefix("weights/") }
        #expect(histograms.map(\.key).sorted().first == "weights/0.bias" && histograms.count == 4)
        for (_, value) in histograms {
            let histogram = try #require(value.messages(5).first)
            let counts = doubles(try #require(histogram.bytes(7).first))
            let limits = doubles(try #require(histogram.bytes(6).first))
            let all = try #require(histogram.bytes(3).first.map(doubles)?.first)
            #expect(counts.reduce(0, +) == all && counts.count == limits.count)
            #expect(limits == limits.sorted())
        }
    }

    @Test("name a metric of a class by what the class is called")
    func classNames() throws {
        let sandbox = Sandbox()
        let path = sandbox.file("named.h5")
        try writeClusters(path, classes: #"["red","Pinot noir","white"]"#)
        let metric = #"metrics=[{"type":"recall","average":"class","class":"Pinot noir"}]"#
        try run(sandbox.trainer("run", ["data.path=\(path)", metric, "training.epochs=1"]))
        let tags = try Set(events(sandbox, "run").flatMap { $0.values.keys })
        #expect(tags.contains("validation/recall of Pinot noir"), "\(tags)")
        #expect(!tags.contains { $0.contains("recall_") })
    }

    @Test("say what losses and metrics of scaled targets are of")
    func units() throws {
        let sandbox = Sandbox()
        let numbers = [
            "data.train.targets=train/sums", "data.validation.targets=test/sums",
            "model.layers.2.units=6", "loss={\"type\":\"meanSquaredError\"}",
            "metrics=[\"meanAbsoluteError\"]", "training.epochs=1",
        ]
        let scale = "data.targetTransforms=[{\"type\":\"scale\",\"factor\":0.5}]"
        for (name, changes) in [("own", []), ("scaled", [scale])] {
            try run(sandbox.trainer(name, numbers + changes))
            let values = try events(sandbox, name).compactMap { $0.values["units"] }
            let texts = values.compactMap { $0.messages(8).first?.texts(8).first }
            #expect(
                texts == (changes.isEmpty ? [] : ["loss and metrics are of the target / 2"]),
                "\(texts)")
        }
    }

    @Test("names of nodes differ, whatever tensors are called")
    func names() {
        let labels = ["a", "a_1", "a", "a", "...", "0.weight"]
        let leaves = labels.map { Tensor([1, 2], label: $0) }
        let sum = leaves.dropFirst().reduce(leaves[0]) { $0 + $1 }
        let names = EventMessage.names(of: sum.drawing())
        #expect(Set(names).count == names.count && !names.contains(""), "\(names)")
    }

    @Test("hold the settings as hyperparameters, and how the session ended")
    func hyperparameters() throws {
        let sandbox = Sandbox()
        try run(sandbox.trainer("run", ["optimizer.clipNorm=0.5"]))
        let events = try events(sandbox, "run")
        func session(_ name: String, _ field: Int) throws -> ProtobufFields {
            let values = events.compactMap { $0.values["_hparams_/\(name)"] }
            #expect(values.count == 1)
            let plugin = try #require(values.first?.messages(9).first?.messages(1).first)
            #expect(plugin.texts(1) == ["hparams"])
            return try #require(plugin.messages(2).first?.messages(field).first)
        }
        let start = try session("session_start_info", 3)
        let settings = Dictionary(
            uniqueKeysWithValues: try start.messages(1).map { entry in
                (entry.texts(1)[0], try #require(entry.messages(2).first))
            })
        #expect(settings["optimizer.clipNorm"]?.bytes(2).first.map(doubles) == [0.5])
        #expect(settings["training.epochs"]?.bytes(2).first.map(doubles) == [3])
        #expect(settings["model.layers[0].units"]?.bytes(2).first.map(doubles) == [8])
        #expect(settings["optimizer.type"]?.texts(3) == ["adam"])
        #expect(settings["data.shuffle"]?.numbers(4) == [1])
        #expect(settings["training.patience"] == nil && settings["data.path"] == nil)
        #expect(try session("session_end_info", 4).numbers(1) == [1])
        let table = try #require(events.compactMap { $0.values["best/confusion"] }.first)
        let text = try #require(table.messages(8).first?.texts(8).first)
        let rows = text.split(separator: "\n")
        #expect(rows.count == 5 && rows[0] == "| target \\ predicted | 0 | 1 | 2 |")
    }

    @Test(
        "hold the graph of the loss, each node once and after its inputs", arguments: [false, true])
    func graph(isDeep: Bool) throws {
        let sandbox = Sandbox()
        try run(sandbox.trainer("run", isDeep ? [CapturedTrainingTests.channels] : []))
        let bytes = try events(sandbox, "run").compactMap { $0.fields.bytes(4).first }
        #expect(bytes.count == 1)
        let graph = try #require(bytes.first.flatMap { ProtobufFields(Array($0)) })
        var names: Set<String> = []
        for node in graph.messages(1) {
            #expect(node.texts(3).allSatisfy(names.contains), "\(node.texts(1))")
            #expect(names.insert(node.texts(1)[0]).inserted && !node.texts(2)[0].isEmpty)
            #expect(node.messages(5).first?.texts(1) == ["_output_shapes"])
        }
        #expect(names.contains(isDeep ? "stem/0/0/weight" : "0/weight"), "\(names.sorted())")
        _ = try sandbox.trainer("plain", isDeep ? [CapturedTrainingTests.channels] : []).run()
        #expect(
            try tensors(sandbox.file("run/last.safetensors"))
                == tensors(sandbox.file("plain/last.safetensors")))
    }

    @Test("hold the worst examples, where they are images, as the page has them")
    func images() throws {
        let sandbox = Sandbox()
        let random = Random(seed: 3)
        try HDF5Writer.create(sandbox.file("clusters.h5")) { file in
            for (part, count) in [("train", 40), ("test", 12)] {
                let bytes = random.uniform([count, 5, 6], .float64).values(as: Double.self)
                    .map { UInt8($0 * 255) }
                try file.write("\(part)/images", NDArray(bytes, [count, 5, 6]))
                try file.write("\(part)/labels", NDArray((0..<count).map { UInt8($0 % 3) }))
            }
        }
        let trainer = try sandbox.trainer(
            "run", [#"data.transforms=[{"type":"scale","factor":0.004},"flatten"]"#])
        try run(trainer)
        let report = try #require(trainer.bestReport)
        let values = try events(sandbox, "run").flatMap(\.values)
        for place in 1...10 {
            let value = try #require(values.first { $0.key == "best/worst\(place)" }?.value)
            let strings = try #require(value.messages(8).first).bytes(8).map { Array($0) }
            #expect(strings == [Array("6".utf8), Array("5".utf8), report.images[place - 1].png])
            #expect(value.messages(9).first?.texts(2).first == report.worstLines[place - 1])
        }
    }

    private func doubles(_ bytes: [UInt8]) -> [Double] {
        stride(from: 0, to: bytes.count, by: 8).map {
            Double(bitPattern: number(bytes[$0..<$0 + 8]))
        }
    }

    @Test("of a resumed run make void what was undone, and weights stay what they are")
    func resumed() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("plain").run()
        try sandbox.stopped("run", at: 7)
        try run(Trainer.resume(sandbox.file("run")).trainer)
        let starts = try events(sandbox, "run").filter { !$0.fields.messages(7).isEmpty }
        #expect(starts.map(\.step) == [8])
        #expect(starts.first?.fields.messages(7).first?.numbers(1) == [1])
        #expect(
            try tensors(sandbox.file("run/last.safetensors"))
                == tensors(sandbox.file("plain/last.safetensors")))
    }

    @Test("a histogram of equal numbers has one bucket, and none is made of NaN")
    func edges() throws {
        let equal = try #require(EventMessage.histogram("x", [2, 2, 2]))
        let histogram = try #require(ProtobufFields(equal.bytes)?.messages(5).first)
        #expect(
            histogram.bytes(7).map(doubles) == [[3]] && histogram.bytes(6).map(doubles) == [[2]])
        #expect(
            EventMessage.histogram("x", [.nan]) == nil && EventMessage.histogram("x", []) == nil)
    }

    @Test("one that can't be written ends no run")
    func unwritable() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer("run")
        trainer.observers.append(TensorBoardLog(trainer, file: "no/such/file"))
        #expect(try trainer.run().status == .completed)
    }
}
