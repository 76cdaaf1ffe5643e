import Autograd
import FTConfig
import Foundation
import NN
import Tensor
import Testing

@testable import Training

@Suite("Models with several inputs")
struct NamedInputTests {
    /// A branch for each of two inputs.
    private let overrides = [
        "data.train.inputs={\"image\": \"train/images\", \"meta\": \"train/sums\"}",
        "data.validation.inputs={\"image\": \"test/images\", \"meta\": \"test/sums\"}",
        "data.transforms={\"meta\": [{\"type\": \"scale\", \"factor\": 2}]}",
        """
        model.layers=[{"type": "parallel", "branches": [
          [{"type": "input", "name": "image"}, {"type": "linear", "units": 8}, {"type": "relu"}],
          [{"type": "input", "name": "meta"}, {"type": "dropout", "rate": 0.2}]
        ]}, {"type": "linear", "units": 3}]
        """,
    ]

    @Test("train, captured or not, to the same bits")
    func bits() throws {
        let sandbox = Sandbox()
        let eager = try sandbox.trainer("eager", overrides + ["training.capture=false"]).run()
        let captured = try sandbox.trainer("captured", overrides).run()
        #expect(eager.status == .completed)
        #expect(eager.trainLoss == captured.trainLoss)
        #expect(
            try tensors(sandbox.file("eager/last.safetensors"))
                == tensors(sandbox.file("captured/last.safetensors")))
        let evaluation = try Evaluation(sandbox.file("captured"))
        #expect(evaluation.measurement.loss == captured.best?.measurement.loss)
    }

    @Test("take each input through its transforms to its branch")
    func transforms() throws {
        let sandbox = Sandbox()
        let experiment = try Experiment(sandbox.config(overrides))
        #expect(experiment.model.namedParameters.map(\.name).first == "0.0.1.weight")
        #expect(experiment.info().modelInput == "image float32 6, meta float32 6")
        let probe = try ModelProbe(experiment)
        #expect(probe.inputs.map(\.label) == ["image", "meta"])
        // The second holds half of the size of the first, doubled.
        let (image, meta) = (probe.inputs[0].abs(), probe.inputs[1])
        #expect(image.values(as: Float.self) == meta.values(as: Float.self))
        #expect(try experiment.checkGradients().passed)
    }

    @Test(
        "name what doesn't fit",
        arguments: [
            ("model.layers.0={\"type\": \"relu\"}", "'image', 'meta'; start with an input layer"),
            ("model.layers.0.branches.1=[]", "gets no input yet; start it with an input layer"),
            ("model.layers.0.branches.1.0.name=mta", "no input 'mta'; Did you mean 'meta'?"),
            ("model.layers.0.branches.1.0.name=image", "no layer takes the input 'meta'"),
            ("model.layers.1={\"type\": \"input\", \"name\": \"meta\"}", "an input stands first"),
            ("data.transforms={\"mata\": []}", "data.train.inputs names image, meta"),
            ("data.validation.inputs={\"image\": \"test/images\"}", "the input 'meta' is missing"),
            (
                "data.transforms={\"meta\": [{\"type\": \"cast\", \"dtype\": \"int8\"}]}",
                "'meta' gives"
            ),
        ])
    func problems(override: String, words: String) throws {
        let sandbox = Sandbox()
        let config = try sandbox.config(overrides + [override])
        let error = #expect(throws: ConfigError.self) { _ = try Experiment(config) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
}
