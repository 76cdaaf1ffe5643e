import FTConfig
import FTJSON
import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

@Suite("Runs side by side")
struct RunComparisonTests {
    private let sandbox = Sandbox()

    /// A run folder of a config and rows of a table, `values` being accuracies.
    private func run(
        _ name: String, _ values: [Double], _ overrides: [String] = [], status: String = "completed"
    ) throws -> RunRecord {
        let folder = sandbox.file(name)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let config = try sandbox.config(overrides).effective.text(.pretty)
        let rows = values.enumerated().map { index, value in
            """
            {"epoch":\(index + 1),"step":\(5 * index + 5),"train":{"loss":0.5},\
            "validation":{"loss":\(1 - value),"accuracy":\(value)},"learningRate":0.1,"seconds":1}

            """
        }
        let files = [
            "config.json": config, "metrics.jsonl": rows.joined(),
            "summary.json": "{\"status\": \"\(status)\"}",
        ]
        for (file, text) in files {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(file)"))
        }
        return try RunRecord(folder)
    }

    @Test("the best run stands first, by the epoch that was best")
    func order() throws {
        let runs = [
            try run("a", [0.5, 0.7, 0.6]),
            try run("b", [0.5, 0.9], ["optimizer.learningRate=0.1"]),
            try run("c", [.nan]),
        ]
        let comparison = try RunComparison(runs)
        #expect(comparison.by == "accuracy" && comparison.prefersHigher)
        #expect(comparison.runs.map { $0.path.last } == ["b", "a", "c"])
        #expect(comparison.differences.map(\.path) == ["optimizer.learningRate"])
        let lines = comparison.lines
        #expect(lines[1].contains("0.9000") && lines[1].contains("2/2"))
        #expect(lines[2].contains("0.7000") && lines[2].contains("2/3"))
        #expect(lines[2].hasSuffix("▁█▅"))
        // Without a value there is no best epoch: a dash stands there, and why.
        #expect(lines[3].contains("/c ") && !lines[3].contains("0/"), "\(lines[3])")
        #expect(lines[3].split(separator: " ").count { $0 == "-" } == 4, "\(lines[3])")
        #expect(lines.contains("3  has no value of accuracy"))
        let byLoss = try RunComparison(runs, by: "loss")
        #expect(!byLoss.prefersHigher && byLoss.runs.first?.path.last == "b")
    }

    @Test("losses of other kinds are no one order: a metric that all have is, or groups are")
    func losses() throws {
        let focal = #"loss={"type":"focal"}"#
        let byLoss = "training.bestBy=loss"
        let runs = [
            try run("a", [0.5, 0.7], [byLoss]), try run("b", [0.9], [byLoss, focal]),
            try run("c", [0.8], [byLoss]),
        ]
        let fair = try RunComparison(runs)
        #expect(fair.by == "accuracy" && fair.passedOver == "loss" && fair.groupCount == 1)
        #expect(fair.runs.map { $0.path.last } == ["b", "c", "a"])
        let text = fair.lines.joined(separator: " ").replacing("        ", with: "")
        #expect(text.contains("sorted by accuracy, for losses are of several kinds ("))
        let asked = try RunComparison(runs, by: "loss")
        #expect(asked.runs.map { $0.path.last } == ["c", "a", "b"])
        #expect(asked.groups == [1, 1, 2] && asked.lines[3] == "")
        #expect(asked.lines.contains { $0.hasPrefix("note    compare within a group of lines") })
        let groups = try #require(asked.json["runs"]).text()
        #expect(groups.contains("\"group\":2"))
        let alike = try RunComparison([runs[0], runs[2]])
        #expect(alike.by == "loss" && alike.groupCount == 1 && alike.rankingLines == [])
    }

    @Test("parts of data that were replaced meanwhile aren't ranked beside parts of the others")
    func replaced() throws {
        func record(_ name: String, _ overrides: [String] = []) throws -> RunRecord {
            let cut = ["data.validation=null", "data.split=0.3", "training.epochs=1"]
            _ = try sandbox.trainer(name, cut + overrides).run()
            return try RunRecord(sandbox.file(name))
        }
        let before = [
            try record("a"), try record("b", ["optimizer.learningRate=0.01"]),
            try record("c", ["seed=1"]),
        ]
        #expect(try RunComparison(before).groupCount == 1)
        try writeClusters(sandbox.file("clusters.h5"), seed: 8)
        let after = try RunComparison(before + [record("d")])
        #expect(after.groupCount == 3)
        let place = after.runs.firstIndex { $0.path.hasSuffix("d") } ?? 0
        #expect(after.groups.count { $0 == after.groups[place] } == 1)
        #expect(after.rankingLines.joined().contains("they are measured on other"))
    }

    @Test("runs without a value are in no group")
    func valueless() throws {
        let metric = { (average: String) in
            #"metrics=["accuracy",{"type":"recall","average":"\#(average)"}]"#
        }
        let runs = [
            try run("a", [.nan], [metric("macro")]), try run("b", [0.6], [metric("micro")]),
            try run("c", [0.7], [metric("micro")]),
        ]
        let comparison = try RunComparison(runs)
        #expect(comparison.groups == [1, 1, nil] && comparison.groupCount == 1)
        // What a table heads it by is its name, too.
        let headed = try RunComparison([runs[0]], by: "recMacro")
        #expect(headed.by != "recMacro" && runs[0].measures.contains(headed.by))
    }

