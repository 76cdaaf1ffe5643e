import Datasets
import FTJSON
import FoundationEssentials
import Tensor
import Testing

/// Image files that a model is asked about.
@Suite("Images that are predicted and measured")
struct ImagePredictionTests {
    /// The cells of what `predict` prints, by the first of each row.
    private func rows(_ result: Workspace.Result) -> [String: [Double]] {
        let rows = result.lines.dropFirst().map { $0.split(separator: ",") }
        return Dictionary(
            rows.filter { $0.count > 2 }.map { row in
                (String(row[0]), row.dropFirst(2).compactMap { Double($0) })
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test("files, a folder of them and one of folders get what their dataset gets")
    func same() throws {
        let workspace = try Birds.trained()
        let all = try workspace.run("predict", "run", "birds")
        #expect(all.status == 0 && all.lines[0] == "file,prediction,p_ant,p_wren", "\(all.errors)")
        let found = rows(all)
        #expect(found.count == 20)
        let some = rows(try workspace.run("predict", "run", "birds/wren/"))
        let two = rows(try workspace.run("predict", "run", "birds/ant/1.pgm", "birds/wren/3.pgm"))
        #expect(some.count == 10 && two.count == 2)
        // An image has one name, by whichever way it was reached.
        #expect((Array(some) + Array(two)).allSatisfy { found[$0.key] == $0.value })
        // The dataset holds the same images in another order.
        let data = rows(try workspace.run("predict", "run", "birds.h5"))
        #expect(data.values.map { $0[0] }.sorted() == found.values.map { $0[0] }.sorted())
        let alone = try workspace.run("predict", "run", "birds/wren/3.pgm", "-o", "p.jsonl")
        #expect(alone.status == 0 && alone.output.contains("birds/wren/3.pgm   1 example"))
        let line = try JSONNode(parsing: try workspace.text("p.jsonl"))
        #expect(line["file"]?.string == "birds/wren/3.pgm")
        let source = try JSONNode(parsing: try workspace.text("p.jsonl.source.json"))
        #expect(source["dataHash"]?.string?.isEmpty == false)
    }

    @Test("a folder of classes is measured, by name and not by place")
    func report() throws {
        let workspace = try Birds.trained()
        try Birds.birds(workspace, "new", count: 4, names: ["wren"])
        for index in 0..<4 {
            try Birds.write(
                workspace, "new/wren/\(index).pgm", Birds.picture(9, 8, isBright: true, index + 90))
        }
        func measured(_ options: String...) throws -> JSONNode {
            try JSONNode(parsing: workspace.run(["eval", "run", "--json"] + options).output)
        }
        let json = try measured("new", "--report")
        let matrix = json["confusionMatrix"]?.elements?.map { $0.elements?.compactMap(\.int) ?? [] }
        #expect(matrix == [[0, 0], [0, 4]])
        #expect(json["worst"]?.elements?[0]["target"]?.string == "wren")
        // As a folder, and as the dataset that is made of it, in another order.
        try Birds.birds(workspace, "both", count: 4)
        #expect(try workspace.run("data", "images", "both.h5", "both").status == 0)
        let (folder, dataset) = (try measured("both"), try measured("both.h5"))
        let losses = [folder, dataset].compactMap { $0["validation"]?["loss"]?.double }
        #expect(losses.count == 2 && abs(losses[0] - losses[1]) < 1e-5 * abs(losses[1]))
        let page = try workspace.run("eval", "run", "new", "--report", "-o", "p.html")
        #expect(try page.status == 0 && workspace.text("p.html").contains("data:image/png"))
        try Birds.birds(workspace, "new", count: 1, names: ["wrenn"])
        let typo = try workspace.run("eval", "run", "new", "--report")
        #expect(typo.status == 3)
        #expect(
            typo.errors.contains(
                "\n  new/wrenn: the model has no class 'wrenn'; is it 'wren'? Rename the folder"
            ),
            "\(typo.errors)")
        let left = try workspace.run("eval", "run", "new", "--report", "--json", "--skip-bad")
        #expect(left.status == 3 && left.errors.contains("no class 'wrenn'"), "\(left.errors)")
        #expect(left.output.contains("\"support\":4"), "\(left.output)")
        let flat = try workspace.run("eval", "run", "birds/ant")
        #expect(flat.errors.contains("is in no folder that says its class"), "\(flat.errors)")
    }

    @Test("other sizes are scaled where those of the training were, and refused where not")
    func sizes() throws {
        let plain = try Birds.trained()
        try Birds.write(plain, "wide.pgm", Birds.picture(20, 10, isBright: true, 1))
        let refused = try plain.run("predict", "run", "wide.pgm")
        #expect(refused.status == 3)
        #expect(
            refused.errors.hasPrefix(
                "fttrain: wide.pgm: has 10x20 pixels, the model was trained on images of 8x9 as they "
                    + "were; make it of that size, or train on data made with --size 8x9"),
            "\(refused.errors)")
        let scaled = try Birds.trained(["--size", "8x9"], width: 18, height: 17)
        try Birds.birds(scaled, "one", count: 1, width: 18, height: 17)
        let made = try scaled.run("data", "images", "one.h5", "one", "--size", "8x9")
        #expect(made.status == 0, "\(made.errors)")
        let files = rows(try scaled.run("predict", "run", "one")).values.map { $0[0] }.sorted()
        let data = rows(try scaled.run("predict", "run", "one.h5")).values.map { $0[0] }.sorted()
        #expect(files.count == 2 && files == data)
    }

    @Test("grey in colours is grey, and colours are refused by a model of grey")
    func colours() throws {
        let workspace = try Birds.trained()
        func coloured(_ blue: (Int) -> Int) -> String {
            "P3 9 8 255\n" + (0..<72).map { "\($0) \($0) \(blue($0))" }.joined(separator: " ")
        }
        try workspace.write("grey.ppm", coloured { $0 })
        try workspace.write(
            "plain.pgm", "P2 9 8 255\n" + (0..<72).map { "\($0)" }.joined(separator: " "))
        let found = rows(try workspace.run("predict", "run", "grey.ppm", "plain.pgm"))
        #expect(found.count == 2 && found["grey.ppm"] == found["plain.pgm"])
        try workspace.write("blue.ppm", coloured { 200 - $0 })
        let refused = try workspace.run("predict", "run", "blue.ppm")
        #expect(
            refused.errors.hasPrefix(
                "fttrain: blue.ppm: has colours, the model was trained on grey images"))
    }

