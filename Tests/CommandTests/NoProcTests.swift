import Testing

/// A machine without /proc, in which Swift looks for the words of the command line.
@Suite("Without /proc")
struct NoProcTests {
    /// What a command does where /proc is empty. Not everybody may make it so.
    private static func run(
        _ workspace: Workspace, _ words: [String], environment: Bool = true
    ) throws -> Workspace.Result {
        let script = "mount -t tmpfs none /proc && exec \(environment ? "" : "env -i ")\"$@\""
        return try Child(
            "unshare", ["-m", "sh", "-c", script, "sh"] + words, in: workspace.path,
            output: workspace.file("output"), errors: workspace.file("errors")
        ).wait()
    }

    private static var canHide: Bool {
        guard let workspace = try? Workspace() else { return false }
        return (try? run(workspace, ["true"]).status) == 0
    }

    @Test(
        "a command sees what it was called with", .enabled(if: canHide), arguments: [true, false])
    func words(hasEnvironment: Bool) throws {
        let workspace = try Workspace()
        try workspace.prepare()
        func run(_ words: String...) throws -> Workspace.Result {
            try Self.run(workspace, [Workspace.program] + words, environment: hasEnvironment)
        }
        #expect(try run("version").output.hasPrefix("fttrain "))
        let trained = try run("tiny.json", "--out", "a b", "-q", "training.epochs=1")
        #expect(trained.status == 0 && trained.output == "a b\n", "\(trained.errors)")
        let unknown = try run("inspect", "no such file")
        #expect(unknown.status == 3 && unknown.errors.contains("no such file"))
        let swept = try run("sweep", "tiny.json", "training.epochs=1,2", "--out", "s", "-q")
        #expect(swept.status == 0, "\(swept.errors)")
    }
}
