import FTConfig
import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

/// The optimizer `lbfgs`.
@Suite("Quasi-Newton runs")
struct LineSearchTests {
    private static let lbfgs = [
        "optimizer={\"type\": \"lbfgs\", \"history\": 3}", "data.batchSize=40",
        "model.layers=[{\"type\": \"linear\", \"units\": 8}, {\"type\": \"tanh\"}, "
            + "{\"type\": \"linear\", \"units\": 3}]", "training.epochs=8",
        "training.checkpointEverySteps=0",
    ]

    @Test("get to a smaller loss in each epoch")
    func falls() throws {
        let sandbox = Sandbox()
        var losses: [Double] = []
        let trainer = try sandbox.trainer("run", Self.lbfgs)
        trainer.observers.append(
            Listener { if case .epoch(let record) = $0 { losses.append(record.trainLoss) } })
        #expect(try trainer.run().status == .completed)
        #expect(losses.count == 8 && losses == losses.sorted(by: >))
        #expect(losses[7] < 0.2 * losses[0], "\(losses)")
    }

    @Test("go on after a kill with the same bits, whatever the history holds", arguments: 1...7)
    func killed(epoch: Int) throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer("whole", Self.lbfgs)
        trainer.observers.append(
            Listener { event in
                guard case .epoch(let record) = event, record.epoch == epoch else { return }
                #expect(throws: Never.self) {
                    try sandbox.copy(sandbox.file("whole"), to: "killed")
                }
            })
        _ = try trainer.run()
        let checkpoint = try TrainingCheckpoint(path: sandbox.file("killed/last.safetensors"))
        let slots = Set(checkpoint.optimizer.map(\.slot))
        #expect(slots.contains("step0") && slots.contains("change2") == (epoch > 2))
        let report = try InspectReport(path: sandbox.file("killed/last.safetensors")).text()
        #expect(report.contains("· … 6 slots in all") == (epoch > 2))
        let resumed = try Trainer.resume(sandbox.file("killed"))
        #expect(resumed.changes == [] && resumed.warnings == [])
        #expect(try resumed.trainer.run().status == .completed)
        #expect(
            try tensors(sandbox.file("killed/last.safetensors"))
                == tensors(sandbox.file("whole/last.safetensors")))
        #expect(
            steadyColumns(try sandbox.text("killed/metrics.csv"))
                == steadyColumns(try sandbox.text("whole/metrics.csv")))
    }

    @Test("say what an optimizer's state lacks, and change nothing")
    func damaged() throws {
        let random = Random(seed: 1)
        let model = Linear(3, 2, using: random)
        let search = QuasiNewton(model, history: 2, iterations: 3, tolerance: 0, curvature: 0.9)
        let x = Tensor.uniform([5, 3], using: random)
        search.step { (model(x) - 1).square().mean() }
        let memory = search.memory
        #expect(memory.count == 2 * 2 * 2)
        let error = #expect(throws: StateError.self) {
            try search.load(memory: memory.filter { $0.name != "weight/change1" })
        }
        #expect(error?.description.contains("weight/change1") == true)
        let before = search.memory.map { $0.value.values(as: Double.self) }
        try search.load(memory: memory)
        #expect(search.memory.map { $0.value.values(as: Double.self) } == before)
        try search.load(memory: [])
        #expect(search.memory.isEmpty)
    }

    @Test(
        "what a search can't do without chance or in pieces is refused",
        arguments: [
            (["data.batchSize=8"], "set data.batchSize=40"),
            (["training.accumulate=2"], "leave it out"), (["training.mixup=0.2"], "mixing draws"),
            (["training.gradientNorm=true"], "leave it out"),
            (["schedule.type=cosine"], "leave the schedule out"),
            (["schedule={\"type\": \"constant\", \"warmupSteps\": 2}"], "leave the schedule out"),
            (["data.sampling=balanced"], "examples are drawn"),
            (["model.layers.1={\"type\": \"dropout\"}"], "layer 1 draws"),
            (
                [
                    "model.layers.0={\"type\": \"spectralNorm\", \"layer\": {\"type\": "
                        + "\"linear\", \"units\": 8}}"
                ], "each pass changes what layer 0 computes"
            ),
            (["optimizer.learningRate=1"], "unknown key of optimizer 'lbfgs'"),
            (["optimizer.clipNorm=1"], "unknown key of optimizer 'lbfgs'"),
            (["optimizer.samRadius=1"], "unknown key of optimizer 'lbfgs'"),
        ])
    func refused(overrides: [String], reason: String) {
        let sandbox = Sandbox()
        let error = #expect(throws: ConfigError.self) {
            try Experiment(sandbox.config(Self.lbfgs + overrides))
        }
        #expect(error?.description.contains(reason) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test("say once where there is nothing left to improve, and change nothing then")
    func converged() throws {
        let sandbox = Sandbox()
        let overrides = Self.lbfgs + ["optimizer.tolerance=1e6", "training.epochs=4"]
        let trainer = try sandbox.trainer("run", overrides)
        let before = trainer.experiment.model.parameters.map { $0.data.copy() }
        var notes: [String] = []
        trainer.observers.append(
            Listener { if case .note(let text) = $0 { notes.append(text) } })
        #expect(try trainer.run().status == .completed)
        #expect(notes.count == 1 && notes[0].contains("after epoch 1"))
        for (parameter, place) in zip(trainer.experiment.model.parameters, before) {
            #expect(parameter.data.values(as: Float.self) == place.values(as: Float.self))
        }
    }

    @Test("have no rate to find")
    func rates() throws {
        let sandbox = Sandbox()
        let experiment = try Experiment(sandbox.config(Self.lbfgs))
        let error = #expect(throws: RunError.self) {
            try RateSearch(experiment, from: 1e-5, to: 1, steps: 10)
        }
        #expect(error?.description.contains("lbfgs finds the length of each step") == true)
        #expect(throws: RunError.self) { try experiment.profile(steps: 1) }
    }
}
