import FTJSON
import FoundationEssentials
import Testing

@Suite struct ExportCommandTests {
    @Test("a trained model becomes an ONNX file that says what it comes from")
    func onnx() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        _ = try workspace.run("tiny.json", "-q", "--out", "run")
        let result = try workspace.run("export", "run", "--format", "onnx", "-o", "tiny.onnx")
        #expect(result.status == 0 && result.errors == "")
        #expect(result.output.contains("\nwrote   tiny.onnx   4 arrays, 83 numbers, "))
        // The version of the form, and who wrote it.
        #expect(
            try workspace.bytes("tiny.onnx").prefix(14) == [8, 8, 18, 10] + Array("FakeTensor".utf8)
        )
        let text = try workspace.text("tiny.onnx")
        let json = try JSONNode(parsing: workspace.run("export", "run", "--json").output)
        let hash = try #require(json["checkpointHash"]?.string)
        #expect(text.contains("checkpointHash") && text.contains(hash))
        // The name says the form, too, and the two may not differ.
        #expect(try workspace.run("export", "run", "-o", "named.onnx").status == 0)
        #expect(try workspace.bytes("named.onnx") == workspace.bytes("tiny.onnx"))
        let differing = try workspace.run("export", "run", "--format", "npz", "-o", "a.onnx")
        #expect(differing.status == 2 && differing.errors.contains("a.onnx is a name for onnx"))
        #expect(!workspace.exists("a.onnx"))
        let unwritable = try workspace.run("export", "run", "--format", "onnx", "-o", "no/a.onnx")
        #expect(unwritable.status == 3 && unwritable.errors.contains("no/a.onnx"))
        for (arguments, name) in [
            (["export", "run/best.safetensors"], "run/best.safetensors"),
            (["plot", "run"], "run/metrics.jsonl"), (["export", "run"], "run/last.safetensors"),
            (["predict", "run", "data.h5"], "data.h5"),
        ] {
            let before = try workspace.bytes(name)
            let result = try workspace.run(arguments + ["-o", name])
            #expect(result.status == 2 && result.errors.contains("name another file"), "\(name)")
            #expect(try workspace.bytes(name) == before)
        }
        try Data("a,b\n1,x\n2,y\n".utf8).write(to: URL(filePath: workspace.file("t.csv")))
        for arguments in [
            ["data", "csv", "t.csv", "train=t.csv"], ["data", "csv", "./t.csv", "train=t.csv"],
            ["init", "t.csv", "--data", "t.csv"], ["init", "t.csv", "--out", "t.csv"],
        ] {
            let result = try workspace.run(arguments + ["--force"])
            #expect(result.status == 2 && result.errors.contains("which is read"), "\(arguments)")
            #expect(try workspace.text("t.csv") == "a,b\n1,x\n2,y\n")
        }
    }
}
