import FTConfig
import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

/// Weights that a run begins with: whose names they have, whether they are whole, and runs that
/// leave them as they are.
@Suite("Weights to begin with")
struct StartWeightTests {
    let sandbox = Sandbox()

    private func weights(_ path: String) throws -> [String: [Double]] {
        let checkpoint = try TrainingCheckpoint(path: sandbox.file(path))
        return Dictionary(
            uniqueKeysWithValues: checkpoint.model.map {
                ($0.name, $0.array.values(as: Double.self))
            })
    }

    private func issue(_ changes: [String]) throws -> ConfigIssue? {
        let experiment = try Experiment(sandbox.config(changes))
        do {
            _ = try experiment.loadInitialWeights()
            return nil
        } catch let error as ConfigError {
            return error.issues.first
        }
    }

    @Test(
        "a run of no epochs measures and keeps them as they are",
        arguments: [[], ["data.validation=null"]])
    func untrained(overrides: [String]) throws {
        let norm = "model.layers.1={\"type\":\"batchNorm1d\"}"
        _ = try sandbox.trainer("old", [norm]).run()
        let from = "model.from={\"path\":\"\(sandbox.file("old"))\"}"
        let changes = [norm, from, "training.epochs=0"] + overrides
        let summary = try sandbox.trainer("run", changes).run()
        #expect(summary.status == .completed && summary.steps == 0 && summary.epochs == 0)
        let old = try weights("old/best.safetensors")
        #expect(try weights("run/best.safetensors") == old)
        #expect(try weights("run/last.safetensors") == old)
        let best = try #require(summary.best)
        #expect(best.epoch == 0 && best.measurement.loss > 0)
        let evaluation = try Evaluation(sandbox.file("run"))
        #expect(evaluation.measurement == best.measurement)
        if overrides.isEmpty {
            #expect(try Evaluation(sandbox.file("old")).measurement == best.measurement)
        }
        let verification = try Verification(sandbox.file("run"))
        #expect(verification.same == [0] && verification.difference == nil)
        #expect(verification.circumstances.isEmpty, "\(verification.circumstances)")
        _ = try Predictor(sandbox.file("run"))
        do {
            let over = try Trainer.resume(sandbox.file("run"))
            #expect(over.isComplete && over.warnings.isEmpty, "\(over.warnings)")
            #expect(try over.trainer.finishAtOnce().best == best)
        }
        let more = try Trainer.resume(sandbox.file("run"), overrides: ["training.epochs=1"])
        #expect(!more.isComplete && more.warnings.isEmpty, "\(more.warnings)")
        #expect(try more.trainer.run().steps == 5)
        let rows = try sandbox.text("run/metrics.jsonl").split(separator: "\n")
        #expect(rows.count == 2 && rows[0].contains("\"epoch\":0,\"step\":0,"), "\(rows)")
        #expect(try sandbox.text("run/metrics.csv").split(separator: "\n").count == 3)
        #expect(try weights("run/last.safetensors") != old)
        #expect(try Verification(sandbox.file("run")).difference == nil)
    }

    @Test("verify says that a run of no epochs began with other weights")
    func otherStart() throws {
        _ = try sandbox.trainer("old", ["training.epochs=1"]).run()
        let from = "model.from={\"path\":\"\(sandbox.file("old"))\"}"
        _ = try sandbox.trainer("run", [from, "training.epochs=0"]).run()
        try FileManager.default.removeItem(atPath: sandbox.file("old"))
        _ = try sandbox.trainer("old", ["training.epochs=1", "seed=3"]).run()
        #expect(try Verification(sandbox.file("run")).difference?.step == 0)
    }

    @Test("a run of no epochs that was killed before it measured does so when it is resumed")
    func killed() throws {
        _ = try sandbox.trainer("old").run()
        let from = "model.from={\"path\":\"\(sandbox.file("old"))\"}"
        do { _ = try sandbox.trainer("run", [from, "training.epochs=0"]) }
        let resumed = try Trainer.resume(sandbox.file("run"))
        #expect(!resumed.isComplete)
        #expect(try resumed.trainer.run().best?.epoch == 0)
        #expect(try weights("run/best.safetensors") == weights("old/best.safetensors"))
    }

    @Test("no epochs are refused without weights to keep, or with an average")
    func refused() throws {
        func refusal(_ changes: [String]) -> ConfigIssue? {
            do {
                _ = try sandbox.config(changes)
                return nil
            } catch {
                return (error as? ConfigError)?.issues.first
            }
        }
        let bare = refusal(["training.epochs=0"])
        #expect(bare?.path == "training.epochs")
        #expect(bare?.message.hasPrefix("0 trains nothing, which is for weights that") == true)
        let averaged = refusal([
            "training.epochs=0", "model.from={\"path\":\"a\"}",
            "training.average={\"type\":\"ema\"}",
        ])
        #expect(averaged?.path == "training.average")
    }