    @Test("what datasets are called says nothing of a run on a text")
    func text() throws {
        let runs = [
            try run("a", [0.5], ["data.train.inputs=train/others"]),
            try run("b", [0.6], [#"data.text={"context":2}"#, "data.validation=null"]),
        ]
        let rows = try RunComparison(runs).differences.filter { $0.path.hasPrefix("data.train.") }
        #expect(!rows.isEmpty && rows.allSatisfy { $0.values[0] == nil && $0.values[1] != nil })
    }

    @Test("keys that only some runs have are left out where they are as by default")
    func defaults() throws {
        let group = #"optimizer.groups=[{"match":"*.bias","weightDecay":0}]"#
        let comparison = try RunComparison([
            run("a", [0.5]), run("b", [0.4], [group, #"model.from={"path":"c"}"#]),
            run("c", [0.3], [#"optimizer={"type":"sgd","learningRate":0.05,"momentum":0.9}"#]),
        ])
        #expect(
            Set(comparison.differences.map(\.path)) == [
                "model.from.path", "optimizer.type", "optimizer.groups[0].match",
                "optimizer.groups[0].weightDecay", "optimizer.momentum",
            ], "\(comparison.differences.map(\.path))")
    }

    @Test("a key that isn't there is no other than one that is null")
    func absent() {
        let rows = ConfigLeaves.differing([
            ["a": .null, "b": 1], ["b": 2], ["a": .null, "b": 1, "c": .null],
        ])
        #expect(rows.map(\.path) == ["b"])
    }

    @Test("lines have at most 80 columns, whatever names and values are")
    func width() throws {
        let long = String(repeating: "long", count: 40)
        let runs = try (0..<14).map { index in
            try run(
                "\(long)\(index)", (0..<50).map { Double($0) * 1e7 },
                ["name=\(long.prefix(60))\(index)", "seed=\(index)"], status: "diverged")
        }
        let lines = try RunComparison(runs).lines
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines)")
        #expect(lines.count { $0.hasPrefix("differs") } > 1)
    }

    @Test("runs that ended otherwise, or measure something else, are named")
    func notes() throws {
        let runs = [
            try run("a", [0.5]), try run("b", [0.4], status: "diverged"),
            try run("c", [0.4], ["metrics=[]"]), try run("d", [0.3], status: "running"),
        ]
        let lines = try RunComparison(runs).lines
        #expect(lines.contains("2  diverged"))
        #expect(lines.contains { $0.hasSuffix("doesn't measure accuracy") } == true)
        #expect(lines.contains { $0.hasSuffix("  killed") })
        let error = #expect(throws: RunError.self) { try RunComparison(runs, by: "acuracy") }
        #expect(error?.description.contains("Did you mean 'accuracy'?") == true)
        #expect(error?.status == .usage)
    }

    @Test("runs of other tasks are told so, and nothing of how they scale their targets")
    func tasks() throws {
        let numbers = [
            #"loss={"type":"meanSquaredError"}"#, "metrics=[]", "data.train.targets=train/sums",
            "data.validation.targets=test/sums", "model.layers[2].units=6", "training.epochs=1",
            #"data.targetTransforms=[{"type":"normalize","mean":[0.2],"std":[0.5]}]"#,
        ]
        _ = try sandbox.trainer("classes", ["training.epochs=1", "training.bestBy=loss"]).run()
        _ = try sandbox.trainer("numbers", numbers).run()
        let records = try ["classes", "numbers"].map { try RunRecord(sandbox.file($0)) }
        #expect(records.tasks == ["classes", "quantities"])
        let text = try RunComparison(records, by: "loss").lines.joined(separator: " ")
            .replacing("        ", with: "")
        #expect(text.contains("their tasks differ (classes; quantities)"), "\(text)")
        #expect(!text.contains("scale"))
    }

    @Test("damaged rows are passed over, and a folder that is no run is named")
    func damage() throws {
        _ = try run("a", [0.5, 0.6])
        let path = sandbox.file("a/metrics.jsonl")
        let text = try sandbox.text("a/metrics.jsonl")
        try Data(("{\"epoch\":\n" + text + "{\"ep").utf8).write(to: URL(filePath: path))
        let record = try RunRecord(sandbox.file("a"))
        #expect(record.rows.count == 2 && record.damagedLines == [1])
        #expect(record.damage?.contains("1 line is damaged and left out (line 1)") == true)
        #expect(try RunComparison([record]).json["runs"]?.text().contains("damagedLines") == true)
        // Rows that were there before don't come again.
        try Data((text + text).utf8).write(to: URL(filePath: path))
        #expect(try RunRecord(sandbox.file("a")).damagedLines == [3, 4])
        let error = #expect(throws: RunError.self) { try RunRecord(sandbox.path) }
        #expect(error?.description.hasPrefix(sandbox.path) == true)
    }

    @Test("programs get runs, differences and curves")
    func json() throws {
        let runs = [try run("a", [0.5, 0.7]), try run("b", [0.6], ["seed=1"])]
        let object = try RunComparison(runs).json
        #expect(object["by"] == "accuracy")
        #expect(object["differences"] == [["key": "seed", "values": [42, 1]]])
        guard case .array(let found)? = object["runs"] else {
            Issue.record("there are no runs")
            return
        }
        #expect(found[0]["curve"] == [0.5, 0.7])
        #expect(found[0]["best"]?["epoch"] == 2)
    }
}
