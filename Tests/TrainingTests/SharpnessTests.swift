import FakeTensor
import Testing

@testable import Training

/// `optimizer.samRadius`.
@Suite("Sharpness-aware steps in runs")
struct SharpnessTests {
    private static let linear = [
        "model.layers=[{\"type\": \"linear\", \"units\": 3}]",
        "optimizer={\"type\": \"sgd\", \"learningRate\": 0.1, \"samRadius\": 0.5}",
    ]

    private func batch(_ experiment: Experiment) throws -> (inputs: [Tensor], targets: Tensor) {
        let batch = try #require(try experiment.data.train.epoch().next())
        return (batch.tensors(on: experiment.device.backend), Tensor(batch.targets))
    }

    @Test("are those of SAM", arguments: [1, 3])
    func same(pieces: Int) throws {
        let overrides = Self.linear + ["training.accumulate=\(pieces)"]
        let sandbox = Sandbox()
        let one = try Experiment(sandbox.config(overrides))
        let other = try Experiment(sandbox.config(overrides))
        let (inputs, targets) = try batch(one)
        let loss = one.trainStep(inputs, targets).loss
        let sam = SAM(SGD(other.model, learningRate: 0.1), radius: 0.5)
        let value = sam.step { other.loss(other.output(inputs), targets) }
        #expect(abs(loss.item - value) < 1e-6)
        for (a, b) in zip(one.model.parameters, other.model.parameters) {
            let gap = (Tensor(a.data) - Tensor(b.data)).abs().max().item
            #expect(gap < 1e-6, "\(gap)")
        }
        let plain = try Experiment(sandbox.config(overrides + ["optimizer.samRadius=null"]))
        _ = plain.trainStep(inputs, targets)
        let moved = (Tensor(one.model.parameters[0].data) - Tensor(plain.model.parameters[0].data))
        #expect(moved.abs().max().item > 1e-4)
    }

    @Test("with a radius that is too large name it")
    func tooFar() throws {
        let changes = ["optimizer.samRadius=1e38", "training.epochs=1"]
        let sandbox = Sandbox()
        let summary = try sandbox.trainer("run", Self.linear + changes).run()
        #expect(summary.status == .diverged)
        #expect(summary.remedy?.contains("or optimizer.samRadius") == true)
    }

    @Test("take both passes in a profile, too")
    func profiled() throws {
        let sandbox = Sandbox()
        let profile = try Experiment(sandbox.config(Self.linear)).profile(steps: 2)
        #expect(profile.again > 0 && profile.lines.contains { $0.contains("both again ") })
        let plain = try Experiment(
            sandbox.config(Self.linear + ["optimizer.samRadius=null"])
        ).profile(steps: 2)
        #expect(plain.again == 0 && plain.lines.last?.contains("again") == false)
        #expect(profile.profile.events.count > 3 * plain.profile.events.count / 2)
    }

    @Test("leave the parameters where they are if the rate is 0, to the bit")
    func restored() throws {
        let sandbox = Sandbox()
        let experiment = try Experiment(
            sandbox.config(Self.linear + ["optimizer.learningRate=0"]))
        let before = experiment.model.parameters.map { $0.data.copy() }
        let (inputs, targets) = try batch(experiment)
        _ = experiment.trainStep(inputs, targets)
        for (parameter, place) in zip(experiment.model.parameters, before) {
            #expect(parameter.data.values(as: Float.self) == place.values(as: Float.self))
        }
    }

    @Test("where the second loss is no number, the run says so and changes nothing")
    func infinite() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer(
            "run", Self.linear + ["optimizer.samRadius=3e38", "loss.type=crossEntropy"])
        let before = trainer.experiment.model.parameters.map { $0.data.copy() }
        #expect(try trainer.run().status == .diverged)
        for (parameter, place) in zip(trainer.experiment.model.parameters, before) {
            #expect(parameter.data.values(as: Float.self) == place.values(as: Float.self))
        }
    }
}
