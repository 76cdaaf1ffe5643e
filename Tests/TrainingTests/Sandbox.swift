import FTConfig
import FakeTensor
import FoundationEssentials

/// A folder of its own for one test, removed with it.
final class Sandbox {
    let path: String

    init() {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "training-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: file(name))), as: UTF8.self)
    }

    func copy(_ from: String, to name: String) throws {
        try FileManager.default.copyItem(atPath: from, toPath: file(name))
    }
}

/// Three clusters in six dimensions: 40 examples to learn from, 12 to measure on.
func writeClusters(
    _ path: String, seed: UInt64 = 7, spoiled: Bool = false, classes: String? = nil
) throws {
    try HDF5Writer.create(path) { file in
        for (part, count) in [("train", 40), ("test", 12)] {
            let random = Random(seed: seed).fork(part)
            let labels = (0..<count).map { UInt8($0 % 3) }
            var values = random.normal([count, 6], deviation: 0.3).values(as: Float.self)
            for (row, label) in labels.enumerated() { values[row * 6 + Int(label)] += 1 }
            if spoiled, part == "train" { values[100] = .nan }
            try file.write("\(part)/images", NDArray(values, [count, 6]))
            try file.write("\(part)/labels", NDArray(labels))
            if let classes { try file.setAttribute("classes", classes, on: "\(part)/labels") }
            try file.write("\(part)/sides", NDArray(values.map { $0 > 0.2 ? 1 : -1 }, [count, 6]))
            let indices = (0..<count * 3).map { UInt8($0 * $0 % 5) }
            try file.write("\(part)/indices", NDArray(indices, [count, 3]))
            try file.write("\(part)/text", NDArray(indices))
            try file.write("\(part)/sums", NDArray(values.map { abs($0) * 0.5 }, [count, 6]))
        }
        try file.write("vocabulary", NDArray((97..<102).map { Int32($0) }))
        try file.setAttribute("unit", "character", on: "vocabulary")
    }
}

extension Sandbox {
    /// A small classifier of the clusters, changed by `key=value` arguments.
    func config(_ overrides: [String] = []) throws -> RunConfig {
        let data = file("clusters.h5")
        if !FileManager.default.fileExists(atPath: data) { try writeClusters(data) }
        let text = """
            {
              "name": "tiny",
              "data": {
                "path": "\(data)",
                "validation": {"inputs": "test/images", "targets": "test/labels"},
                "batchSize": 8
              },
              "model": {"layers": [
                {"type": "linear", "units": 8}, {"type": "relu"}, {"type": "linear", "units": 3}
              ]},
              "loss": {"type": "crossEntropy"},
              "optimizer": {"type": "adam", "learningRate": 0.05},
              "training": {"epochs": 3, "checkpointEverySteps": 2, "keepCheckpoints": 1},
              "metrics": ["accuracy"]
            }
            """
        return try RunConfig(text: text, file: "tiny.json", overrides: overrides)
    }

    /// A new run in the folder `name`.
    func trainer(_ name: String = "run", _ overrides: [String] = []) throws -> Trainer {
        try Trainer(
            starting: Experiment(config(overrides)), in: RunFolder.create(file(name)))
    }
}

extension Sandbox {
    /// Leaves a run behind in the folder `name` that was stopped after a step.
    @discardableResult
    func stopped(
        _ name: String, at step: Int, _ overrides: [String] = []
    ) throws -> RunSummary {
        let trainer = try trainer(name, overrides)
        trainer.observers.append(
            Listener { [stop = trainer.stop] event in
                if case .step(let progress) = event, progress.step == step { stop.request() }
            })
        return try trainer.run()
    }
}

/// Configs of models of sequences, as changes of the small classifier.
enum SequenceRuns {
    private static let steps = "{\"type\": \"reshape\", \"shape\": [2, 3]}"
    private static let classes = "{\"type\": \"linear\", \"units\": 3}"

    /// A small GPT on the file's text, with dropout.
    static let gpt = [
        "data.validation=null", "metrics=[]", "data.batchSize=4",
        "data.text={\"context\": 5, \"windows\": 17, \"validation\": \"test/text\"}",
        "model.layers=[{\"type\": \"gpt\", \"width\": 8, \"heads\": 2, \"layers\": 2, "
            + "\"dropout\": 0.1}]",
        "optimizer={\"type\": \"adamW\", \"learningRate\": 0.01, \"clipNorm\": 1}",
    ]

    static let all: [[String]] = [
        gpt,
        [
            "model.layers=[\(steps), {\"type\": \"lstm\", \"units\": 5, \"layers\": 2, "
                + "\"dropout\": 0.2, \"output\": \"last\"}, \(classes)]"
        ],
        [
            "model.layers=[\(steps), {\"type\": \"gru\", \"units\": 5, \"bidirectional\": true}, "
                + "{\"type\": \"rnn\", \"units\": 4, \"output\": \"last\"}, \(classes)]"
        ],
        [
            "model.layers=[\(steps), {\"type\": \"transformer\", \"heads\": 1, \"layers\": 2, "
                + "\"preNorm\": false, \"activation\": \"geGLU\"}, {\"type\": \"flatten\"}, "
                + "\(classes)]"
        ],
    ]
}

/// Calls a closure with every event.
final class Listener: TrainingObserver {
    private let body: (TrainingEvent) -> Void
    init(_ body: @escaping (TrainingEvent) -> Void) { self.body = body }
    func handle(_ event: TrainingEvent) { body(event) }
}

/// The bytes of all tensors of a checkpoint by name: weights and optimizer.
func tensors(_ path: String) throws -> [String: [UInt8]] {
    let file = try SafetensorsFile(path)
    return Dictionary(
        uniqueKeysWithValues: file.entries.map { entry in
            (entry.name, file.withBytes(of: entry) { Array($0) })
        })
}

/// The columns of `metrics.csv` that don't depend on the clock.
func steadyColumns(_ csv: String) -> [[Substring]] {
    csv.split(separator: "\n").map { line in
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        return Array(cells[0..<5] + cells[8...])
    }
}
