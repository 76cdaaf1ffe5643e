import Glibc
import Testing

/// What a machine refuses: memory, room for files.
@Suite("Limits of the system end with a sentence and an exit status") struct LimitTests {
    private let workspace: Workspace

    init() throws {
        workspace = try Workspace()
        try workspace.prepare(train: 600)
    }

    /// Runs the program under limits that the shell sets.
    private func run(_ limits: String, _ arguments: String) throws -> Workspace.Result {
        let child = try Child(
            "/bin/sh", ["-c", "\(limits); exec '\(Workspace.program)' \(arguments)"],
            in: workspace.path, output: workspace.file("out"), errors: workspace.file("err"))
        return try child.wait()
    }

    @Test("files that may not grow")
    func fileSize() throws {
        let result = try run("ulimit -f 2", "tiny.json -q --out run model.layers.0.units=512")
        #expect(result.signal == nil)
        #expect(result.status == 3)
        #expect(result.errors.contains("can't be written: files may not be that large"))
    }

    @Test("a limit of memory that is enough doesn't make the program wait for ever")
    func enough() throws {
        for arguments in ["list layers", "tiny.json -q --out run"] {
            let result = try run("ulimit -v 400000", arguments)
            #expect(result.signal == nil)
            #expect(result.status == 0, "\(result.errors)")
        }
    }

    @Test("memory that runs out")
    func memory() throws {
        let wide = "model.layers.0.units=4000000"
        let result = try run("ulimit -v 400000", "tiny.json -q --out run \(wide)")
        #expect(result.signal == nil)
        #expect(result.status == 70 || result.status == 2)
        #expect(result.errors.contains("memory"))
    }

    @Test("few open files")
    func descriptors() throws {
        let result = try run("ulimit -n 4", "tiny.json -q --out run")
        #expect(result.signal == nil)
        #expect(result.status == 3)
        #expect(result.errors.contains("too many open files"))
    }
}
