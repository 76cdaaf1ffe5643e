import FoundationEssentials
import Testing

@Suite("Files that can't be written for lack of room")
struct FullDiskTests {
    /// A table and a run on it.
    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<400).map { "\($0 * 7919 % 1000),\($0 % 3),\($0 < 200 ? "a" : "b")" }
        try workspace.write("t.csv", "age,city,y\n" + rows.joined(separator: "\n") + "\n")
        #expect(try workspace.run("init", "t.csv", "training.epochs=1").status == 0)
        #expect(try workspace.run("t.json", "--out", "run", "-q").status == 0)
        return workspace
    }

    /// Runs the program, which may make no file of more than `blocks` of 512 bytes.
    private func limited(
        _ workspace: Workspace, _ blocks: Int, _ command: String
    ) throws -> Workspace.Result {
        // What is said goes through a pipe, which has no limit.
        let limited = "(ulimit -f \(blocks); exec '\(Workspace.program)' \(command))"
        let child = try Child(
            "/bin/sh", ["-c", "{ \(limited); echo \"status $?\"; } 2>&1 | cat"],
            in: workspace.path, output: workspace.file("out"), errors: workspace.file("err"))
        return try child.wait()
    }

    @Test(
        "the file that was asked for is named, what was there stays, and nothing else is left",
        arguments: [
            ("predict run t.csv -o new/p.csv", "new/p.csv", 2),
            ("predict run t.csv -o new/p.jsonl", "new/p.jsonl", 2),
            ("predict run t.csv -o new/p.h5", "new/p.h5", 2),
            ("predict run t.csv -o new/p.csv", "new/p.csv.source.json", 0),
            ("export run -o new/m.safetensors", "new/m.safetensors", 2),
            ("export run -o new/m.npz --force", "new/m.npz", 2),
            ("export run -o new/m.onnx", "new/m.onnx", 2),
            ("data csv new/d.h5 train=t.csv --force", "new/d.h5", 2),
            ("data text new/d.h5 t.csv --force", "new/d.h5", 2),
            ("data digits new/d.h5 --train 500 --force", "new/d.h5", 2),
            ("data digits new/digits --png --train 20", "new/digits/", 0),
            ("init t.csv --data new/d.h5 -o new/c.json --force", "new/d.h5", 2),
            ("init t.csv --data new/e.h5 -o new/c.json --force", "new/e.h5", 2),
            ("plot run -o new/p.svg", "new/p.svg", 2),
            ("eval run --report -o new/p.html --force", "new/p.html", 2),
            ("t.json --out new/run -q", "new/run/config.json", 0),
            ("sweep t.json seed=1,2 --out new/sweep", "new/sweep/sweep.json", 0),
        ])
    func files(command: String, file: String, blocks: Int) throws {
        let workspace = try workspace()
        try FileManager.default.createDirectory(
            atPath: workspace.file("new"), withIntermediateDirectories: true)
        let old = ["p.csv", "p.csv.source.json", "d.h5", "m.npz", "c.json", "p.html"]
        for name in old { try workspace.write("new/\(name)", "old") }
        let result = try limited(workspace, blocks, command)
        let said = result.output
        #expect(said.hasSuffix("status 3\n"), "\(said)")
        #expect(said.contains("fttrain: \(file)"), "\(said)")
        #expect(said.contains("can't be written: files may not be that large here"))
        #expect(!said.contains(".partial") && !said.contains(".init-"), "\(said)")
        #expect(try workspace.names("new").sorted() == old.sorted())
        for name in old { #expect(try workspace.text("new/\(name)") == "old") }
        #expect(try !workspace.names(".").contains { $0.contains("partial") })
    }
}
