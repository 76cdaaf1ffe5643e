import Datasets
import FTJSON
import FTSupport
import Tensor
import Testing

/// What `eval` says of tables, and of quantities that were scaled.
@Suite("eval of tables and of quantities")
struct EvalTableTests {
    /// A run on a table of a quantity or of classes, by `init`.
    private func trained(_ isOfClasses: Bool, _ changes: String...) throws -> Workspace {
        let workspace = try Workspace()
        let random = Random(seed: 3).normal([200, 2]).values(as: Double.self)
        let rows = (0..<100).map { row -> String in
            let (a, b) = (random[row * 2], random[row * 2 + 1])
            return "\(a),\(b)," + (isOfClasses ? (a > b ? "u" : "v") : "\(5000 + 300 * a - 40 * b)")
        }
        try workspace.write("t.csv", "a,b,y\n" + rows.joined(separator: "\n") + "\n")
        #expect(try workspace.run("init", "t.csv").status == 0)
        let run = try workspace.run(["t.json", "training.epochs=3", "--out", "run"] + changes)
        #expect(run.status == 0, "\(run.errors)")
        try workspace.write("log", run.output)
        return workspace
    }

    private func json(_ workspace: Workspace, _ arguments: String...) throws -> JSONNode {
        let result = try workspace.run(["eval", "run"] + arguments + ["--json"])
        #expect(result.status == 0, "\(result.errors)")
        return try JSONNode(parsing: result.output)
    }

    /// What a key holds; nil where there is none.
    private func text(_ node: JSONNode, _ key: String) -> String? {
        node[key].map { JSONValue($0).text() }
    }

