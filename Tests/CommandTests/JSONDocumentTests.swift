import FTJSON
import FoundationEssentials
import Testing

/// What `--json` prints beside docs/json.md.
@Suite("JSON for programs, as documented")
struct JSONDocumentTests {
    /// A field of the page: its path in parts, and whether it is always printed.
    private struct Field {
        let path: String
        let parts: [Substring]
        let isSure: Bool

        /// Whether it stands for a path that was printed.
        func covers(_ printed: [Substring]) -> Bool {
            for (place, part) in parts.enumerated() {
                if part == "**" { return printed.count > place }
                guard place < printed.count else { return false }
                if part != "*", part != printed[place] { return false }
            }
            return printed.count == parts.count
        }
    }

    private static let page: [String: [Field]] = {
        let path = URL(filePath: Workspace.configFolder).deletingLastPathComponent()
            .appending(path: "docs/json.md")
        let text = (try? Data(contentsOf: path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        var (sections, title) = ([String: [Field]](), "")
        for line in text.split(separator: "\n") {
            if line.hasPrefix("## ") { title = line.dropFirst(3).filter { $0 != "`" } }
            let cells = line.split(separator: "|")
            guard line.hasPrefix("| `"), cells.count == 3 || cells.count == 2 else { continue }
            let isSure = !cells[1].hasPrefix(" *sometimes*")
            let names = cells[0].split(separator: "`").enumerated()
                .filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
            sections[title, default: []] += names.map {
                Field(path: "\($0)", parts: split("\($0)"), isSure: isSure)
            }
        }
        return sections
    }()

    private static func split(_ path: String) -> [Substring] { path.split(separator: ".") }

    /// The paths of all that an object holds.
    private static func paths(_ node: JSONNode, _ path: String = "") -> Set<String> {
        if let members = node.members {
            return members.reduce(into: []) {
                $0.formUnion(
                    paths($1.node, path.isEmpty ? $1.key : "\(path).\($1.key)"))
            }
        }
        if let elements = node.elements {
            if elements.isEmpty { return [path + "[]"] }
            return elements.reduce(into: []) { $0.formUnion(paths($1, path + "[]")) }
        }
        return [path]
    }

    /// Compares objects of one kind with the page; `title` is that of the section.
    private func compare(
        _ nodes: [JSONNode], _ title: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let fields = Self.page[title] ?? []
        #expect(!fields.isEmpty, "there is no section \(title)", sourceLocation: sourceLocation)
        for node in nodes {
            let printed = Self.paths(node).subtracting(["event"])
            for path in printed.sorted() {
                let parts = Self.split(path)
                let isKnown = fields.contains { field in
                    // A list may be empty, whatever its elements are.
                    field.covers(parts)
                        || path.hasSuffix("[]") && field.path.hasPrefix(path)
                }
                #expect(
                    isKnown, "\(title): \(path) is not documented", sourceLocation: sourceLocation)
            }
            for field in fields where field.isSure {
                let isThere = printed.contains { path in
                    field.covers(Self.split(path))
                        || path.hasSuffix("[]") && field.path.hasPrefix(path)
                }
                #expect(
                    isThere, "\(title): \(field.path) is missing", sourceLocation: sourceLocation)
            }
        }
    }

    private func nodes(_ result: Workspace.Result) throws -> [JSONNode] {
        try result.lines.filter { !$0.isEmpty }.map { try JSONNode(parsing: String($0)) }
    }

    /// Compares each line of what a command prints, by its event.
    private func compare(
        _ workspace: Workspace, _ arguments: [String], expecting events: Set<String>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let lines = try nodes(workspace.run(arguments + ["--json"]))
        let printed = Set(lines.compactMap { line in line["event"]?.string })
        #expect(events.subtracting(printed) == [], sourceLocation: sourceLocation)
        for line in lines {
            compare([line], line["event"]?.string ?? "", sourceLocation: sourceLocation)
        }
    }

