import Checkpoint
import FTJSON
import Glibc
import Testing

/// From a text to a model that writes.
@Suite("Text by commands")
struct TextCommandTests {
    private let config = """
        {
          "name": "text",
          "data": {
            "path": "text.h5", "text": {"context": 8, "windows": 24}, "batchSize": 6
          },
          "model": {"layers": [{"type": "gpt", "width": 8, "heads": 2, "layers": 1}]},
          "loss": {"type": "crossEntropy"},
          "optimizer": {"type": "adamW", "learningRate": 0.01},
          "training": {"epochs": 2}
        }
        """

    func workspace(_ options: [String] = []) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write("a.txt", String(repeating: "den grünen Zweig ", count: 12))
        try workspace.write("b.txt", String(repeating: "nie ", count: 20))
        try workspace.write("text.json", config)
        let made = try workspace.run(["data", "text", "text.h5", "a.txt", "b.txt"] + options)
        #expect(made.status == 0, "\(made.errors)")
        let told = try workspace.run("text.json", "--out", "told")
        let next = "\nnext    fttrain generate told\n        fttrain eval told\n"
        #expect(told.output.contains(next))
        let trained = try workspace.run("text.json", "--out", "run", "-q")
        #expect(trained.status == 0, "\(trained.errors)")
        return workspace
    }

    @Test("init makes tokens of a text and a config, which trains a model that writes")
    func start() throws {
        let workspace = try Workspace()
        let verse = "to be, or not to be: that is\nthe question, Zweig\n\n"
        let text = String(repeating: verse, count: 60)
        for name in ["book.txt", "book.md", "ein Buch"] {
            try workspace.write(name, text)
            let options = ["training.maxSteps=2", "data.text.windows=24", "--force", "--seed", "7"]
            let made = try workspace.run(["init", name] + options)
            #expect(made.status == 0, "\(made.errors)")
            #expect(made.output.contains("text       \(name)   3,000 characters, 19 different"))
            #expect(made.output.contains("character comes next, after up to 64"))
            let config = name == "ein Buch" ? "ein-Buch" : "book"
            #expect(made.output.hasSuffix("next       fttrain \(config).json\n"))
            let trained = try workspace.run("\(config).json", "--out", "run \(name)", "-q")
            #expect(trained.status == 0, "\(trained.errors)")
            let written = try workspace.run("generate", "run \(name)", "--tokens", "5")
            #expect(written.status == 0 && written.output.count == 7, "\(written.errors)")
        }
        #expect(try JSONNode(parsing: workspace.text("book.json"))["seed"]?.int == 7)
        let split = try workspace.run("init", "book.md", "--split", "0.3", "--force")
        #expect(split.status == 2 && split.errors.contains("the last tenth of a text is kept"))
        let label = try workspace.run("init", "book.txt", "--label", "x", "--force")
        #expect(label.status == 2 && label.errors.contains("--label is an option of tables"))
        // One that looks like a table is one, and what is wrong with it is told.
        try workspace.write("t.txt", "a,b\n1,2\n3,4\n5,6\n7,8\n9,0\n1,2\n3\n")
        let table = try workspace.run("init", "t.txt")
        #expect(table.status == 3 && table.errors.contains("t.txt:8: this row has 1 field"))
        let json = try workspace.run("init", "book.json")
        #expect(
            json.status == 2 && json.errors.contains("is trained at once by: fttrain book.json"))
    }

    @Test("a run writes text, the same for one seed")
    func generate() throws {
        let workspace = try workspace()
        func write(_ seed: String) throws -> String {
            let result = try workspace.run(
                "generate", "run", "--prompt", "grün", "--tokens", "40", "--temperature", "0.8",
                "--top-k", "5", "--seed", seed)
            #expect(result.status == 0, "\(result.errors)")
            return result.output
        }
        let text = try write("1")
        #expect(text.hasPrefix("grün") && text.count == 45 && text.hasSuffix("\n"))
        #expect(try write("1") == text)
        #expect(try write("2") != text)
    }

    @Test(
        "so does any model that says of each token what comes next, whatever it is made of",
        arguments: [
            #"[{"type":"embedding","count":30,"width":6},{"type":"lstm","units":6},{"type":"linear","units":30}]"#,
            #"[{"type":"block","name":"all","layers":[{"type":"gpt","width":8,"heads":2,"layers":1}]}]"#,
        ])
    func others(layers: String) throws {
        let workspace = try workspace()
        let size = try workspace.run("inspect", "text.h5").output.split(separator: "\n")
            .first { $0.hasPrefix("vocabulary") }.map { $0.split(separator: " ")[2] }
        let fitting = layers.replacing("30", with: size ?? "?")
        let trained = try workspace.run("text.json", "--out", "other", "model.layers=\(fitting)")
        #expect(trained.output.contains("next    fttrain generate other"), "\(trained)")
        func write() throws -> String {
            // More tokens than the model sees at once.
            let result = try workspace.run(
                "generate", "other", "--prompt", "grün", "--tokens", "20")
            #expect(result.status == 0, "\(result.errors)")
            return result.output
        }
        let text = try write()
        #expect(text.hasPrefix("grün") && text.count == 25)
        #expect(try write() == text)
        let page = try workspace.text("other/report.html")
        #expect(page.contains(">&quot; &quot;<") || page.contains(">\" \"<"), "\(page)")
    }

    @Test("without a prompt it goes on from a character that the text has")
    func noPrompt() throws {
        let workspace = try workspace()
        let result = try workspace.run("generate", "run", "--tokens", "5")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.hasPrefix(" ") && result.output.count == 7)
    }

    @Test("what comes next writes only where the model does")
    func otherModels() throws {
        let workspace = try workspace()
        let layers =
            #"[{"type":"embedding","count":13,"width":4},{"type":"flatten"},{"type":"linear","units":104},"#
            + #"{"type":"reshape","shape":[8,13]}]"#
        let trained = try workspace.run("text.json", "model.layers=\(layers)", "--out", "other")
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(trained.output.contains("\nnext    fttrain eval other\n"))
        let refused = try workspace.run("generate", "other")
        #expect(refused.status == 3)
        #expect(
            refused.errors.contains("takes any number of tokens and says of each what comes next"))
    }

    @Test("more tokens than the text has are told before and after")
    func otherVocabulary() throws {
        let workspace = try workspace()
        let larger = "model.layers.0.vocabulary=300"
        let checked = try workspace.run("check", "text.json", larger)
        #expect(checked.status == 0)
        #expect(checked.errors.contains("vocabulary is 300 and the text has"))
        #expect(try workspace.run("text.json", larger, "--out", "larger", "-q").status == 0)
        let refused = try workspace.run("generate", "larger")
        #expect(refused.status == 3)
        #expect(refused.errors.contains("the model 300; what the others mean isn't known"))
    }

    @Test("the characters are those that the run was trained with, whatever the file holds now")
    func vocabulary() throws {
        let workspace = try workspace()
        let arguments = ["generate", "run", "--prompt", "grün", "--tokens", "30"]
        let text = try workspace.run(arguments).output
        // As many other characters at the same path, and no file at all.
        try workspace.write("c.txt", String(repeating: "DEN GRÜNEN ZWEIG IE ", count: 20))
        let made = try workspace.run("data", "text", "text.h5", "c.txt", "--force")
        #expect(made.status == 0)
        #expect(try workspace.run(arguments).output == text)
        #expect(unlink(workspace.file("text.h5")) == 0)
        let alone = try workspace.run(arguments)
        #expect(alone.output == text && alone.errors == "")
        let named = try workspace.run(arguments + ["--data", "text.h5"])
        #expect(named.status == 0 && named.errors.contains("--data text.h5 isn't read"))
    }

    @Test("a checkpoint of an older version takes them from its text, and from no other")
    func older() throws {
        let workspace = try workspace()
        let arguments = ["generate", "old.safetensors", "--prompt", "grün", "--tokens", "30"]
        let text = try workspace.run(["generate", "run"] + arguments.dropFirst(2)).output
        let now = try TrainingCheckpoint(path: workspace.file("run/best.safetensors"))
        var state = now.state
        let kept = try #require(state.extra["preprocessing"])
        let place = try #require(kept.firstRange(of: #","text":"#))
        state.extra["preprocessing"] = String(kept[..<place.lowerBound]) + "}"
        func save() throws {
            try TrainingCheckpoint(
                model: now.model, aliases: now.aliases, optimizer: now.optimizer, state: state
            ).save(to: workspace.file("old.safetensors"))
        }
        try save()
        let same = try workspace.run(arguments)
        #expect(same.output == text && same.errors == "", "\(same.errors)")
        try workspace.write("c.txt", String(repeating: "DEN GRÜNEN ZWEIG IE ", count: 20))
        #expect(try workspace.run("data", "text", "text.h5", "c.txt", "--force").status == 0)
        let other = try workspace.run(arguments)
        #expect(other.status == 3 && other.output == "")
        #expect(other.errors.contains("text.h5: holds another text than old.safetensors"))
        // One that doesn't even say what its text held.
        state.extra = state.extra.filter { !$0.key.hasPrefix("digest.") }
        try save()
        let unknown = try workspace.run("generate", "old.safetensors", "--prompt", "GR")
        #expect(unknown.status == 0 && unknown.errors.contains("which may be another"))
    }

    @Test("a run doesn't go on with other characters, nor does predict take it for a table")
    func others() throws {
        let workspace = try workspace()
        let first = try workspace.run("predict", "run", "text.h5")
        #expect(first.status == 2 && first.errors.contains("fttrain generate run"))
        // The same tokens, of other characters.
        for name in ["a.txt", "b.txt"] {
            let text = try workspace.text(name)
            try workspace.write(name, text.replacing("z", with: "y").replacing("Z", with: "Y"))
        }
        let made = try workspace.run("data", "text", "text.h5", "a.txt", "b.txt", "--force")
        #expect(made.status == 0)
        let resumed = try workspace.run("resume", "run", "training.epochs=3")
        #expect(resumed.status == 3)
        #expect(resumed.errors.contains("its tokens stand for other characters"))
    }

    @Test("a report counts tokens, of its own text and of others by their characters")
    func report() throws {
        let workspace = try workspace()
        func report(_ data: [String]) throws -> JSONNode {
            let result = try workspace.run(["eval", "run"] + data + ["--report", "--json"])
            #expect(result.status == 0, "\(result.errors)")
            return try JSONNode(parsing: result.output)
        }
        let own = try report([])
        let measured = try JSONNode(parsing: workspace.run("eval", "run", "--json").output)
        let loss = try #require(own["loss"]?.double)
        let known = try #require(measured["validation"]?["loss"]?.double)
        #expect(abs(loss - known) < 1e-5)
        let tokens = try #require(own["tokens"]?.elements)
        // The last tenth of 272 characters is cut into windows of 8, which each need one more.
        #expect(tokens.compactMap { $0["support"]?.int }.reduce(0, +) == 24)
        #expect(Set(tokens.compactMap { $0["token"]?.string }) == ["n", "i", "e", " "])
        #expect(try #require(own["perplexity"]?.double) > 1)
        let text = try workspace.run("eval", "run", "--report", "-o", "p.html")
        #expect(text.output.contains("perplexity   ") && text.output.contains("token  accuracy"))
        #expect(try workspace.text("p.html").contains("<h2>Text, on text.h5"))
        #expect(try workspace.text("run/report.html").contains("<h2>Text, by the best epoch"))
        try workspace.write("new.txt", "den grünen Zweig nie")
        #expect(try report(["new.txt"])["tokens"]?.elements?.isEmpty == false)
        #expect(try report(["text.h5"])["tokens"] == own["tokens"])
        try workspace.write("odd.txt", "den\nßßßßßßßßßßß")
        let odd = try workspace.run("eval", "run", "odd.txt", "--report")
        #expect(odd.status == 3, "\(odd.errors)")
        #expect(odd.errors.hasPrefix("fttrain: odd.txt:1: holds '"), "\(odd.errors)")
        try workspace.write("c.txt", String(repeating: "DEN GRÜNEN ZWEIG IE ", count: 20))
        #expect(try workspace.run("data", "text", "other.h5", "c.txt").status == 0)
        for options in [["--report"], []] {
            let other = try workspace.run(["eval", "run", "other.h5"] + options)
            #expect(other.status == 3)
            #expect(other.errors.contains("its tokens stand for other characters"))
        }
    }

    @Test("into a pipe it is written as it is", arguments: [[], ["--bytes"]])
    func asItIs(_ options: [String]) throws {
        let workspace = try Workspace()
        let piece = "ab\r\ncd\u{200D}\u{1B}"
        try workspace.write("a.txt", String(repeating: piece, count: 60))
        try workspace.write("b.txt", String(repeating: piece, count: 20))
        try workspace.write("text.json", config)
        let made = try workspace.run(["data", "text", "text.h5", "a.txt", "b.txt"] + options)
        #expect(made.status == 0, "\(made.errors)")
        #expect(try workspace.run("text.json", "--out", "run", "-q").status == 0)
        let result = try workspace.run("generate", "run", "--prompt", piece, "--tokens", "60")
        // Characters have line feeds alone, in the prompt, too.
        let own = options.isEmpty ? piece.replacing("\r\n", with: "\n") : piece
        #expect(result.status == 0 && result.output.utf8.starts(with: own.utf8))
        #expect(!result.output.contains("\\u"), "\(result.output.debugDescription)")
    }

    @Test("of bytes it writes bytes")
    func bytes() throws {
        let workspace = try workspace(["--bytes"])
        let result = try workspace.run("generate", "run", "--prompt", "anything?", "--tokens", "9")
        #expect(result.status == 0 && result.output.hasPrefix("anything?"), "\(result.errors)")
    }

    @Test("what can't be written is a sentence")
    func refusals() throws {
        let workspace = try workspace()
        let prompt = try workspace.run("generate", "run", "--prompt", "Q")
        #expect(prompt.status == 2)
        #expect(prompt.errors.hasPrefix("fttrain: --prompt: the model's text has no 'Q'"))
        try workspace.prepare()
        #expect(try workspace.run("tiny.json", "--out", "tiny", "-q").status == 0)
        let other = try workspace.run("generate", "tiny")
        #expect(other.status == 3)
        #expect(
            other.errors.contains("only a model that was trained on a text (data.text) writes one"))
        let both = try workspace.run("check", "text.json", "data.split=0.5")
        #expect(both.status == 2 && both.errors.contains("can't be combined with data.text"))
    }
}
