import Checkpoint
import FTConfig
import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

@Suite("Training in other precisions than float32")
struct PrecisionTests {
    /// A run in float16 whose gradients are so large that the scale is too large at first.
    static let overflowing = [
        "training.precision=fp16", "data.transforms=[{\"type\": \"scale\", \"factor\": 30}]",
        "optimizer={\"type\": \"adam\", \"learningRate\": 0.02}",
        "schedule={\"type\": \"cosine\", \"warmupSteps\": 3}",
    ]

    @Test(
        "learns as well as in float32",
        arguments: [
            ("mlp", ["data.batchSize=64", "schedule.warmupSteps=5", "training.epochs=6"]),
            (
                "cnn",
                [
                    "training.epochs=4", "optimizer.learningRate=0.003",
                    "model.layers.0.features=8", "model.layers.2.features=16",
                ]
            ),
        ], ["bf16", "fp16"])
    func convergence(_ run: (name: String, overrides: [String]), _ precision: String) throws {
        let sandbox = Sandbox()
        let data = sandbox.file("digits.h5")
        try Digits.write(to: data, seed: 4, train: 640, test: 320)
        func best(_ precision: String) throws -> RunMeasurement {
            let config = try RunConfig(
                file: "\(ConfigBitsTests.folder)/\(run.name).json",
                overrides: ["data.path=\(data)", "training.precision=\(precision)"] + run.overrides)
            let folder = try RunFolder.create(sandbox.file(precision))
            let summary = try Trainer(starting: Experiment(config), in: folder).run()
            #expect(summary.status == .completed)
            return try #require(summary.best?.measurement)
        }
        let (exact, half) = (try best("fp32"), try best(precision))
        let (known, found) = (exact.value("accuracy") ?? 0, half.value("accuracy") ?? 0)
        #expect(known > 0.8)
        #expect(abs(found - known) <= 0.02, "accuracy \(found) for \(known)")
        #expect(abs(half.loss / exact.loss - 1) <= 0.1, "loss \(half.loss) for \(exact.loss)")
        #expect(half.loss != exact.loss)
    }

    @Test("inputs that fp16 can't hold are named")
    func beyond() throws {
        let sandbox = Sandbox()
        let scale = "data.transforms=[{\"type\": \"scale\", \"factor\": 1e6}]"
        let summary = try sandbox.trainer("run", ["training.precision=fp16", scale]).run()
        #expect(summary.status == .diverged)
        #expect(summary.reason?.contains("beyond the 65,504 of fp16") == true)
        #expect(summary.remedy?.hasPrefix("scale the inputs") == true)
    }