    /// A file of the model's tensors by the names of another program.
    private func foreign() throws -> String {
        _ = try sandbox.trainer("old", ["training.epochs=1"]).run()
        let tensors = try TrainingCheckpoint(path: sandbox.file("old/best.safetensors")).model
        let path = sandbox.file("foreign.safetensors")
        let renamed = tensors.map { tensor in
            TrainingCheckpoint.ModelTensor(
                tensor.name.replacing("0.", with: "net.layer1.").replacing("2.", with: "net.fc."),
                tensor.array)
        }
        try TrainingCheckpoint(model: renamed).save(to: path)
        return path
    }

    @Test("names in the file become the model's")
    func renames() throws {
        let path = try foreign()
        func from(_ rules: String) -> String {
            "model.from={\"path\":\"\(path)\",\"prefix\":\"net.\",\"strict\":true,\"rename\":\(rules)}"
        }
        let fitting = from("[\"layer1.=0.\",\"fc.=2.\"]")
        _ = try sandbox.trainer("run", [fitting, "training.epochs=0"]).run()
        #expect(try weights("run/best.safetensors") == weights("old/best.safetensors"))
        let idle = try issue([from("[\"layer1.=0.\",\"fc.=2.\",\"layer9.=4.\"]")])
        #expect(idle?.path == "model.from.rename[2]")
        #expect(idle?.message.hasPrefix("no name in \(path) begins with \"layer9.\"") == true)
        let same = try issue([from("[\"layer1.=0.\",\"fc.=0.\"]")])
        #expect(same?.path == "model.from.rename")
        #expect(same?.message.contains("would both become 0.") == true, "\(same?.message ?? "")")
        let bad = try issue([from("[\"layer1.\"]")])
        #expect(bad?.message.contains("doesn't say what becomes what") == true)
    }

    @Test("strict refuses a file that isn't all of the model, or has more")
    func strict() throws {
        let path = try foreign()
        func from(_ others: String) -> String {
            "model.from={\"path\":\"\(path)\",\"prefix\":\"net.\",\"strict\":true,\(others)}"
        }
        let rules = "\"rename\":[\"layer1.=0.\"]"
        let part = try issue([from(rules)])
        #expect(part?.path == "model.from.strict")
        #expect(
            part?.message == "\(path) isn't the model, whole and alone: it lacks 2.weight, 2.bias; "
                + "the model has no net.fc.bias, net.fc.weight; name what to take in match, or leave "
                + "strict out")
        #expect(try issue([from("\"match\":[\"0.*\"],\(rules)")]) == nil)
        let wider = try issue([
            from("\"rename\":[\"layer1.=0.\",\"fc.=2.\"]"), "model.layers.2.units=4",
        ])
        #expect(wider?.message.contains("of other shapes or types: 2.weight") == true)
    }

    @Test("the argument for other scales keeps the config's other transforms")
    func transforms() throws {
        _ = try sandbox.trainer("old", ["data.transforms=[{\"type\":\"normalize\"}]"]).run()
        let from = "model.from={\"path\":\"\(sandbox.file("old"))\"}"
        let shaped = "{\"type\":\"reshape\",\"shape\":[1,2,3]},{\"type\":\"randomFlip\"}"
        let lists = [
            "\(shaped),{\"type\":\"scale\",\"factor\":0.5},{\"type\":\"flatten\"}",
            "\(shaped),{\"type\":\"normalize\",\"mean\":[1],\"std\":[2]},{\"type\":\"flatten\"}",
            "\(shaped),{\"type\":\"flatten\"}",
        ]
        for list in lists {
            let changes = [from, "data.transforms=[\(list)]"]
            let said = try #require(
                try Experiment(sandbox.config(changes)).loadInitialWeights())
            let words = said.split(separator: "'")
            let argument = try #require(words.first { $0.hasPrefix("data.transforms=") })
            for word in ["reshape", "randomFlip", "normalize", "flatten"] {
                #expect(argument.contains(word), "\(argument)")
            }
            #expect(!argument.contains("scale") && !argument.contains("null"))
            let same = try Experiment(sandbox.config([from, String(argument)]))
            #expect(try same.loadInitialWeights()?.contains("scaled otherwise") == false)
        }
    }
}
