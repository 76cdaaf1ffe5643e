import Datasets
import FTConfig
import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

@Suite("Models as ONNX")
struct ONNXTests {
    private static let folder = ProcessInfo.processInfo.environment["FAKETENSOR_ONNX"]

    /// The shapes of examples that layers want; others take [6].
    private static let shapes: [String: Shape] = [
        "conv1d": [2, 9], "maxPool1d": [2, 9], "avgPool1d": [2, 9], "adaptiveAvgPool1d": [2, 9],
        "adaptiveMaxPool1d": [2, 9], "batchNorm1d": [2, 9], "convTranspose1d": [2, 9],
        "conv2d": [2, 7, 8], "maxPool2d": [2, 7, 8], "avgPool2d": [2, 7, 8],
        "adaptiveAvgPool2d": [2, 7, 8], "adaptiveMaxPool2d": [2, 7, 8], "batchNorm2d": [2, 7, 8],
        "convTranspose2d": [2, 7, 8], "dropout2d": [2, 7, 8], "globalAveragePool": [2, 7, 8],
        "globalMaxPool": [2, 7, 8], "instanceNorm": [2, 7, 8], "groupNorm": [2, 7, 8],
        "conv3d": [2, 3, 5, 4], "maxPool3d": [2, 3, 5, 4], "avgPool3d": [2, 3, 5, 4],
        "adaptiveAvgPool3d": [2, 3, 5, 4], "adaptiveMaxPool3d": [2, 3, 5, 4],
        "batchNorm3d": [2, 3, 5, 4], "convTranspose3d": [2, 3, 5, 4],
        "selfAttention": [5, 6], "learnedPositions": [5, 6], "sinusoidalPositions": [5, 6],
        "transformer": [5, 6], "rnn": [5, 6], "lstm": [5, 6], "gru": [5, 6], "layerNorm": [5, 6],
        "rmsNorm": [5, 6], "feedForward": [5, 6], "upsample": [2, 7, 8], "pad": [7, 8],
        "pixelShuffle": [4, 3, 5], "pixelUnshuffle": [2, 4, 6], "permute": [7, 8],
        "spectralNorm": [2, 9],
    ]

