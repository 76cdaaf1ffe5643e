import Checkpoint
import Datasets
import FoundationEssentials
import Tensor

extension Workspace {
    /// Writes `data.h5`, three clusters in six dimensions, and `tiny.json`, which learns them.
    func prepare(train: Int = 40) throws {
        try HDF5Writer.create(file("data.h5")) { file in
            for (part, count) in [("train", train), ("test", 12)] {
                let random = Random(seed: 7).fork(part)
                let labels = (0..<count).map { UInt8($0 % 3) }
                var values = random.normal([count, 6], deviation: 0.3).values(as: Float.self)
                for (row, label) in labels.enumerated() { values[row * 6 + Int(label)] += 1 }
                try file.write("\(part)/images", NDArray(values, [count, 6]))
                try file.write("\(part)/labels", NDArray(labels))
            }
        }
        try write("tiny.json", Workspace.tiny)
    }

    static let tiny = """
        {
          "name": "tiny",
          "data": {
            "path": "data.h5",
            "validation": {"inputs": "test/images", "targets": "test/labels"},
            "batchSize": 8
          },
          "model": {"layers": [
            {"type": "linear", "units": 8}, {"type": "dropout", "rate": 0.1},
            {"type": "relu"}, {"type": "linear", "units": 3}
          ]},
          "loss": {"type": "crossEntropy"},
          "optimizer": {"type": "adam", "learningRate": 0.05},
          "training": {"epochs": 3, "checkpointEverySteps": 2},
          "metrics": ["accuracy"]
        }
        """

    /// The folder of the configs in the repository.
    static var configFolder: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "configs").path
    }

    /// The files in it, without the schema.
    static var configs: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: configFolder)) ?? []
        return names.filter { $0.hasSuffix(".json") && $0 != "schema.json" }.sorted()
    }

    /// The bytes of all tensors of a checkpoint by name: weights and optimizer.
    func tensors(_ name: String) throws -> [String: [UInt8]] {
        let file = try SafetensorsFile(file(name))
        return Dictionary(
            uniqueKeysWithValues: file.entries.map { entry in
                (entry.name, file.withBytes(of: entry) { Array($0) })
            })
    }

    /// A safetensors file of a header and data.
    func writeSafetensors(_ name: String, _ header: String, _ data: [UInt8] = []) throws {
        let text = Array(header.utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        try write(name, length + text + data)
    }
}
