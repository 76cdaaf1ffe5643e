import Testing

@Suite("Lines of 80 columns")
struct LineWidthTests {
    private func check(_ workspace: Workspace, _ arguments: [String]) throws {
        let result = try workspace.run(arguments)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        for line in result.lines where line.unicodeScalars.count > 80 {
            // One word, such as numbers in JSON, stays whole.
            if line.drop(while: { $0 == " " }).allSatisfy({ $0 != " " }) { continue }
            Issue.record("\(arguments): \(line.unicodeScalars.count) columns: \(line)")
        }
    }

    @Test(
        "of trainings with metrics of long names, and of what looks at them",
        arguments: [
            (["f1"], "f1 (macro)"), (["f1", "accuracy"], "f1Macro"),
            (["balancedAccuracy", "precision", "topKAccuracy"], "bal.acc"),
            (["balancedAccuracy", "precision", "recall", "f1"], "recMacro"),
            (["balancedAccuracy", "precision", "recall", "f1", "accuracy"], "…"),
        ])
    func classes(metrics: [String], title: String) throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let named = metrics.map { $0 == "topKAccuracy" ? #"{"type":"\#($0)","k":2}"# : "\"\($0)\"" }
        let setting = "metrics=[\(named.joined(separator: ","))]"
        let trained = try workspace.run("tiny.json", setting, "--out", "run")
        #expect(trained.output.contains(title), "\(trained.output)")
        try check(workspace, ["resume", "run", "training.epochs=4"])
        for line in trained.lines { #expect(line.unicodeScalars.count <= 80, "\(line)") }
        try check(workspace, ["eval", "run"])
        try check(workspace, ["eval", "run", "--report"])
        try check(workspace, ["compare", "run"])
        #expect(try workspace.text("run/metrics.csv").contains(metrics[0]))
    }

    @Test("of everything that looks at a run or tries a config")
    func commands() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let metrics = #"metrics=["f1","balancedAccuracy","precision"]"#
        for arguments in [
            ["tiny.json", metrics, "loss.classWeights=balanced", "--out", "run"],
            ["check", "tiny.json", metrics, "model.from.path=run"], ["eval", "run"],
            ["eval", "run", "--report"], ["inspect", "run"], ["inspect", "run", "--stats"],
            ["inspect", "run", "--layers"], ["verify", "run", "--threads", "1"],
            ["find-rate", "tiny.json", "--from", "1e-4", "--to", "10"],
            [
                "sweep", "tiny.json", metrics, "optimizer.learningRate=0.01,0.001",
                "model.layers.0.units=8,16", "--out", "s",
            ], ["folds", "tiny.json", metrics, "--folds", "3", "--out", "f"],
            ["compare", "s"], ["compare", "f"], ["export", "run"],
            [
                "tiny.json", "model.from.path=run", "data.transforms=[{\"type\":\"normalize\"}]",
                "--out", "other",
            ],
        ] { try check(workspace, arguments) }
    }

    @Test("of what helps")
    func help() throws {
        let workspace = try Workspace()
        let help = try workspace.run("--help").output
        let commands = try #require(help.split(separator: "commands:\n").last)
        let names = commands.split(separator: "\n").filter { !$0.hasPrefix("   ") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(names.contains("train") && names.contains("predict") && names.count > 20)
        try check(workspace, ["--help"])
        for name in names { try check(workspace, [name, "--help"]) }
        for what in [
            "keys", "layers", "losses", "optimizers", "schedules", "metrics", "transforms", "lstm",
            "training.epochs", "optimizer.learningRate", "training",
        ] { try check(workspace, ["list", what]) }
    }
}
