import Datasets
import FTJSON
import FoundationEssentials
import Glibc
import Tensor
import Testing

/// Examples that can't be used, among others that can.
@Suite("Examples that predict leaves out")
struct SkippedExampleTests {
    private func picture(_ seed: Int) -> String {
        "P2 9 8 255\n" + (0..<72).map { "\(($0 * 37 + seed * 91) % 256)" }.joined(separator: " ")
    }

    /// A run on two classes of images, and `new`, of which two of five files are no images and one
    /// ends within its pixels.
    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        for folder in ["birds/ant", "birds/wren", "new"] {
            try FileManager.default.createDirectory(
                atPath: workspace.file(folder), withIntermediateDirectories: true)
        }
        for index in 0..<10 {
            try workspace.write("birds/ant/\(index).pgm", picture(index))
            try workspace.write("birds/wren/\(index).pgm", picture(index + 50))
        }
        let made = try workspace.run("init", "birds", "training.epochs=1", "training.report=false")
        #expect(made.status == 0, "\(made.errors)")
        #expect(try workspace.run("birds.json", "--out", "run", "-q").status == 0)
        for name in ["a.pgm", "d.pgm"] { try workspace.write("new/\(name)", picture(3)) }
        try workspace.write("new/b.gif", "GIF89a")
        try workspace.write("new/c.png", "no picture")
        try workspace.write("new/e.pgm", String(picture(4).dropLast(40)))
        return workspace
    }

    @Test("images that are none are all named at once, or left out with --skip-bad")
    func images() throws {
        let workspace = try workspace()
        let refused = try workspace.run("predict", "run", "new")
        #expect(refused.status == 3 && refused.output.isEmpty)
        #expect(
            refused.errors.hasPrefix("fttrain: new: 2 of 5 files can't be used; make them anew"),
            "\(refused.errors)")
        #expect(refused.errors.contains("\n  new/b.gif: this is no PNG, JPEG, PPM or PGM, and GIF"))
        #expect(refused.errors.contains("\n  new/c.png: this is no PNG"))
        let skipped = try workspace.run("predict", "run", "new", "--skip-bad")
        #expect(skipped.status == 3)
        let files = skipped.lines.dropFirst().map { $0.prefix { $0 != "," } }
        #expect(files == ["new/a.pgm", "new/d.pgm", ""])
        for name in ["b.gif", "c.png", "e.pgm"] {
            #expect(skipped.errors.contains("\n  new/\(name): "), "\(skipped.errors)")
        }
        #expect(
            skipped.errors.hasPrefix(
                "fttrain: new: 3 of 5 examples left out, the other 2 are used:\n  new/b.gif: "))
        let written = try workspace.run(
            "predict", "run", "new", "--skip-bad", "-o", "p.jsonl", "--json")
        #expect(written.status == 3)
        let summary = try JSONNode(parsing: String(written.lines[0]))
        #expect(summary["examples"]?.int == 2)
        let left = summary["leftOut"]?.elements?.map { $0["example"]?.string }
        #expect(left == ["new/b.gif", "new/c.png", "new/e.pgm"])
        #expect(try workspace.text("p.jsonl").split(separator: "\n").count == 2)
        let absent = try workspace.run(
            "predict", "run", "new/a.pgm", "new/nope.pgm", "--skip-bad", "-o", "q.csv")
        #expect(absent.status == 3, "\(absent.errors)")
        #expect(try workspace.text("q.csv").split(separator: "\n").count == 2)
        let whole = try workspace.run("predict", "run", "birds", "--skip-bad")
        #expect(whole.status == 0 && whole.errors.isEmpty && whole.lines.count == 22)
        let none = try workspace.run("predict", "run", "new/c.png", "--skip-bad")
        #expect(none.status == 3 && none.errors.hasSuffix("none of 1 example can be used\n"))
    }

    @Test("eval leaves out images, too, those whose names aren't UTF-8 as well")
    func measured() throws {
        let workspace = try workspace()
        try FileManager.default.copyItem(
            atPath: workspace.file("birds"), toPath: workspace.file("more"))
        try workspace.write("more/ant/x.png", "no picture")
        try workspace.write("more/wren/y.pgm", String(picture(4).dropLast(40)))
        let odd = Array(workspace.file("more/ant/").utf8) + [0xFF, 0xFE] + Array(".pgm".utf8) + [0]
        let isRenamed = odd.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { name in
            name.baseAddress.map { rename(workspace.file("more/ant/1.pgm"), $0) == 0 }
        }
        #expect(isRenamed == true)
        let refused = try workspace.run("eval", "run", "more")
        #expect(refused.status == 3 && refused.output.isEmpty)
        for options in [[], ["--report"]] {
            let result = try workspace.run(["eval", "run", "more", "--skip-bad"] + options)
            #expect(result.status == 3 && result.output.contains("19 examples"), "\(result.errors)")
            #expect(result.errors.contains("its name is not UTF-8; rename it"))
            #expect(result.output.contains("note    more: 3 of 22 examples left out"))
        }
        let predicted = try workspace.run("predict", "run", "more", "--skip-bad")
        #expect(predicted.status == 3 && predicted.lines.count == 21, "\(predicted.errors)")
        let whole = try workspace.run("eval", "run", "birds", "--skip-bad", "--json")
        #expect(whole.status == 0 && whole.errors.isEmpty, "\(whole.errors)")
        #expect(try JSONNode(parsing: whole.output)["leftOut"]?.elements?.isEmpty == true)
    }

    @Test("a folder of a class that the model hasn't is told once, its images by name for programs")
    func strangeClass() throws {
        let workspace = try workspace()
        for (from, name) in [("birds", "other"), ("birds/ant", "other/robin")] {
            try FileManager.default.copyItem(
                atPath: workspace.file(from), toPath: workspace.file(name))
        }
        let result = try workspace.run("eval", "run", "other", "--skip-bad", "--json")
        #expect(result.status == 3)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 2, "\(result.errors)")
        #expect(lines[0] == "fttrain: other: 10 of 30 examples left out, the other 20 are used:")
        #expect(lines[1].hasPrefix("  other/robin: the model has no class 'robin'; "))
        #expect(lines[1].hasSuffix(" (10 examples)"))
        let left = try JSONNode(parsing: String(result.lines[0]))["leftOut"]?.elements ?? []
        #expect(left.map { $0["example"]?.string } == (0..<10).map { "other/robin/\($0).pgm" })
        #expect(left.allSatisfy { $0["message"]?.string?.contains("no class 'robin'") == true })
    }

    @Test("the worst examples of a dataset of images are files, and the page has the calibration")
    func worst() throws {
        let workspace = try workspace()
        let page = try workspace.run("eval", "run", "--report", "-o", "r.html", "--json")
        #expect(page.status == 0, "\(page.errors)")
        let worst = try JSONNode(parsing: page.output)["worst"]?.elements ?? []
        #expect(worst.count == 4)
        for row in worst {
            let name = row["example"]?.string ?? ""
            #expect(workspace.exists("birds/\(name)"), "\(name)")
        }
        let text = try workspace.text("r.html")
        #expect(text.contains("<h2>Calibration, on ") && text.contains("file ant/"))
    }

    @Test("rows of a table likewise")
    func rows() throws {
        let workspace = try Workspace()
        let rows = (0..<40).map { "\($0),\($0 * 7 % 11),\($0 > 19 ? "u" : "v")" }
        try workspace.write("t.csv", "a,b,y\n" + rows.joined(separator: "\n") + "\n")
        #expect(try workspace.run("init", "t.csv", "training.epochs=1").status == 0)
        #expect(try workspace.run("t.json", "--out", "run", "-q").status == 0)
        try workspace.write("new.csv", "a,b\n1,2\nx,3\n4,5\n6,y\n")
        let refused = try workspace.run("predict", "run", "new.csv")
        #expect(refused.status == 3 && refused.output.isEmpty)
        let skipped = try workspace.run("predict", "run", "new.csv", "--skip-bad")
        #expect(skipped.status == 3)
        #expect(skipped.lines.dropFirst().map { $0.prefix { $0 != "," } } == ["2", "4", ""])
        #expect(
            skipped.errors.hasSuffix(
                """
                fttrain: new.csv: 2 of 4 examples left out, the other 2 are used:
                  new.csv:3: column 'a' holds 'x', not a number
                  new.csv:5: column 'b' holds 'y', not a number

                """), "\(skipped.errors)")
        // Rows that can't be read at all, and values beyond those of training only in rows that are
        // used.
        try workspace.write("torn.csv", "a,b\n1,2\n3\n4,5,6\n99,y\n77,3\n")
        let torn = try workspace.run("predict", "run", "torn.csv", "--skip-bad")
        #expect(torn.status == 3)
        #expect(torn.lines.dropFirst().map { $0.prefix { $0 != "," } } == ["2", "6", ""])
        for sentence in [
            "\n  torn.csv:3: this row has 1 field", "\n  torn.csv:4: this row has 3 fields",
            "\n  torn.csv:5: column 'b' holds 'y'", "'a' in 1 row, trained on 0 to 39\n",
            "fttrain: torn.csv: 3 of 5 examples left out, the other 2 are used:\n",
        ] {
            #expect(torn.errors.contains(sentence), "\(torn.errors)")
        }
        try workspace.write("torn.jsonl", #"{"a": 1, "b": 2}"# + "\n" + #"{"a": [1]}"# + "\nno\n")
        let lines = try workspace.run("predict", "run", "torn.jsonl", "--skip-bad")
        #expect(lines.status == 3 && lines.lines.count == 3)
        #expect(lines.errors.contains("torn.jsonl:2: 'a' holds a list"), "\(lines.errors)")
        #expect(lines.errors.contains("torn.jsonl:3: this is not a JSON object"))
        let told = try workspace.run("predict", "run", "torn.csv")
        #expect(told.status == 3 && told.output.isEmpty)
        #expect(told.errors.contains("fttrain: torn.csv: 3 cells can't be used"))
    }

    @Test("digits are drawn as files, which init learns")
    func digits() throws {
        let workspace = try Workspace()
        let made = try workspace.run("data", "digits", "numbers", "--png", "--train", "40")
        #expect(made.status == 0 && made.output.contains("40 images"), "\(made.errors)")
        #expect(try workspace.names("numbers/7").sorted() == (0..<4).map { "0000\($0).png" })
        let again = try workspace.run("data", "digits", "numbers", "--png")
        #expect(again.status == 2 && again.errors.contains("numbers: is there already"))
        #expect(try workspace.run("data", "digits", "--png").status == 2)
        let start = try workspace.run("init", "numbers", "training.epochs=1")
        #expect(start.output.contains("28x28 pixels, grey, as they are"), "\(start.errors)")
        // The same as the dataset's.
        #expect(try workspace.run("data", "digits", "d.h5", "--train", "40").status == 0)
        #expect(try workspace.run("data", "images", "n.h5", "numbers").status == 0)
        let sums = try [("d.h5", "train/images"), ("n.h5", "train/images")].map { path, name in
            try HDF5Dataset(HDF5File(workspace.file(path)), name).read().values(as: Int.self)
                .reduce(0, +)
        }
        #expect(sums[0] == sums[1])
    }

    @Test("files beside parts and folders within classes are named with what to do")
    func strangers() throws {
        let workspace = try workspace()
        try FileManager.default.createDirectory(
            atPath: workspace.file("birds/ant/inner"), withIntermediateDirectories: true)
        let inner = try workspace.run("init", "birds", "--force")
        #expect(
            inner.errors.hasPrefix(
                "fttrain: birds/ant/inner: is a folder in a folder of images of one class; move its "
                    + "images into birds/ant"), "\(inner.errors)")
        try FileManager.default.removeItem(atPath: workspace.file("birds/ant/inner"))
        for part in ["train", "test"] {
            try FileManager.default.createDirectory(
                atPath: workspace.file("parts/\(part)"), withIntermediateDirectories: true)
            for name in ["ant", "wren"] {
                try FileManager.default.copyItem(
                    atPath: workspace.file("birds/\(name)"),
                    toPath: workspace.file("parts/\(part)/\(name)"))
            }
        }
        #expect(try workspace.run("data", "images", "a.h5", "parts").status == 0)
        try workspace.write("parts/README.md", "hello")
        let beside = try workspace.run("data", "images", "b.h5", "parts")
        #expect(
            beside.errors == "fttrain: parts/README.md: is no folder of images; move it away "
                + "(--skip-bad leaves it out)\n")
    }
}
