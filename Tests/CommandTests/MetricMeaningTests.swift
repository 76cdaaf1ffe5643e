import FTJSON
import Testing

/// Metrics of what outputs mean, and of nothing else.
@Suite("Metrics go with what a model says")
struct MetricMeaningTests {
    /// A run on a table with two labels, of yes and no or of quantities.
    private func trained(_ labels: (Int) -> String) throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<120).map { "\($0 * 7 % 30),\($0 * 11 % 17),\(labels($0))" }
        try workspace.write("t.csv", "x,z,a,b\n" + rows.joined(separator: "\n") + "\n")
        #expect(try workspace.run("init", "t.csv", "--label", "a,b").status == 0)
        let run = try workspace.run("t.json", "--out", "run", "-q", "training.epochs=3")
        #expect(run.status == 0, "\(run.errors)")
        return workspace
    }

    private func answers() throws -> Workspace {
        try trained { row in
            "\(row * 7 % 30 > 11 ? "yes" : "no"),\(row % 3 == 0 ? "left" : "right")"
        }
    }

    private func metric(_ type: String, _ average: String, _ output: String? = nil) -> String {
        let name = output.map { ",\"class\":\"\($0)\"" } ?? ""
        return "{\"type\":\"\(type)\",\"average\":\"\(average)\"\(name)}"
    }

    @Test("of one of several answers they are its own", arguments: ["f1", "precision", "recall"])
    func answer(_ type: String) throws {
        let workspace = try answers()
        let list = ["a", "b"].map { metric(type, "class", $0) }.joined(separator: ",")
        let found = try JSONNode(
            parsing: try workspace.run("eval", "run", "--json", "metrics=[\(list)]").output)
        let report = try JSONNode(
            parsing: try workspace.run("eval", "run", "--report", "--json").output)
        let outputs = try #require(report["outputs"]?.elements)
        for output in outputs {
            let name = try #require(output["output"]?.string)
            let value = try #require(found["validation"]?["\(type)_\(name)"]?.double)
            #expect(abs(value - (output[type]?.double ?? -1)) < 1e-9, "\(name)")
        }
        #expect(outputs.count == 2)
    }

    @Test(
        "that choose among outputs are refused where each is an answer",
        arguments: ["accuracy", "balancedAccuracy", "confusionMatrix"])
    func choosing(_ metric: String) throws {
        let workspace = try answers()
        let result = try workspace.run("eval", "run", "metrics=[\"\(metric)\"]")
        #expect(result.status == 2 && result.errors.contains("each output for a yes or no; use"))
        let weighted = try workspace.run(
            "eval", "run", "metrics=[\(self.metric("f1", "weighted"))]")
        #expect(weighted.status == 2 && weighted.errors.contains("perOutput"))
    }

    @Test(
        "of classes are refused where outputs are a table's quantities",
        arguments: ["accuracy", "auc", "f1", "binaryAccuracy", "perplexity"])
    func quantities(_ metric: String) throws {
        let workspace = try trained { "\($0 * 7 % 30).5,\($0 * 11 % 17).25" }
        let result = try workspace.run("check", "t.json", "metrics=[\"\(metric)\"]")
        #expect(result.status == 2 && result.errors.contains("use r2 or meanAbsoluteError"))
    }

    @Test("are others in eval than the one that decided on the best epoch")
    func others() throws {
        let workspace = try answers()
        let run = try workspace.run(
            "t.json", "--out", "by", "-q", "training.epochs=2", "training.bestBy=f1")
        #expect(run.status == 0, "\(run.errors)")
        let result = try workspace.run("eval", "by", "metrics=[\"binaryAccuracy\"]")
        #expect(result.status == 0 && result.output.contains("binaryAccuracy"), "\(result.errors)")
    }

    @Test("a probability that was printed is a threshold that its own row reaches")
    func threshold() throws {
        let workspace = try answers()
        let lines = try workspace.run("predict", "run", "t.csv").lines
        #expect(lines[0] == "line,prediction_a,p_a,prediction_b,p_b", "\(lines[0])")
        for line in lines[1...8] {
            let cells = line.split(separator: ",")
            let decided = try workspace.run(
                "predict", "run", "t.csv", "--threshold", String(cells[2]))
            let own = decided.lines.first { $0.hasPrefix("\(cells[0]),") }
            #expect(own?.split(separator: ",")[1] == "yes", "\(line)")
        }
    }
}
