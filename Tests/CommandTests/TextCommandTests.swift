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

    private func workspace(_ options: [String] = []) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write("a.txt", String(repeating: "den grünen Zweig ", count: 12))
        try workspace.write("b.txt", String(repeating: "nie ", count: 20))
        try workspace.write("text.json", config)
        let made = try workspace.run(["data", "text", "text.h5", "a.txt", "b.txt"] + options)
        #expect(made.status == 0, "\(made.errors)")
        let trained = try workspace.run("text.json", "--out", "run", "-q")
        #expect(trained.status == 0, "\(trained.errors)")
        return workspace
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
        #expect(other.errors.contains("only a model of one layer 'gpt' writes text"))
        let both = try workspace.run("check", "text.json", "data.split=0.5")
        #expect(both.status == 2 && both.errors.contains("can't be combined with data.text"))
    }
}
