import Checkpoint
import Datasets
import FTJSON
import Tensor
import Testing

/// From a table to a trained model and what it says of other tables.
@Suite("A table, start to end")
struct TableCommandTests {
    /// Two kinds of flowers by two numbers, a word and a date, some missing.
    private func flowers(_ count: Int = 120) -> String {
        let random = Random(seed: 5).normal([count, 2], deviation: 0.3).values(as: Double.self)
        let rows = (0..<count).map { row -> String in
            let isTall = row % 2 == 0
            let length = random[row * 2] + (isTall ? 3 : 1)
            let width = row % 10 == 7 ? "" : "\(random[row * 2 + 1])"
            let color = isTall ? (row % 4 == 0 ? "red" : "blue") : "white"
            return "\(row + 500),\(length),\(width),\(color),2026-01-\(10 + row % 20),"
                + (isTall ? "tall" : "low")
        }
        return "id,length,width,color,seen,kind\n" + rows.joined(separator: "\n") + "\n"
    }

    /// A workspace with a run that learned the flowers, made by `init`.
    private func trained() throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write("flowers.csv", flowers())
        let start = try workspace.run("init", "flowers.csv")
        #expect(start.status == 0, "\(start.errors)")
        #expect(start.unfolded.contains("12 missing → "))
        #expect(start.output.contains("classification, 2 classes: low, tall"))
        #expect(start.output.hasSuffix("next       fttrain flowers.json\n"))
        let run = try workspace.run(
            "flowers.json", "training.epochs=20", "--quiet", "--out", "run")
        #expect(run.status == 0, "\(run.errors)")
        return workspace
    }

    @Test("a number that no 32-bit float holds is refused by its line, rounded ones are told")
    func beyondFloats() throws {
        let workspace = try Workspace()
        try workspace.write("big.csv", "a,b,price\n1,2,1.5\n3,4,1e39\n5,6,2.5\n")
        let big = try workspace.run("data", "csv", "big.h5", "train=big.csv")
        #expect(big.status == 3)
        #expect(big.errors.contains("big.csv:3: the label 'price' holds '1e39', too large for"))
        #expect(big.errors.hasSuffix("; correct it or leave its row out\n"))
        let long = "a,price\n1,123456789\n2,123456788\n3,2.5\n"
        try workspace.write("long.csv", long)
        let told = try workspace.run("data", "csv", "long.h5", "train=long.csv")
        #expect(told.status == 0 && told.output.contains("; kept to 7 digits"))
        let kept = try workspace.run("data", "csv", "kept.h5", "train=long.csv", "--standardize")
        #expect(kept.status == 0 && !kept.output.contains("digits"))
    }

    @Test("init writes a config that learns, and predict names classes and carries ids")
    func predict() throws {
        let workspace = try trained()
        let shuffled =
            "kind,width,id,seen,color,length\n?,0.1,a7,2026-01-12,red,3.1\n"
            + "?,,b8,2026-01-30,green,0.9\n"
        try workspace.write("new.csv", shuffled)
        let printed = try workspace.run("predict", "run", "new.csv")
        #expect(printed.status == 0, "\(printed.errors)")
        #expect(printed.lines[0] == "id,prediction,p_low,p_tall")
        #expect(printed.lines[1].hasPrefix("a7,tall,"))
        #expect(printed.lines[2].hasPrefix("b8,low,"))
        #expect(
            printed.errors.contains(
                "column 'color' holds words that the training table hadn't, in 1 cell"))
        let written = try workspace.run("predict", "run", "new.csv", "-o", "p.jsonl")
        #expect(written.status == 0, "\(written.errors)")
        let first = try JSONNode(
            parsing: String(try workspace.text("p.jsonl").split(separator: "\n")[0]))
        #expect(first["id"]?.string == "a7" && first["prediction"]?.string == "tall")
        let shares = ["low", "tall"].compactMap { first["probabilities"]?[$0]?.double }
        #expect(abs(shares.reduce(0, +) - 1) < 1e-6)
        let source = try JSONNode(parsing: workspace.text("p.jsonl.source.json"))
        #expect(source["checkpoint"]?.string == "run/best.safetensors")
        #expect(source["configHash"]?.string != nil && source["dataHash"]?.string != nil)
    }

    @Test(
        "init writes nothing where all rows have one label",
        arguments: [
            ("a,b\n1,x\n2,x\n3,x\n4,x\n", "the label 'b' is the same in all rows, x, "),
            ("a,b\n1,7\n2,7\n3,7\n4,7\n", "the label 'b' is the same in all rows, 7, "),
            ("a,b\n1,.5\n2,.5\n3,.5\n4,.5\n", "the label 'b' is the same in all rows, 0.5, "),
        ])
    func constant(table: String, sentence: String) throws {
        let workspace = try Workspace()
        try workspace.write("one.csv", table)
        let result = try workspace.run("init", "one.csv")
        #expect(result.status == 3 && result.errors.contains(sentence), "\(result.errors)")
        #expect(!workspace.exists("data/one.h5") && !workspace.exists("one.json"))
        #expect(result.output == "")
    }

    @Test("init writes nothing for arrays or datasets whose targets are all the same")
    func constantArrays() throws {
        let workspace = try Workspace()
        let inputs = NDArray((0..<20).map { Float($0) }, [10, 2])
        try NPY.write(inputs, to: workspace.file("x.npy"))
        try NPY.write(NDArray([Int64](repeating: 1, count: 10)), to: workspace.file("y.npy"))
        let arrays = try workspace.run("init", "x.npy", "y.npy")
        #expect(arrays.status == 3 && arrays.errors.contains("y.npy: all targets are the same, 1"))
        #expect(!workspace.exists("data/x.h5") && !workspace.exists("x.json"))
        try HDF5Writer.create(workspace.file("d.h5")) { file in
            for part in ["train", "test"] {
                try file.write("\(part)/inputs", inputs)
                try file.write("\(part)/targets", NDArray([Float](repeating: 2, count: 10)))
            }
        }
        let datasets = try workspace.run("init", "d.h5")
        #expect(datasets.status == 3 && datasets.errors.contains("'train/targets': all targets"))
        #expect(!workspace.exists("d.json"))
    }

    @Test("the same rows get the same predictions from a table and from HDF5, in every form")
    func forms() throws {
        let workspace = try trained()
        #expect(
            try workspace.run("predict", "run", "data/flowers.h5", "-o", "p.npy").status == 0)
        #expect(try workspace.run("predict", "run", "flowers.csv", "-o", "all.h5").status == 0)
        let some = try NPY.read(workspace.file("p.npy"))
        let file = try HDF5File(workspace.file("all.h5"))
        let all = try HDF5Dataset(file, "probabilities").read()
        let data = try HDF5File(workspace.file("data/flowers.h5"))
        let lines = try HDF5Dataset(data, "validation/lines").read().values(as: Int.self)
        #expect(some.shape == [24, 2] && all.shape == [120, 2])
        let (a, b) = (some.values(as: Double.self), all.values(as: Double.self))
        for (place, line) in lines.enumerated() {
            #expect(abs(a[place * 2] - b[(line - 2) * 2]) < 1e-6)
        }
        #expect(file.attribute("classes", on: "predictions") == #"["low","tall"]"#)
        #expect(file.attribute("checkpoint") == "run/best.safetensors")
    }

    @Test("a report counts by class and names the worst examples")
    func report() throws {
        let workspace = try trained()
        let text = try workspace.run("eval", "run", "--report")
        #expect(text.status == 0, "\(text.errors)")
        for heading in [
            "class  precision  recall", "target, predicted →", "calibration error", "worst",
        ] {
            #expect(text.output.contains(heading), "\(text.output)")
        }
        let json = try JSONNode(
            parsing: try workspace.run("eval", "run", "flowers.csv", "--report", "--json").output)
        let confusion = json["confusionMatrix"]?.elements?.flatMap { $0.elements ?? [] }
        #expect(confusion?.compactMap(\.int).reduce(0, +) == 120)
        #expect((json["accuracy"]?.double ?? 0) > 0.9)
        #expect(json["worst"]?.elements?.count == 10)
    }

    @Test("quantities are predicted and measured in the units of the table")
    func regression() throws {
        let workspace = try Workspace()
        let rows = (0..<100).map { "\($0),\(Double($0) * 200 + 10_000.5)" }
        try workspace.write("houses.csv", "size,price\n" + rows.joined(separator: "\n"))
        let start = try workspace.run("init", "houses.csv")
        #expect(start.status == 0 && start.output.contains("regression"), "\(start.errors)")
        let run = try workspace.run("houses.json", "--quiet", "--out", "run")
        #expect(run.status == 0, "\(run.errors)")
        try workspace.write("new.csv", "size\n50\n")
        let found = try workspace.run("predict", "run", "new.csv").lines[1].split(separator: ",")
        #expect(abs((Double(found[1]) ?? 0) - 20_000.5) < 800)
        let report = try JSONNode(
            parsing: try workspace.run("eval", "run", "--report", "--json").output)
        #expect((report["r2"]?.double ?? 0) > 0.95)
        #expect((report["meanAbsoluteError"]?.double ?? 0) < 800)
    }

    @Test("labels that are none are named by line, not measured")
    func odd() throws {
        let workspace = try Workspace()
        let rows = (0..<60).map { "\($0),\(Double($0) * 2 + 0.5)" }
        try workspace.write("houses.csv", "size,price\n" + rows.joined(separator: "\n"))
        #expect(try workspace.run("init", "houses.csv").status == 0)
        let run = try workspace.run(
            "houses.json", "training.epochs=1", "--quiet", "--out", "run")
        #expect(run.status == 0, "\(run.errors)")
        try workspace.write("new.csv", "size,price\n1,2.5\n2,\n3,$6.5\n")
        for options in [[], ["--report"]] {
            let result = try workspace.run(["eval", "run", "new.csv"] + options)
            #expect(result.status != 0 && result.errors.hasPrefix("fttrain: new.csv: 2 cells"))
            #expect(result.errors.contains("the label 'price' is missing"))
            #expect(result.errors.contains("the label 'price' holds '$6.5', not a number"))
        }
    }

    @Test("decimals after another mark than in the training table are told once, and read if said")
    func decimals() throws {
        let workspace = try Workspace()
        let rows = (0..<60).map { "\(Double($0) / 4);\(Double($0) * 2 + 0.5)" }
        let text = "size;price\n" + rows.joined(separator: "\n") + "\n"
        try workspace.write("points.csv", text)
        try workspace.write("commas.csv", String(text.map { $0 == "." ? "," : $0 }))
        for (own, other, mark) in [("points", "commas", "comma"), ("commas", "points", "point")] {
            #expect(try workspace.run("init", "\(own).csv", "training.epochs=1").status == 0)
            #expect(try workspace.run("\(own).json", "--quiet", "--out", own).status == 0)
            let expected = try workspace.run("predict", own, "\(own).csv").output
            for command in [["predict"], ["eval"], ["eval", "--report"]] {
                let refused = try workspace.run(command + [own, "\(other).csv"])
                #expect(refused.status == 3)
                #expect(
                    refused.errors.contains("say so, --decimal \(mark), or"), "\(refused.errors)")
                #expect(refused.errors.split(separator: "\n").count == 2)
                let told = try workspace.run(command + [own, "\(other).csv", "--decimal", mark])
                #expect(told.status == 0, "\(told.errors)")
                if command == ["predict"] { #expect(told.output == expected) }
            }
        }
        for arguments in [["predict", "points", "data/points.h5"], ["eval", "points"]] {
            let result = try workspace.run(arguments + ["--decimal", "comma"])
            #expect(result.status == 2 && result.errors.contains("--decimal: says how a table is"))
        }
    }

    @Test("weights are exported with what they come from")
    func export() throws {
        let workspace = try trained()
        for form in ["safetensors", "npz"] {
            let result = try workspace.run("export", "run", "--format", form)
            #expect(result.status == 0, "\(result.errors)")
            #expect(workspace.exists("flowers.\(form)"))
        }
        let file = try SafetensorsFile(workspace.file("flowers.safetensors"))
        let best = try SafetensorsFile(workspace.file("run/best.safetensors"))
        let name = "0.weight"
        let (a, b) = (
            file.entries.first { $0.name == name }, best.entries.first { $0.name == name }
        )
        let (x, y) = (try #require(a), try #require(b))
        #expect(file.withBytes(of: x) { Array($0) } == best.withBytes(of: y) { Array($0) })
        #expect(try workspace.bytes("flowers.npz").starts(with: [0x50, 0x4B, 3, 4]))
    }

    @Test("what can't be done is a sentence")
    func problems() throws {
        let workspace = try trained()
        try workspace.write("bad.csv", "id,length,width,color,seen\n1,x,2,red,2026-01-01\n")
        let cases: [([String], Int32, String)] = [
            (["flowers.csv"], 2, "have one written: fttrain init flowers.csv"),
            (["init", "flowers.csv"], 2, "flowers.json: there is such a file"),
            (["predict", "run"], 2, "missing DATA"),
            (
                ["predict", "run", "bad.csv"], 3,
                "bad.csv:2: column 'length' holds 'x', not a number"
            ),
            (["predict", "run", "flowers.csv", "-o", "p.xls"], 2, "the name says no form"),
            (["predict", "nowhere", "flowers.csv"], 3, "nowhere"),
            (["data", "csv", "e.h5", "a=flowers.csv", "--stratify"], 2, "give --split 0.2, too"),
            (
                ["data", "csv", "e.h5", "a=flowers.csv"], 3,
                "12 cells can't be used; say what stands"
            ),
            (
                ["data", "csv", "e.h5", "a=flowers.csv", "--types", "id=word"], 2,
                "kinds are number"
            ),
        ]
        for (arguments, status, sentence) in cases {
            let result = try workspace.run(arguments)
            #expect(result.status == status, "\(arguments)")
            #expect(result.errors.contains(sentence), "\(result.errors)")
        }
    }
}
