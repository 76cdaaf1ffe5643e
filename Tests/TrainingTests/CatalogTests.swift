import FTConfig
import FTJSON
import FakeTensor
import FoundationEssentials
import Testing

/// Everything that a config can name is built and trained for a step.
@Suite struct CatalogTests {
    /// What the variants need besides their type.
    static let required: [String: String] = [
        "layer linear": "\"units\": 6", "layer reshape": "\"shape\": [2, -1]",
        "layer embedding": "\"count\": 5, \"width\": 2, \"paddingIndex\": -1, \"maxNorm\": 1",
        "layer input": "\"name\": \"a\"",
        "layer parallel": "\"branches\": [[], [{\"type\": \"relu\"}]], \"join\": \"add\"",
        "layer threshold": "\"threshold\": 0.1, \"value\": 0",
        "layer conv1d": "\"features\": 2, \"kernel\": 2",
        "layer conv2d": "\"features\": 2, \"kernel\": 2",
        "layer conv3d": "\"features\": 2, \"kernel\": 1",
        "layer block":
            "\"name\": \"b\", \"repeat\": 2, \"layers\": [{\"type\": \"linear\", \"units\": 6}]",
        "layer groupNorm": "\"groups\": 2",
        "layer maxPool1d": "\"kernel\": 2, \"ceilMode\": true",
        "layer maxPool2d": "\"kernel\": 2, \"ceilMode\": true",
        "layer maxPool3d": "\"kernel\": 1, \"ceilMode\": true",
        "layer avgPool1d": "\"kernel\": 2, \"ceilMode\": true",
        "layer avgPool2d": "\"kernel\": 2, \"ceilMode\": true",
        "layer avgPool3d": "\"kernel\": 1, \"ceilMode\": true",
        "layer adaptiveAvgPool1d": "\"size\": [2]",
        "layer adaptiveAvgPool2d": "\"size\": [2]",
        "layer adaptiveAvgPool3d": "\"size\": [2]",
        "layer adaptiveMaxPool1d": "\"size\": [2]",
        "layer adaptiveMaxPool2d": "\"size\": [2]",
        "layer adaptiveMaxPool3d": "\"size\": [2]",
        "layer convTranspose1d":
            "\"features\": 2, \"kernel\": 2, \"stride\": 2, \"outputPadding\": 1",
        "layer convTranspose2d":
            "\"features\": 2, \"kernel\": 2, \"stride\": 2, \"outputPadding\": 1",
        "layer convTranspose3d":
            "\"features\": 2, \"kernel\": 2, \"stride\": 2, \"outputPadding\": 1",
        "layer upsample": "\"factor\": [2], \"mode\": \"linear\"",
        "layer pad": "\"widths\": [[1, 1], [0, 2]], \"mode\": \"reflect\"",
        "layer pixelShuffle": "\"factor\": 1", "layer pixelUnshuffle": "\"factor\": 1",
        "layer permute": "\"axes\": [1, 0]",
        "layer maxOut": "\"units\": 4, \"pieces\": 3",
        "layer weightNorm": "\"layer\": {\"type\": \"linear\", \"units\": 5}",
        "layer spectralNorm":
            "\"layer\": {\"type\": \"convTranspose1d\", \"features\": 2, \"kernel\": 2}",
        "layer selfAttention": "\"heads\": 1",
        "layer rnn": "\"units\": 3, \"nonlinearity\": \"relu\"",
        "layer lstm": "\"units\": 3, \"layers\": 2, \"dropout\": 0.1",
        "layer gru": "\"units\": 3, \"bidirectional\": true, \"output\": \"last\"",
        "layer transformer": "\"heads\": 1, \"activation\": \"swiGLU\", \"dropout\": 0.1",
        "layer gpt":
            "\"vocabulary\": 5, \"width\": 4, \"heads\": 2, \"layers\": 1, \"tied\": false",
        "layer residual": "\"layers\": [{\"type\": \"linear\", \"units\": 6}]",
        "schedule step": "\"everySteps\": 2", "schedule exponential": "\"factor\": 0.9",
        "schedule cosineRestarts": "\"period\": 3", "transform scale": "\"factor\": 2",
        "transform normalize": "\"mean\": [0.5], \"std\": [2]",
        "transform reshape": "\"shape\": [3, 2]", "transform oneHot": "\"classes\": 3",
        "transform cast": "\"dtype\": \"float32\"", "metric topKAccuracy": "\"k\": 2",
    ]

