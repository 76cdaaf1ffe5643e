import Datasets
import FTJSON
import Tensor
import Testing

/// Configs that are made of folders of images.
@Suite("init of folders of images")
struct ImageInitTests {
    @Test("init makes of a folder a dataset and a network that learns it")
    func start() throws {
        let workspace = try Workspace()
        try Birds.birds(workspace, "birds", count: 20, width: 20, height: 16)
        let made = try workspace.run("init", "birds", "training.epochs=6")
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.contains("parts      train 32, validation 8"), "\(made.output)")
        #expect(made.output.contains("2 convolutions 3×3 of 16, 32 channels"))
        let run = try workspace.run("birds.json", "--out", "run", "-q")
        #expect(run.status == 0, "\(run.errors)")
        let report = try JSONNode(
            parsing: try workspace.run("eval", "run", "birds", "--report", "--json").output)
        #expect((report["accuracy"]?.double ?? 0) > 0.9)
        let page = try workspace.text("run/report.html")
        #expect(page.contains("Classes, by the best epoch"))
    }

    @Test("images that differ in size are made alike by init, which says so")
    func differing() throws {
        let workspace = try Workspace()
        try Birds.birds(workspace, "birds", width: 40, height: 30)
        for name in ["x", "y"] {
            try Birds.write(
                workspace, "birds/ant/\(name).pgm", Birds.picture(50, 20, isBright: false, 1))
        }
        let made = try workspace.run("init", "birds")
        #expect(made.status == 0, "\(made.errors)")
        #expect(
            made.output.contains("30x30 pixels, grey, each scaled to cover that"), "\(made.output)")
        let sized = try workspace.run("init", "birds", "--size", "12x16", "--force")
        #expect(sized.status == 0 && sized.output.contains("12x16 pixels, grey, as --size says"))
        let check = try workspace.run("check", "birds.json")
        #expect(check.status == 0, "\(check.errors)")
    }

    @Test(
        "folders of train and test are parts, for init and for data images",
        arguments: ["test", "val"])
    func parts(held: String) throws {
        let workspace = try Workspace()
        try Birds.birds(workspace, "birds/train", count: 8)
        try Birds.birds(workspace, "birds/\(held)", count: 3)
        let name = held == "val" ? "validation" : held
        let data = try workspace.run("data", "images", "a.h5", "birds")
        #expect(data.status == 0, "\(data.errors)")
        let file = try HDF5File(workspace.file("a.h5"))
        #expect(try HDF5Dataset(file, "train/images").count == 16)
        #expect(try HDF5Dataset(file, "\(name)/labels").count == 6)
        let split = try workspace.run("data", "images", "b.h5", "birds", "--split", "0.1")
        #expect(split.status == 2 && split.errors.contains("birds has parts of its own"))
        let made = try workspace.run("init", "birds", "training.epochs=1")
        #expect(made.status == 0 && made.output.contains("train 16, \(name) 6"), "\(made.errors)")
        #expect(try workspace.run("birds.json", "--out", "run", "-q").status == 0)
        try Birds.birds(workspace, "birds/\(held)", count: 1, names: ["newt"])
        let unknown = try workspace.run("data", "images", "c.h5", "birds")
        #expect(
            unknown.errors.hasPrefix(
                "fttrain: birds/\(held)/newt: is a class that birds/train hasn't"),
            "\(unknown.errors)")
    }

    @Test("a dataset with nothing to measure on says how to keep some, and init does")
    func unsplit() throws {
        let workspace = try Workspace()
        try Birds.birds(workspace, "birds")
        let made = try workspace.run("data", "images", "a.h5", "birds")
        #expect(made.output.contains("held out      none to measure on"), "\(made.output)")
        #expect(made.output.contains("next          fttrain init a.h5"))
        let start = try workspace.run("init", "a.h5", "training.epochs=1")
        #expect(start.status == 0, "\(start.errors)")
        #expect(start.output.contains("a share of 0.2 of the training examples"))
        #expect(try workspace.run("a.json", "--out", "run", "-q").status == 0)
        // A config that names what the file lacks, as those of the repository do.
        let held = "data.validation={\"inputs\": \"test/images\", \"targets\": \"test/labels\"}"
        let lacking = try workspace.run("a.json", "data.split=null", held)
        #expect(
            lacking.errors.contains("data.validation=null data.split=0.2"), "\(lacking.errors)")
        let kept = try workspace.run("a.json", "data.validation=null", "data.split=0.2", "-q")
        #expect(kept.status == 0, "\(kept.errors)")
        try HDF5Writer.create(workspace.file("b.h5")) { file in
            try file.write("new/images", NDArray([UInt8](repeating: 9, count: 144), [2, 1, 8, 9]))
        }
        let other = try workspace.run("predict", "run", "b.h5")
        #expect(other.errors.contains("the model was trained with 'train/images'"))
        #expect(other.errors.contains("call the new examples so"), "\(other.errors)")
    }
}
