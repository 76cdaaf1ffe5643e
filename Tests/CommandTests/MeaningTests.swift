import Datasets
import FTJSON
import Tensor
import Testing

/// What outputs stand for: metrics, reports and predictions agree on it.
@Suite("What outputs stand for")
struct MeaningTests {
    private static let rows = 80

    /// A file of two inputs and several targets for each row.
    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        let inputs = Random(seed: 3).normal([MeaningTests.rows, 2])
        let values = inputs.values(as: Double.self)
        let sums = (0..<MeaningTests.rows).map { values[2 * $0] + values[2 * $0 + 1] }
        try HDF5Writer.create(workspace.file("d.h5")) { file in
            try file.write("x", inputs)
            try file.write("sides", NDArray(sums.map { $0 > 0.5 ? Float(1) : 0 }).reshape([80, 1]))
            try file.write("shares", NDArray(sums.map { Float(0.5 + $0 / 20) }).reshape([80, 1]))
            try file.write(
                "counts", NDArray(sums.map { Float(Int(2 + max(0, $0) * 2)) }).reshape([80, 1]))
            try file.write("sums", NDArray(sums.map { Float($0) }).reshape([80, 1]))
            let classes = sums.enumerated().map { $0 % 4 == 0 ? Int64(-1) : $1 > 0 ? 1 : 0 }
            try file.write("classes", NDArray(classes))
        }
        return workspace
    }

    /// Trains on targets and gives what `eval` says for programs, plain and as a report.
    private func measured(
        _ workspace: Workspace, _ name: String, _ targets: String, layers: String, loss: String,
        metrics: String
    ) throws -> (plain: JSONNode, report: JSONNode) {
        try workspace.write(
            "\(name).json",
            """
            {"name": "\(name)", "seed": 4, "data": {"path": "d.h5",
               "train": {"inputs": "x", "targets": "\(targets)"},
               "validation": {"inputs": "x", "targets": "\(targets)"}, "batchSize": 16},
             "model": {"layers": \(layers)}, "loss": \(loss),
             "optimizer": {"type": "adam", "learningRate": 0.05},
             "training": {"epochs": 3}, "metrics": \(metrics)}
            """)
        let run = try workspace.run("\(name).json", "--out", name, "-q")
        #expect(run.status == 0, "\(run.errors)")
        func json(_ arguments: String...) throws -> JSONNode {
            let result = try workspace.run(["eval", name, "--json"] + arguments)
            #expect(result.status == 0, "\(result.errors)")
            return try JSONNode(parsing: result.output)
        }
        return (try json()["validation"] ?? JSONNode(parsing: "{}"), try json("--report"))
    }

    @Test("metrics of probabilities part yes and no at a half, as those of logits do at 0")
    func probabilities() throws {
        let workspace = try workspace()
        let metrics = """
            ["binaryAccuracy", "precision", "recall", "f1", "auc", "meanAbsoluteError",
             {"type": "confusionMatrix", "binary": true}]
            """
        let linear = #"{"type": "linear", "units": 1}"#
        let logits = try measured(
            workspace, "logits", "sides", layers: "[\(linear)]",
            loss: #"{"type": "binaryCrossEntropy"}"#, metrics: metrics)
        let shares = try measured(
            workspace, "shares", "sides", layers: #"[\#(linear), {"type": "sigmoid"}]"#,
            loss: #"{"type": "binaryCrossEntropy", "predictions": "probabilities"}"#,
            metrics: metrics)
        for key in [
            "binaryAccuracy", "precision", "recall", "f1", "auc", "meanAbsoluteError",
            "confusionMatrix",
        ] {
            let (a, b) = (logits.plain[key]?.double, shares.plain[key]?.double)
            #expect(abs(try #require(a) - #require(b)) < 1e-5, "\(key)")
        }
        #expect(
            shares.report["accuracy"]?.double == shares.plain["binaryAccuracy"]?.double)
        #expect((shares.plain["recall"]?.double ?? 1) < 1)
    }

    @Test("rates are compared where a model gives their logarithms")
    func rates() throws {
        let workspace = try workspace()
        let (plain, report) = try measured(
            workspace, "rates", "counts", layers: #"[{"type": "linear", "units": 1}]"#,
            loss: #"{"type": "poissonNLL"}"#, metrics: #"["r2", "meanAbsoluteError"]"#)
        let lines = try workspace.run("predict", "rates", "d.h5").lines.dropFirst()
        let rates = lines.compactMap { Double($0.split(separator: ",").last ?? "") }
        #expect(rates.count == MeaningTests.rows && rates.allSatisfy { $0 > 0 })
        let counts = try HDF5Dataset(HDF5File(workspace.file("d.h5")), "counts").read()
            .values(as: Double.self)
        let error = zip(rates, counts).reduce(0) { $0 + abs($1.0 - $1.1) } / 80
        for found in [plain["meanAbsoluteError"], report["meanAbsoluteError"]] {
            #expect(abs(try #require(found?.double) - error) < 1e-4)
        }
    }

    @Test("a report leaves out targets that the loss ignores")
    func ignored() throws {
        let workspace = try workspace()
        let (plain, report) = try measured(
            workspace, "classes", "classes", layers: #"[{"type": "linear", "units": 2}]"#,
            loss: #"{"type": "crossEntropy", "ignoreIndex": -1}"#, metrics: #"["accuracy"]"#)
        let support = report["classes"]?.elements?.compactMap { $0["support"]?.int } ?? []
        #expect(support.count == 2 && support.reduce(0, +) == 60)
        let accuracy = try #require(plain["accuracy"]?.double)
        #expect(abs(accuracy - (report["accuracy"]?.double ?? .nan)) < 1e-9)
        let worst = report["worst"]?.elements?.compactMap { $0["example"]?.string } ?? []
        #expect(worst.count == 10 && worst.allSatisfy { (Int($0) ?? 0) % 4 != 0 })
        #expect(try workspace.text("classes/report.html").contains("Classes, by the best epoch"))
    }

    @Test(
        "targets between no and yes are compared as quantities, several quantiles by the middle one"
    )
    func quantities() throws {
        let workspace = try workspace()
        let linear = #"[{"type": "linear", "units": 1}]"#
        let soft = try measured(
            workspace, "soft", "shares", layers: linear,
            loss: #"{"type": "binaryCrossEntropy"}"#, metrics: #"["meanAbsoluteError"]"#)
        let pair = (
            soft.plain["meanAbsoluteError"]?.double, soft.report["meanAbsoluteError"]?.double
        )
        #expect(abs(try #require(pair.0) - #require(pair.1)) < 1e-6)
        let quantiles = #"{"type": "quantile", "quantiles": [0.1, 0.5, 0.9]}"#
        let middle = try measured(
            workspace, "quantiles", "sums", layers: #"[{"type": "linear", "units": 3}]"#,
            loss: quantiles, metrics: #"["meanAbsoluteError"]"#)
        let errors = (
            middle.plain["meanAbsoluteError"]?.double, middle.report["meanAbsoluteError"]?.double
        )
        #expect(abs(try #require(errors.0) - #require(errors.1)) < 1e-6)
    }
}
