import Datasets
import FTJSON
import Tensor
import Testing

/// What `init` says and writes beside a table that is as it should be.
@Suite("init")
struct InitCommandTests {
    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<40).map { "00\($0 % 3),\($0),\($0 % 2 == 0 ? "a" : "b")" }
        try workspace.write("t.csv", "code,x,y\n" + rows.joined(separator: "\n") + "\n")
        return workspace
    }

    @Test("writes the keys that are given into the config, and nothing but them")
    func keys() throws {
        let workspace = try workspace()
        #expect(try workspace.run("init", "t.csv", "-o", "plain.json").status == 0)
        let result = try workspace.run(
            "init", "t.csv", "training.epochs=2", "model.layers.0.units=5", "--force")
        #expect(result.status == 0 && result.errors == "")
        #expect(
            result.lines.contains(
                "set        training.epochs=2 model.layers.0.units=5, "
                    + "whatever stands above"))
        let plain = try JSONNode(parsing: try workspace.text("plain.json"))
        let node = try JSONNode(parsing: try workspace.text("t.json"))
        #expect(node["training"]?["epochs"]?.int == 2)
        #expect(node["model"]?["layers"]?.elements?[0]["units"]?.int == 5)
        #expect(node["optimizer"] == plain["optimizer"] && node["data"] == plain["data"])
        #expect(node.members?.map(\.key) == plain.members?.map(\.key))
    }

    @Test("a key that is wrong leaves nothing behind")
    func wrong() throws {
        let workspace = try workspace()
        let result = try workspace.run("init", "t.csv", "training.epoch=2")
        #expect(result.status == 2 && result.errors.contains("Did you mean 'epochs'?"))
        #expect(!workspace.exists("t.json") && !workspace.exists("data/t.h5"))
    }

    @Test("numbers that begin with 0 stay names, to the predictions")
    func padded() throws {
        let workspace = try workspace()
        let rows = (0..<30).map { "\($0 < 3 ? "00\($0)" : "1\($0)"),\($0),\($0 % 2)" }
        try workspace.write("id.csv", "order_id,x,y\n" + rows.joined(separator: "\n") + "\n")
        let result = try workspace.run("init", "t.csv", "training.epochs=1")
        #expect(
            result.lines.contains {
                $0.hasPrefix("code    category ") && $0.contains("  000, 001, 002")
            })
        #expect(
            try workspace.run(
                "init", "id.csv", "training.epochs=1", "--types",
                "order_id=id"
            ).status == 0)
        #expect(try workspace.run("id.json", "--out", "run", "-q").status == 0)
        let lines = try workspace.run("predict", "run", "id.csv", "--json").lines
        #expect(try JSONNode(parsing: String(lines[0]))["order_id"]?.string == "000")
        #expect(try JSONNode(parsing: String(lines[3]))["order_id"]?.int == 13)
    }

    @Test(
        "what it can't take is a sentence with the remedy",
        arguments: [
            (
                "a.csv", (0..<30).map { "\($0),name\($0)" },
                "the label 'y' holds 30 different words in 30 rows, so it tells rows apart"
            ),
            (
                "a.csv", (0..<30).map { "\"1,\($0)\",\($0 % 2)" },
                "column 'x' holds numbers such as '1,0', whose decimals would stand after a comma, "
                    + "in a table that commas separate; say that they do, --decimal comma, or that "
                    + "they are words: --types x=category"
            ),
            (
                "a.tsv", (0..<30).map { "7/10/20\(10 + $0)\t\($0 % 2)" },
                "column 'x' holds dates such as '7/10/2010', any of which may have the day or the "
                    + "month first; say which is right, --date day-first or --date month-first"
            ),
            (
                "a.txt", ["Once upon a time,", "there was a man,", "who had a sponge."],
                "is too short to learn from; use one of some thousands"
            ),
        ])
    func sentences(name: String, rows: [String], sentence: String) throws {
        let workspace = try Workspace()
        let mark = name == "a.tsv" ? "\t" : ","
        try workspace.write(name, (["x\(mark)y"] + rows).joined(separator: "\n") + "\n")
        let result = try workspace.run("init", name)
        #expect(result.status == 3 && result.errors.contains(sentence), "\(result.errors)")
        #expect(!workspace.exists("a.json"))
    }

    @Test("says how money, percent and dates are read, and predict reads them so")
    func forms() throws {
        let workspace = try Workspace()
        let rows = (0..<60).map { row in
            "$\(row + 1).50;\(row)%;1.\(100 + row),5;\(row % 28 + 1) Jan 2024;\(row * 2),25 €"
        }
        try workspace.write("t.csv", (["a;b;c;d;y"] + rows).joined(separator: "\n") + "\n")
        let result = try workspace.run("init", "t.csv", "training.epochs=1")
        #expect(result.status == 0, "\(result.errors)")
        for (start, end) in [
            ("a       number          1  1.5 to ", "; '$1.50' is read as 1.5"),
            ("b       number          1  0 to ", "; '0%' is read as 0"),
            ("c       number          1  1100.5 to ", "; '1.100,5' is read as 1100.5"),
            ("d       date ", ""),
            ("y       label              0.25 to ", "; '0,25 €' is read as 0.25"),
        ] {
            #expect(
                result.unfolded.split(separator: "\n").contains {
                    $0.hasPrefix(start) && $0.contains(end)
                },
                "\(result.output)")
        }
        #expect(try workspace.run("t.json", "--out", "run", "-q").status == 0)
        try workspace.write("new.csv", "a;b;c;d\n$7.50;6%;1.106,5;7 Jan 2024\n")
        let (one, all) = (
            try workspace.run("predict", "run", "new.csv").lines[1],
            try workspace.run("predict", "run", "t.csv").lines[7]
        )
        let found = [one, all].compactMap { Double($0.split(separator: ",")[1]) }
        #expect(found.count == 2 && abs(found[0] - found[1]) < 1e-4, "\(found)")
        try workspace.write("odd.csv", "a;b;c;d\n$7.50;0.06;1.106,5;7 Jan 2024\n")
        #expect(
            try workspace.run("predict", "run", "odd.csv").errors.contains(
                "odd.csv:2: column 'b' holds '0.06', not a number like '0%'"))
    }

    @Test("says what patience is, and that the test part is what epochs are chosen by")
    func words() throws {
        let workspace = try Workspace()
        try HDF5Writer.create(workspace.file("d.h5")) { file in
            for (part, count) in [("train", 50_000), ("test", 100)] {
                let pixels = (0..<count * 4).map { UInt8($0 * 37 % 251) }
                try file.write("\(part)/images", NDArray(pixels, [count, 2, 2]))
                try file.write("\(part)/labels", NDArray((0..<count).map { UInt8($0 % 3) }))
            }
        }
        let large = try workspace.run("init", "d.h5")
        #expect(
            large.lines.contains("batches    of 128, 391 an epoch, 10 epochs; the best is kept"),
            "\(large.output)")
        #expect(
            large.unfolded.contains(
                "validation test/images: the best epoch is chosen by it, so its ")
        )
        let small = try self.workspace().run("init", "t.csv")
        #expect(
            small.unfolded.contains(
                "at most 100 epochs, fewer where 25 in a row bring nothing better; the best is "))
        #expect(!small.output.contains("validation test"))
    }

    @Test("a config that can't be leaves the data that are there")
    func kept() throws {
        let workspace = try Workspace()
        let rows = (0..<40).map { "\($0 % 7),\($0 % 2 == 0 ? "a" : "b")" }
        try workspace.write("t.csv", (["x,y"] + rows).joined(separator: "\n") + "\n")
        #expect(try workspace.run("init", "t.csv").status == 0)
        let before = try workspace.bytes("data/t.h5")
        let wrong = try workspace.run(
            "init", "t.csv", "--force", "--seed", "7", "trainig.epochs=3")
        #expect(wrong.status == 2 && wrong.errors.contains("Did you mean 'training'"))
        #expect(try workspace.bytes("data/t.h5") == before)
        #expect(try workspace.names("data") == ["t.h5"])
        #expect(try workspace.run("init", "t.csv", "--force", "--seed", "7").status == 0)
        #expect(try workspace.bytes("data/t.h5") != before)
    }

    @Test("a folder that isn't there is refused, of the config and of the data")
    func missingFolder() throws {
        let workspace = try Workspace()
        try workspace.write("t.csv", "a,y\n" + (0..<20).map { "\($0),\($0 % 2)\n" }.joined())
        for options in [["-o", "no/t.json"], ["--data", "no/t.h5"]] {
            let refused = try workspace.run(["init", "t.csv"] + options)
            #expect(refused.status == 3 && refused.errors.contains("no/t."), "\(refused.errors)")
            #expect(!workspace.exists("no") && !workspace.exists("t.json"))
        }
    }

    @Test("a folder that holds no folders of images is a sentence")
    func folder() throws {
        let workspace = try Workspace()
        let result = try workspace.run("init", ".")
        #expect(result.status == 3 && result.errors.contains("it needs one of images for each"))
        #expect(!workspace.exists("data"))
    }

    @Test("targets of yes and no in several columns are answers by themselves")
    func flags() throws {
        let workspace = try Workspace()
        let random = Random(seed: 5)
        try HDF5Writer.create(workspace.file("m.h5")) { file in
            try file.write("train/inputs", random.normal([90, 4], .float32))
            let targets = (0..<270).map { UInt8($0 % 7 % 3 % 2) }
            try file.write("train/targets", NDArray(targets, [90, 3]))
        }
        let told = try workspace.run("init", "m.h5", "training.epochs=1")
        #expect(told.status == 0, "\(told.errors)")
        #expect(told.output.contains("task       3 answers an example, yes or no each"))
        #expect(try workspace.run("m.json", "--out", "run", "-q").status == 0)
        let wrong = try workspace.run("check", "m.json", #"metrics=["accuracy"]"#)
        #expect(wrong.status != 0)
        let sentence = "the loss takes each output for a yes or no; use binaryAccuracy"
        #expect(wrong.errors.contains(sentence), "\(wrong.errors)")
    }

    @Test("a rare class is told; data that are split already aren't split again")
    func rareAndSplit() throws {
        let workspace = try Workspace()
        for (every, isRare) in [(20, true), (3, false)] {
            let rows = (0..<100).map { "\($0 % 7),\($0 % every == 0 ? "yes" : "no")" }
            try workspace.write("t.csv", "x,y\n" + rows.joined(separator: "\n") + "\n")
            let made = try workspace.run("init", "t.csv", "--force")
            #expect(made.status == 0, "\(made.errors)")
            #expect(
                made.unfolded.contains("rare       5 of 100 examples are 'yes': accuracy is good")
                    == isRare)
        }
        let split = try workspace.run("init", "data/t.h5", "-o", "u.json", "--split", "0.3")
        #expect(
            split.status == 2 && split.errors.contains("--split: data/t.h5 has validation/inputs"))
    }
}