    static func names(_ union: String) -> [String] {
        RunSchema.schema[union: union]?.variants.map(\.name) ?? []
    }

    private static func value(_ union: String, _ name: String) -> String {
        let rest = CatalogTests.required["\(union) \(name)"].map { ", \($0)" } ?? ""
        return "{\"type\": \"\(name)\"\(rest)}"
    }

    private func train(_ overrides: [String]) throws -> RunSummary {
        let sandbox = Sandbox()
        return try sandbox.trainer("run", overrides + ["training.epochs=1"]).run()
    }

    @Test("trains every layer", arguments: names("layer"))
    func layers(name: String) throws {
        #expect(try train(CatalogTests.overrides(layer: name)).status == .completed)
    }

    /// What makes the sandbox's config one of a network with that layer.
    static func overrides(layer name: String) -> [String] {
        let last = "{\"type\": \"flatten\"}, {\"type\": \"linear\", \"units\": 3}"
        // Convolutions want channels and axes, attention positions.
        let shapes = [
            "conv1d": "2, 3", "conv2d": "1, 2, 3", "conv3d": "1, 1, 2, 3", "selfAttention": "2, 3",
            "maxPool1d": "2, 3",
            "avgPool1d": "2, 3",
            "adaptiveAvgPool1d": "2, 3",
            "adaptiveMaxPool1d": "2, 3",
            "batchNorm1d": "2, 3",
            "maxPool2d": "1, 2, 3",
            "avgPool2d": "1, 2, 3",
            "adaptiveAvgPool2d": "1, 2, 3",
            "adaptiveMaxPool2d": "1, 2, 3",
            "batchNorm2d": "1, 2, 3",
            "maxPool3d": "1, 1, 2, 3",
            "avgPool3d": "1, 1, 2, 3",
            "adaptiveAvgPool3d": "1, 1, 2, 3",
            "adaptiveMaxPool3d": "1, 1, 2, 3",
            "batchNorm3d": "1, 1, 2, 3",
            "convTranspose1d": "2, 3", "convTranspose2d": "1, 2, 3",
            "convTranspose3d": "1, 1, 2, 3",
            "upsample": "1, 2, 3", "pixelShuffle": "1, 2, 3", "pixelUnshuffle": "1, 2, 3",
            "pad": "2, 3", "permute": "2, 3", "spectralNorm": "2, 3",
            "globalAveragePool": "3, 2", "globalMaxPool": "3, 2", "groupNorm": "2, 3",
            "instanceNorm": "2, 3", "dropout2d": "2, 3",
            "learnedPositions": "2, 3", "sinusoidalPositions": "2, 3", "transformer": "2, 3",
            "rnn": "2, 3", "lstm": "2, 3", "gru": "2, 3",
        ]
        let first = shapes[name].map { "{\"type\": \"reshape\", \"shape\": [\($0)]}, " } ?? ""
        let indices = [
            "data.train.inputs=train/indices", "data.validation.inputs=test/indices",
            "data.transforms=[{\"type\": \"cast\", \"dtype\": \"float32\"}]",
        ]
        let inputs = [
            "input": [
                "data.train.inputs={\"a\": \"train/images\"}",
                "data.validation.inputs={\"a\": \"test/images\"}",
            ],
            "embedding": indices, "gpt": indices,
        ]
        return ["model.layers=[\(first)\(value("layer", name)), \(last)]"] + (inputs[name] ?? [])
    }

