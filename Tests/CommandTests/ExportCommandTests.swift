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

    @Test("weights travel under PyTorch's names, too")
    func namesOfPyTorch() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let layers = """
            model.layers=[{"type": "linear", "units": 4}, {"type": "batchNorm1d"}, \
            {"type": "relu"}, {"type": "linear", "units": 3}]
            """
        _ = try workspace.run("tiny.json", layers, "-q", "--out", "run")
        let file = "their.safetensors"
        #expect(try workspace.run("export", "run", "--names", "pytorch", "-o", file).status == 0)
        let listed = try workspace.run("inspect", file).output
        for name in ["1.running_mean", "1.running_var", "1.num_batches_tracked", "0.weight"] {
            #expect(listed.contains("\n\(name) "), "\(name)")
        }
        #expect(!listed.contains("runningMean"))
        let checked = try workspace.run("check", "tiny.json", layers, "model.from.path=\(file)")
        #expect(checked.status == 0)
        #expect(checked.output.contains("9 of the model's 9 tensors come from \(file)"))
        #expect(!checked.output.contains("not used"))
        let refused = try workspace.run("export", "run", "--names", "pytorch", "-o", "a.onnx")
        #expect(refused.status == 2 && refused.errors.contains("leave --names pytorch out"))
    }
}
