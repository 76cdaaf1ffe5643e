import Checkpoint
import Datasets
import FTJSON
import FTSupport
import Tensor
import Testing

/// Tables of which several columns are predicted, from CSV to predictions.
@Suite("Several labels, start to end")
struct SeveralLabelCommandTests {
    private func workspace(_ labels: (Int) -> String, _ options: String...) throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<150).map { row in
            "r\(row),\(row * 7 % 30),\(row * 11 % 17),\(labels(row))"
        }
        try workspace.write("t.csv", "id,x,z,a,b\n" + rows.joined(separator: "\n") + "\n")
        let made = try workspace.run(["init", "t.csv", "--label", "a,b"] + options)
        #expect(made.status == 0, "\(made.errors)")
        for line in made.lines { #expect(line.unicodeScalars.count <= 80, "\(line)") }
        let run = try workspace.run(
            "t.json", "--out", "run", "-q", "training.epochs=60", "training.patience=60")
        #expect(run.status == 0, "\(run.errors)")
        return workspace
    }

    private func quantities() throws -> Workspace {
        try workspace({ row in
            let missing = row % 50 == 3
            return missing ? "," : "$\(1000 + 10 * (row * 7 % 30)).50,\(Double(row * 11 % 17) / 8)"
        })
    }

    @Test("quantities come back by name, each in its unit")
    func numbers() throws {
        let workspace = try quantities()
        let listing = try JSONNode(
            parsing: try workspace.run("data", "info", "data/t.h5", "--json").output)
        let shapes = listing["items"]?.elements?.filter { $0["name"]?.string == "train/targets" }
        #expect(shapes?.first?["shape"]?.elements?.compactMap(\.int).last == 2)
        let csv = try workspace.run("predict", "run", "t.csv")
        #expect(csv.status == 0, "\(csv.errors)")
        #expect(csv.lines[0] == "id,prediction_a,prediction_b")
        let json = try workspace.run("predict", "run", "t.csv", "--json").lines
        for row in 0..<150 {
            let cells = csv.lines[row + 1].split(separator: ",")
            let (a, b) = (try #require(Double(cells[1])), try #require(Double(cells[2])))
            #expect(abs(a - 1000.5 - Double(10 * (row * 7 % 30))) < 60, "\(row): \(a)")
            #expect(abs(b - Double(row * 11 % 17) / 8) < 0.5, "\(row): \(b)")
            let node = try JSONNode(parsing: String(json[row]))["prediction"]
            #expect(node?["a"]?.double == a && node?["b"]?.double == b)
        }
        let report = try JSONNode(
            parsing: try workspace.run("eval", "run", "--report", "--json").output)
        let outputs = report["outputs"]?.elements ?? []
        #expect(outputs.map { $0["output"]?.string } == ["a", "b"])
        // In the units of the table: errors of dollars are larger by far.
        let errors = outputs.compactMap { $0["rootMeanSquaredError"]?.double }
        #expect(errors.count == 2 && errors[0] < 30 && errors[0] > errors[1])
        // Errors of both together mean nothing; the worst are those by each label's own spread.
        #expect(report["rootMeanSquaredError"] == nil && report["meanAbsoluteError"] == nil)
        let worst = report["worst"]?.elements ?? []
        let shares = worst.compactMap { $0["deviations"]?.double }
        #expect(shares.count == 10 && shares == shares.sorted(by: >))
        #expect(Set(worst.map { $0["output"]?.string }) == ["a", "b"])
        // The run's page has the numbers of the report, digit for digit, beside those of the mean.
        let page = try workspace.text("run/report.html")
        for output in outputs {
            for part in [output, try #require(output["baseline"])] {
                for name in ["meanAbsoluteError", "rootMeanSquaredError"] {
                    let value = try #require(part[name]?.double)
                    let digits = Format.short(value, digits: 6)
                    #expect(page.contains(">\(digits)<"), "\(name) \(value)")
                }
            }
        }
        let text = try workspace.run("eval", "run", "--report")
        #expect(text.output.contains("of the labels scaled by mean and deviation of each"))
        for line in text.lines { #expect(line.unicodeScalars.count <= 80, "\(line)") }
        #expect(try workspace.text("run/report.html").contains("a, b"))
        #expect(try workspace.run("compare", "run").status == 0)
        try workspace.write("lacking.csv", "x,z,a\n1,2,3\n")
        let lacking = try workspace.run("eval", "run", "lacking.csv")
        #expect(lacking.errors.contains("it lacks one of the columns 'a', 'b'"))
        #expect(try workspace.run("predict", "run", "lacking.csv").status == 0)
        let saved = try workspace.run("predict", "run", "t.csv", "-o", "p.h5")
        #expect(saved.status == 0, "\(saved.errors)")
        let file = try HDF5File(workspace.file("p.h5"))
        #expect(file.attribute("outputs", on: "predictions") == #"["a","b"]"#)
    }

    @Test("answers come back as their words, with the probability of the second")
    func answers() throws {
        let workspace = try workspace { row in
            "\(row * 7 % 30 > 14 ? "male" : "female"),\(row * 11 % 17 > 8 ? "yes" : "no")"
        }
        let config = try workspace.text("t.json")
        #expect(config.contains("binaryCrossEntropy"))
        let csv = try workspace.run("predict", "run", "t.csv")
        #expect(csv.status == 0, "\(csv.errors)")
        #expect(csv.lines[0] == "id,prediction_a,p_a,prediction_b,p_b")
        var right = 0
        for row in 0..<150 {
            let cells = csv.lines[row + 1].split(separator: ",").map { String($0) }
            let shares = [Double(cells[2]) ?? -1, Double(cells[4]) ?? -1]
            #expect((shares[0] > 0.5) == (cells[1] == "male"))
            #expect((shares[1] > 0.5) == (cells[3] == "yes"))
            right += cells[1] == (row * 7 % 30 > 14 ? "male" : "female") ? 1 : 0
            right += cells[3] == (row * 11 % 17 > 8 ? "yes" : "no") ? 1 : 0
        }
        #expect(right > 270, "\(right)")
        let json = try JSONNode(
            parsing: String(try workspace.run("predict", "run", "t.csv", "--json").lines[0]))
        #expect(json["prediction"]?["a"]?.string == "female")
        #expect(json["probabilities"]?["a"]?.double.map { $0 < 0.5 } ?? false)
        let report = try workspace.run("eval", "run", "--report")
        #expect(report.status == 0, "\(report.errors)")
        #expect(report.output.contains("\na ") && report.output.contains("\nb "))
        #expect(["male", "female", "yes", "no"].contains { report.output.contains(" \($0) ") })
        let exact = try JSONNode(
            parsing: try workspace.run("eval", "run", "t.csv", "--report", "--json").output)
        #expect(exact["outputs"]?.elements?.map { $0["output"]?.string } == ["a", "b"])
        let worst = exact["worst"]?.elements ?? []
        #expect(!worst.isEmpty)
        for row in worst {
            let words = row["output"]?.string == "a" ? ["female", "male"] : ["no", "yes"]
            #expect(words.contains(row["target"]?.string ?? ""))
            #expect(words.contains(row["prediction"]?.string ?? ""))
        }
    }

    @Test("a table that was split keeps each combination's share, and one of validation its words")
    func split() throws {
        let workspace = try Workspace()
        func rows(_ range: Range<Int>) -> String {
            let lines = range.map { row -> String in
                let word = ["u", "v"][row % 2]
                let number = [1, 1, 0, 0][row % 4]
                return "\(row),\(word),\(number)\n"
            }
            return "x,a,b\n" + lines.joined()
        }
        try workspace.write("t.csv", rows(0..<80))
        try workspace.write("v.csv", rows(80..<100))
        let split = try workspace.run(
            "data", "csv", "s.h5", "train=t.csv", "--label", "a,b", "--split", "0.25", "--stratify")
        #expect(split.status == 0, "\(split.errors)")
        let held = try HDF5Dataset(HDF5File(workspace.file("s.h5")), "validation/targets").read()
        #expect(held.shape == [20, 2])
        let pairs: [Int] = held.values(as: Int.self)
        var counts = [0, 0, 0, 0]
        for row in 0..<20 {
            let kind: Int = pairs[2 * row] * 2 + pairs[2 * row + 1]
            counts[kind] += 1
        }
        #expect(counts == [5, 5, 5, 5])
        let both = try workspace.run(
            "data", "csv", "b.h5", "train=t.csv", "validation=v.csv", "--label", "a,b")
        #expect(both.status == 0, "\(both.errors)")
        for line in both.lines { #expect(line.unicodeScalars.count <= 80, "\(line)") }
        let numbers = try workspace.run(
            "data", "csv", "n.h5", "train=t.csv", "--label", "a,x", "--split", "0.25")
        #expect(numbers.status == 3)
        #expect(numbers.errors.contains("'a' holds 2 different words, 'x' holds numbers"))
        let twice = try workspace.run(
            "data", "csv", "n.h5", "train=t.csv", "--types", "a=number,a=category")
        #expect(twice.status == 2)
        #expect(
            twice.errors.contains("--types: 'a' is given twice: number and category; leave one out")
        )
    }
}
