import FTJSON
import Testing

@Suite struct DiagnosticCommandTests {
    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        try workspace.prepare()
        return workspace
    }

    @Test("check takes the first step, of a whole batch, and says what ends it")
    func firstStep() throws {
        let workspace = try workspace()
        let checked = try workspace.run("check", "tiny.json")
        let trained = try workspace.run("tiny.json", "training.epochs=1")
        let first = try #require(trained.lines.first { $0.hasPrefix("first ") })
        #expect(checked.lines.contains(first), "\(checked.output)")
        let large = #"data.transforms=[{"type":"scale","factor":1e6}]"#
        let broken = try workspace.run("check", "tiny.json", "training.precision=fp16", large)
        #expect(broken.status == 1, "\(broken.output)")
        #expect(broken.output.contains("\ntiny.json: the loss of the first step is nan; "))
        #expect(!broken.output.contains("fine"))
    }

    @Test("checks gradients parameter by parameter")
    func gradients() throws {
        let result = try workspace().run("check", "tiny.json", "--gradients")
        #expect(result.status == 0 && result.errors == "")
        let words = result.lines.map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
        for row in ["0.weight 8×6 12", "0.bias 8 8", "3.weight 3×8 12", "3.bias 3 3"] {
            #expect(words.contains(row), "\(row) in \(result.output)")
        }
        #expect(result.output.contains("\n35 derivatives agree with central differences (float64"))
        #expect(result.output.hasSuffix("\n\ntiny.json: fine\n"))
    }

    @Test("checks gradients for programs")
    func json() throws {
        let result = try workspace().run("check", "tiny.json", "--gradients", "--json")
        let line = try JSONNode(parsing: result.output)
        #expect(line["gradients"]?["wrong"]?.int == 0)
        #expect(line["gradients"]?["derivatives"]?.int == 35)
    }

    @Test("inspect shows the layers of a trained model as check does")
    func layers() throws {
        let workspace = try workspace()
        #expect(try workspace.run("tiny.json", "--quiet", "--out", "run").status == 0)
        let checked = try workspace.run("check", "tiny.json")
        let shown = try workspace.run("inspect", "run", "--layers")
        let first = try #require(checked.lines.firstIndex { $0.hasPrefix("layer") })
        let table = checked.lines[first...].prefix { !$0.isEmpty }
        #expect(table.count > 3 && shown.status == 0)
        #expect(shown.lines.dropLast().suffix(table.count) == table)
        func costs(_ arguments: String...) throws -> [String?: Int?]? {
            let layers = try JSONNode(parsing: workspace.run(arguments).output)["layers"]?.elements
            return layers.map { layers in
                Dictionary(
                    uniqueKeysWithValues: layers.map {
                        ($0["name"]?.string, $0["multiplyAdds"]?.int)
                    })
            }
        }
        let counted = try costs("inspect", "run", "--layers", "--json")
        #expect(try counted == costs("check", "tiny.json", "--json"))
        #expect(counted?["0"] == 48)
        let two = try workspace.run("inspect", "run", "run", "--layers")
        #expect(two.status == 2 && two.errors.contains("--layers is for one checkpoint"))
    }

    @Test("draws a config's graph to standard output or a file")
    func graph() throws {
        let workspace = try workspace()
        let mermaid = try workspace.run("graph", "tiny.json")
        #expect(mermaid.status == 0 && mermaid.errors == "")
        #expect(mermaid.output.hasPrefix("flowchart TD\n    n0"))
        #expect(mermaid.output.contains("\"3.weight<br/>float32 [3, 8]\""))
        let dot = try workspace.run("graph", "tiny.json", "--format", "dot", "--out", "g.dot")
        #expect(dot.status == 0)
        #expect(dot.output.hasPrefix("wrote   g.dot   "))
        #expect(dot.output.hasSuffix("kept for the backward pass\n"))
        #expect(try workspace.text("g.dot").hasPrefix("digraph {\n"))
        let wrong = try workspace.run("graph", "tiny.json", "--format", "png")
        #expect(wrong.status == 2 && wrong.errors.contains("mermaid"))
    }

    @Test("profiles training steps and writes a trace that is JSON")
    func profile() throws {
        let workspace = try workspace()
        let result = try workspace.run(
            "profile", "tiny.json", "--steps", "2", "--out", "trace.json")
        #expect(result.status == 0 && result.errors == "")
        #expect(result.lines[0].hasPrefix("operation "))
        #expect(result.output.contains("\nsteps   2 of 8 examples, each "))
        #expect(result.output.contains("\nwrote   trace.json   "))
        let trace = try JSONValue(JSONNode(parsing: workspace.text("trace.json")))
        guard case .array(let events)? = trace["traceEvents"] else {
            Issue.record("there are no events")
            return
        }
        #expect(events.contains { $0["cat"] == "backward" })
        #expect(try workspace.run("profile", "tiny.json", "--steps", "0").status == 2)
        let unwritable = try workspace.run("profile", "tiny.json", "--out", "no/such/place")
        #expect(unwritable.status == 3 && unwritable.errors.contains("no/such/place"))
    }
}
