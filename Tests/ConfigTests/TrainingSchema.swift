import FTConfig
import FTJSON
import Testing

/// A small schema in the likeness of the real one.
let trainingSchema = ConfigSchema(
    title: "A training run",
    fields: [
        .string("name", default: "run", doc: "the name of the run"),
        .int("seed", default: 42, min: 0, doc: "what all randomness starts from"),
        .string(
            "device", default: "auto", oneOf: ["auto", "cpu", "cuda"], doc: "where to compute"),
        .object(
            "data", doc: "what to train on",
            [
                .string("path", doc: "an HDF5 file"),
                .object("train", doc: "the training set", pairFields),
                .object("validation", doc: "the validation set", pairFields).optional,
                .array(
                    "transforms", of: .union("transform"), default: [], doc: "applied to a batch"),
                .int("batchSize", default: 32, min: 1, max: 1_000_000, doc: "examples per step"),
                .bool("shuffle", default: true, doc: "a new order every epoch"),
            ]),
        .object("model", doc: "the network", [layersField]),
        .union("loss", of: "loss", doc: "what is minimised"),
        .union("optimizer", of: "optimizer", doc: "how it is minimised"),
        .union(
            "schedule", of: "schedule", default: ["type": "constant"], doc: "the learning rate"),
        .object(
            "training", doc: "how long",
            [
                .int("epochs", default: 10, min: 1, doc: "passes over the data"),
                .number("clipNorm", above: 0, doc: "limit of the gradient's norm").optional,
            ]),
        .array("metrics", of: .union("metric"), default: [], doc: "measured on the validation set"),
    ],
    unions: [
        Union(name: "layer", variants: layers),
        Union(
            name: "loss", plural: "losses",
            variants: [
                Variant(
                    name: "crossEntropy", summary: "Softmax and negative log likelihood.",
                    fields: [
                        .number(
                            "labelSmoothing", default: 0, min: 0, below: 1,
                            doc: "share given to all classes"),
                        .array(
                            "classWeights", of: .number(min: 0), minCount: 1,
                            doc: "one weight per class"
                        ).optional,
                    ]),
                Variant(name: "mse", summary: "Mean squared error."),
            ]),
        Union(name: "optimizer", variants: optimizers),
        Union(name: "schedule", variants: schedules),
        Union(
            name: "transform",
            variants: [
                Variant(
                    name: "scale", summary: "Multiplies.",
                    fields: [.number("factor", doc: "the factor")]),
                Variant(name: "flatten", summary: "One row per example."),
            ]),
        Union(
            name: "metric", allowsShorthand: true,
            variants: [
                Variant(name: "accuracy", summary: "Share of right answers."),
                Variant(
                    name: "topK", summary: "Share of answers among the best k.",
                    fields: [.int("k", default: 5, min: 1, doc: "how many")]),
            ]),
    ])

private let pairFields: [Field] = [
    .string("inputs", doc: "path of the inputs"), .string("targets", doc: "path of the targets"),
]

private let layersField = Field.array(
    "layers", of: .union("layer"), minCount: 1, doc: "in order of evaluation")

private let layers = [
    Variant(
        name: "linear", summary: "y = xWᵀ + b.",
        fields: [
            .int("units", min: 1, doc: "output features"),
            .bool("bias", default: true, doc: "add a bias"),
        ]),
    Variant(name: "relu", summary: "max(x, 0)."),
    Variant(
        name: "dropout", summary: "Zeroes at random.",
        fields: [.number("probability", default: 0.5, min: 0, below: 1, doc: "share of zeros")]),
    Variant(
        name: "reshape", summary: "Another shape.",
        fields: [.array("shape", of: .int(min: -1), minCount: 1, maxCount: 6, doc: "the shape")]),
    Variant(name: "residual", summary: "x + f(x).", fields: [layersField]),
]

private let optimizers = [
    Variant(
        name: "sgd", summary: "Stochastic gradient descent.",
        fields: [
            .number("learningRate", above: 0, doc: "step size"),
            .number("momentum", default: 0, min: 0, below: 1, doc: "share kept of the last step"),
        ]),
    Variant(
        name: "adam", summary: "Adaptive moments.",
        fields: [.number("learningRate", default: 0.001, above: 0, doc: "step size")]),
]

private let schedules = [
    Variant(name: "constant", summary: "Always the same."),
    Variant(
        name: "cosine", summary: "Half a cosine.",
        fields: [.int("warmupSteps", default: 0, min: 0, doc: "steps of linear growth")]),
]

let goodConfig = """
    {
      "name": "mlp", "seed": 42, "device": "auto",
      "data": {
        "path": "data/digits.h5",
        "train": {"inputs": "train/images", "targets": "train/labels"},
        "validation": {"inputs": "test/images", "targets": "test/labels"},
        "transforms": [{"type": "scale", "factor": 0.00392156862745098}, {"type": "flatten"}],
        "batchSize": 128, "shuffle": true
      },
      "model": {"layers": [
        {"type": "linear", "units": 512}, {"type": "relu"},
        {"type": "residual", "layers": [{"type": "linear", "units": 512, "bias": false}]},
        {"type": "linear", "units": 10}
      ]},
      "loss": {"type": "crossEntropy"},
      "optimizer": {"type": "adam", "learningRate": 0.001},
      "schedule": {"type": "cosine", "warmupSteps": 100},
      "training": {"epochs": 10},
      "metrics": ["accuracy", {"type": "topK", "k": 3}]
    }
    """

/// The shortest config that the schema accepts.
let smallConfig = """
    {"data": {"path": "d.h5", "train": {"inputs": "x", "targets": "y"}},
     "model": {"layers": [{"type": "linear", "units": 10}]},
     "loss": {"type": "mse"}, "optimizer": {"type": "adam"}}
    """

func read(_ text: String, _ overrides: String...) throws -> ConfigValue {
    try trainingSchema.read(text, file: "c.json", overrides: overrides)
}

/// What is wrong with a config, or a failure of the test when nothing is.
func problems(
    _ text: String, _ overrides: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
) -> [String] {
    let error = #expect(throws: ConfigError.self, sourceLocation: sourceLocation) {
        try trainingSchema.read(text, file: "c.json", overrides: overrides)
    }
    return error?.issues.map(\.description) ?? []
}
