import Datasets
import FTJSON
import Tensor
import Testing

/// Models that answer several questions about each example, yes or no.
@Suite("Several answers an example")
struct AnswerTests {
    private func trained(_ names: String?, _ loss: String) throws -> Workspace {
        let workspace = try Workspace()
        let inputs = Random(seed: 5).normal([60, 2])
        let values = inputs.values(as: Float.self)
        let answers = (0..<60).flatMap { row -> [Float] in
            let (a, b) = (values[2 * row], values[2 * row + 1])
            return [a > 0 ? 1 : 0, b > 0 ? 1 : 0, a + b > 0 ? 1 : 0]
        }
        try HDF5Writer.create(workspace.file("d.h5")) { file in
            for part in ["train", "test"] {
                try file.write("\(part)/x", inputs)
                try file.write("\(part)/y", NDArray(answers, [60, 3]))
                if let names { try file.setAttribute("classes", names, on: "\(part)/y") }
            }
        }
        try workspace.write(
            "c.json",
            """
            {"name": "answers", "data": {"path": "d.h5",
               "train": {"inputs": "train/x", "targets": "train/y"},
               "validation": {"inputs": "test/x", "targets": "test/y"}, "batchSize": 10},
             "model": {"layers": [{"type": "linear", "units": 3}]},
             "loss": {"type": "\(loss)"}, "optimizer": {"type": "adam", "learningRate": 0.1},
             "training": {"epochs": 10, "report": false}}
            """)
        let run = try workspace.run("c.json", "--out", "run", "-q")
        #expect(run.status == 0, "\(run.errors)")
        return workspace
    }

    @Test("predict gives each with its probability, under the names of the dataset")
    func named() throws {
        let workspace = try trained(#"["right", "up", "far"]"#, "binaryCrossEntropy")
        let csv = try workspace.run("predict", "run", "d.h5")
        #expect(csv.status == 0, "\(csv.errors)")
        #expect(
            csv.lines[0]
                == "row,prediction_right,p_right,prediction_up,p_up,prediction_far,p_far")
        let json = try workspace.run("predict", "run", "d.h5", "--json").lines
        var right = 0
        for (line, text) in zip(csv.lines.dropFirst(), json).prefix(60) {
            let cells = line.split(separator: ",").compactMap { Double($0) }
            let node = try JSONNode(parsing: String(text))
            #expect(cells.count == 7 && node["row"]?.int == Int(cells[0]))
            for (place, name) in ["right", "up", "far"].enumerated() {
                let (answer, share) = (cells[1 + 2 * place], cells[2 + 2 * place])
                #expect((share > 0.5) == (answer == 1))
                #expect(node["prediction"]?[name]?.int == Int(answer))
                #expect(node["probabilities"]?[name]?.double == share)
            }
            right += cells[1] == 1 ? 1 : 0
        }
        #expect(right > 10 && right < 50)
    }

    @Test("a report measures each, by its name, and the worst examples name it")
    func report() throws {
        let workspace = try trained(#"["right", "up", "far"]"#, "binaryCrossEntropy")
        let result = try workspace.run("eval", "run", "--report", "-o", "page.html")
        #expect(result.status == 0, "\(result.errors)")
        for name in ["right", "up", "far"] {
            #expect(result.lines.contains { $0.hasPrefix("\(name) ") })
        }
        let node = try JSONNode(parsing: workspace.run("eval", "run", "--report", "--json").output)
        let names = node["outputs"]?.elements?.compactMap { $0["output"]?.string }
        #expect(names == ["right", "up", "far"])
        let worst = node["worst"]?.elements?.compactMap { $0["output"]?.string } ?? []
        #expect(worst.count == 10 && worst.allSatisfy { names?.contains($0) ?? false })
        let page = try workspace.text("page.html")
        for text in ["<td>far</td>", "Outputs, on d.h5", "<rect x=", "confidence 0."] {
            #expect(page.contains(text), "\(text)")
        }
    }

    @Test("without names the outputs are counted, and a loss without probabilities gives scores")
    func numbered() throws {
        let plain = try trained(nil, "binaryCrossEntropy")
        let heading = try plain.run("predict", "run", "d.h5").lines[0]
        #expect(heading == "row,prediction_0,p_0,prediction_1,p_1,prediction_2,p_2")
    }
}
