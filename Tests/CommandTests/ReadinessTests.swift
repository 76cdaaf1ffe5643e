import Datasets
import Tensor
import Testing

/// What is wrong and can be known at once is said before anything is computed.
@Suite("What can be known at once")
struct ReadinessTests {
    @Test(
        "a file that can't be written is found before the work",
        arguments: ["profile", "graph"], ["none/at/all.json", "folder"])
    func out(command: String, path: String) throws {
        let workspace = try Workspace()
        try workspace.prepare()
        try workspace.folder("folder")
        let result = try workspace.run(command, "tiny.json", "data.path=no.h5", "--out", path)
        #expect(result.status == 3 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("fttrain: \(path): can't be written"), "\(result.errors)")
    }

    @Test("a file that can be written is as it was until it is")
    func untouched() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        try workspace.write("graph.txt", "as before")
        #expect(
            try workspace.run("graph", "tiny.json", "data.path=no.h5", "--out", "graph.txt").status
                == 3)
        #expect(try workspace.text("graph.txt") == "as before")
        #expect(try workspace.run("graph", "tiny.json", "--out", "graph.txt").status == 0)
        #expect(try workspace.text("graph.txt").hasPrefix("flowchart"))
    }

    @Test("a run folder in use is found before the data are read")
    func folder() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let result = try workspace.run("tiny.json", "data.path=no.h5", "--out", ".")
        #expect(result.status == 2)
        #expect(result.errors.contains("the folder is not empty"))
    }

    @Test("a metric without a value is explained, in training and in evaluation")
    func undefined() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let single = [
            "model.layers=[{\"type\":\"linear\",\"units\":1},{\"type\":\"reshape\",\"shape\":[]}]",
            "loss={\"type\":\"binaryCrossEntropy\"}", "metrics=[\"auc\"]",
            "data.train.targets=test/labels", "data.train.inputs=test/images",
            "data.targetTransforms=[{\"type\":\"scale\",\"factor\":0.1}]",
        ]
        let result = try workspace.run(["tiny.json", "--out", "r"] + single)
        #expect(result.status == 1, "\(result.errors)")
        let sentence = "note    auc has no value on data.h5: 'test/labels', as where all targets"
        let notes = result.unfolded.split(separator: "\n").filter { $0.hasPrefix(sentence) }
        #expect(notes.count == 1 && notes[0].hasSuffix("or set training.bestBy=loss"))
        #expect(try workspace.run("eval", "r").unfolded.contains("\n\(sentence)"))
        // Patience waits from the beginning where there never was a value.
        let patient = try workspace.run(
            ["tiny.json", "--out", "p", "training.epochs=9", "training.patience=2"] + single)
        #expect(patient.status == 1, "\(patient.errors)")
        #expect(patient.unfolded.contains("stopped after epoch 2: auc never had a value"))
    }

    @Test(
        "output that can't be written is a sentence and a status, of every command",
        arguments: [
            "schema", "list", "list layers", "--help", "--version", "check tiny.json",
            "tiny.json --out full", "resume run", "eval run", "inspect run",
            "inspect run/last.safetensors --json", "inspect data.h5", "data info data.h5",
            "data digits d.h5 --train 10 --test 10", "graph tiny.json",
            "profile tiny.json --steps 2",
        ])
    func fullDisk(arguments: String) throws {
        let workspace = try Workspace()
        try workspace.prepare()
        if arguments.contains("run") {
            #expect(try workspace.run("tiny.json", "-q", "--out", "run").status == 0)
        }
        let words = arguments.split(separator: " ").map { String($0) }
        let child = try workspace.start(words, output: "/dev/full")
        let result = try child.wait(reading: false)
        #expect(result.status == 3)
        #expect(
            result.errors.hasPrefix("fttrain: standard output can't be written: the disk is full"))
    }

    @Test("tables of one command number their words together and keep them")
    func classes() throws {
        let workspace = try Workspace()
        try workspace.write("train.csv", "1,cat\n2,bee\n3,ant\n")
        try workspace.write("test.csv", "1,ant\n2,cat\n")
        let result = try workspace.run("data", "csv", "d.h5", "train=train.csv", "test=test.csv")
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.unfolded.split(separator: "\n").count {
                $0.hasSuffix("contiguous, classes 0 ant, 1 bee, 2 cat")
            } == 2)
        let file = try HDF5File(workspace.file("d.h5"))
        #expect(file.attribute("classes", on: "test/targets") == #"["ant","bee","cat"]"#)
        let targets = try ["train", "test"].map {
            try HDF5Dataset(file, "\($0)/targets").read().values(as: Int.self)
        }
        #expect(targets == [[2, 1, 0], [0, 2]])
        #expect(file.attribute("classes", on: "test/inputs") == nil)
    }

    @Test("NaN in the validation data is found in its row, in training and in evaluation")
    func spoiledValidation() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        #expect(try workspace.run("tiny.json", "-q", "--out", "good").status == 0)
        try HDF5Writer.create(workspace.file("bad.h5")) { file in
            var values = [Float](repeating: 1, count: 24)
            try file.write("train/images", NDArray(values, [4, 6]))
            values[13] = .nan
            try file.write("test/images", NDArray(values, [4, 6]))
            for part in ["train", "test"] {
                try file.write("\(part)/labels", NDArray.full([4], 1, .uint8))
            }
        }
        let found = "bad.h5: 'test/images': row 2 holds NaN"
        let run = try workspace.run("tiny.json", "data.path=bad.h5", "--out", "r")
        #expect(run.status == 4)
        #expect(
            run.unfolded.contains("the validation loss is nan; \(found); learning rate"),
            "\(run.output)")
        #expect(
            run.output.hasSuffix("next    correct the data or leave the row out, and train again\n")
        )
        let evaluation = try workspace.run("eval", "good", "--data", "bad.h5")
        #expect(evaluation.status == 3)
        #expect(
            evaluation.errors.hasPrefix("fttrain: \(found), so the loss is nan; correct the data"))
    }
}