    @Test("what is no image, and a model of something else, is a sentence")
    func refusals() throws {
        let workspace = try Birds.trained()
        try Birds.write(workspace, "mixed/notes.txt", "hello")
        try Birds.write(workspace, "deep/a/b/1.pgm", Birds.picture(9, 8, isBright: true, 1))
        try FileManager.default.createDirectory(
            atPath: workspace.file("empty"), withIntermediateDirectories: true)
        try workspace.write("broken.png", "no picture")
        try workspace.write("t.csv", "1,2\n")
        try workspace.prepare()
        #expect(try workspace.run("tiny.json", "--out", "tiny", "-q").status == 0)
        let cases: [([String], String)] = [
            (["run", "birds/ant/../../nowhere.jpg"], "nowhere.jpg: there is no such file"),
            (["run", "mixed"], "mixed/notes.txt: this is no PNG, JPEG, PPM or PGM"),
            (["run", "deep"], "deep/a/b: is a folder where images are; name it by itself"),
            (["run", "empty"], "empty: holds no images"),
            (["run", "broken.png"], "broken.png: this is no PNG"),
            (["run", "none.png"], "none.png: there is no such file"),
            (["run", "birds", "t.csv"], "t.csv is no image, and only images can be several"),
            (
                ["tiny", "birds/ant/1.pgm"],
                "birds/ant/1.pgm: is an image, and the model was trained on float32 6, not on bytes"
            ),
            (["tiny", "birds"], "birds: is a folder, which is read as images, and the model"),
        ]
        for (arguments, sentence) in cases {
            let result = try workspace.run(["predict"] + arguments)
            #expect(result.status != 0 && result.errors.contains(sentence), "\(result.errors)")
        }
        for (arguments, sentence) in [
            (
                ["birds"],
                "birds: this is a folder, not a config; of images have one written: fttrain init birds"
            ),
            (["run"], "go on with it: fttrain resume run"),
            (["init", "birds/ant/1.pgm"], "is one image; name the folder"),
        ] {
            let result = try workspace.run(arguments)
            #expect(result.status == 2 && result.errors.contains(sentence), "\(result.errors)")
        }
    }

    @Test(
        "what can't be used in folders of classes is named at once, and left out by --skip-bad"
    )
    func strays() throws {
        let workspace = try Birds.trained()
        try Birds.birds(workspace, "new", count: 2)
        try Birds.write(workspace, "new/ant/inner/1.pgm", Birds.picture(9, 8, isBright: true, 1))
        try Birds.write(workspace, "new/ant/notes.txt", "hello")
        try Birds.write(workspace, "new/robin/1.pgm", Birds.picture(9, 8, isBright: true, 1))
        try Birds.write(workspace, "new/robin/2.pgm", Birds.picture(9, 8, isBright: true, 2))
        try Birds.write(workspace, "new/loose.pgm", Birds.picture(9, 8, isBright: true, 1))
        let ofFiles = ["new/ant/inner: is a folder where images are", "new/ant/notes.txt: this is"]
        let ofClasses = [
            "new/robin: the model has no class 'robin'", "new/loose.pgm: is in no folder",
        ]
        for (command, sentences) in [("predict", ofFiles), ("eval", ofFiles + ofClasses)] {
            let all = try workspace.run(command, "run", "new")
            #expect(all.status == 3)
            for sentence in sentences {
                #expect(all.errors.contains("\n  \(sentence)"), "\(command): \(all.errors)")
            }
            // The sentence and a line each.
            let count = all.errors.split(separator: "\n").count
            #expect(count == 1 + sentences.count, "\(command): \(all.errors)")
        }
        let predicted = try workspace.run("predict", "run", "new", "--skip-bad")
        #expect(predicted.status == 3 && rows(predicted).count == 7, "\(predicted.output)")
        #expect(predicted.errors.contains(ofFiles[0]) && predicted.errors.contains(ofFiles[1]))
        let measured = try workspace.run("eval", "run", "new", "--skip-bad", "--json")
        #expect(measured.status == 3)
        let node = try JSONNode(parsing: String(measured.lines[0]))
        #expect(node["leftOut"]?.elements?.count == 5, "\(measured.output)")
    }
}