    @Test("the same rows score the same from a table and from HDF5", arguments: [true, false])
    func same(isOfClasses: Bool) throws {
        let workspace = try trained(isOfClasses)
        let lines = try HDF5Dataset(HDF5File(workspace.file("data/t.h5")), "validation/lines")
            .read().values(as: Int.self)
        let table = try workspace.text("t.csv").split(separator: "\n")
        let held = ([table[0]] + lines.map { table[$0 - 1] }).joined(separator: "\n") + "\n"
        try workspace.write("held.csv", held)
        let own = try json(workspace)
        for metrics in [[], [#"metrics=["\#(isOfClasses ? "recall" : "rootMeanSquaredError")"]"#]] {
            let plain = try workspace.run(["eval", "run", "held.csv", "--json"] + metrics)
            let other = try workspace.run(["eval", "run", "--json"] + metrics)
            #expect(plain.status == 0, "\(plain.errors)")
            let (a, b) = (
                try JSONNode(parsing: plain.output), try JSONNode(parsing: other.output)
            )
            #expect(a["event"]?.string == "eval" && a["examples"]?.int == lines.count)
            for key in ["validation", "units"] { #expect(text(a, key) == text(b, key)) }
            #expect(a["validation"]?["loss"]?.double != nil)
        }
        let reports = [
            try json(workspace, "held.csv", "--report"), try json(workspace, "--report"),
        ]
        for report in reports {
            #expect(report["event"]?.string == "report")
            #expect(text(report, "validation") == text(own, "validation"))
            #expect(report["worst"] != nil)
        }
        let (a, b) = (reports[0], reports[1])
        let key = isOfClasses ? "confusionMatrix" : "r2"
        #expect(text(a, key) != nil && text(a, key) == text(b, key))
        // The lines of the tables differ; what is said of them doesn't.
        for key in ["target", "prediction"] {
            let found = [a, b].map { $0["worst"]?.elements?.compactMap { $0[key]?.string } }
            #expect(found[0] == found[1] && found[0]?.count == 10)
        }
        // A file that has a part to train on alone is measured as that.
        let kept = try HDF5File(workspace.file("data/t.h5")).attribute("table")
        let encoding = try #require(kept.flatMap { TableEncoding($0) })
        let rows = try encoding.read(workspace.file("held.csv"))
        try HDF5Writer.create(workspace.file("held.h5")) { file in
            try file.write("train/inputs", encoding.encode(rows))
            guard let targets = try encoding.targets(rows) else { return }
            try file.write("train/targets", targets)
        }
        for options in [[], ["--report"]] {
            let found = try workspace.run(["eval", "run", "held.h5", "--json"] + options)
            #expect(found.status == 0, "\(found.errors)")
            let node = try JSONNode(parsing: found.output)
            #expect(text(node, "validation") == text(own, "validation"))
        }
    }

    @Test("loss and accuracy stand at the top, in text and on the page")
    func top() throws {
        let workspace = try trained(true)
        let plain = try workspace.run("eval", "run").lines
        let report = try workspace.run("eval", "run", "--report", "-o", "r.html").lines
        #expect(Array(report.prefix(plain.count)) == plain)
        let value = plain[2].split(separator: ",")[0].split(separator: " ")[2]
        for page in ["r.html", "run/report.html"] {
            let text = try workspace.text(page)
            let results = try #require(text.firstRange(of: "<h2>Results"))
            #expect(text[results.upperBound...].firstRange(of: "<h2>Results") == nil)
            let classes = try #require(text.firstRange(of: "<h2>Classes, "))
            #expect(results.lowerBound < classes.lowerBound)
            let part = text[results.lowerBound..<classes.lowerBound]
            #expect(part.contains("loss<") && part.contains("accuracy") && part.contains(value))
            #expect(text.contains("<h2>Calibration, "))
        }
        #expect(
            try workspace.run("eval", "run", "--report", "data.transforms=[]").errors.contains(
                "leave data.transforms=[] or --report out"))
    }

    @Test("says which loss and metrics are scaled, and what they are in the units of the data")
    func units() throws {
        let workspace = try trained(
            false, #"metrics=["meanAbsoluteError","rootMeanSquaredError","meanSquaredError","r2"]"#)
        let log = try workspace.text("log")
        #expect(log.contains("\ntarget  loss and metrics are of (y − "))
        #expect(log.contains("\n        in the units of the data: meanAbsoluteError "))
        let report = try json(workspace, "--report")
        let own = report["units"]?["validation"]
        for (key, same) in [
            ("meanAbsoluteError", "meanAbsoluteError"),
            ("rootMeanSquaredError", "rootMeanSquaredError"),
        ] {
            let (a, b) = (own?[key]?.double ?? 0, report[same]?.double ?? -1)
            #expect(abs(a - b) < 1e-5 * b && b > 10, "\(key)")
        }
        let root = own?["rootMeanSquaredError"]?.double ?? 0
        let square = own?["meanSquaredError"]?.double ?? 0
        #expect(abs(root * root - square) < 1e-6 * square && own?["r2"] == nil)
        let text = try workspace.run("eval", "run").output
        #expect(text.contains("\nunits   loss and metrics are of (y − "))
        #expect(try workspace.text("run/report.html").contains("loss and metrics are of (y − "))
        // The worst examples are so by their error, in the units of the data.
        let worst = report["worst"]?.elements?[0]
        let numbers = ["target", "prediction"].compactMap {
            worst?[$0]?.string.flatMap(Double.init)
        }
        let error = worst?["error"]?.double ?? 0
        #expect(numbers.count == 2 && abs(abs(numbers[0] - numbers[1]) - error) < 0.1)
        #expect(worst?["loss"] == nil && worst?["output"] == nil)
        #expect(try workspace.run("eval", "run", "--report").output.contains("predicted  error"))
    }

    @Test("a table is one by its name, whatever it begins with")
    func kinds() throws {
        let workspace = try Workspace()
        let rows = (0..<40).map { "\($0)\t\($0 * 7 % 11)\t\($0 > 19 ? "u" : "v")" }
        try workspace.write("t.tsv", "P2\tb\ty\n" + rows.joined(separator: "\n") + "\n")
        #expect(try workspace.run("init", "t.tsv", "training.epochs=1").status == 0)
        #expect(try workspace.run("t.json", "--out", "run", "-q").status == 0)
        let predicted = try workspace.run("predict", "run", "t.tsv")
        #expect(predicted.status == 0 && predicted.lines.count == 42, "\(predicted.errors)")
    }

    @Test("numbers beyond those of the training are counted, by column, and nothing refused")
    func beyond() throws {
        let workspace = try trained(true)
        try workspace.write("far.csv", "a,b,y\n900,0.1,u\n0.1,-70,v\n-900,0.2,v\n")
        let note = "values beyond those that the model was trained on: 'a' in 2 rows, trained on -"
        let predicted = try workspace.run("predict", "run", "far.csv")
        #expect(predicted.status == 0)
        #expect(predicted.errors.hasPrefix("fttrain: note: far.csv: \(note)"))
        #expect(predicted.errors.contains("; 'b' in 1 row, trained on "), "\(predicted.errors)")
        let measured = try workspace.run("eval", "run", "far.csv")
        #expect(measured.unfolded.contains("note    \(note)"), "\(measured.errors)")
        #expect(try workspace.run("predict", "run", "t.csv").errors.isEmpty == false)
        try workspace.write("near.csv", "a,b\n0.1,0.1\n")
        #expect(try workspace.run("predict", "run", "near.csv").errors.isEmpty)
    }

    @Test("commands on many runs and charts say what scaled measures are of, as eval does")
    func unitsOfMany() throws {
        let workspace = try trained(false, #"metrics=["r2","meanAbsoluteError"]"#)
        func output(_ arguments: String...) throws -> String {
            let result = try workspace.run(arguments)
            #expect(result.status == 0, "\(result.errors)")
            return result.output
        }
        let units = "\nunits   loss and metrics are of (y − "
        let few = ["training.epochs=2", #"metrics=["meanAbsoluteError"]"#]
        let folds = try workspace.run(["folds", "t.json", "--folds", "3"] + few).output
        #expect(folds.contains(units), "\(folds)")
        let note = "in the units of the data: meanAbsoluteError "
        #expect(folds.contains("        \(note)") && folds.contains(" ± "), "\(folds)")
        let sweep = try workspace.run(["sweep", "t.json", "seed=1,2"] + few).output
        #expect(sweep.contains(units) && sweep.contains("the best \(note)"), "\(sweep)")
        let compared = try output("compare", "run", "--by", "meanAbsoluteError")
        #expect(compared.contains(units) && compared.contains("data's unit"), "\(compared)")
        let byShare = try output("compare", "run", "--by", "r2")
        #expect(byShare.contains(units) && !byShare.contains("data's unit"))
        let title = "meanAbsoluteError of (y − "
        #expect(try output("plot", "run", "--by", "meanAbsoluteError").hasPrefix(title))
        #expect(try output("plot", "run", "--by", "r2").hasPrefix("r2\n"))
        _ = try output("plot", "run", "-o", "p.svg")
        for file in ["p.svg", "run/report.html"] {
            let text = try workspace.text(file)
            #expect(text.contains(">\(title)") && text.contains(">loss of (y − "), "\(file)")
            #expect(!text.contains(">meanAbsoluteError<") || file != "p.svg")
        }
        let page = try workspace.text("run/report.html")
        #expect(page.contains("Errors in the units of the data"))
        // An error has the same digits wherever it stands.
        let report = try json(workspace, "--report")
        let error = try #require(report["meanAbsoluteError"]?.double)
        #expect(report["units"]?["validation"]?["meanAbsoluteError"]?.double == error)
        let digits = Format.short(error, digits: 6)
        #expect(page.contains("\(note)\(digits)") && page.contains(">\(digits)<"), "\(digits)")
        #expect(page.contains("mean absolute error of always the mean"))
        let lines = try output("eval", "run", "--report")
        #expect(lines.contains("meanAbsoluteError \(digits)"))
        #expect(lines.contains(" \(digits)   always the mean: "), "\(lines)")
    }

    @Test("runs that scale their targets in different ways are told apart")
    func differentUnits() throws {
        let workspace = try trained(false, #"metrics=["meanAbsoluteError"]"#)
        let other = try workspace.run(
            "t.json", "training.epochs=2", #"metrics=["meanAbsoluteError"]"#, "--out", "other",
            #"data.targetTransforms=[{"type":"scale","factor":0.5}]"#)
        #expect(other.status == 0, "\(other.errors)")
        let text = try workspace.run("compare", "run", "other").output
        #expect(text.contains("runs scale their targets in ways of their own"), "\(text)")
        let plot = try workspace.run("plot", "run", "other").output
        #expect(plot.hasPrefix("meanAbsoluteError of targets that each run scales"), "\(plot)")
    }

    @Test("of several outputs the one that is far off is named, each in its own units")
    func outputs() throws {
        let workspace = try Workspace()
        let inputs = NDArray((0..<40).map { Float($0) / 10 }, [40, 1])
        let targets = NDArray(
            (0..<40).flatMap { [Float($0), 1000 + 100 * Float($0 % 7)] }, [40, 2])
        try HDF5Writer.create(workspace.file("d.h5")) { file in
            for part in ["train", "test"] {
                try file.write("\(part)/x", inputs)
                try file.write("\(part)/y", targets)
            }
        }
        #expect(try workspace.run("init", "d.h5").status == 0)
        let scale = #"{"type":"normalize","mean":[20,1300],"std":[10,200]}"#
        let run = try workspace.run(
            "d.json", "training.epochs=30", "data.targetTransforms=[\(scale)]", "--out", "run")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("the target scaled by the mean and deviation of each part"))
        let report = try json(workspace, "--report")
        let worst = report["worst"]?.elements ?? []
        #expect(worst.count == 10 && worst.allSatisfy { $0["output"]?.string == "1" })
        let text = try workspace.run("eval", "run", "--report").lines
        #expect(text.contains { $0.hasPrefix("row  output  target") })
        let made = try workspace.run("predict", "run", "d.h5", "-o", "p.npy")
        #expect(made.status == 0, "\(made.errors)")
        let found = try NPY.read(workspace.file("p.npy")).values(as: Double.self)
        let means = [0, 1].map { place in
            stride(from: place, to: 80, by: 2).reduce(0) { $0 + found[$1] } / 40
        }
        #expect(abs(means[0] - 19.5) < 5 && abs(means[1] - 1300) < 100, "\(means)")
    }

    @Test("numbers that stand for others than the model's are refused")
    func otherNumbers() throws {
        let workspace = try trained(false)
        let rows = (0..<20).map { "\(Double($0) / 3),\($0 * 2),\(4000 + $0)" }
        try workspace.write("new.csv", "a,b,y\n" + rows.joined(separator: "\n") + "\n")
        let made = try workspace.run(
            "data", "csv", "new.h5", "validation=new.csv", "--label", "y", "--standardize")
        #expect(made.status == 0, "\(made.errors)")
        try NPY.write(NDArray([1, 2, 3, 4] as [Float], [2, 2]), to: workspace.file("new.npy"))
        for command in [["eval", "run"], ["eval", "run", "--report"], ["predict", "run"]] {
            let result = try workspace.run(command + ["new.h5"])
            #expect(result.status == 3, "\(result.output)")
            #expect(result.errors.contains("encoded by rows of its own"), "\(result.errors)")
            #expect(result.errors.contains("column 'a' is (x − "), "\(result.errors)")
        }
        let array = try workspace.run("predict", "run", "new.npy")
        #expect(array.status == 3 && array.errors.contains("with the columns a, b"))
        #expect(try workspace.run("eval", "run", "new.csv").status == 0)
    }
}
