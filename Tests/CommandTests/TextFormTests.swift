import FTJSON
import Glibc
import Testing

/// The forms that texts come and go in.
@Suite("Forms of text")
struct TextFormTests {
    private static let config = """
        {
          "name": "text",
          "data": {"path": "text.h5", "text": {"context": 8, "windows": 12}, "batchSize": 6},
          "model": {"layers": [{"type": "gpt", "width": 8, "heads": 2, "layers": 1}]},
          "loss": {"type": "crossEntropy"}, "optimizer": {"type": "adam"},
          "training": {"epochs": 1}
        }
        """

    private func trained(_ bytes: [UInt8], _ options: [String] = []) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write("a.txt", bytes)
        try workspace.write("text.json", TextFormTests.config)
        let made = try workspace.run(["data", "text", "text.h5", "a.txt"] + options)
        #expect(made.status == 0, "\(made.errors)")
        let run = try workspace.run("text.json", "--out", "run", "-q")
        #expect(run.status == 0, "\(run.errors)")
        return workspace
    }

    @Test("a byte-order mark and returns are no part of a text")
    func marks() throws {
        let lines = String(repeating: "den Zweig\r\nnie\r\n", count: 20)
        let workspace = try trained([0xEF, 0xBB, 0xBF] + Array(lines.utf8))
        let plain = lines.replacing("\r\n", with: "\n")
        try workspace.write("plain.txt", plain)
        try workspace.write("marked.txt", "\u{FEFF}" + lines)
        let made = try workspace.run("data", "text", "plain.h5", "plain.txt")
        #expect(made.status == 0)
        let losses = try ["plain.h5", "plain.txt", "marked.txt"].map { name in
            let result = try workspace.run("eval", "run", name, "--json")
            #expect(result.status == 0, "\(result.errors)")
            return try JSONNode(parsing: String(result.lines[0]))["validation"]?["loss"]?.double
        }
        #expect(losses[1] != nil && losses[1] == losses[2])
        let kept = try workspace.run("inspect", "plain.h5").lines.first {
            $0.hasPrefix("vocabulary")
        }
        let own = try workspace.run("inspect", "text.h5").lines.first {
            $0.hasPrefix("vocabulary")
        }
        #expect(kept != nil && kept == own)
        // A return by itself is a character.
        try workspace.write("old.txt", "a\rb\r")
        let old = try workspace.run("eval", "run", "old.txt")
        #expect(old.status == 3 && old.errors.contains("holds 'a'"), "\(old.errors)")
    }

    @Test("a model of bytes writes them as they are")
    func bytes() throws {
        let workspace = try trained(
            (0..<400).map { UInt8(truncatingIfNeeded: 128 + $0 * 7 % 100) }, ["--bytes"])
        let child = try workspace.start(
            ["generate", "run", "--prompt", "ä", "--tokens", "60"], output: workspace.file("raw"))
        #expect(try child.wait(reading: false).status == 0)
        let written = try workspace.bytes("raw")
        #expect(written.count == 63 && written.starts(with: Array("ä".utf8)))
    }

    @Test("a prompt may come from standard input")
    func prompt() throws {
        let workspace = try trained(Array(String(repeating: "den Zweig\nnie ", count: 20).utf8))
        func write(_ input: String, _ prompt: String) throws -> Workspace.Result {
            try workspace.write("in", input)
            try workspace.write("ask.sh", "\"$1\" generate run --tokens 9 --prompt \"$2\" < in\n")
            return try Child(
                "/bin/sh", ["ask.sh", Workspace.program, prompt], in: workspace.path,
                output: workspace.file("out"), errors: workspace.file("err")
            ).wait()
        }
        let given = try write("", "den Z")
        #expect(given.status == 0 && given.output.hasPrefix("den Z"), "\(given.errors)")
        #expect(try write("den Z\n", "-").output == given.output)
        #expect(try write("", "-").errors.contains("at least one character"))
    }

    @Test("perplexity is measured of a text that init was given")
    func perplexity() throws {
        let workspace = try Workspace()
        try workspace.write("book.txt", String(repeating: "to be, or not to be\n\n", count: 150))
        let options = ["training.maxSteps=2", "data.text.windows=24"]
        #expect(try workspace.run(["init", "book.txt"] + options).status == 0)
        #expect(try workspace.run("book.json", "--out", "run", "-q").status == 0)
        let result = try workspace.run("eval", "run", "--json")
        let measured = try JSONNode(parsing: String(result.lines[0]))
        let loss = try #require(measured["validation"]?["loss"]?.double)
        let perplexity = try #require(measured["validation"]?["perplexity"]?.double)
        #expect(abs(exp(loss) / perplexity - 1) < 1e-5, "\(result.output)")
    }
}
