import FTJSON
import FakeTensor
import Testing

@Suite("Diagnostics")
struct DiagnosticsTests {
    private let sandbox = Sandbox()

    private func experiment(_ overrides: [String] = []) throws -> Experiment {
        try Experiment(sandbox.config(overrides))
    }

    /// A model whose dropout and normalization would disturb a careless check.
    private let layers =
        "model.layers=[{\"type\":\"linear\",\"units\":7},{\"type\":\"dropout\",\"rate\":0.5},"
        + "{\"type\":\"tanh\"},{\"type\":\"linear\",\"units\":3}]"

    @Test("checks the gradients of a whole model in float64 and leaves it as it was")
    func gradients() throws {
        let experiment = try experiment()
        let before = experiment.model.parameters.map { $0.values(as: Float.self) }
        let report = try experiment.checkGradients(samples: 5)
        #expect(report.passed, "\(report.check)")
        #expect(report.check.parts.map(\.name) == ["0.weight", "0.bias", "2.weight", "2.bias"])
        #expect(report.check.checkedCount == 5 + 5 + 5 + 3)
        #expect((report.check.worst?.error ?? 1) < 1e-6)
        #expect(experiment.model.parameters.map { $0.values(as: Float.self) } == before)
        #expect(experiment.model.parameters.allSatisfy { $0.dtype == .float32 })
    }

