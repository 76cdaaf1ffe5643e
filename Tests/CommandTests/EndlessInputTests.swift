import FTJSON
import FoundationEssentials
import Glibc
import Testing

@Suite("Input without end, and readers that go")
struct EndlessInputTests {
    private func trained() throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<40).map { "\($0),\($0 % 3),\($0 < 20 ? "a" : "b")" }
        try workspace.write("t.csv", "age,city,y\n" + rows.joined(separator: "\n") + "\n")
        #expect(try workspace.run("init", "t.csv", "training.epochs=1").status == 0)
        #expect(try workspace.run("t.json", "--out", "run", "-q").status == 0)
        return workspace
    }

    /// What a line of the shell comes to, in which `$P` is the program.
    private func shell(_ workspace: Workspace, _ line: String) throws -> Workspace.Result {
        try workspace.write("do.sh", "P=\"$1\"\n\(line)\n")
        let child = try Child(
            "/bin/sh", ["do.sh", Workspace.program], in: workspace.path,
            output: workspace.file("out"), errors: workspace.file("err"))
        return try child.wait()
    }

    @Test("a stream of one endless line is refused, and ends where nobody reads the answers")
    func streams() throws {
        let workspace = try trained()
        let zeros = try shell(workspace, "timeout 60 \"$P\" predict run --stream < /dev/zero")
        #expect(zeros.status == 3, "\(zeros.errors)")
        #expect(
            zeros.errors.hasPrefix("fttrain: --stream: line 1 of standard input is longer than 16"))
        let gone = try shell(
            workspace, "(yes | timeout 60 \"$P\" predict run --stream; echo $? > code) | head -n 2")
        #expect(gone.lines.count == 3 && gone.output.hasPrefix(#"{"line":1,"error":"#))
        #expect(try workspace.text("code") == "0\n")
        let lines = "{\"age\":1,\"city\":2}\r\n\nx\n{\"age\":1,\"city\":2}"
        try workspace.write("in", lines)
        let answers = try shell(workspace, "\"$P\" predict run --stream < in")
        let nodes = try answers.output.split(separator: "\n").map {
            try JSONNode(parsing: String($0))
        }
        #expect(nodes.compactMap { $0["line"]?.int } == [1, 2, 3, 4])
        #expect(nodes.map { $0["error"] == nil } == [true, false, false, true])
    }

    @Test("a table of more than a gigabyte is refused before it is read to its end")
    func tables() throws {
        let workspace = try trained()
        for command in ["predict run -", "eval run -"] {
            let result = try shell(workspace, "yes 1,2 | timeout 120 \"$P\" \(command)")
            #expect(
                result.status == 3
                    && result.errors.contains("standard input: more than 1 GiB, or without end"),
                "\(result.errors)")
        }
        let other = try shell(
            workspace, "yes 1,2 | timeout 60 \"$P\" data csv a.h5 train=/dev/stdin")
        #expect(other.status == 3 && other.errors.contains("/dev/stdin: this is not a file"))
    }
}
