import Checkpoint
import FTConfig
import FakeTensor
import Foundation
import Testing

@testable import Training

@Suite("Training with captured steps")
struct CapturedTrainingTests {
    /// A model with averages for evaluation, windows and streams for whole channels.
    static let channels = """
        model.layers=[{"type": "reshape", "shape": [2, 1, 3]}, \
        {"type": "block", "name": "stem", "repeat": 2, "layers": [\
        {"type": "conv2d", "features": 4, "kernel": 3, "same": true}, {"type": "batchNorm2d"}, \
        {"type": "relu"}, {"type": "dropout2d", "rate": 0.2}]}, \
        {"type": "maxPool2d", "kernel": 1, "stride": 2}, {"type": "globalAveragePool"}, \
        {"type": "batchNorm1d", "cumulative": true}, {"type": "linear", "units": 3}]
        """

    @Test("a step gives what the model said to metrics alone, which validation data has")
    func output() throws {
        let sandbox = Sandbox()
        for (changes, gives) in [([], false), (["data.validation=null"], true)] {
            let experiment = try Experiment(sandbox.config(changes))
            let inputs = Tensor(Random(seed: 1).normal([8, 6]))
            let labels = Tensor([0, 1, 2, 0, 1, 2, 0, 1], .uint8)
            #expect((experiment.trainStep([inputs], labels).output != nil) == gives, "\(changes)")
        }
    }

    @Test(
        "ends with the bits of training without",
        arguments: [
            [], ["optimizer={\"type\": \"sgd\", \"momentum\": 0.9}"],
            ["optimizer.clipNorm=0.1"], ["schedule={\"type\": \"cosine\", \"warmupSteps\": 3}"],
            [
                "model.layers=[{\"type\": \"linear\", \"units\": 8}, {\"type\": \"tanh\"}, "
                    + "{\"type\": \"dropout\", \"rate\": 0.3}, {\"type\": \"linear\", \"units\": 3}]"
            ],
            ["loss.labelSmoothing=0.1", "loss.classWeights=[1, 2, 0.5]"],
            [channels], ["optimizer.samRadius=0.1"], [channels, "optimizer.samRadius=0.1"],
            ["training.precision=bf16"], PrecisionTests.overflowing,
            PrecisionTests.overflowing + ["optimizer.samRadius=0.1", "training.accumulate=3"],
            PrecisionTests.overflowing + ["loss.classWeights=[1, 2, 0.5]"],
            SequenceRuns.gpt + ["training.precision=fp16"],
            // The last batch is a short one.
            ["data.batchSize=7"],
        ] + SequenceRuns.all)
    func bits(_ overrides: [String]) throws {
        let sandbox = Sandbox()
        let eager = try sandbox.trainer("eager", overrides + ["training.capture=false"]).run()
        let captured = try sandbox.trainer("captured", overrides).run()
        #expect(eager.trainLoss == captured.trainLoss)
        #expect(
            try tensors(sandbox.file("eager/last.safetensors"))
                == tensors(sandbox.file("captured/last.safetensors")))
        #expect(
            steadyColumns(try sandbox.text("eager/metrics.csv"))
                == steadyColumns(try sandbox.text("captured/metrics.csv")))
    }

    @Test("replays its steps")
    func replays() throws {
        let experiment = try Sandbox().trainer().experiment
        let step = capture { (inputs: [Tensor], targets: Tensor) in
            experiment.trainStep(inputs, targets)
        }
        let epoch = experiment.data.train.epoch()
        while let batch = try epoch.next() {
            _ = step(batch.tensors(on: experiment.device.backend), Tensor(batch.targets))
        }
        #expect(step.refusal == nil && step.kernelCount != nil)
    }

    @Test("ends with the same bits on one thread and on two", arguments: SequenceRuns.all)
    func threads(_ overrides: [String]) throws {
        let sandbox = Sandbox()
        let before = CPUBackend.shared.threads
        defer { CPUBackend.shared.threads = before }
        for count in [1, 2] {
            CPUBackend.shared.threads = count
            _ = try sandbox.trainer("run\(count)", overrides).run()
        }
        #expect(
            try tensors(sandbox.file("run1/last.safetensors"))
                == tensors(sandbox.file("run2/last.safetensors")))
    }

    @Test("losses of an epoch don't depend on the batch size, whatever targets weigh")
    func weights() throws {
        let sandbox = Sandbox()
        let still = [
            "optimizer={\"type\": \"sgd\", \"learningRate\": 0}", "training.epochs=1",
            "loss.classWeights=[1, 10, 0.1]", "loss.ignoreIndex=2",
        ]
        let runs = try [1, 5, 8, 40].map { size in
            try sandbox.trainer("run\(size)", still + ["data.batchSize=\(size)"]).run()
        }
        let train = runs.compactMap(\.trainLoss)
        let validation = runs.compactMap { $0.best?.measurement.loss }
        #expect(train.count == 4 && validation.count == 4)
        for value in train { #expect(abs(value - train[3]) < 1e-6) }
        for value in validation { #expect(abs(value - validation[3]) < 1e-6) }
    }
}
