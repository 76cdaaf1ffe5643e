import Datasets
import FoundationEssentials
import Glibc
import Tensor
import Testing

/// From folders of images to models.
@Suite("Images by commands")
struct ImageCommandTests {
    private func grey(_ width: Int, _ height: Int, _ seed: Int) -> [UInt8] {
        Array("P5 \(width) \(height) 255\n".utf8)
            + (0..<width * height).map { UInt8(($0 * 37 + seed * 11) % 256) }
    }

    private func write(_ workspace: Workspace, _ path: String, _ bytes: [UInt8]) throws {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(
            atPath: workspace.file(folder), withIntermediateDirectories: true)
        try workspace.write(path, bytes)
    }

    /// Ten pictures each of two classes.
    private func pictures() throws -> Workspace {
        let workspace = try Workspace()
        for (place, name) in ["wren", "ant"].enumerated() {
            for index in 0..<10 {
                try write(workspace, "birds/\(name)/\(index).pgm", grey(6, 5, index * 2 + place))
            }
        }
        try write(workspace, "birds/ant/.hidden", [1])
        return workspace
    }

    @Test("a folder of classes becomes a dataset that trains, the same for one seed")
    func folder() throws {
        let workspace = try pictures()
        let made = try workspace.run("data", "images", "a.h5", "birds", "--split", "0.2")
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.unfolded.contains("classes 0 ant, 1 wren"))
        #expect(made.output.contains("16×1×5×6") && made.output.contains("4×1×5×6"))
        // A file that held the time of its making would be another a second later.
        usleep(1_100_000)
        let again = try workspace.run("data", "images", "b.h5", "birds", "--split", "0.2")
        #expect(try again.status == 0 && workspace.bytes("a.h5") == workspace.bytes("b.h5"))
        let config = """
            {
              "name": "birds",
              "data": {
                "path": "a.h5",
                "validation": {"inputs": "validation/images", "targets": "validation/labels"},
                "transforms": ["randomFlip", "normalize"], "batchSize": 4
              },
              "model": {"layers": [
                {"type": "conv2d", "features": 2, "kernel": 3}, {"type": "flatten"},
                {"type": "linear", "units": 2}
              ]},
              "loss": {"type": "crossEntropy"},
              "optimizer": {"type": "adam", "learningRate": 0.01},
              "training": {"epochs": 1}
            }
            """
        try workspace.write("birds.json", config)
        let trained = try workspace.run("birds.json", "--out", "run", "-q")
        #expect(trained.status == 0, "\(trained.errors)")
    }

    @Test("each class has images to train on, however few there are of it")
    func rare() throws {
        let workspace = try pictures()
        for (name, count) in [("lynx", 1), ("moth", 2), ("newt", 3)] {
            for index in 0..<count {
                try write(workspace, "birds/\(name)/\(index).pgm", grey(6, 5, index))
            }
        }
        for seed in 0..<4 {
            let made = try workspace.run(
                "data", "images", "a.h5", "birds", "--split", "0.6", "--force", "--seed", "\(seed)")
            #expect(made.status == 0, "\(made.errors)")
            let file = try HDF5File(workspace.file("a.h5"))
            let labels = try HDF5Dataset(file, "train/labels").read().values(as: Int.self)
            #expect(Set(labels) == [0, 1, 2, 3, 4])
        }
    }

    @Test("of two that write one file at once, one ends and the other says so")
    func twice() throws {
        let workspace = try pictures()
        for index in 10..<400 {
            try write(workspace, "birds/ant/\(index).pgm", grey(6, 5, index))
        }
        let arguments = ["data", "images", "a.h5", "birds"]
        let children = try (0..<4).map { _ in try workspace.start(arguments) }
        let results = try children.map { try $0.wait() }
        #expect(results.count { $0.status == 0 } == 1)
        for result in results where result.status != 0 {
            let isLate = result.errors.contains("written by another program meanwhile")
            let isRefused = result.errors.contains("there is such a file")
            #expect(isLate && result.status == 3 || isRefused && result.status == 2)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: workspace.path)
        #expect(!left.contains { $0.hasSuffix(".partial") })
        #expect(try HDF5Dataset(HDF5File(workspace.file("a.h5")), "train/labels").count == 410)
    }

    @Test("images that differ in size need one, and get it")
    func sizes() throws {
        let workspace = try pictures()
        try write(workspace, "birds/ant/wide.pgm", grey(9, 5, 1))
        let refused = try workspace.run("data", "images", "a.h5", "birds")
        #expect(refused.status == 3 || refused.status == 1 || refused.status == 2)
        #expect(
            refused.errors.hasPrefix(
                "fttrain: birds/ant/wide.pgm: has 5x9 pixels, and birds/ant/0.pgm 5x6; make them alike "
                    + "with --size HEIGHTxWIDTH, as in --size 5x6"), "\(refused.errors)")
        #expect(!workspace.exists("a.h5"))
        let made = try workspace.run("data", "images", "a.h5", "birds", "--size", "4x3")
        #expect(made.status == 0 && made.output.contains("21×1×4×3"), "\(made.output)")
        let wrong = try workspace.run("data", "images", "b.h5", "birds", "--size", "4")
        #expect(wrong.errors.hasPrefix("fttrain: --size: expected HEIGHTxWIDTH"))
    }

    @Test("what isn't a folder of images is a sentence that names the file")
    func refusals() throws {
        let workspace = try pictures()
        let cases: [(path: String, bytes: [UInt8], sentence: String)] = [
            ("birds/ant/a.jpg", [0xFF, 0xD8, 0xFF, 0], "birds/ant/a.jpg: "),
            ("birds/ant/a.png", [0x89], "birds/ant/a.png: this is no PNG, JPEG, PPM or PGM"),
            (
                "birds/ant/a.pgm", Array("P5 6 5 255\nab".utf8),
                "birds/ant/a.pgm: the header declares"
            ),
        ]
        for (path, bytes, sentence) in cases {
            try write(workspace, path, bytes)
            let result = try workspace.run("data", "images", "a.h5", "birds")
            #expect(result.status != 0 && result.errors.hasPrefix("fttrain: \(sentence)"))
            try FileManager.default.removeItem(atPath: workspace.file(path))
        }
        let missing = try workspace.run("data", "images", "a.h5", "nests")
        #expect(missing.errors.hasPrefix("fttrain: nests: there is no such folder"))
        let flat = try workspace.run("data", "images", "a.h5", "birds/ant")
        #expect(flat.errors.hasPrefix("fttrain: birds/ant: has no folders"), "\(flat.errors)")
        try write(workspace, "birds/notes.txt", [0x61])
        let note = try workspace.run("data", "images", "a.h5", "birds")
        #expect(note.errors.hasPrefix("fttrain: birds/notes.txt: is no folder of images"))
        let none = try workspace.run("data", "images", "a.h5")
        #expect(none.errors.hasPrefix("fttrain: data images: name one folder"))
    }

    private func records(_ count: Int, _ seed: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in 0..<count {
            bytes.append(UInt8((index + seed) % 10))
            for place in 0..<3072 { bytes.append(UInt8((place + index * seed) % 256)) }
        }
        return bytes
    }

    @Test("CIFAR-10's binary files, in their folder or the one around it")
    func cifar() throws {
        let workspace = try Workspace()
        let inner = "c/cifar-10-batches-bin"
        for index in 1...5 {
            try write(workspace, "\(inner)/data_batch_\(index).bin", records(3, index))
        }
        let missing = try workspace.run("data", "cifar", "c.h5", "c")
        #expect(missing.errors.hasPrefix("fttrain: \(inner)/test_batch.bin: there is no such file"))
        try write(workspace, "\(inner)/test_batch.bin", records(2, 7))
        let made = try workspace.run("data", "cifar", "c.h5", "c")
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.contains("15×3×32×32") && made.unfolded.contains("0 airplane"))
        let direct = try workspace.run("data", "cifar", "d.h5", inner)
        #expect(try direct.status == 0 && workspace.bytes("c.h5") == workspace.bytes("d.h5"))
        try write(workspace, "\(inner)/data_batch_4.bin", Array(records(3, 4).dropLast()))
        let cut = try workspace.run("data", "cifar", "e.h5", inner)
        #expect(
            cut.errors.hasPrefix("fttrain: \(inner)/data_batch_4.bin: 9,218 bytes are no whole"))
        var bad = records(3, 4)
        bad[3073] = 10
        try write(workspace, "\(inner)/data_batch_4.bin", bad)
        let wrong = try workspace.run("data", "cifar", "e.h5", inner)
        #expect(
            wrong.errors.hasPrefix("fttrain: \(inner)/data_batch_4.bin: record 1 is of class 10"))
        #expect(!workspace.exists("e.h5"))
    }
}
