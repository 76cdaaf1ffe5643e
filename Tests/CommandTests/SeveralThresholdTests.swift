import FTJSON
import Testing

/// Several labels of yes and no: reports, metrics and thresholds say the same of each.
@Suite("Thresholds of several labels")
struct SeveralThresholdTests {
    private func trained(_ options: String...) throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<200).map { row -> String in
            let (x, z) = (row * 7 % 60, row * 31 % 17)
            let rainy = x + row * 11 % 50 > 80 ? "yes" : "no"
            return "\(x),\(z),\(rainy),\((z * 3 + row % 13) > 28 ? "much" : "little")"
        }
        try workspace.write("t.csv", "x,z,rainy,windy\n" + rows.joined(separator: "\n") + "\n")
        let made = try workspace.run("init", "t.csv", "--label", "rainy,windy")
        #expect(made.status == 0, "\(made.errors)")
        let run = try workspace.run(
            ["t.json", "--out", "run", "-q", "training.epochs=3"] + options)
        #expect(run.status == 0, "\(run.errors)")
        return workspace
    }

    private func f1(_ said: [Substring], _ wanted: [Substring], _ yes: Substring) -> Double {
        let hits = zip(said, wanted).count { $0 == yes && $1 == yes }
        return 2 * Double(hits) / Double(said.count { $0 == yes } + wanted.count { $0 == yes })
    }

    @Test("the option of a report gives each label its best F1")
    func roundTrip() throws {
        let workspace = try trained()
        let report = try JSONNode(
            parsing: workspace.run("eval", "run", "t.csv", "--report", "--json").output)
        let option = try #require(report["option"]?.string)
        #expect(option.hasPrefix("rainy=") && option.contains(",windy="), "\(option)")
        let text = try workspace.run("eval", "run", "t.csv", "--report", "-o", "p.html")
        #expect(
            text.output.contains(
                "to predict so: fttrain predict run/best.safetensors t.csv --threshold \(option)"))
        #expect(try workspace.text("p.html").contains("--threshold \(option)"))
        let predicted = try workspace.run("predict", "run", "t.csv", "--threshold", option)
        #expect(predicted.status == 0, "\(predicted.errors)")
        let table = try workspace.text("t.csv").split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",") }
        let rows = predicted.lines.dropFirst().filter { !$0.isEmpty }
            .map { $0.split(separator: ",") }
        #expect(rows.count == table.count)
        let outputs = report["outputs"]?.elements ?? []
        for (place, yes) in [(0, "yes"), (1, "much")] as [(Int, Substring)] {
            let found = f1(rows.map { $0[1 + 2 * place] }, table.map { $0[2 + place] }, yes)
            #expect(abs(found - (outputs[place]["bestF1"]?.double ?? .nan)) < 1e-12)
        }
        // Metrics and the report part there, too; what isn't named stays at a half.
        let parted = try JSONNode(
            parsing: workspace.run(
                "eval", "run", "t.csv", "--report", "--threshold", option, "--json",
                #"metrics=["f1","precision","recall","auc","binaryAccuracy"]"#
            ).output)
        for (metric, own) in [
            ("f1", "macroF1"), ("precision", "macroPrecision"), ("recall", "macroRecall"),
            ("auc", "auc"), ("binaryAccuracy", "accuracy"),
        ] {
            let (a, b) = (parted["validation"]?[metric]?.double, parted[own]?.double)
            #expect(abs((a ?? .nan) - (b ?? .nan)) < 1e-9, "\(metric)")
        }
        let best = outputs.compactMap { $0["bestF1"]?.double }.reduce(0, +) / 2
        #expect(abs((parted["macroF1"]?.double ?? .nan) - best) < 1e-12)
        let one = try workspace.run("predict", "run", "t.csv", "--threshold", "windy=0")
        let plain = try workspace.run("predict", "run", "t.csv")
        for (a, b) in zip(one.lines.dropFirst(), plain.lines.dropFirst()) where !a.isEmpty {
            let (some, none) = (a.split(separator: ","), b.split(separator: ","))
            #expect(some[1] == none[1] && some[3] == "much")
        }
    }

    @Test("streams, JSON and files take names, and unknown ones are refused")
    func forms() throws {
        let workspace = try trained()
        try workspace.write("in", "{\"x\": 1, \"z\": 1}\n")
        try workspace.write(
            "ask.sh", "\"$1\" predict run --stream --threshold rainy=0,windy=1 < in\n")
        let child = try Child(
            "/bin/sh", ["ask.sh", Workspace.program], in: workspace.path,
            output: workspace.file("out"), errors: workspace.file("err"))
        let answer = try JSONNode(parsing: child.wait().output)
        #expect(answer["prediction"]?["rainy"]?.string == "yes")
        #expect(answer["prediction"]?["windy"]?.string == "little")
        let wrote = try workspace.run(
            "predict", "run", "t.csv", "--threshold", "windy=0.25", "-o", "p.csv", "--json")
        #expect(try JSONNode(parsing: wrote.output)["threshold"]?.string == "windy=0.25")
        for (value, reason) in [
            ("windi=0.3", #"there is no label "windi". Did you mean "windy"?"#),
            ("x=0.3", #"there is no label "x". Give one of rainy, windy"#),
            ("windy=0.3,windy=0.4", #""windy" is given twice; leave one out"#),
            ("windy", #""windy" is no probability"#), ("windy=1.5", "from 0 to 1"),
            ("windy=", #""windy=" is no probability"#), ("0.3,0.4", #""0.3" is no probability"#),
        ] {
            for command in ["predict", "eval"] {
                let result = try workspace.run(command, "run", "t.csv", "--threshold", value)
                #expect(result.status == 2, "\(command) \(value)")
                #expect(result.errors.contains(reason), "\(result.errors)")
                #expect(result.output.isEmpty)
            }
        }
    }

    @Test("hinge ranks, so its report has the areas that its metric has, and no option")
    func hinge() throws {
        let workspace = try trained(
            #"loss={"type":"hinge"}"#, #"metrics=["f1","auc","precision"]"#)
        let report = try JSONNode(
            parsing: workspace.run("eval", "run", "t.csv", "--report", "--json").output)
        #expect(report["option"]?.isNull == true && report["logLoss"] == nil)
        for (metric, own) in [("f1", "macroF1"), ("auc", "auc"), ("precision", "macroPrecision")] {
            let (a, b) = (report["validation"]?[metric]?.double, report[own]?.double)
            #expect(abs((a ?? .nan) - (b ?? .nan)) < 1e-9, "\(metric)")
        }
        let text = try workspace.run("eval", "run", "t.csv", "--report")
        #expect(text.output.contains("from score") && !text.output.contains("--threshold"))
        #expect(text.output.contains("f1 (mean of outputs)"), "\(text.output)")
    }

    @Test("a rare label of several has the best epoch chosen by auc")
    func rare() throws {
        let workspace = try Workspace()
        let rows = (0..<400).map {
            "\($0 % 19),\($0 * 7 % 23),\($0 % 20 == 0 ? "yes" : "no"),\($0 % 2 == 0 ? "a" : "b")"
        }
        try workspace.write("t.csv", "x,z,windy,side\n" + rows.joined(separator: "\n") + "\n")
        let made = try workspace.run("init", "t.csv", "--label", "windy,side")
        #expect(made.status == 0, "\(made.errors)")
        #expect(
            made.unfolded.contains("rare       20 of 400 examples are 'yes' of 'windy': "),
            "\(made.output)")
        #expect(made.unfolded.contains("'loss.positiveWeights=[19,1]' finds"), "\(made.output)")
        let metrics = try JSONNode(parsing: workspace.text("t.json"))["metrics"]?.elements
        #expect(metrics?.map(\.string) == ["auc", "f1", "binaryAccuracy"])
        let run = try workspace.run(
            "t.json", "--out", "run", "training.epochs=2", "loss.positiveWeights=[19,1]")
        #expect(run.status == 0 && run.unfolded.contains("auc"), "\(run.errors)")
        let arrays = try workspace.run("init", "data/t.h5", "-o", "h.json")
        #expect(arrays.unfolded.contains("examples are 'yes' of 'windy'"), "\(arrays.output)")
    }

    @Test("the weights of some labels are all told, so that they may be pasted, of many in words")
    func weights() throws {
        let workspace = try Workspace()
        for (count, words) in [
            (10, "'loss.positiveWeights=[19,1,1,1,1,1,1,1,1,1]' finds"),
            (41, "loss.positiveWeights, for each label how many are no for one that is yes, finds"),
        ] {
            let names = (0..<count).map { "l\($0)" }
            let rows = (0..<400).map { row in
                let sides = (1..<count).map { _ in row % 2 == 0 ? "a" : "b" }
                return (["\(row % 19)", row % 20 == 0 ? "yes" : "no"] + sides)
                    .joined(separator: ",")
            }
            let header = (["x"] + names).joined(separator: ",")
            try workspace.write("t.csv", "\(header)\n" + rows.joined(separator: "\n") + "\n")
            let made = try workspace.run(
                "init", "t.csv", "--force", "--label", names.joined(separator: ","))
            #expect(made.unfolded.contains(words), "\(made.output) \(made.errors)")
        }
    }
}
