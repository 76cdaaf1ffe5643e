import FTConfig
import FakeTensor
import Testing

@Suite("Targets that don't fit")
struct TargetRemedyTests {
    /// What is said of targets of a shape and dtype beside a model with `units` outputs.
    private func problem(
        _ targets: NDArray, _ loss: String, units: Int = 3, _ transforms: String = "[]"
    ) throws -> String {
        let sandbox = Sandbox()
        let path = sandbox.file("data.h5")
        try HDF5Writer.create(path) { file in
            try file.write("x", Random(seed: 1).normal([6, 4]))
            try file.write("y", targets)
        }
        let text = """
            {"data": {"path": "\(path)", "train": {"inputs": "x", "targets": "y"},
              "targetTransforms": \(transforms)},
             "model": {"layers": [{"type": "linear", "units": \(units)}]},
             "loss": {"type": "\(loss)"}, "optimizer": {"type": "sgd", "learningRate": 0.1}}
            """
        do {
            _ = try Experiment(RunConfig(text: text, file: "run.json", overrides: []))
            return ""
        } catch let error as ConfigError {
            return error.description
        } catch let error as DataError {
            return error.description
        }
    }

    private let labels = NDArray([0, 1, 2, 0, 1, 2])

    @Test("are read so that they do where that changes no number")
    func fitted() throws {
        let column = labels.reshape([6, 1])
        let cases: [(NDArray, String, Int)] = [
            (column, "crossEntropy", 3), (labels.cast(to: .float64), "crossEntropy", 3),
            (labels.cast(to: .bool), "crossEntropy", 3), (column.cast(to: .float32), "nll", 3),
            (labels.cast(to: .float32), "meanSquaredError", 1),
            (column.cast(to: .float64), "meanSquaredError", 1),
            (labels.cast(to: .bool), "binaryCrossEntropy", 1),
        ]
        for (targets, loss, units) in cases {
            #expect(try problem(targets, loss, units: units) == "", "\(loss)")
        }
        let sandbox = Sandbox()
        let path = sandbox.file("data.h5")
        try HDF5Writer.create(path) { file in
            try file.write("x", Random(seed: 1).normal([6, 4]))
            try file.write("y", column.cast(to: .float64))
        }
        let text = """
            {"data": {"path": "\(path)", "train": {"inputs": "x", "targets": "y"}},
             "model": {"layers": [{"type": "linear", "units": 3}]},
             "loss": {"type": "crossEntropy"}, "optimizer": {"type": "sgd", "learningRate": 0.1}}
            """
        let experiment = try Experiment(RunConfig(text: text, file: "run.json", overrides: []))
        #expect(experiment.info().targetNote == "targets float64 1 → int64")
    }

    @Test("are named where they would have to change")
    func fraction() throws {
        let text = try problem(NDArray([0.0, 1, 2.5, 0, 1, 2]), "crossEntropy")
        #expect(text.contains("a target is 2.5 (row 2), but the loss needs classes, whole numbers"))
        let nan = try problem(NDArray([0.0, 1, .nan, 0, 1, 2]), "crossEntropy")
        #expect(nan.contains("a target is NaN (row 2)"))
    }

    @Test("are told the transforms that make them fit, which do")
    func remedies() throws {
        let remedy = #"{"type": "oneHot", "classes": 3}"#
        let text = try problem(labels, "meanSquaredError", units: 3)
        #expect(text.contains("; add \(remedy) to data.targetTransforms"), "\(text)")
        #expect(try problem(labels, "meanSquaredError", units: 3, "[\(remedy)]") == "")
    }

    @Test("are told no transform where none helps")
    func none() throws {
        let text = try problem(NDArray([Float](repeating: 0, count: 12), [6, 2]), "crossEntropy")
        #expect(text.contains("don't fit") && !text.contains("; add"))
    }
}
