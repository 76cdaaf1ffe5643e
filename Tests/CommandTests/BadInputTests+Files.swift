import Checkpoint
import Datasets
import FoundationEssentials
import Glibc
import Tensor

extension BadInputTests {
    /// A data file that is bad in some way.
    private static func data(
        _ name: String, _ status: Int32, _ sentence: String, _ overrides: [String] = [],
        prepare: @escaping @Sendable (Workspace) throws -> Void
    ) -> BadInput {
        BadInput(
            name, ["check", "tiny.json", "data.path=bad.h5"] + overrides, status, sentence,
            prepare: prepare)
    }

    static let dataFiles = [
        BadInput(
            "no data", ["check", "tiny.json", "data.path=no.h5"], 3, "no.h5: there is no such"),
        BadInput(
            "no default data", ["tiny.json", "data.path=data/digits.h5"], 3, "fttrain data digits"),
        BadInput(
            "a dataset that is not in the file",
            ["check", "tiny.json", "data.train.inputs=train/image"], 3, "train/image"),
        data("an empty file", 3, "the file is empty") { try $0.write("bad.h5", "") },
        data("a text file for data", 3, "not an HDF5 file") { try $0.write("bad.h5", "hello") },
        data("a file cut short", 3, "bad.h5") { workspace in
            let bytes = try workspace.bytes("data.h5")
            try workspace.write("bad.h5", Array(bytes.prefix(bytes.count / 2)))
        },
        data("a file with a damaged start", 3, "bad.h5") { workspace in
            var bytes = try workspace.bytes("data.h5")
            for index in 40..<200 { bytes[index] = 0xFF }
            try workspace.write("bad.h5", bytes)
        },
        data("other numbers of inputs and targets", 3, "4 inputs but 3 targets") { workspace in
            try HDF5Writer.create(workspace.file("bad.h5")) { file in
                try file.write("train/images", NDArray.full([4, 6], 1))
                try file.write("train/labels", NDArray.full([3], 1, .uint8))
            }
        },
        data("no examples", 3, "bad.h5") { workspace in
            try HDF5Writer.create(workspace.file("bad.h5")) { file in
                try file.write("train/images", NDArray.full([0, 6], 1))
                try file.write("train/labels", NDArray.full([0], 1, .uint8))
            }
        },
        data("validation data of another kind", 3, "differ from the training data's") { workspace in
            try HDF5Writer.create(workspace.file("bad.h5")) { file in
                for (part, width) in [("train", 6), ("test", 5)] {
                    try file.write("\(part)/images", NDArray.full([4, width], 1))
                    try file.write("\(part)/labels", NDArray.full([4], 1, .uint8))
                }
            }
        },
        data("a class that the model has not", 3, "a target is -1") { workspace in
            try HDF5Writer.create(workspace.file("bad.h5")) { file in
                for part in ["train", "test"] {
                    try file.write("\(part)/images", NDArray.full([4, 6], 1))
                    try file.write("\(part)/labels", NDArray.full([4], -1, .int32))
                }
            }
        },
        BadInput(
            "a table with a word in it", ["data", "csv", "t.h5", "train=t.csv"], 3, "t.csv:2:"
        ) {
            try $0.write("t.csv", "1,2,0\n1,x,1\n")
        },
        BadInput("an array cut short", ["data", "npy", "t.h5", "train/images=t.npy"], 3, "t.npy") {
            workspace in
            try NPY.write(NDArray.full([8], 1), to: workspace.file("w.npy"))
            try workspace.write("t.npy", Array(try workspace.bytes("w.npy").dropLast(4)))
        },
    ]

    /// A checkpoint that is bad in some way.
    private static func checkpoint(
        _ name: String, _ header: String, _ bytes: [UInt8] = [], _ sentence: String = "bad"
    ) -> BadInput {
        BadInput(name, ["inspect", "bad.safetensors"], 3, sentence) {
            try $0.writeSafetensors("bad.safetensors", header, bytes)
        }
    }

    private static let zeros = [UInt8](repeating: 0, count: 8)

    static let checkpoints = [
        BadInput("no checkpoint", ["inspect", "none.safetensors"], 3, "none.safetensors"),
        BadInput("a config", ["inspect", "tiny.json"], 3, "is JSON text, not a safetensors file"),
        BadInput("a folder without a run", ["inspect", "/tmp"], 3, "this is not a run folder"),
        BadInput("an empty checkpoint", ["inspect", "bad.safetensors"], 3, "bad.safetensors") {
            try $0.write("bad.safetensors", "")
        },
        BadInput("a header beyond the file", ["inspect", "bad.safetensors"], 3, "bad") {
            try $0.write("bad.safetensors", [255, 255, 255, 0, 0, 0, 0, 0, 123, 125])
        },
        BadInput("a header of 2⁶⁴ bytes", ["inspect", "bad.safetensors"], 3, "bad") {
            try $0.write("bad.safetensors", [UInt8](repeating: 255, count: 32))
        },
        checkpoint("a header that is no JSON", "{nonsense"),
        checkpoint("a deeply nested header", String(repeating: "[", count: 50_000)),
        checkpoint(
            "data beyond the file",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[9],\"data_offsets\":[0,36]}}", zeros),
        checkpoint(
            "a shape that its data does not fill",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", zeros),
        checkpoint(
            "a shape beyond all memory",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,9],\"data_offsets\":[0,8]}}",
            zeros),
        checkpoint(
            "data that overlaps",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", zeros),
        checkpoint(
            "an unknown dtype",
            "{\"a\":{\"dtype\":\"Q7\",\"shape\":[2],\"data_offsets\":[0,8]}}", zeros),
        BadInput(
            "NaN among the weights", ["inspect", "bad.safetensors", "--stats"], 3,
            "NaN or infinity in a"
        ) {
            try $0.writeSafetensors(
                "bad.safetensors",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                [0, 0, 0xC0, 0x7F])
        },
        BadInput(
            "weights from elsewhere to evaluate", ["eval", "bad.safetensors"], 3,
            "holds weights without the state of a run"
        ) {
            try $0.writeSafetensors("bad.safetensors", "{}")
        },
    ]

    static let runFolders = [
        BadInput("no run to resume", ["resume", "run-1"], 3, "there is no such folder"),
        BadInput("a checkpoint to resume", ["resume", "r/best.safetensors"], 3, "its folder, r") {
            try $0.folder("r")
            try $0.write("r/config.json", "{}")
            try $0.write("r/best.safetensors", "")
        },
        BadInput("a file to resume", ["resume", "tiny.json"], 3, "name a folder such as"),
        BadInput("a folder that is no run", ["resume", "."], 3, "this is not a run folder"),
        BadInput("a run with a damaged config", ["resume", "r"], 2, "r/config.json") { workspace in
            try workspace.folder("r")
            try workspace.write("r/config.json", "{\"name\": ")
        },
        BadInput("a run whose checkpoints are all damaged", ["resume", "r"], 3, "last") {
            workspace in
            try workspace.folder("r")
            try workspace.write("r/config.json", Workspace.tiny)
            try workspace.write("r/last.safetensors", "damaged")
        },
        BadInput("a run without a checkpoint to evaluate", ["eval", "r"], 3, "no checkpoint yet") {
            workspace in
            try workspace.folder("r")
            try workspace.write("r/config.json", Workspace.tiny)
        },
    ]
}

extension Workspace {
    func folder(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: file(name), withIntermediateDirectories: true)
    }
}