    @Test("counts the multiply-adds of an example, layer by layer")
    func multiplyAdds() throws {
        let digits = sandbox.file("digits.h5")
        try Digits.write(to: digits, seed: 1, train: 20, test: 10)
        func experiment(_ name: String, _ overrides: [String] = []) throws -> Experiment {
            try Experiment(
                RunConfig(
                    file: "\(ConfigBitsTests.folder)/\(name).json",
                    overrides: ["data.path=\(digits)"] + overrides))
        }
        func table(_ name: String, _ overrides: [String] = []) throws -> LayerTable {
            try experiment(name, overrides).layerTable
        }
        let network = try table("cnn")
        let convolutions = [32 * 26 * 26 * 9, 64 * 24 * 24 * 9 * 32]
        #expect(
            network.multiplyAdds(of: "0") == convolutions[0]
                && network.multiplyAdds(of: "2") == convolutions[1])
        #expect(network.multiplyAdds(of: "1") == 0 && network.multiplyAdds(of: "7") == 9216 * 128)
        let sum = convolutions[0] + convolutions[1] + 9216 * 128 + 128 * 10
        #expect(network.multiplyAdds == sum)
        #expect(network.lines.last?.hasSuffix("1,199,882  11,992,448") == true)
        // A step of an LSTM: four gates of the input and of the state.
        let lstm = "{\"type\": \"lstm\", \"units\": 5, \"output\": \"last\"}"
        let rows = "{\"type\": \"reshape\", \"shape\": [28, 28]}"
        let layers = "model.layers=[\(rows), \(lstm), {\"type\": \"linear\", \"units\": 10}]"
        #expect(try table("mlp", [layers]).multiplyAdds(of: "1") == 28 * 4 * 5 * (28 + 5))
        for name in ["resnet20", "vit", "autoencoder"] {
            let table = try table(name)
            let parameters = try experiment(name).model.namedParameters.map(\.name)
            for row in table.rows where row.parameters > 0 {
                #expect(parameters.contains { $0.hasPrefix("\(row.name).") }, "\(row.name)")
            }
            let outer = table.rows.filter { $0.depth == 0 }
            #expect(
                outer.reduce(0) { $0 + table.multiplyAdds(of: $1.name) } == table.multiplyAdds,
                "\(name)")
            #expect(table.multiplyAdds > 0)
            for row in table.rows where row.type == "conv2d" || row.type == "linear" {
                let positions = row.outputShape.dropFirst(row.type == "conv2d" ? 1 : 0)
                let places = row.type == "conv2d" ? positions : positions.dropLast()
                // Each weight counts at each place of the output; a bias doesn't.
                let weights = table.multiplyAdds(of: row.name) / places.reduce(1, *)
                #expect((row.parameters - row.outputShape[0]...row.parameters).contains(weights))
            }
        }
    }

    @Test("repeats what dropout draws while it checks")
    func dropout() throws {
        let report = try experiment([layers]).checkGradients()
        #expect(report.passed, "\(report.check)")
    }

    @Test("holds what a pass changes while it checks")
    func spectralNorm() throws {
        let linear = "{\"type\":\"linear\",\"units\":5}"
        let experiment = try experiment([
            "model.layers=[{\"type\":\"spectralNorm\",\"layer\":\(linear)},"
                + "{\"type\":\"tanh\"},{\"type\":\"linear\",\"units\":3}]"
        ])
        let before = experiment.model.buffers.map { $0.values(as: Float.self) }
        let report = try experiment.checkGradients()
        #expect(report.passed, "\(report.check)")
        #expect(report.check.checkedCount > 20)
        #expect(experiment.model.buffers.map { $0.values(as: Float.self) } == before)
        #expect(!experiment.model.modules.map(\.isTraining).contains(false))
    }

    @Test(
        "leaves out rows of an embedding that don't follow their gradient",
        arguments: [("\"paddingIndex\":-1", 8), ("\"maxNorm\":1", 8), ("\"maxNorm\":100", 10)])
    func embedding(option: String, most: Int) throws {
        let report = try experiment([
            "data.train.inputs=train/indices", "data.validation=null",
            "data.transforms=[{\"type\":\"cast\",\"dtype\":\"float32\"}]",
            "model.layers=[{\"type\":\"embedding\",\"count\":5,\"width\":2,\(option)},"
                + "{\"type\":\"flatten\"},{\"type\":\"linear\",\"units\":3}]",
        ]).checkGradients()
        #expect(report.passed, "\(report.check)")
        #expect(report.check.parts[0].checked <= most)
        #expect(report.check.parts[1].checked == 12)
    }

    @Test("says where a loss of log-probabilities gets others, and no more where it doesn't")
    func logarithms() throws {
        for (loss, remedy) in [("nll", ", or take the loss crossEntropy"), ("klDivergence", "")] {
            let target =
                loss == "nll"
                ? []
                : ["data.targetTransforms=[{\"type\":\"oneHot\",\"classes\":3}]", "metrics=[]"]
            let overrides = ["loss={\"type\":\"\(loss)\"}"] + target
            let remarks = try experiment(overrides).remarks
            #expect(remarks.count == 1)
            #expect(remarks[0].hasSuffix("end the model with logSoftmax\(remedy)"))
            let layers = "{\"type\":\"linear\",\"units\":3},{\"type\":\"logSoftmax\"}"
            let ended = try experiment(overrides + ["model.layers=[\(layers)]"])
            #expect(ended.remarks.isEmpty)
        }
    }

    @Test("names the parameters that no gradient reaches")
    func unreached() throws {
        final class Severed: Layer {
            let inner = Linear(6, 3, using: Random(seed: 1))
            override func callAsFunction(_ x: Tensor) -> Tensor { inner(x).detach() }
        }
        let severed = Severed()
        let outer = Linear(3, 3, using: Random(seed: 2))
        let x = Tensor.uniform([4, 6], .float64, using: Random(seed: 3))
        severed.labelParameters()
        for (name, parameter) in outer.namedParameters { parameter.label = "outer.\(name)" }
        let check = checkGradients(by: severed.parameters + outer.parameters) {
            outer(severed(x)).square().mean()
        }
        let report = GradientReport(check: check, examples: 4)
        #expect(!report.passed)
        #expect(check.unreached == ["inner.weight", "inner.bias"])
        #expect(
            report.lines.suffix(2) == [
                "no gradient reaches inner.weight", "no gradient reaches inner.bias",
            ])
        #expect(report.json["unreached"] == ["inner.weight", "inner.bias"])
    }

    @Test("draws the model with its parameters' names")
    func drawing() throws {
        let mermaid = try experiment().drawing(.mermaid).text
        #expect(mermaid.hasPrefix("flowchart TD\n"))
        for name in ["0.weight<br/>float32 [8, 6]", "inputs<br/>float32 [8, 6]", "loss = "] {
            #expect(mermaid.contains("\"\(name)"), "\(name) in \(mermaid)")
        }
        #expect(try experiment().drawing(.mermaid).text == mermaid)
        #expect(try experiment().drawing(.dot).text.hasPrefix("digraph {\n"))
    }

    @Test("profiles steps by operation and by layer")
    func profile() throws {
        let profile = try experiment().profile(steps: 4, warmup: 1)
        let relu = profile.profile["ReLU"] ?? profile.profile["Linear"]
        #expect(relu.map { $0.forward.calls > 0 && $0.forward.calls.isMultiple(of: 4) } == true)
        let places = profile.profile.places.map(\.name)
        #expect(places.contains { $0.hasPrefix("0 Linear(6 → 8") } && places.contains("loss"))
        #expect(profile.lines.contains { $0.hasPrefix("steps   4 of 8 examples, each ") })
    }

    @Test("names the layer whose operation makes the loss infinite")
    func anomaly() throws {
        let layers =
            "model.layers=[{\"type\":\"linear\",\"units\":3},{\"type\":\"relu\"},"
            + "{\"type\":\"linear\",\"units\":3}]"
        let experiment = try experiment([layers])
        let first = experiment.model.parameters[0]
        first.data = NDArray.full(first.shape, 3e38)
        let batch = NDArray.full([2, 6], 3e38)
        let found = try #require(
            experiment.anomaly([batch], NDArray([Int64(0), 1])), "nothing was found")
        #expect(found.place == "0 Linear(6 → 3)" && found.pass == .forward)
        #expect(found.description.contains("0.weight float32 [3, 6]"))
    }
}