    /// Layers with other options than the catalog's test has.
    private static let variants: [(name: String, shape: Shape, layers: String)] = [
        ("linear of sequences", [5, 6], "{\"type\": \"linear\", \"units\": 3, \"bias\": false}"),
        (
            "strided convolution", [4, 11, 10],
            "{\"type\": \"conv2d\", \"features\": 6, \"kernel\": 3, \"stride\": 2, "
                + "\"padding\": 1, \"dilation\": 2, \"groups\": 2}"
        ),
        (
            "same", [2, 7, 8],
            "{\"type\": \"conv2d\", \"features\": 3, \"kernel\": 4, \"same\": true}"
        ),
        (
            "maxima beyond the end", [2, 8, 8],
            "{\"type\": \"maxPool2d\", \"kernel\": 3, \"stride\": 2, \"padding\": 1, "
                + "\"ceilMode\": true}"
        ),
        (
            "maxima of spread windows", [2, 9, 8],
            "{\"type\": \"maxPool2d\", \"kernel\": 2, \"stride\": 2, \"padding\": 2, "
                + "\"dilation\": 3, \"ceilMode\": true}"
        ),
        (
            "means beyond the end", [2, 8, 8],
            "{\"type\": \"avgPool2d\", \"kernel\": 3, \"stride\": 2, \"padding\": 1, "
                + "\"ceilMode\": true}"
        ),
        (
            "windows of two sizes", [2, 7, 8],
            "{\"type\": \"adaptiveAvgPool2d\", \"size\": [3, 5]}"
        ),
        (
            "larger by halves", [2, 5, 6],
            "{\"type\": \"upsample\", \"factor\": [1.5, 2], \"mode\": \"nearest\"}"
        ),
        (
            "lines between corners", [2, 3, 4, 5],
            "{\"type\": \"upsample\", \"size\": [6, 3, 9], \"mode\": \"linear\", "
                + "\"alignCorners\": true}"
        ),
        (
            "mirrored", [2, 5, 6],
            "{\"type\": \"pad\", \"widths\": [[1, 2], [3, 0]], \"mode\": \"reflect\"}"
        ),
        (
            "around", [2, 5, 6],
            "{\"type\": \"pad\", \"widths\": [[1, -2], [3, 1]], \"mode\": \"circular\"}"
        ),
        (
            "mirrored and cut", [2, 5, 9],
            "{\"type\": \"pad\", \"widths\": [[-3, 2], [-4, 3]], \"mode\": \"reflect\"}"
        ),
        (
            "repeated and cut", [2, 5, 8],
            "{\"type\": \"pad\", \"widths\": [[0, 1], [-6, 7]], \"mode\": \"replicate\"}"
        ),
        (
            "transposed with more at the ends", [2, 5, 6],
            "{\"type\": \"convTranspose2d\", \"features\": 3, \"kernel\": 3, \"stride\": 2, "
                + "\"dilation\": 3, \"padding\": 1, \"outputPadding\": 2}"
        ),
        (
            "a kernel of two sizes", [2, 7, 8],
            "{\"type\": \"conv2d\", \"features\": 3, \"kernel\": [3, 2], \"stride\": [1, 2], "
                + "\"padding\": [2, 0], \"dilation\": [2, 3]}"
        ),
        (
            "transposed by two strides", [2, 5, 6],
            "{\"type\": \"convTranspose2d\", \"features\": 3, \"kernel\": [3, 2], "
                + "\"stride\": [2, 3], \"outputPadding\": [1, 2]}"
        ),
        (
            "windows wider than high", [2, 7, 8],
            "{\"type\": \"maxPool2d\", \"kernel\": [1, 3], \"stride\": [2, 1]}"
        ),
        (
            "shuffled pixels", [8, 3, 5], "{\"type\": \"pixelShuffle\", \"factor\": 2}"
        ),
        (
            "unshuffled pixels", [2, 4, 6], "{\"type\": \"pixelUnshuffle\", \"factor\": 2}"
        ),
        (
            "prelu of channels", [2, 7, 8], "{\"type\": \"prelu\", \"perChannel\": true}"
        ),
        (
            "softplus", [6], "{\"type\": \"softplus\", \"beta\": 2, \"threshold\": 0.5}"
        ),
        ("gelu", [6], "{\"type\": \"gelu\", \"approximation\": \"tanh\"}"),
        (
            "shared keys", [5, 8],
            "{\"type\": \"selfAttention\", \"heads\": 4, \"keyHeads\": 2, \"rotary\": true, "
                + "\"causal\": true}"
        ),
        (
            "post-norm", [5, 8],
            "{\"type\": \"transformer\", \"heads\": 2, \"layers\": 2, \"preNorm\": false, "
                + "\"norm\": \"rmsNorm\", \"activation\": \"geGLU\", \"causal\": true}"
        ),
        (
            "deep lstm", [5, 4],
            "{\"type\": \"lstm\", \"units\": 3, \"layers\": 2, \"bidirectional\": true, "
                + "\"output\": \"last\"}"
        ),
        (
            "gru", [5, 4],
            "{\"type\": \"gru\", \"units\": 3, \"layers\": 2, \"bidirectional\": true}"
        ),
        (
            "rnn without biases", [5, 4],
            "{\"type\": \"rnn\", \"units\": 3, \"nonlinearity\": \"relu\", \"bias\": false, "
                + "\"bidirectional\": true}"
        ),
        (
            "tied gpt", [5],
            "{\"type\": \"gpt\", \"vocabulary\": 7, \"width\": 8, \"heads\": 2, \"layers\": 2}"
        ),
        (
            "branches", [2, 6],
            """
            {"type": "residual", "layers": [{"type": "layerNorm"}, {"type": "linear", "units": 6}]},
            {"type": "parallel", "join": "concat", "axis": 1, "branches": [
                [], [{"type": "relu"}, {"type": "glu"}, {"type": "linear", "units": 6}]]},
            {"type": "parallel", "join": "multiply", "branches": [[{"type": "sigmoid"}], []]},
            {"type": "residual", "layers": [{"type": "flatten"}, {"type": "linear", "units": 3}],
             "shortcut": [{"type": "flatten"}, {"type": "linear", "units": 3}]}
            """
        ),
    ]

    private func config(_ text: String, file: String = "config") throws -> RunConfig {
        try RunConfig(text: text, file: file)
    }

