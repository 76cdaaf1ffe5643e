import FTConfig
import FTJSON
import FakeTensor
import Testing

/// `"classWeights": "balanced"`.
@Suite("Balanced classes")
struct ClassWeightTests {
    /// Twelve examples: eight of class 0, three of class 2, and one of class 1, to be left out.
    private func sandbox() throws -> Sandbox {
        let sandbox = Sandbox()
        let labels: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 1]
        try HDF5Writer.create(sandbox.file("clusters.h5")) { file in
            for part in ["train", "test"] {
                try file.write("\(part)/images", Random(seed: 1).normal([12, 6]))
                try file.write("\(part)/labels", NDArray(labels))
                try file.write("\(part)/sums", Random(seed: 2).normal([12, 3]))
            }
        }
        return sandbox
    }

    @Test("weigh classes as scikit-learn does", arguments: ["crossEntropy", "nll", "focal"])
    func weights(loss: String) throws {
        let sandbox = try sandbox()
        func measured(_ weights: String, _ more: String = "") throws -> Double? {
            let value = "loss={\"type\":\"\(loss)\",\"classWeights\":\(weights)\(more)}"
            let changes = [value, "training.epochs=1", "metrics=[]"]
            return try sandbox.trainer(sandbox.name(), changes).run().best?.measurement.loss
        }
        #expect(try measured("\"balanced\"") == measured("[0.5, 4, \(12.0 / 9)]"))
        let ignored = ",\"ignoreIndex\":1"
        #expect(
            try measured("\"balanced\"", ignored) == measured("[0.6875, 1, \(11.0 / 6)]", ignored))
        #expect(try measured("\"balanced\"") != measured("[1, 1, 1]"))
    }

    @Test("stay balanced in the config, and are the training examples' in eval")
    func evaluated() throws {
        let sandbox = try sandbox()
        let trainer = try sandbox.trainer("run", ["loss.classWeights=balanced"])
        let summary = try trainer.run()
        #expect(try sandbox.text("run/config.json").contains("\"classWeights\": \"balanced\""))
        #expect(try Evaluation(sandbox.file("run")).measurement == summary.best?.measurement)
        // Whoever looks at runs has no training data to take weights from.
        let run = try RunRecord(sandbox.file("run"))
        #expect(try !RunComparison([run], by: "accuracy").lines.isEmpty)
        #expect(try !RunComparison([run, run], by: "loss").lines.isEmpty)
    }

    @Test("are the training examples' on other data, too")
    func others() throws {
        let sandbox = try sandbox()
        _ = try sandbox.trainer("run", ["loss.classWeights=balanced"]).run()
        let other = sandbox.file("other.h5")
        try HDF5Writer.create(other) { file in
            try file.write("train/images", Random(seed: 3).normal([6, 6]))
            try file.write("train/labels", NDArray([0, 1, 1, 2, 2, 2] as [UInt8]))
        }
        func measured(_ changes: String...) throws -> Double {
            try Evaluation(sandbox.file("run"), overrides: ["data.path=\(other)"] + changes)
                .measurement.loss
        }
        let loss = try measured()
        #expect(try loss == measured("loss.classWeights=[0.5, 4, \(12.0 / 9)]"))
        #expect(try loss != measured("loss.classWeights=null"))
    }

    @Test("refuse other words, and targets that are no classes")
    func refused() throws {
        let sandbox = try sandbox()
        func problem(_ changes: [String]) -> String? {
            do {
                _ = try Experiment(sandbox.config(changes))
                return nil
            } catch {
                return (error as? ConfigError)?.issues.first?.message
            }
        }
        #expect(
            problem(["loss.classWeights=balance"])
                == "expected \"balanced\" or an array of 1 to 1000000 elements, found the string "
                + "\"balance\". Did you mean \"balanced\"?")
        let sums = ["data.train.targets=train/sums", "data.validation.targets=test/sums"]
        #expect(
            problem(["loss.classWeights=balanced", "metrics=[]"] + sums)
                == "balanced needs targets that are classes of the model; give numbers")
        #expect(problem(["loss.classWeights=[1, 2]"])?.contains("2 class weights") == true)
        for weights in ["[1e-300, 1, 1]", "[1, 1e-40, 1]", "[1, 1, 1e39]"] {
            let found = problem(["loss.classWeights=\(weights)"])
            #expect(found?.hasPrefix("a weight is 0, or from 1.2e-38 to 3.4e38") == true)
        }
        #expect(problem(["loss.classWeights=[0, 2e-38, 3e38]"]) == nil)
        for loss in ["crossEntropy", "nll", "focal", "multiMargin"] {
            let none = "loss={\"type\":\"\(loss)\",\"classWeights\":[0, 0, 0]}"
            #expect(problem([none]) == "all weights are 0, so nothing counts")
        }
    }
}

extension Sandbox {
    /// A name for a run that no other has.
    fileprivate func name() -> String { "run\(UInt64.random(in: 0...UInt64.max))" }
}
