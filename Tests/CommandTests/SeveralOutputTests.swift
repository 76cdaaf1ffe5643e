import Datasets
import FTJSON
import Tensor
import Testing

/// Outputs without names, some of whose targets count nothing.
@Suite("Several outputs of a file")
struct SeveralOutputTests {
    private static let rows = 120

    private func report(
        _ name: String, _ targets: NDArray, _ metrics: String, ignores: Bool,
        pictures: Bool = false
    ) throws -> JSONNode {
        let workspace = try Workspace()
        let rows = SeveralOutputTests.rows
        let inputs = Random(seed: 5).normal(pictures ? [rows, 1, 3, 3] : [rows, 2])
        try HDF5Writer.create(workspace.file("d.h5")) { file in
            try file.write("x", inputs)
            try file.write("y", targets)
        }
        let layer =
            pictures
            ? #"{"type": "conv2d", "features": 1, "kernel": 1}"#
            : #"{"type": "linear", "units": \#(targets.shape[1])}"#
        try workspace.write(
            "\(name).json",
            """
            {"name": "\(name)", "data": {"path": "d.h5", "train": {"inputs": "x", "targets": "y"},
               "validation": {"inputs": "x", "targets": "y"}},
             "model": {"layers": [\(layer)]},
             "loss": {"type": "binaryCrossEntropy"\(ignores ? ", \"ignoreIndex\": -1" : "")},
             "optimizer": {"type": "adam", "learningRate": 0.05},
             "training": {"epochs": 2}, "metrics": \(metrics)}
            """)
        let run = try workspace.run("\(name).json", "--out", "run", "-q")
        #expect(run.status == 0, "\(run.errors)")
        let result = try workspace.run("eval", "run", "--report", "--json")
        #expect(result.status == 0, "\(result.errors)")
        return try JSONNode(parsing: result.output)
    }

    private func sides(_ width: Int, ignores: Bool) -> NDArray {
        let values = (0..<SeveralOutputTests.rows * width).map { place -> Float in
            ignores && place % 7 == 3 ? -1 : place * 13 % 31 > 14 ? 1 : 0
        }
        return NDArray(values, [SeveralOutputTests.rows, width])
    }

    @Test("each is measured by its own targets that count", arguments: [3, 130])
    func ignored(width: Int) throws {
        let report = try report(
            "a", sides(width, ignores: true), #"["f1", "auc", "recall", "binaryAccuracy"]"#,
            ignores: true)
        let outputs = try #require(report["outputs"]?.elements)
        #expect(outputs.count == width && report["classes"] == nil)
        let support = outputs.compactMap { $0["support"]?.int }.reduce(0, +)
        let yes = sides(width, ignores: true).values(as: Int.self).count { $0 == 1 }
        #expect(support == yes)
        for (metric, own) in [
            ("f1", "macroF1"), ("auc", "auc"), ("recall", "macroRecall"),
            ("binaryAccuracy", "accuracy"),
        ] {
            let (a, b) = (report["validation"]?[metric]?.double, report[own]?.double)
            #expect(abs((a ?? .nan) - (b ?? .nan)) < 1e-9, "\(metric)")
        }
    }

    @Test("shares between no and yes are quantities, whatever is ignored beside them")
    func shares() throws {
        let values = sides(3, ignores: true).values(as: Float.self).map { $0 < 0 ? -1 : $0 / 2 }
        let report = try report(
            "s", NDArray(values, [SeveralOutputTests.rows, 3]), "[]", ignores: true)
        #expect(report["outputs"]?.elements?.count == 3)
        #expect((report["meanAbsoluteError"]?.double ?? 1) < 0.5)
    }

    @Test("those of a picture are alike, and measured together")
    func pictures() throws {
        let values = (0..<SeveralOutputTests.rows * 9).map { Float($0 * 13 % 31 > 14 ? 1 : 0) }
        let targets = NDArray(values, [SeveralOutputTests.rows, 1, 3, 3])
        let report = try report(
            "p", targets, #"["f1", "auc", "recall", "precision"]"#, ignores: false, pictures: true)
        let yes = try #require(report["classes"]?.elements?[1])
        for metric in ["f1", "auc", "recall", "precision"] {
            let (a, b) = (report["validation"]?[metric]?.double, yes[metric]?.double)
            #expect(abs((a ?? .nan) - (b ?? .nan)) < 1e-9, "\(metric)")
        }
    }
}
