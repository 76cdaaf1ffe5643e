import Datasets
import FTJSON
import FoundationEssentials
import Tensor
import Testing

@Suite("Predictions of one example, whatever stands beside it")
struct EvenPredictionTests {
    private static let counts = Array(1...9) + [33]

    /// The lines of predictions of the first of some examples, with the same of more of them.
    private func check(
        _ predict: (Int) throws -> [Substring], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let all = try predict(40)
        #expect(all.count == 41, sourceLocation: sourceLocation)
        for count in Self.counts {
            let some = try predict(count)
            #expect(
                some == Array(all.prefix(count + 1)), "\(count)", sourceLocation: sourceLocation)
        }
    }

    private func predicted(_ result: Workspace.Result) -> [Substring] {
        result.output.split(separator: "\n")
    }

    @Test("rows of a table are the same to the bit, by themselves, together and as a stream")
    func tables() throws {
        let workspace = try Workspace()
        let rows = (0..<80).map {
            "\($0),\($0 * 37 % 71),\($0 * 13 % 17),\($0 % 7 > 3 ? "u" : "v")"
        }
        try workspace.write("t.csv", "a,b,c,y\n" + rows.joined(separator: "\n") + "\n")
        #expect(try workspace.run("init", "t.csv", "training.epochs=3").status == 0)
        #expect(try workspace.run("t.json", "--out", "run", "-q").status == 0)
        try check { count in
            try workspace.write(
                "n.csv", "a,b,c,y\n" + rows.prefix(count).joined(separator: "\n") + "\n")
            return try predicted(workspace.run("predict", "run", "n.csv"))
        }
        try workspace.write("in", "{\"a\": 0, \"b\": 0, \"c\": 0}\n")
        try workspace.write("ask.sh", "\"$1\" predict run --stream < in\n")
        let child = try Child(
            "/bin/sh", ["ask.sh", Workspace.program], in: workspace.path,
            output: workspace.file("out"), errors: workspace.file("err"))
        let streamed = try JSONNode(parsing: child.wait().output)
        let together = try workspace.run("predict", "run", "t.csv", "--json").lines[0]
        let same = try JSONNode(parsing: String(together))
        for name in ["u", "v"] {
            let values = [streamed, same].map { $0["probabilities"]?[name]?.double }
            #expect(values[0] != nil && values[0] == values[1])
        }
        // What is measured of few is the mean of what is measured of each.
        let losses = try (1...4).map { count in
            try workspace.write(
                "m.csv", "a,b,c,y\n" + rows.prefix(count).joined(separator: "\n") + "\n")
            let report = try workspace.run("eval", "run", "m.csv", "--report", "--json").output
            let worst = try JSONNode(parsing: report)["worst"]?.elements ?? []
            return worst.first { $0["example"]?.string == "2" }?["loss"]?.double
        }
        #expect(losses[0] != nil && Set(losses).count == 1)
    }

    @Test("so are images and rows of arrays, by convolutions and recurrent layers")
    func others() throws {
        let workspace = try Workspace()
        #expect(
            try workspace.run("data", "digits", "d", "--png", "--train", "60").status == 0)
        let start = try workspace.run("init", "d", "training.epochs=1", "training.report=false")
        #expect(start.status == 0, "\(start.errors)")
        #expect(try workspace.run("d.json", "--out", "images", "-q").status == 0)
        let files = (0..<10).flatMap { label in
            (0..<4).map { "d/\(label)/0000\($0).png" }
        }
        try check { count in
            try predicted(workspace.run(["predict", "images"] + files.prefix(count)))
        }
        #expect(
            try workspace.run("data", "recall", "r.h5", "--train", "40", "--test", "40").status == 0
        )
        try workspace.write(
            "lstm.json",
            """
            {"data": {"path": "r.h5", "train": {"inputs": "train/sequences",
              "targets": "train/answers"}, "split": 0.2},
             "model": {"layers": [{"type": "lstm", "units": 40},
              {"type": "gru", "units": 36, "output": "last"}, {"type": "linear", "units": 4}]},
             "loss": {"type": "crossEntropy"}, "optimizer": {"type": "adam"},
             "training": {"epochs": 1}}
            """)
        let trained = try workspace.run("lstm.json", "--out", "lstm", "-q")
        #expect(trained.status == 0, "\(trained.errors)")
        let sequences = try HDF5Dataset(HDF5File(workspace.file("r.h5")), "test/sequences").read()
        try check { count in
            try NPY.write(
                sequences.slice(axis: 0, start: 0, count: count).contiguous(),
                to: workspace.file("s.npy"))
            return try predicted(workspace.run("predict", "lstm", "s.npy"))
        }
    }
}
