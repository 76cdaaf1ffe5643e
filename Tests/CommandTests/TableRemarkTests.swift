import Datasets
import Glibc
import Tensor
import Testing

/// What `init` and `data csv` say of columns and files, and how several labels are split.
@Suite("Remarks on tables")
struct TableRemarkTests {
    @Test("columns of very many words are told with what to do")
    func words() throws {
        let workspace = try Workspace()
        let lines = (0..<120).map { row in
            "\(row).5,name\(row),c\(row % 35),\(row % 2 == 0 ? "u" : "v")\n"
        }
        try workspace.write("t.csv", "x,name,town,y\n" + lines.joined())
        let made = try workspace.run("init", "t.csv")
        #expect(made.status == 0, "\(made.errors)")
        let text = made.lines.map { $0.drop { $0 == " " } }.joined(separator: " ")
        #expect(
            text.contains(
                "remark  'name': another word in most rows, so carried along and not learned from; to "
                    + "learn from it all the same (--types name=category)"), "\(made.output)")
        for line in made.lines { #expect(line.unicodeScalars.count <= 80, "\(line)") }
        // Of few rows, too, where hardly two are alike.
        let few = (0..<24).map { "\($0 * $0 % 7).5,n\($0),\($0 % 2 == 0 ? "u" : "v")\n" }
        try workspace.write("f.csv", "x,name,y\n" + few.joined())
        let small = try workspace.run("init", "f.csv")
        #expect(small.output.contains("tells rows apart: carried along"), "\(small.output)")
        #expect(small.output.contains("remark  'name': another word in most rows"))
        #expect(
            try workspace.run("init", "f.csv", "--types", "name=category", "--force").status == 0)
    }

    @Test("spaces at the ends, and codes, stand in the listing")
    func listing() throws {
        let workspace = try Workspace()
        let lines = (0..<40).map { row in
            let plan = row % 4 == 0 ? "\"PRO \"" : row % 2 == 0 ? "PRO" : "FREE"
            return "\(plan),\(["2:1", "0:0", "1:3"][row % 3]),\(["1", "2", "crew"][row % 3]),"
                + "\(row % 2 == 0 ? "u" : "v")\n"
        }
        try workspace.write("t.csv", "plan,score,class,y\n" + lines.joined())
        let made = try workspace.run("data", "csv", "t.h5", "train=t.csv")
        #expect(made.status == 0, "\(made.errors)")
        let text = made.lines.map { $0.drop { $0 == " " } }.joined(separator: " ")
        #expect(
            text.contains("remark  'plan': 10 cells have spaces at the ends, which are left out"),
            "\(made.output)")
        #expect(text.contains("'1' is a word as 'crew' is"), "\(made.output)")
        #expect(text.contains("'2:1' is a word"), "\(made.output)")
        for line in made.lines { #expect(line.unicodeScalars.count <= 80, "\(line)") }
        let json = try workspace.run("data", "csv", "j.h5", "train=t.csv", "--json")
        #expect(json.errors.contains("'plan': 10 cells have spaces at the ends"), "\(json.errors)")
    }

    @Test(
        "init splits several labels by their combinations, or by the rarest", arguments: [1, 2, 3])
    func strata(seed: Int) throws {
        let workspace = try Workspace()
        func held(_ name: String, _ lines: [String]) throws -> [Int] {
            try workspace.write("\(name).csv", "x,a,b\n" + lines.joined())
            let made = try workspace.run(
                "init", "\(name).csv", "--label", "a,b", "--split", "0.25", "--seed", "\(seed)")
            #expect(made.status == 0, "\(made.errors)")
            let file = try HDF5File(workspace.file("data/\(name).h5"))
            return try HDF5Dataset(file, "validation/targets").read().values(as: Int.self)
        }
        let even = try held(
            "even",
            (0..<80).map { "\($0),\($0 % 2 == 0 ? "u" : "v"),\($0 / 2 % 2 == 0 ? "p" : "q")\n" })
        var counts = [0, 0, 0, 0]
        for row in 0..<even.count / 2 { counts[even[2 * row] * 2 + even[2 * row + 1]] += 1 }
        #expect(counts == [5, 5, 5, 5])
        // 8 of 80 are rare, and one combination has two rows.
        let rare = try held(
            "rare", (0..<80).map { "\($0),\($0 % 10 == 3 ? "v" : "u"),\($0 < 14 ? "p" : "q")\n" })
        #expect(rare.count == 40)
        #expect((0..<20).count { rare[2 * $0] == 1 } == 2)
    }

    @Test("what is in a file that isn't what a command is for is said in a sentence with a remedy")
    func sentences() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        try workspace.write("empty.csv", "")
        try workspace.write("t.csv", "a,y\n1,u\n2,v\n")
        try workspace.write("nul.txt", "a,b\n1,\0\n")
        try workspace.write("latin1.txt", Array("caf".utf8) + [0xE9] + Array(" au lait\nx\n".utf8))
        #expect(try workspace.run("tiny.json", "--out", "run", "-q").status == 0)
        #expect(mkdir(workspace.file("none"), 0o755) == 0)
        for (words, sentence, status) in [
            (["inspect", "empty.csv"], "empty.csv: the file is empty, so it holds nothing", 3),
            (["check", "empty.csv"], "empty.csv: is empty, and no config; have one written", 2),
            (["init", "empty.csv"], "empty.csv: the file is empty; make it again", 3),
            (
                ["data", "images", "o.h5", "none"],
                "none: the folder is empty; put a folder of images for each class into it", 3
            ),
            (
                ["data", "images", "o.h5", "t.csv"],
                "t.csv: this is a file; name the folder that holds one of images for each class", 3
            ),
            (["inspect", "rum"], "rum: there is no such file or folder; did you mean 'run'?", 3),
            (
                ["inspect", "run/beast.safetensors"],
                "there is no such file or folder; did you mean 'run/best.safetensors'?", 3
            ),
            (["inspect", "qqqqqqqqq"], "name a run folder, a checkpoint or HDF5", 3),
            (
                ["init", "run"],
                "run: this is a run folder, not data; go on with it: fttrain resume run", 2
            ),
            (
                ["init", "nul.txt"],
                "nul.txt:2:3: the field holds a NUL byte, which no text does; save the file as", 3
            ),
            (["init", "latin1.txt"], "latin1.txt:1:1: the field is not valid UTF-8 text; save", 3),
            (
                ["export", "run", "-o", "nowhere/x.onnx"],
                "nowhere/x.onnx: can't be written: its folder does not exist; make it first", 3
            ),
        ] as [([String], String, Int32)] {
            let result = try workspace.run(words)
            #expect(result.status == status, "\(words): \(result.status)")
            #expect(result.errors.contains(sentence), "\(words): \(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
    }

    @Test("init of a text keeps to 80 columns")
    func text() throws {
        let workspace = try Workspace()
        let line = "The quick brown fox jumps over the lazy dog and nobody knows why.\n"
        let name = "a-text-of-a-rather-long-name-that-stands-in-a-line.txt"
        try workspace.write(name, String(repeating: line, count: 200))
        let made = try workspace.run("init", name)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.contains("to say which character comes next"))
        for line in made.lines { #expect(line.unicodeScalars.count <= 80, "\(line)") }
    }

    @Test("init of HDF5 whose targets are words says what to store")
    func wordsOnly() throws {
        let workspace = try Workspace()
        try HDF5Writer.create(workspace.file("d.h5")) { file in
            try file.write("X", NDArray.full([4, 2], 1))
        }
        let none = try workspace.run("init", "d.h5")
        #expect(none.status == 3 && !none.errors.contains("holds no numbers"), "\(none.errors)")
        // Whole numbers of 8 bytes become texts of 8 characters: class 3 in place of 0.
        try HDF5Writer.create(workspace.file("n.h5")) { file in
            try file.write("X", NDArray.full([4, 2], 1))
            try file.write("y", NDArray([Int64(0), 1, 1, 0]))
        }
        var bytes = try workspace.bytes("n.h5")
        let type: [UInt8] = [0x10, 8, 0, 0, 8, 0, 0, 0, 0, 0, 64, 0]
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: type) })
        bytes.replaceSubrange(place..<place + 4, with: [0x13, 0, 0, 0])
        try workspace.write("words.h5", bytes)
        let words = try workspace.run("init", "words.h5")
        #expect(words.status == 3)
        #expect(
            words.errors.contains("'y' holds no numbers: store classes as whole numbers from 0"),
            "\(words.errors)")
    }
}
