import FTJSON
import Testing

/// Models that branch, as the program shows them.
@Suite struct BranchTests {
    private let layers =
        "model.layers=[{\"type\":\"parallel\",\"join\":\"concat\",\"branches\":["
        + "[{\"type\":\"linear\",\"units\":4},{\"type\":\"relu\"}],[],"
        + "[{\"type\":\"dropout\",\"rate\":0.1}]]},{\"type\":\"linear\",\"units\":3}]"

    private func run(_ arguments: String...) throws -> Workspace.Result {
        let workspace = try Workspace()
        try workspace.prepare()
        return try workspace.run(arguments)
    }

    @Test("are checked and printed branch by branch")
    func check() throws {
        let result = try run("check", "tiny.json", layers, "--gradients")
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.output.contains(
                """
                layer  type       output     params  MACs
                       input      float32 6
                0      parallel   16             28    24
                0.0.0    linear   4              28    24
                0.0.1    relu     4
                0.2.0    dropout  6
                1      linear     3              51    48
                       total                     79    72
                """))
        let json = try run("check", "tiny.json", layers, "--json")
        let rows = try JSONNode(parsing: json.output)["layers"]
        #expect("\(String(describing: rows))".contains("0.2.0"))
    }

    @Test("are drawn and profiled under their names")
    func diagnostics() throws {
        let graph = try run("graph", "tiny.json", layers)
        #expect(graph.output.contains("Concat"))
        #expect(graph.output.contains("0.0.0.weight"))
        let profile = try run("profile", "tiny.json", layers)
        #expect(profile.output.contains("0.0.0 Linear"))
    }

    @Test("train, and are in the run's config with all defaults")
    func train() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let result = try workspace.run("tiny.json", layers)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try workspace.text("runs/tiny-001/config.json").contains("\"axis\": -1"))
        #expect(try workspace.run("eval", "runs/tiny-001").status == 0)
        let inspected = try workspace.run("inspect", "runs/tiny-001/best.safetensors")
        #expect(inspected.output.contains("0.0.0.weight"))
    }

    @Test("are listed") func list() throws {
        let text = try run("list", "parallel").output
        #expect(text.hasPrefix("layer parallel  Branches side by side"))
        #expect(text.contains("[[layer]]"))
    }

    @Test("may start from inputs with names, which every command shows")
    func namedInputs() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let changes = [
            "data.train.inputs={\"a\":\"train/images\",\"b\":\"train/images\"}",
            "data.validation.inputs={\"a\":\"test/images\",\"b\":\"test/images\"}",
            "model.layers=[{\"type\":\"parallel\",\"join\":\"multiply\",\"branches\":["
                + "[{\"type\":\"input\",\"name\":\"a\"},{\"type\":\"linear\",\"units\":4}],"
                + "[{\"type\":\"input\",\"name\":\"b\"},{\"type\":\"linear\",\"units\":4}]]},"
                + "{\"type\":\"linear\",\"units\":3}]",
        ]
        let check = try workspace.run(["check", "tiny.json"] + changes)
        #expect(
            check.output.contains(
                """
                layer  type      output     params  MACs
                       a         float32 6
                       b         float32 6
                0      parallel  4              56    48
                0.0.0    input   6
                0.0.1    linear  4              28    24
                0.1.0    input   6
                0.1.1    linear  4              28    24
                1      linear    3              15    12
                       total                    71    60
                """), "\(check.output)\(check.errors)")
        #expect(check.output.contains("train 40, validation 12   a float32 6, b float32 6"))
        let graph = try workspace.run(["graph", "tiny.json"] + changes)
        #expect(graph.output.contains("a<br/>") && graph.output.contains("b<br/>"))
        let profile = try workspace.run(["profile", "tiny.json"] + changes)
        #expect(profile.output.contains("0.1.1 Linear"))
        let run = try workspace.run(["tiny.json"] + changes)
        #expect(run.status == 0, "\(run.errors)")
        let config = try workspace.text("runs/tiny-001/config.json")
        #expect(config.contains("\"b\": \"train/images\""))
        #expect(try workspace.run("eval", "runs/tiny-001").status == 0)
        #expect(try workspace.run("resume", "runs/tiny-001", "training.epochs=4").status == 0)
    }
}
