import FTJSON
import Testing

/// Runs that keep weights as they are, and what is said of weights and files before anything is
/// trained.
@Suite struct UntrainedRunTests {
    @Test("weights of another file are measured and kept, and used like any run's")
    func untrained() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        #expect(try workspace.run("tiny.json", "--out", "old", "-q").status == 0)
        #expect(try workspace.run("export", "old", "-o", "w.safetensors").status == 0)
        let arguments = [
            "tiny.json", "model.from.path=w.safetensors", "training.epochs=0", "--out",
        ]
        let result = try workspace.run(arguments + ["run", "--tensorboard"])
        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("\ntrain   nothing, for training.epochs is 0"))
        #expect(result.output.contains("; nothing was trained\nbest    as it was: loss "))
        #expect(!result.output.contains("epoch    step"))
        let (then, now) = try (workspace.run("eval", "old"), workspace.run("eval", "run"))
        let results = [then, now].map { $0.lines.first { $0.hasPrefix("result") } }
        #expect(results[0] == results[1] && results[0] != nil)
        let verified = try workspace.run("verify", "run")
        #expect(verified.status == 0 && verified.output.contains("to the bit, at step 0"))
        #expect(try workspace.run("compare", "old", "run").status == 0)
        #expect(try workspace.run("plot", "old", "run").status == 0)
        #expect(try workspace.run("inspect", "run").status == 0)
        #expect(try workspace.run("export", "run", "-o", "again.safetensors").status == 0)
        #expect(try workspace.tensors("again.safetensors") == workspace.tensors("w.safetensors"))
        let resumed = try workspace.run("resume", "run")
        #expect(resumed.output.hasPrefix("run: nothing was to be trained (training.epochs=0)"))
        let json = try workspace.run(arguments + ["other", "--json"])
        let epoch = try #require(json.lines.first { $0.hasPrefix("{\"event\":\"epoch\"") })
        #expect(try JSONNode(parsing: String(epoch))["train"]?["loss"]?.isNull == true)
        let bare = try workspace.run("tiny.json", "training.epochs=0")
        #expect(bare.status == 2 && bare.errors.contains("0 trains nothing"), "\(bare)")
    }

    @Test("-q tells that weights fit in part, and strict refuses that")
    func parts() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        #expect(try workspace.run("tiny.json", "--out", "old", "-q").status == 0)
        let arguments = ["tiny.json", "-q", "model.from.path=old", "model.layers.0.units=9"]
        let part = try workspace.run(arguments)
        #expect(part.status == 0)
        let sentence = "fttrain: runs/tiny-001: 1 of the model's 4 tensors come from old/"
        #expect(part.errors.hasPrefix(sentence), "\(part)")
        let strict = try workspace.run(arguments + ["model.from.strict=true"])
        #expect(strict.status == 2 && strict.errors.contains("model.from.strict"), "\(strict)")
        let asked = ["check", "tiny.json", "model.from.strict=true"] + arguments.dropFirst(2)
        let checked = try workspace.run(asked)
        #expect(checked.status == 2 && checked.errors == strict.errors, "\(checked)")
    }

    @Test("find-rate gives the rates between the fastest fall and the least loss, to sweep")
    func rates() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let arguments = ["find-rate", "tiny.json", "--from", "1e-5", "--to", "10"]
        let result = try workspace.run(arguments)
        #expect(result.output.contains("\nleast   optimizer.learningRate="), "\(result)")
        let json = try JSONNode(parsing: workspace.run(arguments + ["--json"]).output)
        let (fastest, least) = (json["suggestion"]?.double, json["least"]?.double)
        #expect(try #require(fastest) <= #require(least))
        let sweep = try #require(json["sweep"]?.string)
        #expect(result.output.contains("\n        fttrain sweep tiny.json "), "\(result)")
        #expect(result.output.contains(" \(sweep)") && result.output.contains(" --trials 8"))
        let swept = try workspace.run("sweep", "tiny.json", sweep, "--trials", "2", "-q")
        #expect(swept.status == 0, "\(swept)")
    }

    @Test("a file in place of a kind of data comes with what to type, an empty one is told first")
    func files() throws {
        let workspace = try Workspace()
        try workspace.write("wine.csv", "a,b\n1,2\n")
        try workspace.write("book.txt", "It was a dark night.\nAnd so on.\n")
        for (file, command) in [
            ("wine.csv", "csv wine.h5 train=wine.csv"), ("book.txt", "text book.h5 book.txt"),
            (".", "images data.h5 ."),
        ] {
            let result = try workspace.run("data", file)
            #expect(result.status == 2)
            #expect(result.errors.contains("fttrain data \(command); or "), "\(result)")
        }
        try workspace.write("empty.csv", "")
        try workspace.write("empty.json", "{}")
        let empty = try workspace.run("init", "empty.csv")
        #expect(empty.errors.hasPrefix("fttrain: empty.csv: the file is empty"), "\(empty)")
    }
}
