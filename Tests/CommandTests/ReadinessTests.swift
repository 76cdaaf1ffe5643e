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
        #expect(result.status == 0, "\(result.errors)")
        let sentence = "note    auc has no value on data.h5: 'test/labels', as where all targets"
        let notes = result.lines.filter { $0.hasPrefix(sentence) }
        #expect(notes.count == 1 && notes[0].hasSuffix("or set training.bestBy=loss"))
        #expect(try workspace.run("eval", "r").output.contains("\n\(sentence)"))
    }
}