    @Test("a model of too many layers is refused where they are repeated")
    func repeated() throws {
        let inner = "{\"type\": \"block\", \"repeat\": 1000, \"layers\": [{\"type\": \"relu\"}]}"
        let outer = "{\"type\": \"block\", \"repeat\": 1000, \"layers\": [\(inner)]}"
        let sandbox = Sandbox()
        let config = try sandbox.config(["model.layers=[\(outer)]"])
        let error = #expect(throws: ConfigError.self) { try Experiment(config) }
        let text = try #require(error?.description)
        #expect(text.contains("model.layers[0].repeat"), "\(text)")
        #expect(text.contains("1,001,001 layers, of which 100,000 are the most"), "\(text)")
    }

    @Test("trains every optimizer", arguments: names("optimizer"))
    func optimizers(name: String) throws {
        // One looks for a minimum of the loss of all examples.
        let whole = name == "lbfgs" ? ["data.batchSize=40"] : []
        let summary = try train(["optimizer=\(CatalogTests.value("optimizer", name))"] + whole)
        #expect(summary.status == .completed)
    }

    @Test("trains with every average", arguments: names("average"))
    func averages(name: String) throws {
        let summary = try train(["training.average=\(CatalogTests.value("average", name))"])
        #expect(summary.status == .completed)
    }

    @Test("trains every schedule", arguments: names("schedule"))
    func schedules(name: String) throws {
        #expect(
            try train(["schedule=\(CatalogTests.value("schedule", name))"]).status == .completed)
    }

    /// Losses and metrics of single elements need targets of the output's shape.
    private let regression = [
        "data.train.targets=train/sums", "data.validation.targets=test/sums",
        "model.layers.2.units=6",
    ]

    @Test("trains every loss", arguments: names("loss"))
    func losses(name: String) throws {
        if name == "ctc" {
            let sequences = [
                "data.train.targets=train/indices", "data.validation.targets=test/indices",
                "model.layers=[{\"type\": \"linear\", \"units\": 30}, "
                    + "{\"type\": \"reshape\", \"shape\": [6, 5]}]", "metrics=[]",
            ]
            #expect(
                try train(sequences + ["loss=\(CatalogTests.value("loss", name))"]).status
                    == .completed)
            return
        }
        let ofClasses = ["crossEntropy", "nll", "multiMargin", "focal", "dice"].contains(name)
        // Means and as many logarithms of variances.
        let units = name == "gaussianNLL" ? ["model.layers.2.units=12"] : []
        let ofSides = ["hinge", "squaredHinge", "hingeEmbedding", "softMargin"].contains(name)
        let sides =
            ofSides ? ["data.train.targets=train/sides", "data.validation.targets=test/sides"] : []
        let overrides = ofClasses ? [] : regression + units + sides + ["metrics=[]"]
        #expect(
            try train(overrides + ["loss=\(CatalogTests.value("loss", name))"]).status == .completed
        )
    }

    @Test("measures every metric", arguments: names("metric"))
    func metrics(name: String) throws {
        let ofClasses =
            name.hasSuffix("ccuracy") && name != "binaryAccuracy"
            || ["precision", "recall", "f1", "perplexity", "confusionMatrix"].contains(name)
        let overrides =
            ofClasses ? [] : regression + ["loss={\"type\":\"meanSquaredError\"}"]
        let summary = try train(overrides + ["metrics=[\(CatalogTests.value("metric", name))]"])
        #expect(summary.best?.measurement.metrics.count == 1)
    }

    @Test("applies every transform", arguments: names("transform"))
    func transforms(name: String) throws {
        let key = name == "oneHot" ? "targetTransforms" : "transforms"
        let flatten = name == "oneHot" ? "" : ", \"flatten\""
        let isOfImages = name.hasPrefix("random") || name == "cutout"
        let image = isOfImages ? "{\"type\": \"reshape\", \"shape\": [2, 3]}, " : ""
        let summary = try train([
            "data.\(key)=[\(image)\(CatalogTests.value("transform", name))\(flatten)]"
        ])
        #expect(summary.status == .completed)
    }

    @Test("publishes the JSON Schema of the program's own definitions")
    func schema() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appending(path: "configs/schema.json")
        let published = String(decoding: try Data(contentsOf: path), as: UTF8.self)
        #expect(
            published == RunSchema.schema.jsonSchema.text(.pretty) + "\n",
            "write it again: fttrain schema > configs/schema.json")
    }
}
