import FTJSON
import Testing

/// `-` in place of a file.
@Suite("Standard input as data")
struct StandardInputTests {
    private func run(
        _ workspace: Workspace, _ command: String, _ text: String
    ) throws -> Workspace.Result {
        try workspace.write("in", text)
        try workspace.write("ask.sh", "p=\"$1\"; shift; \"$p\" \(command) < in\n")
        let child = try Child(
            "/bin/sh", ["ask.sh", Workspace.program], in: workspace.path,
            output: workspace.file("out"), errors: workspace.file("err"))
        return try child.wait()
    }

    private func trained() throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<40).map { "\($0),\($0 % 3 == 0 ? "ulm" : "bonn"),\($0 < 20 ? "a" : "b")" }
        try workspace.write("t.csv", "age,city,y\n" + rows.joined(separator: "\n") + "\n")
        #expect(try workspace.run("init", "t.csv", "training.epochs=1").status == 0)
        #expect(try workspace.run("t.json", "--out", "run", "-q").status == 0)
        return workspace
    }

    @Test("a table is predicted and measured as from a file, as CSV and as JSON lines")
    func tables() throws {
        let workspace = try trained()
        let text = try workspace.text("t.csv")
        let file = try workspace.run("predict", "run", "t.csv")
        #expect(try run(workspace, "predict run -", text).output == file.output)
        #expect(try run(workspace, "predict run /dev/stdin", text).output == file.output)
        let measured = try run(workspace, "eval run - --report --json", text)
        let same = try workspace.run("eval", "run", "t.csv", "--report", "--json")
        let (a, b) = (
            try JSONNode(parsing: measured.output), try JSONNode(parsing: same.output)
        )
        func table(_ node: JSONNode) -> [[Int]]? {
            node["confusionMatrix"]?.elements?.map { $0.elements?.compactMap(\.int) ?? [] }
        }
        #expect(table(a) != nil && table(a) == table(b))
        let hashes = [a, b].map { $0["source"]?["dataHash"]?.string }
        #expect(hashes[0] == hashes[1] && hashes[0] != nil)
        let lines = try run(workspace, "predict run -", "{\"age\": 0, \"city\": \"ulm\"}\n")
        #expect(
            lines.lines.prefix(2).last
                == file.lines[1].replacing("2,", with: "1,", maxReplacements: 1))
    }

    @Test("what can't be read from it is a sentence")
    func refusals() throws {
        let workspace = try trained()
        #expect(
            try run(workspace, "predict run -", "").errors.contains(
                "standard input: is empty; send a table, or JSON objects one by one to --stream"))
        let ragged = try run(workspace, "predict run -", "age,city\n1\n")
        #expect(ragged.errors.hasPrefix("fttrain: standard input:2: this row has 1 field"))
        try workspace.prepare()
        #expect(try workspace.run("tiny.json", "--out", "tiny", "-q").status == 0)
        let other = try run(workspace, "predict tiny -", "1,2\n")
        #expect(other.status == 2 && other.errors.contains("the model wasn't trained on one"))
    }

    @Test("a text is measured as it is, with a report or without, and by its name alone")
    func texts() throws {
        let workspace = try Workspace()
        try workspace.write("a.txt", String(repeating: "abc def. ", count: 60))
        #expect(try workspace.run("data", "text", "text.h5", "a.txt").status == 0)
        try workspace.write(
            "text.json",
            """
            {"data": {"path": "text.h5", "text": {"context": 8, "windows": 16}},
             "model": {"layers": [{"type": "gpt", "layers": 1, "heads": 1, "width": 8}]},
             "loss": {"type": "crossEntropy"}, "optimizer": {"type": "adam"},
             "training": {"epochs": 1}}
            """)
        #expect(try workspace.run("text.json", "--out", "text", "-q").status == 0)
        let piped = try run(workspace, "eval text -", "abc")
        #expect(piped.status == 2 && piped.errors.contains("name the file of the text"))
        let found = try [[], ["--report"]].map {
            try workspace.run(["eval", "text", "a.txt", "--json"] + $0)
        }
        let losses = found.map { result in
            (try? JSONNode(parsing: result.output))?["validation"]?["loss"]?.double
        }
        #expect(losses[0] != nil && losses[0] == losses[1], "\(found.map(\.errors))")
    }
}
