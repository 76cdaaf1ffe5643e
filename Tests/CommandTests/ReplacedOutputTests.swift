import Datasets
import FTJSON
import FoundationEssentials
import Tensor
import Testing

@Suite("Files that are there")
struct ReplacedOutputTests {
    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        let rows = (0..<40).map { "r\($0),\($0),\($0 < 20 ? "a" : "b")" }
        try workspace.write("t.csv", "key,age,y\n" + rows.joined(separator: "\n") + "\n")
        let made = try workspace.run(
            "data", "csv", "data.h5", "train=t.csv", "--split", "0.2", "--types", "key=id")
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

    @Test("are refused where the command didn't write them, and replaced with --force or again")
    func force() throws {
        let workspace = try workspace()
        for (arguments, name) in [
            (["predict", "run", "t.csv"], "p.csv"), (["predict", "run", "t.csv"], "p.h5"),
            (["predict", "run", "t.csv"], "p.npy"), (["export", "run"], "m.safetensors"),
            (["export", "run"], "m.npz"), (["export", "run"], "m.onnx"),
            (["eval", "run", "--report"], "r.html"), (["plot", "run"], "p.svg"),
        ] {
            try workspace.write(name, "what somebody wrote\n")
            let refused = try workspace.run(arguments + ["-o", name])
            #expect(refused.status == 2 && refused.errors.contains("--force"), "\(name)")
            #expect(try workspace.text(name) == "what somebody wrote\n")
            let forced = try workspace.run(arguments + ["-o", name, "--force"])
            #expect(forced.status == 0, "\(name): \(forced.errors)")
            let again = try workspace.run(arguments + ["-o", name])
            #expect(again.status == 0, "\(name): \(again.errors)")
        }
        // A file without anything in it, as mktemp makes one, is nobody's.
        try workspace.write("empty.csv", "")
        #expect(try workspace.run("predict", "run", "t.csv", "-o", "empty.csv").status == 0)
    }

    @Test("hold the ids of rows, and so do the data of a table")
    func ids() throws {
        let workspace = try workspace()
        #expect(try workspace.run("predict", "run", "t.csv", "-o", "p.h5").status == 0)
        let file = try HDF5File(workspace.file("p.h5"))
        let ids = try HDF5Dataset(file, "ids/key").read()
        #expect(TextRows.texts(ids) == (0..<40).map { "r\($0)" })
        #expect(try workspace.run("predict", "run", "t.csv", "-o", "p.npy").status == 0)
        let beside = try JSONNode(parsing: workspace.text("p.npy.source.json"))
        #expect(beside["ids"]?["key"]?.elements?.map(\.string).last == "r39")
        let report = try workspace.run("eval", "run", "--report", "--json")
        let worst = try JSONNode(parsing: report.output)["worst"]?.elements?.first
        #expect(worst?["example"]?.string?.hasPrefix("r") == true, "\(report.output)")
    }
}