    @Test("an overflow is skipped: weights, states, the count, the schedule and averages stay")
    func overflow() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer(
            "run",
            PrecisionTests.overflowing
                + ["training.average=ema", "training.epochs=6", "training.gradientNorm=true"])
        let experiment = trainer.experiment
        let scale = try #require(experiment.lossScale)
        scale.state = LossScale.State(scale: 0x1p28, cleanSteps: 0)
        var before = experiment.model.parameters.map { $0.data.values(as: Float.self) }
        var norms: [Double] = []
        // By how many steps had counted before.
        var (skipped, rates) = (0, [:] as [Int: Set<Double>])
        trainer.observers.append(
            Listener { event in
                if case .epoch(let record) = event, let norm = record.gradientNorm {
                    norms.append(norm)
                }
                guard case .step(let progress) = event else { return }
                #expect(throws: Never.self) { try trainer.settle() }
                let now = experiment.model.parameters.map { $0.data.values(as: Float.self) }
                let counted = progress.step - 1 - skipped
                rates[counted, default: []].insert(trainer.optimizer.learningRate)
                if trainer.cursor.skipped > skipped {
                    skipped += 1
                    #expect(now == before)
                } else if counted > 0 {
                    // The warm-up begins with a rate of 0.
                    #expect(now != before)
                }
                before = now
                #expect(trainer.optimizer.stepCount == progress.step - skipped)
                #expect(trainer.cursor.skipped == skipped)
                #expect(experiment.average?.weights.updateCount == progress.step - skipped)
            })
        let summary = try trainer.run()
        #expect(summary.status == .completed && summary.steps == 30)
        try #require(skipped > 5 && skipped < 25)
        #expect(scale.state.scale == 0x1p28 / Double(1 << skipped))
        // The warm-up begins with the first step that counts.
        #expect(rates.values.allSatisfy { $0.count == 1 })
        let first = try #require(rates[1]?.first)
        #expect(rates[0] == [0] && rates[2] == [2 * first])
        // Norms are of the steps that counted.
        #expect(norms.count > 1 && norms.allSatisfy(\.isFinite))
        let state = try TrainingCheckpoint.state(path: sandbox.file("run/last.safetensors"))
        #expect(state.extra["precision"] == "fp16")
        #expect(state.extra["lossScale"] == "\(scale.state.scale) \(scale.state.cleanSteps)")
        #expect(state.optimizerValues["step"] == Double(30 - skipped))
    }

    @Test("a step's loss is read when the next has been launched, or earlier, to the same bits")
    func late() throws {
        let sandbox = Sandbox()
        let overrides =
            PrecisionTests.overflowing + ["training.average=ema", "training.gradientNorm=true"]
        func run(_ name: String, _ look: @escaping (Trainer) throws -> Void) throws {
            let trainer = try sandbox.trainer(name, overrides)
            trainer.observers.append(
                Listener { event in
                    guard case .step = event else { return }
                    #expect(throws: Never.self) { try look(trainer) }
                })
            #expect(try trainer.run().status == .completed)
            #expect(trainer.cursor.skipped > 1)
        }
        var unread = 0
        try run("late") { if $0.unread != nil { unread += 1 } }
        // Of each of the three epochs all steps but the first.
        #expect(unread == 12)
        try run("at once") { try $0.settle() }
        try run("asked") { _ = $0.optimizer.stepCount }
        let expected = try tensors(sandbox.file("late/last.safetensors"))
        let columns = steadyColumns(try sandbox.text("late/metrics.csv"))
        for name in ["at once", "asked"] {
            #expect(try tensors(sandbox.file("\(name)/last.safetensors")) == expected)
            #expect(steadyColumns(try sandbox.text("\(name)/metrics.csv")) == columns)
        }
    }

    @Test("the runs of overflows have some")
    func overflows() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer("run", PrecisionTests.overflowing)
        #expect(try trainer.run().status == .completed)
        #expect(trainer.cursor.skipped > 0 && trainer.cursor.skipped < 10)
    }

    @Test("gradients that are never finite end the run with a sentence")
    func never() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer(
            "run", ["training.precision=fp16", "training.capture=false", "training.epochs=20"])
        trainer.experiment.model.parameters[0].onGradient { $0 * Double.nan }
        let summary = try trainer.run()
        #expect(summary.status == .diverged && trainer.cursor.skipped == 41)
        #expect(summary.reason?.contains("NaN or infinity in 41 steps in a row") == true)
    }

    @Test("tf32 has float32's bits on the CPU")
    func tf32() throws {
        let sandbox = Sandbox()
        for precision in ["fp32", "tf32"] {
            _ = try sandbox.trainer(precision, ["training.precision=\(precision)"]).run()
        }
        #expect(
            try tensors(sandbox.file("fp32/last.safetensors"))
                == tensors(sandbox.file("tf32/last.safetensors")))
    }

    @Test("a resumed run may go on in another precision, and remembers it")
    func changes() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run").run()
        let resumption = try Trainer.resume(
            sandbox.file("run"), overrides: ["training.precision=fp16", "training.epochs=4"])
        #expect(resumption.changes.contains { $0.contains("training.precision") })
        #expect(try resumption.trainer.run().status == .completed)
        let state = try TrainingCheckpoint.state(path: sandbox.file("run/last.safetensors"))
        #expect(state.extra["history"]?.contains("training.precision") == true)
        #expect(state.extra["lossScale"] != nil)
    }

    @Test("predictions are made in the precision of the run")
    func predictions() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer("run", ["training.precision=bf16"])
        _ = try trainer.run()
        let predictor = try Predictor(sandbox.file("run"))
        let x = NDArray((0..<12).map { Float($0) / 7 }, [2, 6])
        let found = try predictor(x).values.values(as: Float.self)
        let exact = noGrad { predictor.model(Tensor(x)).softmax() }.values(as: Float.self)
        #expect(found != exact)
        #expect(zip(found, exact).allSatisfy { abs($0 - $1) < 0.02 })
    }

    @Test("refuses a search in float16, and words that are no precision")
    func refusals() throws {
        let sandbox = Sandbox()
        let error = #expect(throws: ConfigError.self) {
            try Experiment(
                sandbox.config([
                    "optimizer={\"type\": \"lbfgs\"}", "data.batchSize=40",
                    "training.precision=fp16",
                ]))
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("training.precision"))
        #expect(throws: ConfigError.self) { try sandbox.config(["training.precision=fp8"]) }
    }
}
