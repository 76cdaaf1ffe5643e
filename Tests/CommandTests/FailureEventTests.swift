import FTJSON
import FoundationEssentials
import Testing

@Suite("Failures, told to programs")
struct FailureEventTests {
    /// Whether each line is strict JSON and the last one an error with the status.
    private func check(
        _ result: Workspace.Result, _ name: String, _ status: Int32? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let lines = result.output.split(separator: "\n")
        for line in lines { _ = try JSONNode(parsing: String(line)) }
        let last = try JSONNode(parsing: String(lines.last ?? "null"))
        #expect(last["event"]?.string == "error", "\(name)", sourceLocation: sourceLocation)
        #expect(
            last["exitCode"]?.int == Int(result.status) && result.status > 0, "\(name)",
            sourceLocation: sourceLocation)
        #expect(
            last["message"]?.string?.isEmpty == false, "\(name)", sourceLocation: sourceLocation)
        if let status {
            #expect(result.status == status, "\(name)", sourceLocation: sourceLocation)
        }
    }

    @Test("every command ends with an error event")
    func all() throws {
        let workspace = try Workspace()
        try workspace.write("bad.json", "{")
        let help = try workspace.run("help").output
        let list = help.split(separator: "\n").drop { $0 != "commands:" }.dropFirst()
        let commands = list.prefix { $0.hasPrefix("  ") }.compactMap { line in
            line.split(separator: " ").first.map { String($0) }
        }
        #expect(commands.count > 18)
        let others = [
            "data": ["csv", "a.h5", "train=nope.csv"], "predict": ["nope", "nope.csv"],
            "sweep": ["bad.json", "seed=1,2"], "devices": ["nope"], "schema": ["nope"],
        ]
        for command in commands + ["train"] {
            let arguments = [command] + (others[command] ?? ["nope\u{1B}\u{202E}\n"])
            try check(workspace.run(arguments + ["--json"]), command)
            try check(workspace.run([command, "--nope", "--json"]), command, 2)
            try check(workspace.run(["help", command + "-nope", "--json"]), command)
        }
        for words in [["bad.json"], ["help", "nope"], [], ["nope"], ["data"], ["data", "nope"]] {
            try check(workspace.run(words + ["--json"]), "\(words)")
        }
    }

    @Test("also one that did the rest of what was asked")
    func parts() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        #expect(try workspace.run("tiny.json", "-q", "--out", "run").status == 0)
        let compared = try workspace.run("compare", "run", "nope", "--json")
        try check(compared, "compare", 3)
        #expect(compared.output.hasPrefix(#"{"event":"compare""#))
        let bad = "optimizer={\"type\":\"sgd\",\"learningRate\":1e30}"
        try check(workspace.run("tiny.json", bad, "--out", "bad", "--json"), "diverged", 4)
        try check(workspace.run("check", "tiny.json", "loss.weight=1", "--json"), "check")
        let swept = try workspace.run("sweep", "tiny.json", bad + ",", "seed=1", "--json")
        try check(swept, "sweep")
    }

    @Test("help and version are JSON, too")
    func texts() throws {
        let workspace = try Workspace()
        let calls = [
            ["help"], ["--help"], ["help", "data"], ["eval", "--help"], ["help", "--man"],
            ["version"], ["--version"],
        ]
        for words in calls {
            let plain = try workspace.run(words)
            for place in [0, words.count] {
                var all = words
                all.insert("--json", at: place)
                if place == 0, !words[0].hasPrefix("-") { continue }
                let result = try workspace.run(all)
                let node = try JSONNode(parsing: result.output)
                let isVersion = words[0].hasSuffix("version")
                #expect(result.status == 0)
                #expect(node["event"]?.string == (isVersion ? "version" : "help"))
                #expect(node["text"]?.string == plain.output)
            }
        }
    }

    @Test("rows that are left out stand in place of their predictions, and in the summary")
    func leftOut() throws {
        let workspace = try Workspace()
        let rows = (0..<40).map { "\($0),\($0 * 7 % 11),\($0 > 19 ? "u" : "v")" }
        try workspace.write("t.csv", "a,b,y\n" + rows.joined(separator: "\n") + "\n")
        #expect(try workspace.run("init", "t.csv", "training.epochs=1").status == 0)
        #expect(try workspace.run("t.json", "--out", "run", "-q").status == 0)
        try workspace.write("new.csv", "a,b,y\n1,2,u\nx,3,v\n4,5,u\n6,7,w\n8,9,u\n")
        let told = try workspace.run("predict", "run", "new.csv", "--skip-bad", "--json")
        try check(told, "predict", 3)
        let nodes = try told.output.split(separator: "\n").map { try JSONNode(parsing: String($0)) }
        #expect(nodes.compactMap { $0["line"]?.int } == [2, 3, 4, 5, 6])
        #expect(nodes[1]["error"]?.string?.hasPrefix("new.csv:3: column 'a'") == true)
        #expect(nodes[1]["prediction"] == nil && nodes[0]["prediction"] != nil)
        let written = try workspace.run(
            "predict", "run", "new.csv", "--skip-bad", "-o", "p.csv", "--json")
        try check(written, "predict -o", 3)
        let summary = try JSONNode(parsing: String(written.lines[0]))
        #expect(summary["leftOut"]?.elements?.first?["example"]?.string == "3")
        #expect(summary["leftOut"]?.elements?.count == 1)
        for options in [[], ["--report"]] {
            let words = ["eval", "run", "new.csv"] + options
            #expect(try workspace.run(words).status == 3)
            let text = try workspace.run(words + ["--skip-bad"])
            #expect(text.status == 3 && text.output.contains("3 examples"), "\(text.errors)")
            #expect(text.errors.contains("\n  new.csv:5: "), "\(text.errors)")
            #expect(text.output.contains("note    new.csv: 2 of 5 examples left out"))
            let measured = try workspace.run(words + ["--skip-bad", "--json"])
            try check(measured, "eval", 3)
            let node = try JSONNode(parsing: String(measured.lines[0]))
            let left = node["leftOut"]?.elements?.map { $0["example"]?.string }
            #expect(left == ["3", "5"])
        }
        let own = try workspace.run("eval", "run", "--skip-bad")
        #expect(own.status == 2 && own.errors.contains("name them as DATA"), "\(own.errors)")
    }
}
