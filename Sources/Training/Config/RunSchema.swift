public import FTConfig
import FTJSON
import Tensor

/// What a config may say: the one declaration from which checks, defaults, `list`, the JSON Schema
/// and the reference are made.
public enum RunSchema {
    /// The schema of a whole config, with what the program adds (`TrainingParts`).
    public static var schema: ConfigSchema { TrainingParts.current.schema }

    static func schema(of unions: [Union]) -> ConfigSchema {
        ConfigSchema(
            title: "FakeTensor training run",
            fields: [
                .string("name", default: "run", doc: "names the run folder runs/NAME-NNN"),
                .int(
                    "seed", default: 42, min: 0, max: .max,
                    doc: "starts every random stream of the run"
                ),
                .string(
                    "device", default: "auto", suggesting: devices,
                    doc: "auto, cpu, or an NVIDIA GPU: cuda or cuda:N; auto is the CPU for now"
                ),
                .object("data", doc: "the examples", data),
                .object(
                    "model", doc: "the network",
                    [
                        .array(
                            "layers", of: .union("layer"), minCount: 1, maxCount: 10_000,
                            doc: "from input to output; sizes follow from the data"),
                        Field.object("from", doc: "weights to begin with", initialWeights).optional,
                        .array(
                            "freeze", of: .string(), default: [], maxCount: 1000,
                            doc:
                                "patterns of the names of parameters that stay as they are: 0.*, *.bias"
                        ),
                    ]),
                .union("loss", of: "loss", doc: "what training makes small"),
                .union("optimizer", of: "optimizer", doc: "how parameters follow their gradients"),
                .union(
                    "schedule", of: "schedule", default: ["type": "constant"],
                    doc: "how the learning rate changes"),
                .object("training", doc: "how long, and what is kept", training),
                .array(
                    "metrics", of: .union("metric"), default: [], maxCount: 16,
                    doc: "measured on the validation data after each epoch"),
            ],
            unions: unions,
            strangers: [
                "out": "the run folder is named on the command line alone: --out DIR",
                "threads": "the number of processors is an option, as results don't depend on it: "
                    + "--threads N",
                "quiet": "it is an option of the command line: --quiet",
                "json": "it is an option of the command line: --json",
                "tensorboard": "it is an option of the command line: --tensorboard",
                "jobs": "it is an option of sweep and folds: --jobs N",
            ])
    }

    /// Devices that a shell offers; further GPUs follow as `cuda:1`.
    public static let devices = ["auto", "cpu", "cuda", "cuda:0"]

    /// What runs can be measured by, as a shell offers it.
    public static let measures = ["loss"] + Catalogs.metricColumns

    private static let data: [Field] = [
        .string(
            "path", default: RunConfig.defaultDataPath,
            doc: "an HDF5 file, relative to the current folder"),
        .object(
            "train", doc: "the examples to learn from",
            [
                .named(
                    "inputs", of: .string(), default: "train/images",
                    doc: "dataset of inputs in the file, or one for each input of the model"),
                .string("targets", default: "train/labels", doc: "dataset of targets in the file"),
            ]),
        Field.object(
            "validation", doc: "the examples to measure on",
            [
                .named("inputs", of: .string(), doc: "datasets as in data.train.inputs"),
                .string("targets", doc: "dataset of targets in the file"),
            ]
        ).optional,
        Field.object(
            "text", doc: "a text of 'fttrain data text' in place of data.train and data.validation",
            [
                .int(
                    "context", default: 64, min: 1, max: 1 << 20,
                    doc: "tokens of an example; its targets are those one later"),
                .int(
                    "windows", default: 6000, min: 1, max: 1 << 30,
                    doc: "examples of an epoch, drawn from anywhere in the text"),
                .string("train", default: "train/text", doc: "dataset of tokens to learn from"),
                .string(
                    "validation", default: "validation/text",
                    doc: "dataset of tokens to measure on, cut into examples in order; empty: none"),
            ]
        ).optional,
        Field.number(
            "split", above: 0, below: 1,
            doc: "share of the training examples to measure on instead"
        ).optional,
        .string(
            DataPlan.splitOrderKey, default: SplitOrder.stratified.rawValue,
            oneOf: SplitOrder.allCases.map(\.rawValue),
            doc:
                "which ones data.split and data.folds take: random ones by the seed, of each class the same share; "
                + "random ones; the last ones stored"),
        Field.int(
            "folds", min: 2, max: 1000,
            doc: "cut the training examples into so many parts, and measure on one of them"
        ).optional,
        .int("fold", default: 1, min: 1, max: 1000, doc: "which of the folds, from 1"),
        .named(
            "transforms", of: .array(of: .union("transform"), maxCount: 32), default: [],
            doc: "what happens to inputs, in order; one list for all or one for each"),
        .array(
            "targetTransforms", of: .union("transform"), default: [], maxCount: 32,
            doc: "what happens to targets, in order"),
        .int("batchSize", default: 32, min: 1, max: 1 << 20, doc: "examples in a step"),
        .bool("shuffle", default: true, doc: "visit examples in a new random order each epoch"),
        .string(
            "sampling", default: "uniform", oneOf: ["uniform", DataPlan.balancedSampling],
            doc:
                "uniform: each example once an epoch; balanced: as many of each class, in all as "
                + "many"
        ),
        .bool("dropLast", default: false, doc: "leave out an epoch's last batch if it is short"),
        .int(
            "memoryLimit", default: 1024, min: 0, max: 1 << 24,
            doc: "MiB up to which examples are held in memory; more are streamed"),
        .int("prefetch", default: 4, min: 1, max: 64, doc: "batches made ahead of training"),
    ]