    /// A model of a config with random weights and averages, and its file; both are written to the
    /// folder of the interop script, if it asks.
    private func export(
        _ name: String, _ config: RunConfig, _ inputs: [ModelInput], vocabulary: Int? = nil
    ) throws -> ONNXReader {
        let builder = ModelBuilder(
            seed: 7, inputs: inputs, vocabulary: vocabulary,
            memory: MemoryBudget(batchSize: 1, statesPerWeight: 0))
        let model = try builder.build(config.value.child("model")).model
        let random = Random(seed: 5)
        for tensor in model.parameters.map({ $0 as Tensor }) + model.buffers
        where tensor.dtype == .float32 {
            tensor.data.assign((Tensor(random.uniform(tensor.shape)) * 0.5 + 0.1).data)
        }
        model.eval()
        let file = try ONNXExport(model, inputs: inputs, name: name, facts: [("key", "value")])
        let sandbox = Sandbox()
        let folder = ONNXTests.folder ?? sandbox.path
        let path = "\(folder)/\(name.replacing(" ", with: "-")).onnx"
        try file.write(to: path)
        let isOfIndices = name.contains("gpt") || name.contains("embedding")
        let given = inputs.map { input -> (name: String, tensor: Tensor) in
            let shape = input.shape.inserting(3, at: 0)
            let values = Tensor(random.uniform(shape))
            return (
                input.name,
                isOfIndices
                    ? (values * 4.99).cast(to: .int64).cast(to: .float32) : values * 4 - 2
            )
        }
        let output = noGrad {
            given[0].name.isEmpty
                ? model(given[0].tensor) : model(Dictionary(uniqueKeysWithValues: given))
        }
        let arrays = given.map { ($0.name.isEmpty ? "input" : $0.name, $0.tensor.data) }
        try NPZ.write(arrays + [("output", output.data)], to: path.dropLast(4) + "npz")
        let bytes = try Array(Data(contentsOf: URL(filePath: path)))
        let reader = try #require(ONNXReader(bytes))
        #expect(reader.operatorVersion >= 17)
        #expect(reader.faults == [])
        #expect(reader.outputs.map(\.name) == ["output"])
        let sizes = ["batch"] + output.shape.dropFirst().map { String($0) }
        #expect(reader.outputs.first?.sizes == sizes)
        for (shape, type, bytes) in reader.weights.values {
            #expect(bytes.count == shape.reduce(1, *) * (type == 7 ? 8 : 4))
        }
        return reader
    }

    private func config(layers: String) throws -> RunConfig {
        try config(
            """
            {"model": {"layers": [\(layers)]}, "loss": {"type": "crossEntropy"},
             "optimizer": {"type": "adam", "learningRate": 0.1}}
            """)
    }

    @Test("every layer that a config can name has its form", arguments: CatalogTests.names("layer"))
    func layers(name: String) throws {
        let rest = CatalogTests.required["layer \(name)"].map { ", \($0)" } ?? ""
        let isInput = name == "input"
        let shape = ONNXTests.shapes[name] ?? (isInput ? [4] : [6])
        _ = try export(
            "layer \(name)", config(layers: "{\"type\": \"\(name)\"\(rest)}"),
            [ModelInput(name: isInput ? "a" : "", shape: shape)])
    }

    @Test("their options too", arguments: variants.indices)
    func options(index: Int) throws {
        let (name, shape, layers) = ONNXTests.variants[index]
        _ = try export(name, config(layers: layers), [ModelInput(name: "", shape: shape)])
    }

    @Test(
        "the configs' models",
        arguments: [
            "mlp", "deep", "autoencoder", "linear", "wide-deep", "cnn", "resnet20", "lstm", "gpt",
        ])
    func configs(name: String) throws {
        let shapes: [String: Shape] = [
            "cnn": [1, 28, 28], "resnet20": [1, 28, 28], "lstm": [32, 8], "gpt": [64],
        ]
        let shape = shapes[name] ?? [784]
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let config = try RunConfig(file: root.appending(path: "configs/\(name).json").path)
        let reader = try export(
            "config \(name)", config, [ModelInput(name: "", shape: shape)], vocabulary: 60)
        #expect(reader.inputs.map(\.name) == ["input"])
        #expect(reader.inputs[0].sizes == ["batch"] + shape.map { String($0) })
    }

    @Test("inputs keep their names, weights theirs, and shared ones are there once")
    func names() throws {
        let layers = """
            {"type": "parallel", "branches": [
                [{"type": "input", "name": "output"}, {"type": "linear", "units": 3}],
                [{"type": "input", "name": "b"}]]}
            """
        let inputs = [ModelInput(name: "output", shape: [4]), ModelInput(name: "b", shape: [2])]
        let model = try ModelBuilder(
            seed: 1, inputs: inputs, memory: MemoryBudget(batchSize: 1, statesPerWeight: 0)
        ).build(config(layers: layers).value.child("model")).model
        let graph = try ONNXExport(model, inputs: inputs, name: "m", facts: []).graph
        #expect(graph.inputs.map(\.name) == ["output", "b"])
        #expect(Set(graph.constants.map(\.name)).isSuperset(of: ["0.0.1.weight", "0.0.1.bias"]))
        #expect(graph.nodes.last?.outputs == ["output_"])
        let tied = try #require(ONNXTests.variants.first { $0.name == "tied gpt" })
        let gpt = try export(
            "tied", config(layers: tied.layers), [ModelInput(name: "", shape: tied.shape)])
        #expect(gpt.weights.keys.filter { $0.contains("tokens") } == ["0.tokens.weight"])
        #expect(gpt.metadata == ["key": "value"])
    }

    @Test("a layer without a form is named")
    func unknown() throws {
        final class Own: ShapePreservingLayer {}
        let model = Sequential { Sequential { Own() } }
        let error = #expect(throws: RunError.self) {
            try ONNXExport(
                model, inputs: [ModelInput(name: "", shape: [2])], name: "m", facts: [])
        }
        #expect(error?.description.hasPrefix("layer 0.0: ONNX has no form for Own here") == true)
    }
}