    @Test("training prints what the page says")
    func training() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let all: Set = ["start", "firstStep", "epoch", "checkpoint", "end"]
        try compare(
            workspace,
            [
                "tiny.json", "--out", "run", "training.gradientNorm=true",
                "training.minimumChange=0.1",
            ], expecting: all.union(["warning"]))
        try compare(workspace, ["resume", "run", "training.epochs=4"], expecting: all)
        let cut = ["tiny.json", "--out", "cut", "training.maxSteps=3"]
        try compare(workspace, cut, expecting: ["note", "end"])
        try compare(
            workspace, ["tiny.json", "data.path=no.h5"], expecting: ["error"])
        let diverged = [
            "tiny.json", "optimizer={\"type\":\"sgd\",\"learningRate\":1e30}", "--out", "bad",
        ]
        try compare(workspace, diverged, expecting: ["start", "end"])
    }

    @Test("so do the commands that look at a run, and those that train many")
    func others() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        for seed in ["1", "2"] {
            _ = try workspace.run("tiny.json", "-q", "--out", "run\(seed)", "seed=\(seed)")
        }
        let calls: [(arguments: [String], event: String)] = [
            (["check", "tiny.json", "--gradients"], "check"), (["eval", "run1"], "eval"),
            (["eval", "run1", "--report"], "report"), (["verify", "run1"], "verify"),
            (["predict", "run1", "data.h5", "-o", "p.csv"], "predict"),
            (["export", "run1", "-o", "m.npz"], "export"),
            (["compare", "run1", "run2"], "compare"),
            (["sweep", "tiny.json", "seed=1,2"], "sweep"),
            (["folds", "tiny.json", "--folds", "2"], "folds"),
            (["find-rate", "tiny.json"], "rates"), (["devices"], "devices"),
            (["profile", "tiny.json", "--steps", "2"], "profile"),
        ]
        for call in calls {
            try compare(workspace, call.arguments, expecting: [call.event])
        }
    }

    @Test("so does the report on a text")
    func text() throws {
        let workspace = try Workspace()
        try workspace.write("a.txt", String(repeating: "to be or not to be ", count: 20))
        #expect(try workspace.run("data", "text", "a.h5", "a.txt").status == 0)
        let tiny =
            #"{"name": "t", "data": {"path": "a.h5", "text": {"context": 4}}, "#
            + #""model": {"layers": [{"type": "gpt", "width": 4, "heads": 1, "layers": 1}]}, "#
            + #""loss": {"type": "crossEntropy"}, "training": {"maxSteps": 2}, "#
            + #""optimizer": {"type": "adam", "learningRate": 0.01}}"#
        try workspace.write("t.json", tiny)
        let run = try workspace.run("t.json", "-q", "--out", "run")
        #expect(run.status == 0, "\(run.errors)")
        try compare(workspace, ["eval", "run", "--report"], expecting: ["report"])
    }

    @Test("so do reports on several labels of each kind, and what is measured at a threshold")
    func labels() throws {
        let workspace = try Workspace()
        let rows = (0..<90).map { row in
            "\(row % 19),\(row * 7 % 23),\(row % 3 == 0 ? "yes" : "no"),\(row % 2),\(row % 5).5"
        }
        try workspace.write("t.csv", "x,z,a,b,c\n" + rows.joined(separator: "\n") + "\n")
        for (name, labels, threshold) in [
            ("answers", "a,b", "b=0.3"), ("classes", "a", "yes=0.3"), ("numbers", "x,c", nil),
        ] {
            let made = try workspace.run(
                "init", "t.csv", "--label", labels, "-o", "\(name).json", "--data", "\(name).h5",
                "training.epochs=1")
            #expect(made.status == 0, "\(made.errors)")
            let run = try workspace.run("\(name).json", "-q", "--out", name)
            #expect(run.status == 0, "\(run.errors)")
            let parting = threshold.map { ["--threshold", $0] } ?? []
            try compare(workspace, ["eval", name] + parting, expecting: ["eval"])
            try compare(
                workspace, ["eval", name, "--report"] + parting, expecting: ["report"])
        }
        let hinge = try workspace.run(
            "answers.json", "-q", "--out", "hinge", #"loss={"type":"hinge"}"#)
        #expect(hinge.status == 0, "\(hinge.errors)")
        try compare(workspace, ["eval", "hinge", "--report"], expecting: ["report"])
    }

    @Test("and inspect and data, whose objects are named by no event")
    func files() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        for seed in ["1", "2"] {
            _ = try workspace.run("tiny.json", "-q", "--out", "run\(seed)", "seed=\(seed)")
        }
        let one = "run1/best.safetensors"
        let calls: [(arguments: [String], title: String)] = [
            (["inspect", one], "inspect of a checkpoint"),
            (["inspect", one, "--stats"], "inspect of a checkpoint"),
            (["inspect", one, "--depth", "1"], "inspect of a checkpoint"),
            (["inspect", one, "--layers"], "inspect of a checkpoint"),
            (["inspect", one, "run2/best.safetensors"], "inspect of two checkpoints"),
            (["inspect", "data.h5"], "inspect of HDF5, and data"),
            (["inspect", "data.h5", "--stats"], "inspect of HDF5, and data"),
            (["data", "info", "data.h5"], "inspect of HDF5, and data"),
        ]
        for call in calls {
            let text = try workspace.run(call.arguments + ["--json"]).output
            compare([try JSONNode(parsing: text)], call.title)
        }
    }
}
