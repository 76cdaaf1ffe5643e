import Autograd
import FTConfig
import FakeTensor
import Testing

@testable import Training

/// Batches that are computed in pieces.
@Suite("Accumulation")
struct AccumulationTests {
    private static let sgd = "optimizer={\"type\":\"sgd\",\"learningRate\":0.1,\"momentum\":0.9}"

    /// Losses whose mean is over examples, over weights, over what isn't ignored, and over
    /// elements.
    static let runs: [[String]] = [
        ["data.dropLast=true"], ["data.batchSize=7"],
        ["loss.classWeights=[1, 4, 0.2]", "data.batchSize=9"],
        ["loss.ignoreIndex=1", "data.batchSize=9", "metrics=[]"],
        [
            "loss={\"type\":\"meanSquaredError\"}", "data.train.targets=train/sums",
            "data.validation.targets=test/sums", "model.layers.2.units=6", "metrics=[]",
        ],
        ["optimizer.clipNorm=0.1"], ["optimizer.clipValue=0.01"],
    ]

    @Test("gives the numbers of the whole batch but for their rounding", arguments: runs)
    func same(overrides: [String]) throws {
        let sandbox = Sandbox()
        let plain = [Self.sgd] + overrides
        let whole = try sandbox.trainer("whole", plain)
        let expected = try whole.run()
        for pieces in [2, 3, 40] {
            let trainer = try sandbox.trainer(
                "run\(pieces)", plain + ["training.accumulate=\(pieces)"])
            let summary = try trainer.run()
            #expect(summary.steps == expected.steps)
            #expect(close(summary.trainLoss ?? 0, expected.trainLoss ?? 1))
            let pairs = zip(
                trainer.experiment.model.parameters, whole.experiment.model.parameters)
            for (found, wanted) in pairs {
                for (a, b) in zip(found.values(as: Double.self), wanted.values(as: Double.self)) {
                    #expect(close(a, b))
                }
            }
        }
    }

    private func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-5 * max(1, abs(b)) }

    @Test("measures training as the whole batch does")
    func metrics() throws {
        let sandbox = Sandbox()
        let still = ["data.validation=null", "optimizer.learningRate=0"]
        let whole = try sandbox.trainer("whole", still).run()
        let pieces = try sandbox.trainer("run", still + ["training.accumulate=3"]).run()
        #expect(
            whole.best?.measurement.metrics.map(\.value)
                == pieces.best?.measurement.metrics
                .map(\.value))
    }

    @Test("is recorded and replayed, to the same bits")
    func captured() throws {
        let sandbox = Sandbox()
        let changes = ["training.accumulate=3", "loss.ignoreIndex=2", "metrics=[]"]
        _ = try sandbox.trainer("a", changes).run()
        _ = try sandbox.trainer("b", changes + ["training.capture=false"]).run()
        #expect(
            try tensors(sandbox.file("a/last.safetensors"))
                == tensors(sandbox.file("b/last.safetensors")))
        let experiment = try Experiment(sandbox.config(changes))
        let step = capture { experiment.trainStep($0, $1) }
        let inputs = Tensor(Random(seed: 1).normal([8, 6]))
        let labels = Tensor([0, 1, 2, 0, 1, 2, 0, 1], .uint8)
        for _ in 0..<4 { _ = step([inputs], labels) }
        #expect(step.refusal == nil, "\(step.refusal ?? "")")
    }

    @Test("a batch in which nothing counts changes nothing")
    func nothing() throws {
        let sandbox = Sandbox()
        let changes = ["training.accumulate=2", "loss.ignoreIndex=1", "metrics=[]"]
        let experiment = try Experiment(sandbox.config(changes))
        let before = experiment.model.parameters.map { $0.values(as: Float.self) }
        let inputs = Tensor(Random(seed: 1).normal([4, 6]))
        let outcome = experiment.trainStep([inputs], Tensor([1, 1, 1, 1], .uint8))
        #expect(outcome.loss.item == 0 && outcome.weight?.item == 0)
        #expect(experiment.model.parameters.map { $0.values(as: Float.self) } == before)
    }
}
