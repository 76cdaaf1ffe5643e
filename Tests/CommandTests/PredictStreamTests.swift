import FTJSON
import Testing

@Suite("predict --stream")
struct PredictStreamTests {
    private func workspace(_ options: [String]) throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<40).map { "\($0),\($0 % 3 == 0 ? "ulm" : "bonn"),\($0 < 20 ? "a" : "b")" }
        try workspace.write("t.csv", "age,city,y\n" + rows.joined(separator: "\n") + "\n")
        let made = try workspace.run(
            ["data", "csv", "data.h5", "train=t.csv", "--split", "0.2"] + options)
        #expect(made.status == 0, "\(made.errors)")
        try workspace.write(
            "tiny.json",
            Workspace.tiny.replacing("test/images", with: "validation/inputs")
                .replacing("test/labels", with: "validation/targets"))
        let trained = try workspace.run(
            "tiny.json", "data.train.inputs=train/inputs", "data.train.targets=train/targets",
            "-q", "--out", "run")
        #expect(trained.status == 0, "\(trained.errors)")
        return workspace
    }

    private func answers(_ workspace: Workspace, _ lines: [String]) throws -> [JSONNode] {
        try workspace.write("in.jsonl", lines.joined(separator: "\n") + "\n")
        try workspace.write("ask.sh", "\"$1\" predict run --stream < in.jsonl\n")
        let child = try Child(
            "/bin/sh", ["ask.sh", Workspace.program], in: workspace.path,
            output: workspace.file("out"), errors: workspace.file("err"))
        return try child.wait().lines.filter { !$0.isEmpty }.map {
            try JSONNode(parsing: String($0))
        }
    }

    @Test("spaces around a word don't make it another")
    func spaces() throws {
        let workspace = try workspace([])
        let found = try answers(
            workspace, [#"{"age": 3, "city": "ulm"}"#, #"{"age": 3, "city": " ulm "}"#])
        #expect(found.count == 2 && found[0]["probabilities"] != nil)
        #expect(found[0]["probabilities"] == found[1]["probabilities"])
        #expect(found[1]["notes"] == nil)
        try workspace.write("q.csv", "age,city\n3,\" ulm\"\n3,ulm\n")
        let result = try workspace.run("predict", "run", "q.csv", "-o", "q.jsonl")
        #expect(result.status == 0 && !result.errors.contains("may be"), "\(result.errors)")
        let lines = try workspace.text("q.jsonl").split(separator: "\n").map {
            try JSONNode(parsing: String($0))
        }
        #expect(lines.count == 2 && lines[0]["probabilities"] == lines[1]["probabilities"])
    }

    @Test("a key that isn't there is a value that isn't there, as in a table")
    func missing() throws {
        let workspace = try workspace(["--missing", "median"])
        let found = try answers(
            workspace,
            [
                #"{"age": 3}"#, #"{"age": 3, "city": null}"#, #"{"city": "ulm", "y": "a"}"#,
                #"{"Age": 3, "city": "ulm"}"#, "{}", #"{"other": 1}"#,
            ])
        #expect(found.count == 6)
        #expect(found[0]["prediction"] != nil)
        #expect(found[0]["probabilities"] == found[1]["probabilities"])
        #expect(found[2]["prediction"] != nil)
        #expect(
            found[3]["error"]?.string?.contains("lacks 'age', which the model needs; is it 'Age'?")
                == true)
        for answer in found[4...] {
            #expect(answer["error"]?.string?.contains("which are age, city") == true)
        }
    }

    @Test("each line gets an answer, which names words that the training table hadn't")
    func everyLine() throws {
        let workspace = try workspace([])
        let found = try answers(
            workspace,
            ["", #"{"age": 3, "city": "rome"}"#, "  ", #"{"age": 3, "city": "ulm"}"#])
        #expect(found.count == 4)
        #expect(found[0]["error"] != nil && found[2]["line"]?.int == 3)
        #expect(found[1]["unknownWords"]?.elements?.map(\.string) == ["city"])
        #expect(found[1]["prediction"] != nil && found[3]["unknownWords"] == nil)
        let other = try answers(workspace, [#"{"age": 3, "city": "ulm", "colour": 1}"#])
        #expect(other[0]["unknownKeys"]?.elements?.map(\.string) == ["colour"])
        #expect(found[3]["unknownKeys"] == nil && other[0]["prediction"] != nil)
        let skipping = try workspace.run("predict", "run", "--stream", "--skip-bad")
        #expect(skipping.status == 2 && skipping.errors.contains("leave --skip-bad out"))
    }

    @Test("an answer says what a table's would: values beyond those learned from, and missing ones")
    func notes() throws {
        let workspace = try workspace(["--missing", "median", "--types", "city=id"])
        let found = try answers(
            workspace,
            [#"{"age": 300, "city": "ulm"}"#, #"{"age": null, "city": "bonn"}"#, #"{"age": 3}"#])
        let notes = found[0]["notes"]?.elements?.compactMap(\.string) ?? []
        #expect(notes.count == 1 && notes[0].contains("beyond"), "\(notes)")
        #expect(found[0]["city"]?.string == "ulm" && found[0]["imputed"] == nil)
        #expect(found[1]["imputed"]?.elements?.map(\.string) == ["age"])
        #expect(found[1]["notes"]?.elements?[0].string?.contains("'age' in 1 row") == true)
        // A row without an id has its line.
        #expect(found[2]["city"] == nil && found[2]["line"]?.int == 3 && found[2]["notes"] == nil)
        try workspace.write("new.csv", "age,city\n300,ulm\n,bonn\n")
        let table = try workspace.run("predict", "run", "new.csv")
        #expect(table.errors.contains(notes[0]), "\(table.errors)")
    }

    @Test("without a rule for missing values the sentence names the key")
    func refused() throws {
        let found = try answers(try workspace([]), [#"{"age": 3}"#])
        #expect(found[0]["error"]?.string?.contains("column 'city' holds nothing") == true)
    }

    @Test("--out is refused")
    func out() throws {
        let result = try workspace([]).run("predict", "run", "--stream", "-o", "x.csv")
        #expect(result.status == 2 && result.errors.contains("leave --out x.csv out"))
    }
}
