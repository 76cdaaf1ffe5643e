import FTConfig
import FTJSON
import FakeTensor
import FoundationEssentials
import Tensor
import Testing

@testable import Training

/// Epochs of as many examples of each class, batches of mixed examples, and the gradients' norm.
@Suite("Balanced sampling, mixup, gradient norms")
struct SamplingTests {
    /// Balanced epochs, mixed examples, both; soft targets of a file.
    static let changes: [[String]] = [
        ["data.sampling=balanced"], ["training.mixup=0.4"],
        ["data.sampling=balanced", "training.mixup=1", "training.accumulate=2"],
        [
            "training.mixup=0.2", "data.train.targets=train/sides",
            "data.validation.targets=test/sides", "model.layers.2.units=6", "metrics=[]",
            "loss={\"type\":\"meanSquaredError\"}",
            "data.targetTransforms=[{\"type\":\"cast\",\"dtype\":\"float32\"}]",
        ],
        ["training.gradientNorm=true", "optimizer.clipNorm=0.1"],
    ]

    @Test("runs that were stopped within an epoch end with the same bits", arguments: changes)
    func resume(overrides: [String]) throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("whole", overrides).run()
        try sandbox.stopped("run", at: 7, overrides)
        _ = try Trainer.resume(sandbox.file("run")).trainer.run()
        #expect(
            try tensors(sandbox.file("run/last.safetensors"))
                == tensors(sandbox.file("whole/last.safetensors")))
        #expect(
            try steadyColumns(sandbox.text("run/metrics.csv"))
                == steadyColumns(sandbox.text("whole/metrics.csv")))
        let norms = try ["run", "whole"].map { name in
            try RunRecord(sandbox.file(name)).rows.map(\.gradientNorm)
        }
        #expect(norms[0] == norms[1])
    }

    @Test("the bits don't depend on threads, nor on whether steps are captured", arguments: changes)
    func threads(overrides: [String]) throws {
        let sandbox = Sandbox()
        let before = CPUBackend.shared.threads
        defer { CPUBackend.shared.threads = before }
        _ = try sandbox.trainer("many", overrides).run()
        CPUBackend.shared.threads = 1
        _ = try sandbox.trainer("one", overrides).run()
        _ = try sandbox.trainer("plain", overrides + ["training.capture=false"]).run()
        let one = try tensors(sandbox.file("one/last.safetensors"))
        #expect(try tensors(sandbox.file("many/last.safetensors")) == one)
        #expect(try tensors(sandbox.file("plain/last.safetensors")) == one)
        #expect(try Verification(sandbox.file("one")).difference == nil)
    }

    @Test("each changes the weights, but for measuring the norm")
    func effect() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("plain").run()
        let plain = try tensors(sandbox.file("plain/last.safetensors"))
        for (index, change) in ["data.sampling=balanced", "training.mixup=0.4"].enumerated() {
            _ = try sandbox.trainer("run\(index)", [change]).run()
            #expect(try tensors(sandbox.file("run\(index)/last.safetensors")) != plain)
        }
        _ = try sandbox.trainer("norms", ["training.gradientNorm=true"]).run()
        #expect(try tensors(sandbox.file("norms/last.safetensors")) == plain)
        #expect(try RunRecord(sandbox.file("plain")).rows.allSatisfy { $0.gradientNorm == nil })
    }

    @Test("shares that are all or nothing are numbers, too", arguments: [1e-307, 1e-30, 1e-3])
    func extreme(alpha: Double) throws {
        let sandbox = Sandbox()
        let mixup = try #require(Experiment(sandbox.config(["training.mixup=\(alpha)"])).mixup)
        let (inputs, targets) = (Tensor([[0.0], [1.0]]), Tensor([0, 1] as [Int64]))
        var sums: Set<Double> = []
        for position in 0..<64 {
            let mixed = mixup([inputs], targets, at: SamplerState(epoch: 0, position: position))
            let values = mixed.inputs[0].values(as: Double.self)
            #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 }, "\(values)")
            sums.insert(values[0].rounded())
        }
        #expect(sums == [0, 1])
    }

    @Test("a mixed batch is a share of each example and the rest of another, targets alike")
    func mixture() throws {
        let sandbox = Sandbox()
        let mixup = try #require(Experiment(sandbox.config(["training.mixup=0.5"])).mixup)
        let inputs = Tensor([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
        let labels = [0, 2, 1, 1]
        func mix(_ position: Int) -> (x: [Double], y: [Double]) {
            let targets = Tensor(labels.map { Int64($0) })
            let mixed = mixup([inputs], targets, at: SamplerState(epoch: 1, position: position))
            return (
                mixed.inputs[0].values(as: Double.self), mixed.targets.values(as: Double.self)
            )
        }
        var partners: Set<[Int]> = []
        for position in 0..<20 {
            let (x, y) = mix(position)
            #expect(mix(position) == (x, y))
            let own = (0..<4).map { x[$0 * 5] }
            let share = try #require(own.min())
            let found = (0..<4).map { row in
                (0..<4).first { $0 != row && x[row * 4 + $0] > 0 } ?? row
            }
            #expect(found.sorted() == [0, 1, 2, 3])
            for (row, partner) in found.enumerated() {
                #expect(own[row] == (partner == row ? 1 : share))
                var expected = [0.0, 0, 0]
                expected[labels[row]] += share
                expected[labels[partner]] += 1 - share
                let actual = y[row * 3..<row * 3 + 3]
                #expect(zip(actual, expected).allSatisfy { abs($0 - $1) < 1e-6 })
            }
            partners.insert(found)
        }
        #expect(partners.count > 5)
    }

    @Test("shares come from the beta distribution")
    func shares() throws {
        let sandbox = Sandbox()
        for (alpha, variance) in [(1.0, 1.0 / 12), (0.25, 1.0 / 6)] {
            let config = try sandbox.config(["training.mixup=\(alpha)"])
            let mixup = try #require(Experiment(config).mixup)
            let (inputs, targets) = (Tensor([[0.0], [1.0]]), Tensor([0, 1] as [Int64]))
            var shares: [Double] = []
            for epoch in 0..<4000 {
                let place = SamplerState(epoch: epoch, position: 0)
                let x = mixup([inputs], targets, at: place).inputs[0].values(as: Double.self)
                // Of two examples half the batches exchange them, the others stay.
                if x[0] != 0 { shares.append(x[1]) }
            }
            let mean = shares.reduce(0, +) / Double(shares.count)
            let spread = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(shares.count)
            #expect(shares.count > 1500 && abs(mean - 0.5) < 0.03)
            #expect(abs(spread - variance) < 0.01)
        }
    }

    @Test("the norm is that of the gradients, before they are clipped")
    func norm() throws {
        let sandbox = Sandbox()
        let overrides = [
            "training.gradientNorm=true", "training.epochs=1", "data.batchSize=40",
            "data.shuffle=false", "optimizer.clipNorm=1e-3",
        ]
        let trainer = try sandbox.trainer("run", overrides)
        let experiment = try Experiment(sandbox.config(overrides))
        let batch = try #require(try experiment.data.train.epoch().next())
        experiment.loss(experiment.output([Tensor(batch.inputs)]), Tensor(batch.targets)).backward()
        let expected = experiment.model.parameters.gradientNorm
        _ = try trainer.run()
        let found = try #require(try RunRecord(sandbox.file("run")).rows.first?.gradientNorm)
        #expect(expected > 0.1 && abs(found - expected) < 1e-6 * expected)
        #expect(try sandbox.text("run/report.html").contains(">gradient norm"))
    }

    @Test(
        "what can't be is refused",
        arguments: [
            (
                ["data.sampling=balanced", "data.shuffle=false"], "data.sampling",
                "set data.shuffle"
            ),
            (["data.sampling=balanced", "data.memoryLimit=0"], "data.sampling", "in memory"),
            (
                [
                    "data.sampling=balanced", "data.train.targets=train/sums",
                    "data.validation.targets=test/sums", "metrics=[]", "model.layers.2.units=6",
                    "loss={\"type\":\"meanSquaredError\"}",
                ], "data.sampling", "one of several classes"
            ),
            (["training.mixup=0.2", "loss.ignoreIndex=7"], "training.mixup", "loss.ignoreIndex"),
            (
                ["training.mixup=0.2", "loss={\"type\":\"multiMargin\"}"], "training.mixup",
                "use crossEntropy"
            ),
            (
                [
                    "training.mixup=0.2", "loss={\"type\":\"hinge\"}", "model.layers.2.units=1",
                    "data.train.targets=train/sides", "data.validation.targets=test/sides",
                    "metrics=[]",
                ], "training.mixup", "use binaryCrossEntropy"
            ),
            (SequenceRuns.gpt + ["training.mixup=0.2"], "training.mixup", "tokens"),
            (SequenceRuns.gpt + ["data.sampling=balanced"], "data.sampling", "data.text"),
        ])
    func refused(overrides: [String], key: String, words: String) throws {
        let sandbox = Sandbox()
        let error = #expect(throws: ConfigError.self) {
            try Experiment(sandbox.config(overrides))
        }
        #expect(error?.issues.contains { $0.path == key && $0.message.contains(words) } == true)
    }

    @Test("without validation data each example is measured once, however epochs are sampled")
    func measured() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", ["data.sampling=balanced", "data.validation=null"]).run()
        let balanced = try Evaluation(sandbox.file("run/last.safetensors"))
        let uniform = try Evaluation(
            sandbox.file("run/last.safetensors"), overrides: ["data.sampling=uniform"])
        // In another order, so with another rounding.
        #expect(abs(balanced.measurement.loss - uniform.measurement.loss) < 1e-6)
        #expect(balanced.measurement.value("accuracy") == uniform.measurement.value("accuracy"))
    }
}