    private static let initialWeights: [Field] = [
        .string(
            "path",
            doc: "a run folder, whose best is taken, a checkpoint, or another safetensors file"),
        .array(
            "match", of: .string(), default: ["*"], minCount: 1, maxCount: 1000,
            doc: "patterns of the names to take"),
        .string(
            "prefix", default: "", doc: "what names in the file begin with before the model's"),
        .array(
            "rename", of: .string(), default: [], maxCount: 1000,
            doc:
                "beginnings of names in the file, after prefix, and what the model has for them: "
                + "layer1.=4.; the first that fits counts"),
        .bool(
            "strict", default: false,
            doc: "refuse a file that isn't all of the model, or has more; of the names in match"),
    ]

    private static let training: [Field] = [
        .int(
            "epochs", default: 10, min: 0, max: 1_000_000,
            doc:
                "passes over the examples; 0 measures and keeps the weights of model.from as they "
                + "are"
        ),
        Field.int(
            "maxSteps", min: 1, max: 1 << 53,
            doc: "stop after so many steps, if epochs doesn't first; schedules end with them"
        ).optional,
        .string(
            "precision", default: AutocastPrecision.float32.rawValue,
            oneOf: AutocastPrecision.allCases.map(\.rawValue),
            doc:
                "of products: fp32; bf16 or fp16, halves added up in fp32, fp16 with a loss scale; "
                + "tf32, fp32 but for matrix products on a GPU"
        ),
        .bool(
            "capture", default: true,
            doc: "record the kernels of a step once and replay them; the bits are the same"),
        .int(
            "accumulate", default: 1, min: 1, max: 1 << 20,
            doc:
                "pieces in which a batch is computed, their gradients added up: the memory of a piece, "
                + "the numbers of the batch"),
        Field.number(
            "mixup", above: 0,
            doc:
                "mix each example with another by shares from the beta distribution of this number "
                + "twice, targets alike: 0.2, say"
        ).optional,
        .bool(
            "gradientNorm", default: false,
            doc: "measure the norm of all gradients, before clipping: its mean over each epoch"),
        Field.union(
            "average", of: "average",
            doc: "average the weights; measured and used is the average"
        ).optional,
        .int(
            "checkpointEverySteps", default: 0, min: 0,
            doc: "steps between checkpoints that are kept; 0 for none"),
        .number(
            "checkpointEveryMinutes", default: 0, min: 0,
            doc: "minutes after which the last checkpoint is renewed within an epoch; 0 for never"),
        .int(
            "validateEverySteps", default: 0, min: 0,
            doc: "steps between measurements within an epoch; 0 for none"),
        .int(
            "keepCheckpoints", default: 3, min: 0, max: 1000,
            doc: "how many step checkpoints stay besides best and last"),
        Field.string(
            "bestBy",
            doc: "what decides on the best epoch: loss or a metric; by default the first metric"
        ).optional,
        Field.int(
            "patience", min: 1, max: 1_000_000,
            doc:
                "stop when so many epochs in a row were no better than the best by bestBy, which is "
                + "kept"
        ).optional,
        .number(
            "minimumChange", default: 0, min: 0,
            doc: "how much better than before an epoch has to be for patience to begin anew"),
        .bool(
            "restoreBest", default: false,
            doc: "end with the weights of the best epoch, in the last checkpoint, too"),
        Field.number(
            "maxMinutes", above: 0,
            doc: "stop after the step in which training has taken so long, resumptions included"
        ).optional,
        .number(
            "logEverySeconds", default: 10, min: 0,
            doc: "seconds between progress lines where there is no terminal; 0 for none"),
        .bool(
            "report", default: true,
            doc: "keep report.html in the run folder: curves, results, model and data on a page"),
    ]
}
