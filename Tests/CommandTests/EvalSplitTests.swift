import Datasets
import FTJSON
import Tensor
import Testing

/// Which examples `eval` takes where a run held some back.
@Suite("eval of data that are split")
struct EvalSplitTests {
    @Test(
        "another file is measured whole where the run held a share back, a copy as the file itself")
    func otherSplit() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let run = try workspace.run(
            "tiny.json", "data.validation=null", "data.split=0.25", "--out", "run", "-q")
        #expect(run.status == 0, "\(run.errors)")
        let path = try JSONNode(parsing: workspace.text("run/config.json"))["data"]?["path"]?.string
        let own = try #require(path)
        let bytes = try workspace.bytes(own)
        try workspace.write("copy.h5", bytes)
        let images = try HDF5Dataset(HDF5File(workspace.file(own)), "train/images").read()
        let labels = try HDF5Dataset(HDF5File(workspace.file(own)), "train/labels").read()
        for part in ["train", "validation"] {
            try HDF5Writer.create(workspace.file("\(part).h5")) { file in
                try file.write(
                    "\(part)/images",
                    NDArray(images.values(as: Float.self).map { 2 * $0 }, images.shape))
                try file.write("\(part)/labels", labels)
            }
        }
        let files = [[], [own], ["./\(own)"], ["copy.h5"], ["train.h5"]]
        let counts = try files.map { data in
            try JSONNode(parsing: workspace.run(["eval", "run", "--json"] + data).output)[
                "examples"]?
                .int
        }
        let held = try #require(counts[0])
        #expect(held < 15)
        #expect(counts == [held, held, held, held, 40])
        let copy = try workspace.run("eval", "run", "copy.h5").output
        #expect(copy.contains("note    copy.h5 holds what the model was trained on; these are"))
        let part = try workspace.run("eval", "run", "validation.h5")
        let remedy =
            "data.validation.inputs=validation/images data.validation.targets=validation/labels"
        #expect(part.status == 3 && part.errors.hasSuffix("\(remedy)\n"), "\(part.errors)")
        let measured = try workspace.run(
            ["eval", "run", "validation.h5"] + remedy.split(separator: " ").map(String.init))
        #expect(measured.output.contains("validation.h5   40 examples"), "\(measured.errors)")
    }
}
