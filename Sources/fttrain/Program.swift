import Checkpoint
import FTConfig
import FTSupport
import Training

/// The commands and their options.
enum Program {
    static let program = CommandProgram(
        name: "fttrain", summary: "Trains neural networks that a config describes.",
        version: FrameworkVersion.current, main: train,
        commands: [
            start, check, findRate, resume, sweep, folds, eval, predict, generate, export, verify,
            compare,
            plot, inspect, data, graph, profile, list, devices, schema, completion,
        ], keys: { RunSchema.schema.keys.map(\.path) }, environment: environment,
        exitStatuses: ExitStatus.allCases.map { CommandProgram.Fact("\($0.rawValue)", $0.meaning) })

    private static let environment: [CommandProgram.Fact] = [
        .init(
            "FAKETENSOR_ISA",
            "baseline, avx2 or avx512: the instructions that kernels use at most; results are the "
                + "same where there is fused multiply-add"),
        .init(
            "FAKETENSOR_CUDA_PATH",
            "folders, divided by ':', in which CUDA's libraries are looked for first"),
        .init(
            "FAKETENSOR_CUDA_WAIT",
            "each: wait for every kernel on a GPU, so that a failure is told where it happened"),
        .init(
            "FAKETENSOR_CUDA_CACHE",
            "off: keep none of a GPU's memory for reuse, so that tools which watch it see mistakes"),
        .init("XDG_CACHE_HOME", "where compiled kernels are kept; ~/.cache by default"),
        .init("OMP_NUM_THREADS", "how many processors to use, where --threads doesn't say"),
        .init("NO_COLOR", "no colours on the terminal"),
        .init("TERM", "dumb: no progress bar"),
        .init("TMPDIR", "where verify trains again; /tmp by default"),
        .init(
            "SWIFT_BACKTRACE",
            "enable=yes shows where the program was when it met a fault of its own"),
        .init(
            "OPENBLAS_NUM_THREADS",
            "under a limit of the address space it is set to 1, unless it is set"),
    ]

