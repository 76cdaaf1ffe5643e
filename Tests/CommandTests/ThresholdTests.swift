import FTJSON
import Testing

/// `predict --threshold`, and what a report says of it.
@Suite("Thresholds of probabilities")
struct ThresholdTests {
    /// Two classes, told apart badly; of `form` an output each or one for both.
    private func trained(_ form: [String] = []) throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<160).map { row in
            "\(row * 7 % 60),\(row * 31 % 17),\((row * 7 % 60 + row * 11 % 50) > 70 ? "rare" : "usual")"
        }
        try workspace.write("t.csv", "x,z,y\n" + rows.joined(separator: "\n") + "\n")
        let made = try workspace.run("init", "t.csv", "training.epochs=2", "metrics=[]")
        #expect(made.status == 0, "\(made.errors)")
        let run = try workspace.run(["t.json", "--out", "run", "-q"] + form)
        #expect(run.status == 0, "\(run.errors)")
        return workspace
    }

    /// The rows of a table that was printed, without its heading.
    private func rows(_ result: Workspace.Result) -> [[Substring]] {
        result.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    }

    private static let single = [
        #"loss={"type":"binaryCrossEntropy"}"#, "model.layers.4.units=1",
    ]

    @Test(
        "the best of a report, given to predict, has the F1 that the report says",
        arguments: [false, true])
    func roundTrip(isSingle: Bool) throws {
        let workspace = try trained(isSingle ? Self.single : [])
        let page = try workspace.run("eval", "run", "t.csv", "--report", "-o", "p.html")
        #expect(page.status == 0, "\(page.errors)")
        #expect(try workspace.text("p.html").contains("Precision and recall of "))
        let command = "to predict so: fttrain predict run/best.safetensors t.csv "
        #expect(try workspace.text("p.html").contains(command))
        let report = try JSONNode(
            parsing: workspace.run("eval", "run", "t.csv", "--report", "--json").output)
        let found = try #require(report["precisionRecall"])
        let (option, f1) = try (
            #require(found["option"]?.string), #require(found["f1"]?.double)
        )
        let name = try #require(found["of"]?.string)
        #expect(page.output.contains("--threshold \(option)\n"), "\(page.output)")
        #expect(report["baseline"]?["accuracy"]?.double != nil)
        func predicted(_ threshold: String) throws -> [Substring] {
            try rows(workspace.run("predict", "run", "t.csv", "--threshold", threshold)).map {
                $0[1]
            }
        }
        let table = try workspace.text("t.csv").split(separator: "\n")
        var (hits, predictions, wanted) = (0.0, 0.0, 0.0)
        for (said, row) in try zip(predicted(option), table.dropFirst()) {
            let (says, holds) = (said == name, row.hasSuffix(",\(name)"))
            hits += says && holds ? 1 : 0
            predictions += says ? 1 : 0
            wanted += holds ? 1 : 0
        }
        #expect(abs(2 * hits / (predictions + wanted) - f1) < 1e-12)
        // What is measured is parted so, too.
        let parted = try JSONNode(
            parsing: workspace.run(
                "eval", "run", "t.csv", "--threshold", option, "--report", "--json"
            ).output)
        let classes = parted["classes"]?.elements ?? []
        let own = classes.first { $0["class"]?.string == name || classes.count == 1 }
        #expect(abs((own?["f1"]?.double ?? .nan) - f1) < 1e-12)
        #expect(parted["threshold"]?.string == option)
        let metric =
            isSingle
            ? #"metrics=[{"type":"confusionMatrix","binary":true}]"#
            : #"metrics=[{"type":"f1","average":"class","class":"\#(name)"},"accuracy"]"#
        let result = try workspace.run(
            "eval", "run", "t.csv", "--threshold", option, metric, "--json")
        let measured = try JSONNode(parsing: result.output)["validation"]
        let column = isSingle ? "confusionMatrix" : "accuracy"
        #expect(
            abs((measured?[column]?.double ?? .nan) - (parted["accuracy"]?.double ?? 0)) < 1e-12)
        if !isSingle {
            #expect(abs((measured?["f1_\(name)"]?.double ?? .nan) - f1) < 1e-12)
        }
        // All of them, or none but who is sure.
        let all = try predicted("0")
        #expect(all.count == 160 && Set(all).count == 1)
        #expect(try Set(all).isDisjoint(with: predicted("1")))
    }

    @Test("streams and JSON take it, and a file says it")
    func forms() throws {
        let workspace = try trained()
        try workspace.write("in", "{\"x\": 1, \"z\": 1}\n")
        try workspace.write(
            "ask.sh",
            "\"$1\" predict run --stream --threshold 0 < in && \"$1\" predict run --stream "
                + "--threshold 1 < in\n")
        let child = try Child(
            "/bin/sh", ["ask.sh", Workspace.program], in: workspace.path,
            output: workspace.file("out"), errors: workspace.file("err"))
        let answers = try child.wait().output.split(separator: "\n").map {
            try JSONNode(parsing: String($0))["prediction"]?.string
        }
        #expect(Set(answers) == ["rare", "usual"] && answers.count == 2)
        let wrote = try workspace.run(
            "predict", "run", "t.csv", "--threshold", "0.25", "-o", "p.csv", "--json")
        #expect(wrote.status == 0, "\(wrote.errors)")
        #expect(try JSONNode(parsing: wrote.output)["threshold"]?.string == "0.25")
        #expect(try workspace.text("p.csv.source.json").contains("\"threshold\": \"0.25\""))
    }

    @Test("elsewhere it is refused by a sentence")
    func refused() throws {
        let workspace = try trained()
        try workspace.prepare()
        #expect(try workspace.run("tiny.json", "--out", "three", "-q").status == 0)
        let sides = try workspace.run(
            "t.json", "--out", "sides", "-q", #"loss={"type":"multiMargin"}"#)
        #expect(sides.status == 0, "\(sides.errors)")
        let quantities = try workspace.run(
            "t.json", "--out", "numbers", "-q", #"loss={"type":"meanSquaredError"}"#,
            "model.layers.4.units=1")
        #expect(quantities.status == 0, "\(quantities.errors)")
        for (run, reason) in [
            ("three", "classes apart; leave it out"),
            ("numbers", "the loss meanSquaredError trains for quantities; leave it out"),
            ("sides", "the loss multiMargin gives scores, no probabilities; leave it out"),
        ] {
            let data = run == "three" ? "data.h5" : "t.csv"
            let result = try workspace.run("predict", run, data, "--threshold", "0.5")
            #expect(result.status == 2 && result.errors.contains(reason), "\(result.errors)")
            #expect(result.output.isEmpty)
            let measured = try workspace.run("eval", run, "--threshold", "0.5")
            #expect(measured.status == 2 && measured.errors.contains(reason), "\(measured.errors)")
        }
        let array = try workspace.run(
            "predict", "run", "t.csv", "--threshold", "0.3", "-o", "p.npy")
        #expect(
            array.status == 2 && array.errors.contains("p.npy holds probabilities"),
            "\(array.errors)")
        for (value, reason) in [
            ("rere=0.5", #"there is no class "rere". Did you mean "rare"?"#),
            ("usual=0.5,rare=0.5", "so one probability says both"),
            ("rare=2", "a probability is from 0 to 1"), ("rare", #""rare" is no probability"#),
        ] {
            let result = try workspace.run("predict", "run", "t.csv", "--threshold", value)
            #expect(result.status == 2 && result.errors.contains(reason), "\(result.errors)")
        }
        for value in ["1.5", "-0.1", "nan", "half"] {
            let result = try workspace.run("predict", "run", "t.csv", "--threshold=\(value)")
            #expect(result.status == 2 && result.output.isEmpty, "\(value): \(result.errors)")
        }
    }

    @Test("a metric takes its class by name, which stands in its column")
    func classNames() throws {
        let workspace = try trained()
        func metric(_ name: String) -> String {
            #"metrics=[{"type":"f1","average":"class","class":\#(name)}]"#
        }
        let named = try workspace.run("t.json", metric(#""rare""#), "--out", "named")
        #expect(named.status == 0, "\(named.errors)")
        #expect(named.output.contains("f1 of rare"), "\(named.output)")
        let rows = try ["named", "0", "1"].map { run in
            if run != "named" {
                #expect(
                    try workspace.run("t.json", metric(run), "--out", "r\(run)", "-q").status == 0)
            }
            let csv = try workspace.text("\(run == "named" ? run : "r\(run)")/metrics.csv")
            return try #require(csv.split(separator: "\n")[1].split(separator: ",").last)
        }
        #expect(rows[0] == rows[1] && rows[1] != rows[2], "\(rows)")
        let best = try workspace.run(
            "t.json", metric(#""rare""#), "training.bestBy=f1_rare", "--out", "best", "-q")
        #expect(best.status == 0, "\(best.errors)")
        let eval = try workspace.run("eval", "best", "t.csv")
        #expect(eval.output.contains("f1 of rare"), "\(eval.output)\(eval.errors)")
        for shown in try [
            workspace.run("compare", "best").output, workspace.run("plot", "best").output,
            workspace.text("best/report.html"), workspace.run("compare", "best", "--json").output,
        ] {
            #expect(shown.contains("f1 of rare"), "\(shown.prefix(400))")
        }
        let unknown = try workspace.run("t.json", metric(#""rere""#), "--out", "no")
        #expect(unknown.status == 2)
        #expect(
            unknown.errors.contains(#"no class "rere". Did you mean "rare"?"#), "\(unknown.errors)")
        try workspace.prepare()
        let nameless = try workspace.run("tiny.json", metric(#""a""#), "--out", "no")
        #expect(nameless.status == 2, "\(nameless.errors)")
    }
}

/// A run whose measure never has a value.
@Suite("No epoch is the best")
struct NoBestTests {
    @Test("is said at the end, with -q too, and by the status", arguments: ["", "-q", "--json"])
    func told(option: String) throws {
        let workspace = try Workspace()
        let rows = (0..<60).map { row in
            "\(row % 7),\(row * 5 % 11),\(row < 40 && row % 3 == 0 ? "a" : "b")"
        }
        try workspace.write("t.csv", "x,z,y\n" + rows.joined(separator: "\n") + "\n")
        let made = try workspace.run("init", "t.csv", "training.epochs=2")
        #expect(made.status == 0, "\(made.errors)")
        let last = ["data.validation=null", "data.split=0.2", "data.splitOrder=stored"]
        let changes = last + [#"metrics=["auc"]"#, "--out", "run"]
        let run = try workspace.run(["t.json"] + changes + (option.isEmpty ? [] : [option]))
        #expect(run.status == 1, "\(run.errors)")
        let words = "no epoch is the best, for auc never had a value"
        if option == "-q" {
            let sentences = run.errors.split(separator: "\n")
            #expect(sentences.count == 2, "\(run.errors)")
            #expect(sentences[0].hasPrefix("fttrain: run: the examples to measure on are all of"))
            #expect(sentences[1].hasPrefix("fttrain: run: \(words)"), "\(run.errors)")
        } else if option.isEmpty {
            #expect(run.unfolded.contains("\nbest    \(words)"), "\(run.output)")
        } else {
            #expect(run.output.contains("\"noBest\":\"\(words)"), "\(run.output)")
            #expect(run.output.contains(#""event":"error""#), "\(run.output)")
        }
        #expect(try workspace.text("run/summary.json").contains(words))
    }
}
