import FTJSON
import Testing

/// Two classes, as `init` writes their config and in the other forms that there are of them.
@Suite("Two classes")
struct TwoClassTests {
    private func workspace(_ classes: Int) throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<120).map { row in
            "\(row * 7 % 60),\(row * 31 % 17),\("abc".prefix((row * 7 % 60 + row % 9) / 20 % classes + 1).suffix(1))"
        }
        try workspace.write("t.csv", "x,z,y\n" + rows.joined(separator: "\n") + "\n")
        let made = try workspace.run("init", "t.csv", "training.epochs=2")
        #expect(made.status == 0, "\(made.errors)")
        return workspace
    }

    @Test("auc is that of the report, and the page has its classes, in every form")
    func forms() throws {
        let workspace = try workspace(2)
        let oneHot = #"data.targetTransforms=[{"type":"oneHot","classes":2}]"#
        let forms: [[String]] = [
            [], [#"metrics=["auc"]"#], [#"metrics=[{"type":"auc","average":"macro"}]"#],
            [#"metrics=["accuracy","auc"]"#, oneHot],
            [#"metrics=["auc"]"#, oneHot, #"loss={"type":"binaryCrossEntropy"}"#],
            [
                #"metrics=["auc"]"#, #"loss={"type":"binaryCrossEntropy"}"#,
                "model.layers.4.units=1",
            ],
        ]
        for (place, form) in forms.enumerated() {
            let run = try workspace.run(["t.json", "--out", "run\(place)", "-q"] + form)
            #expect(run.status == 0, "\(form): \(run.errors)")
            let page = try workspace.text("run\(place)/report.html")
            let title = place == 4 ? "Outputs" : "Classes"
            #expect(page.contains("\(title), by the best epoch"), "\(form)")
            let report = try workspace.run("eval", "run\(place)", "--report", "--json")
            #expect(report.status == 0, "\(form): \(report.errors)")
            let node = try JSONNode(parsing: report.output)
            // Of several answers those of all together.
            let counted = (node["classes"]?.elements?[1] ?? node)["auc"]?.double
            // The config of the first has no such metric.
            let metrics = place == 0 ? [#"metrics=["auc"]"#] : []
            let measured = try JSONNode(
                parsing: try workspace.run(["eval", "run\(place)", "--json"] + metrics).output)[
                    "validation"]
            let value = measured?["auc"]?.double ?? measured?["aucMacro"]?.double
            #expect(abs(try #require(counted) - (try #require(value))) < 1e-6, "\(form)")
        }
        let answers = try workspace.run("eval", "run4", "--report")
        for name in ["a", "b", "mean"] { #expect(answers.output.contains("\n\(name) ")) }
    }

    @Test("of three classes it says what to write")
    func three() throws {
        let workspace = try workspace(3)
        let refused = try workspace.run("t.json", #"metrics=["auc"]"#)
        #expect(refused.status == 2)
        #expect(
            refused.errors.contains(
                "auc: the model tells 3 classes apart, and one curve is of two; for the mean of each "
                    + #"against the rest write {"type": "auc", "average": "macro"}"#),
            "\(refused.errors)")
        let taken = try workspace.run(
            "t.json", #"metrics=[{"type":"auc","average":"macro"}]"#, "-q", "--out", "run")
        #expect(taken.status == 0, "\(taken.errors)")
    }
}