    /// Runs the command that was asked for.
    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let first = invocation.arguments.first ?? ""
        switch invocation.command {
        case train.name, check.name, findRate.name, graph.name, profile.name:
            try NamedFile.checkConfig(first, of: invocation.command)
        case sweep.name, folds.name:
            if !Folder.exists(first) {
                try NamedFile.checkConfig(first, of: invocation.command)
            }
        case eval.name, predict.name, generate.name, export.name:
            try NamedFile.checkModel(first, of: invocation.command)
        case inspect.name: try NamedFile.checkInspected(first)
        default: break
        }
        return try dispatch(invocation)
    }

    private static func dispatch(_ invocation: CommandInvocation) throws -> ExitStatus {
        switch invocation.command {
        case check.name: try CheckCommand.run(invocation)
        case resume.name: try ResumeCommand.run(invocation)
        case eval.name: try EvalCommand.run(invocation)
        case verify.name: try VerifyCommand.run(invocation)
        case sweep.name: try SweepCommand.run(invocation)
        case folds.name: try FoldsCommand.run(invocation)
        case findRate.name: try FindRateCommand.run(invocation)
        case compare.name: try CompareCommand.run(invocation)
        case plot.name: try PlotCommand.run(invocation)
        case start.name: try InitCommand.run(invocation)
        case export.name: try ExportCommand.run(invocation)
        case predict.name: try PredictCommand.run(invocation)
        case generate.name: try GenerateCommand.run(invocation)
        case inspect.name: try InspectCommand.run(invocation)
        case data.name: try DataCommand.run(invocation)
        case graph.name: try GraphCommand.run(invocation)
        case profile.name: try ProfileCommand.run(invocation)
        case list.name: try ListCommand.run(invocation)
        case devices.name: DevicesCommand.run(invocation)
        case schema.name: SchemaCommand.run()
        case completion.name: try CompletionCommand.run(invocation)
        default: try TrainCommand.run(invocation)
        }
    }

    private static let train = Command(
        name: "train", summary: "Train what a config describes, in a new run folder.",
        arguments: [CommandArgument("CONFIG", doc: "a config file, such as configs/mlp.json")],
        options: [device, threads, out, tensorboard, quietRun, json], takesOverrides: true)

    private static let check = Command(
        name: "check", summary: "Build the model, open the data, try a step; train nothing.",
        arguments: [CommandArgument("CONFIG", doc: "a config file")],
        options: [
            .flag("gradients", doc: "compare the model's gradients with finite differences"),
            device, threads, json,
        ], takesOverrides: true)

    private static let completion = CompletionCommand.command
    private static let graph = GraphCommand.command
    private static let start = InitCommand.command
    private static let export = ExportCommand.command
    private static let predict = PredictCommand.command
    private static let generate = GenerateCommand.command
    private static let profile = ProfileCommand.command
    private static let sweep = SweepCommand.command
    private static let folds = FoldsCommand.command
    private static let findRate = FindRateCommand.command
    private static let compare = CompareCommand.command
    private static let plot = PlotCommand.command
    private static let verify = VerifyCommand.command
    private static let devices = DevicesCommand.command

    private static let resume = Command(
        name: "resume", summary: "Go on with a run that was stopped, killed or finished.",
        arguments: [CommandArgument("RUN", doc: "a run folder, such as runs/mlp-001")],
        options: [device, threads, tensorboard, quietRun, json], takesOverrides: true)

    private static let eval = Command(
        name: "eval", summary: "Measure a trained model on its validation data, or on others.",
        arguments: [
            CommandArgument(
                "RUN|CHECKPOINT",
                doc: "a run folder or a checkpoint, whose model stays as it is; keys of data, "
                    + "loss, metrics and device can be set"),
            CommandArgument(
                "DATA",
                doc:
                    "an HDF5 file, a table (- for standard input), a folder of images in folders of "
                    + "classes, or a text, prepared as the model's own data were",
                isOptional: true),
        ],
        options: [
            .value("data", "FILE", doc: "the same as DATA"),
            .flag(
                "report",
                doc:
                    "beside loss and metrics: by class, confusion, calibration; errors "
                    + "in the data's units; or tokens of a text; and the worst examples"),
            .flag(
                "skip-bad",
                doc: "leave out rows of a table and images that can't be used, and name them; the "
                    + "status is 3"),
            .value(
                "out", short: "o", "FILE",
                doc: "with --report: a page to write, .html, with pictures of the worst images"),
            threshold, force, DataCommand.newDecimal, device, threads, json,
        ], takesOverrides: true, overrideExample: "data.validation.inputs=test/images")

    static let threshold = CommandOption.value(
        "threshold", "P",
        doc: "say yes, or the second of two classes, from this probability on; or of a class or of "
            + "labels by name: rainy=0.3,windy=0.6")

    private static let inspect = Command(
        name: "inspect", summary: "Show what is in a checkpoint, an HDF5 file or a run folder.",
        arguments: [
            CommandArgument("FILE", doc: "a .safetensors or HDF5 file, or a run folder"),
            CommandArgument(
                "FILE2", doc: "a second checkpoint to compare with", isOptional: true),
        ],
        options: [
            .flag("stats", doc: "read the data: extremes, mean, NaN, histogram, checksum"),
            .flag("layers", doc: "of a trained model: outputs and multiply-adds of its layers"),
            .value("filter", "PATTERN", doc: "only names that match, as in 'layers.*.weight'"),
            .value(
                "sort", "ORDER", type: .string(oneOf: ["none", "size", "name"]),
                doc: "none, size or name"),
            .value(
                "depth", "N", type: .int(min: 1, max: 1000),
                doc: "sum up below N parts of a name"), json,
        ])

    private static let data = Command(
        name: "data", summary: "Make an HDF5 dataset, or list what is in one.",
        arguments: [
            CommandArgument(
                "KIND", doc: "digits, text, recall, friedman, cifar, images, idx, npy, csv or info",
                choices: DataCommand.kinds),
            CommandArgument("FILE", doc: "the HDF5 file", isOptional: true),
            CommandArgument(
                "NAME=SOURCE",
                doc: "a dataset and the file it is made from; of text, files; of images, a "
                    + "folder",
                isOptional: true,
                isRepeated: true),
        ], options: DataCommand.options)

    private static let list = Command(
        name: "list", summary: "List what a config can name, with all options and defaults.",
        arguments: [
            CommandArgument(
                "WHAT",
                doc:
                    "keys, layers, losses, optimizers, schedules, metrics, transforms, the name of "
                    + "one of them, or a key such as training.epochs", isOptional: true,
                choices: ["keys"] + RunSchema.schema.unions.map(\.plural))
        ], options: [json])

    private static let schema = Command(
        name: "schema", summary: "Print the JSON Schema of configs, for editors.")

    static let device = CommandOption.value(
        "device", "DEVICE", type: .string(suggesting: RunSchema.devices),
        doc: "auto, cpu, or an NVIDIA GPU: cuda or cuda:N (see 'fttrain devices'); overrides the "
            + "config")
    static let threads = CommandOption.value(
        "threads", "N", type: .int(min: 1, max: 4096),
        doc: "how many processors to use; results are the same")
    static let tensorboard = CommandOption.flag(
        "tensorboard",
        doc: "write what is measured for TensorBoard, too, into the run folder")
    private static let out = CommandOption.value(
        "out", "DIR", doc: "the run folder, instead of runs/NAME-NNN")
    static let quiet = CommandOption.flag(
        "quiet", short: "q", doc: "print nothing; warnings on standard error")
    static let quietRun = CommandOption.flag(
        "quiet", short: "q", doc: "print the run folder alone; warnings on standard error")
    static let force = CommandOption.flag(
        "force", doc: "replace the file, though this command didn't write it before")
    static let json = CommandOption.flag("json", doc: "print JSON, one object a line")
}
