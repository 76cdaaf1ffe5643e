import FTConfig
import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

/// Weights of another model, frozen ones, and groups with rates of their own.
@Suite("Fine-tuning")
struct FineTuningTests {
    private func values(_ experiment: Experiment) -> [String: [Float]] {
        let pairs = experiment.model.namedParameters.map {
            ($0.name, $0.parameter.values(as: Float.self))
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    private func issue(_ sandbox: Sandbox, _ changes: [String]) -> ConfigIssue? {
        do {
            _ = try sandbox.trainer("refused", changes)
            return nil
        } catch {
            return (error as? ConfigError)?.issues.first
        }
    }

    @Test(
        "patterns match whole names",
        arguments: [
            ("*", "", true), ("*", "0.weight", true), ("0.*", "0.weight", true),
            ("0.*", "10.weight", false), ("*.bias", "a.0.bias", true), ("*.bias", "bias", false),
            ("*a*b", "xaab", true), ("*a*b", "xba", false), ("0.weight", "0.weight", true),
            ("0.weigh", "0.weight", false), ("**t", "0.weight", true), ("a*a", "a", false),
        ])
    func patterns(pattern: String, name: String, fits: Bool) {
        #expect(NamePattern(pattern).matches(name) == fits)
    }

    @Test("frozen parameters stay as they were drawn, and the rest is trained")
    func freezes() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer("run", ["model.freeze=[\"0.*\", \"*.bias\"]"])
        let before = values(trainer.experiment)
        #expect(trainer.experiment.info().trainableCount == 24)
        _ = try trainer.run()
        let after = values(trainer.experiment)
        #expect(after.filter { before[$0.key] != $0.value }.keys.sorted() == ["2.weight"])
    }

    @Test("patterns that match nothing, and a model that is all frozen, are named")
    func unmatched() throws {
        let sandbox = Sandbox()
        let none = issue(sandbox, ["model.freeze=[\"1.*\"]"])
        #expect(none?.path == "model.freeze[0]")
        #expect(
            none?.message == "no parameter's name matches \"1.*\"; there are 0.weight, 0.bias, "
                + "2.weight, 2.bias")
        let all = issue(sandbox, ["model.freeze=[\"*\"]"])
        #expect(all?.message == "no parameter is left to train; freeze fewer")
        let groups = "optimizer.groups=[{\"match\":\"*.bias\"},{\"match\":\"2.bias\"}]"
        let taken = issue(sandbox, [groups])
        #expect(taken?.path == "optimizer.groups[1].match")
        #expect(taken?.message.hasSuffix("there are 0.weight, 2.weight") == true)
        let frozen = issue(
            sandbox, ["model.freeze=[\"0.*\"]", "optimizer.groups=[{\"match\":\"0.*\"}]"])
        #expect(frozen?.path == "optimizer.groups[0].match")
        #expect(
            frozen?.message == "matches only parameters that model.freeze keeps as they are: "
                + "0.weight, 0.bias; leave the group out")
        let partly = ["model.freeze=[\"0.*\"]", "optimizer.groups=[{\"match\":\"*.bias\"}]"]
        #expect(issue(sandbox, partly) == nil)
    }

    @Test("a group's factor and decay are those of its parameters alone")
    func groups() throws {
        let sandbox = Sandbox()
        let sgd = "optimizer={\"type\":\"sgd\",\"learningRate\":0.1,\"weightDecay\":0.5}"
        let groups =
            "optimizer.groups=[{\"match\":\"0.*\",\"rateFactor\":0},"
            + "{\"match\":\"*.bias\",\"weightDecay\":0,\"rateFactor\":2}]"
        let trainer = try sandbox.trainer("run", [sgd, groups])
        let found = trainer.optimizer.groups.map { group in
            "\(group.parameters.map(\.name)) \(group.rateFactor) \(group.weightDecay ?? -1)"
        }
        #expect(
            found == [
                "[\"2.weight\"] 1.0 -1.0", "[\"0.weight\", \"0.bias\"] 0.0 -1.0",
                "[\"2.bias\"] 2.0 0.0",
            ])
        let before = values(trainer.experiment)
        _ = try trainer.run()
        let after = values(trainer.experiment)
        #expect(before["0.weight"] == after["0.weight"] && before["0.bias"] == after["0.bias"])
        #expect(before["2.weight"] != after["2.weight"] && before["2.bias"] != after["2.bias"])
    }

    @Test("begins with another run's weights, and says what was and wasn't loaded")
    func from() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("old").run()
        let path = sandbox.file("old")
        let best = try TrainingCheckpoint(path: path + "/best.safetensors")
        let old = Dictionary(
            uniqueKeysWithValues: best.model.map { ($0.name, $0.array.values(as: Float.self)) })
        let whole = try sandbox.trainer("whole", ["model.from={\"path\":\"\(path)\"}"])
        #expect(values(whole.experiment) == old)
        #expect(
            whole.notes == [
                "4 of the model's 4 tensors come from \(path)/best.safetensors"
            ] && whole.remarks == [])
        let part = try sandbox.trainer(
            "part", ["model.from={\"path\":\"\(path)\",\"match\":[\"*.weight\"]}", "seed=5"])
        let drawn = try Experiment(sandbox.config(["seed=5"]))
        #expect(values(part.experiment)["2.weight"] == old["2.weight"])
        #expect(values(part.experiment)["2.bias"] == values(drawn)["2.bias"])
        // Another number of hidden units: what has another shape is drawn.
        let wider = try sandbox.trainer(
            "wider",
            ["model.from={\"path\":\"\(path)/last.safetensors\"}", "model.layers.0.units=9"])
        #expect(
            wider.remarks == [
                "1 of the model's 4 tensors come from \(path)/last.safetensors; of other shapes or types: "
                    + "0.weight (float32 8×6 there, float32 9×6 here), 0.bias (float32 8 there, "
                    + "float32 9 here), 2.weight (float32 3×8 there, float32 3×9 here)"
            ])
    }

    @Test("says where the classes are others than those that the weights tell apart")
    func classes() throws {
        let (old, new) = (Sandbox(), Sandbox())
        try writeClusters(old.file("clusters.h5"), classes: #"["ant","bee","fly"]"#)
        try writeClusters(new.file("clusters.h5"), classes: #"["ant","fly","wren"]"#)
        let trained = try old.trainer("old")
        _ = try trained.run()
        let exported = old.file("old.safetensors")
        try ModelExport.write(Predictor(old.file("old")), .safetensors, to: exported)
        for path in [old.file("old"), exported] {
            let from = "model.from={\"path\":\"\(path)\"}"
            let said = try Experiment(new.config([from])).loadInitialWeights()
            #expect(
                said?.hasSuffix(
                    "; the classes differ, so what tells them apart has to be learned anew: ant, bee, "
                        + "fly there, ant, fly, wren here") == true, "\(said ?? "")")
            let same = try Experiment(old.config([from])).loadInitialWeights()
            #expect(same?.contains("classes") == false)
        }
    }

    @Test("says where inputs are scaled otherwise than those that the weights were learned on")
    func scales() throws {
        let sandbox = Sandbox()
        func transforms(_ list: String) -> String { "data.transforms=[\(list)]" }
        let measured = #"{"type": "normalize"}"#
        _ = try sandbox.trainer("old", [transforms(measured)]).run()
        let from = "model.from={\"path\":\"\(sandbox.file("old"))\"}"
        let same = try Experiment(sandbox.config([from, transforms(measured)]))
        #expect(try same.loadInitialWeights()?.contains("scaled otherwise") == false)
        let factor = #"{"type": "scale", "factor": 0.5}"#
        let other = try Experiment(sandbox.config([from, transforms(factor)]))
        let said = try #require(try other.loadInitialWeights())
        #expect(said.contains(#"scaled otherwise there, by {"type":"normalize","mean":["#))
        #expect(said.contains(#"here by {"type":"scale","factor":0.5}"#))
        let bare = try Experiment(sandbox.config([from])).loadInitialWeights()
        #expect(bare?.contains("here by nothing") == true)
    }

    @Test("takes other safetensors files, of other floats and with a prefix")
    func foreign() throws {
        let sandbox = Sandbox()
        let values = Random(seed: 9).normal([3, 8])
        let head = TrainingCheckpoint.ModelTensor("net.2.weight", values.cast(to: .float16))
        let other = TrainingCheckpoint.ModelTensor("other", NDArray([1, 2] as [Float]))
        let path = sandbox.file("weights.safetensors")
        try TrainingCheckpoint(model: [head, other]).save(to: path)
        let from = "model.from={\"path\":\"\(path)\",\"prefix\":\"net.\"}"
        let trainer = try sandbox.trainer("run", [from])
        #expect(
            self.values(trainer.experiment)["2.weight"]
                == values.cast(to: .float16).cast(to: .float32).values(as: Float.self))
        #expect(trainer.remarks.first?.hasSuffix("not used: other") == true)
        let nothing = issue(sandbox, ["model.from={\"path\":\"\(path)\"}"])
        #expect(nothing?.path == "model.from.path")
        #expect(nothing?.message.hasPrefix("nothing in \(path) fits: it has ") == true)
    }

    @Test("ends with the same bits, killed after any step, though the source is gone")
    func killed() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("old", ["training.epochs=1"]).run()
        let changes = [
            "model.from={\"path\":\"\(sandbox.file("old"))\"}", "model.freeze=[\"0.bias\"]",
            "optimizer.groups=[{\"match\":\"2.*\",\"rateFactor\":0.5,\"weightDecay\":0.1}]",
            "optimizer.clipNorm=0.5",
        ]
        let trainer = try sandbox.trainer("whole", changes)
        trainer.observers.append(
            Listener { event in
                guard case .step(let progress) = event else { return }
                try? sandbox.copy(sandbox.file("whole"), to: "killed\(progress.step)")
            })
        _ = try trainer.run()
        let expected = try tensors(sandbox.file("whole/last.safetensors"))
        #expect(try Verification(sandbox.file("whole")).difference == nil)
        // Before its first checkpoint a run begins again, with the weights it began with.
        _ = try Trainer.resume(sandbox.file("killed1")).trainer.run()
        #expect(try tensors(sandbox.file("killed1/last.safetensors")) == expected)
        try FileManager.default.removeItem(atPath: sandbox.file("old"))
        for step in [3, 4, 7, 11, 15] {
            _ = try Trainer.resume(sandbox.file("killed\(step)")).trainer.run()
            #expect(try tensors(sandbox.file("killed\(step)/last.safetensors")) == expected)
        }
        _ = try Evaluation(sandbox.file("whole"))
    }

    @Test("verify says that the weights a run began with are others now")
    func otherOrigin() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("old", ["training.epochs=1"]).run()
        let from = "model.from={\"path\":\"\(sandbox.file("old"))\"}"
        _ = try sandbox.trainer("run", [from, "training.epochs=1"]).run()
        try FileManager.default.removeItem(atPath: sandbox.file("old"))
        _ = try sandbox.trainer("old", ["training.epochs=1", "seed=3"]).run()
        let verification = try Verification(sandbox.file("run"))
        #expect(verification.difference != nil)
        let words = "the weights it began with (model.from): then xxh64:"
        #expect(verification.circumstances.contains { $0.hasPrefix(words) })
    }
}
