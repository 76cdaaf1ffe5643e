import FTJSON
import Testing

@Suite struct CompareCommandTests {
    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        try workspace.prepare()
        for rate in ["0.05", "0.0001"] {
            let run = try workspace.run("tiny.json", "-q", "optimizer.learningRate=\(rate)")
            #expect(run.status == 0)
        }
        return workspace
    }

    @Test("models of other layers are one row, not each key of each layer")
    func models() throws {
        let workspace = try workspace()
        let layers = (0..<5).map { _ in
            #"{"type":"linear","units":4},{"type":"leakyRelu"},{"type":"dropout"}"#
        }
        let model =
            "model.layers=[\(layers.joined(separator: ",")),{\"type\":\"linear\",\"units\":3}]"
        let other = try workspace.run("tiny.json", "-q", model)
        #expect(other.status == 0, "\(other)")
        let result = try workspace.run("compare", "runs/tiny-001", "runs/tiny-003")
        let rows = result.lines.filter { $0.hasPrefix("model.layers") }
        #expect(result.status == 0 && rows.count == 1, "\(result)")
        #expect(rows.first?.contains("16: linear, leakyRel…") == true, "\(rows)")
        #expect(result.lines.allSatisfy { $0.count <= 80 })
        let json = try JSONNode(
            parsing: try workspace.run("compare", "--json", "runs/tiny-001", "runs/tiny-003").output
        )
        #expect((json["differences"]?.elements?.count ?? 0) > 16)
    }

    @Test("runs on other data stand in groups of their own")
    func otherData() throws {
        let workspace = try workspace()
        let data = ["data", "digits", "digits.h5", "--train", "60", "--test", "20"]
        #expect(try workspace.run(data).status == 0)
        let layers = #"model.layers=[{"type":"flatten"},{"type":"linear","units":10}]"#
        let other = [
            "tiny.json", "-q", "data.path=digits.h5", layers,
            #"data.transforms=[{"type":"scale","factor":0.00390625}]"#,
        ]
        let trained = try workspace.run(other)
        #expect(trained.status == 0, "\(trained)")
        let result = try workspace.run("compare", "runs")
        let numbers = result.lines.prefix(6).map { $0.prefix(1) }
        #expect(Set(numbers) == [" ", "1", "2", "3", ""], "\(result)")
        let sentence = "note    compare within a group of lines, not across: they are measured on"
        #expect(result.lines.contains { $0.hasPrefix(sentence) }, "\(result)")
        #expect(result.lines.allSatisfy { $0.count <= 80 })
    }

    @Test("compares and draws runs, and names what is no run")
    func compare() throws {
        let workspace = try workspace()
        let runs = ["runs/tiny-001", "runs/tiny-002"]
        let result = try workspace.run(["compare"] + runs)
        #expect(result.status == 0 && result.errors == "")
        #expect(result.lines[1].hasPrefix("1  runs/tiny-001  "))
        #expect(result.lines[2].hasPrefix("2  runs/tiny-002  "))
        #expect(result.output.contains("\ndiffers                    1       2\n"))
        #expect(result.output.contains("\noptimizer.learningRate  0.05  0.0001\n"))
        let partly = try workspace.run(["compare", "--json", "data.h5", "none"] + runs)
        #expect(partly.status == 3)
        #expect(partly.errors.contains("left out: data.h5: ") && partly.errors.contains("none: "))
        let line = try JSONNode(parsing: String(partly.lines[0]))
        #expect(line["runs"]?.elements?.count == 2 && line["by"]?.string == "accuracy")
        let isFile = try workspace.run("compare", "runs/tiny-001/last.safetensors")
        #expect(
            isFile.status == 3
                && isFile.errors.hasSuffix(
                    "is a file, and no run folder; name its folder, runs/tiny-001\n")
        )
        #expect(try workspace.run("compare", "data.h5").errors.contains("such as runs/mlp-001"))
        let thrice = try workspace.run(["compare", "runs/tiny-001/", "./runs/tiny-001"] + runs)
        #expect(thrice.status == 0 && thrice.lines.count { $0.contains("runs/tiny-001") } == 1)
        #expect(thrice.errors.split(separator: "\n").count == 2)
        #expect(thrice.errors.contains("runs/tiny-001: is named more than once and counts once"))
        let rows = try workspace.text("runs/tiny-002/metrics.jsonl")
        try workspace.write("runs/tiny-002/metrics.jsonl", "\0\u{1}\n" + rows)
        let damaged = try workspace.run(["compare"] + runs)
        #expect(damaged.status == 3 && damaged.lines[2].hasPrefix("2  runs/tiny-002  "))
        #expect(damaged.errors.contains("runs/tiny-002/metrics.jsonl: 1 line is damaged"))
        try workspace.write("runs/tiny-002/metrics.jsonl", rows)
        #expect(try workspace.run(["compare", "--by", "f2"] + runs).status == 2)
        #expect(try workspace.run("compare").status == 2)

        let plot = try workspace.run(["plot"] + runs)
        #expect(plot.status == 0 && plot.lines[0] == "accuracy")
        #expect(plot.lines.allSatisfy { $0.count <= 80 })
        #expect(plot.output.hasSuffix("\n1  runs/tiny-001\n2  runs/tiny-002\n"))
        let file = try workspace.run(["plot", "-o", "runs.svg"] + runs)
        #expect(file.output == "wrote   runs.svg   2 runs: loss, accuracy\n")
        let svg = try workspace.text("runs.svg")
        #expect(svg.hasPrefix("<svg ") && svg.contains("runs/tiny-002 train"))
        for name in ["runs.png", "runs", "runs/tiny-001"] {
            let refused = try workspace.run(["plot", "-o", name] + runs)
            #expect(refused.status == 2 && refused.errors.contains("ends in .svg"))
        }
        let unwritable = try workspace.run(["plot", "-o", "no/such/x.svg"] + runs)
        #expect(unwritable.status == 3)
    }
}
