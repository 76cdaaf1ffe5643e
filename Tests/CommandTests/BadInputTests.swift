import Datasets
import FoundationEssentials
import Glibc
import Tensor
import Testing

/// Something wrong that a person or a program may hand over, and what it gets to hear.
struct BadInput: CustomTestStringConvertible, Sendable {
    let name: String
    let arguments: [String]
    let status: Int32
    /// A part of the sentence.
    let sentence: String
    let prepare: @Sendable (Workspace) throws -> Void

    init(
        _ name: String, _ arguments: [String], _ status: Int32, _ sentence: String,
        prepare: @escaping @Sendable (Workspace) throws -> Void = { _ in }
    ) {
        self.name = name
        self.arguments = arguments
        self.status = status
        self.sentence = sentence
        self.prepare = prepare
    }

    /// A change of the good config that makes it bad.
    static func override(_ override: String, _ status: Int32, _ sentence: String) -> BadInput {
        BadInput(override, ["check", "tiny.json", override], status, sentence)
    }

    /// A config that is bad as a whole.
    static func config(_ name: String, _ text: String, _ sentence: String) -> BadInput {
        BadInput(name, ["check", "bad.json"], 2, sentence) { try $0.write("bad.json", text) }
    }

    var testDescription: String { name }
}

@Suite struct BadInputTests {
    static let all =
        commandLines + configs + overrides + sizes + layers + dataFiles + badRows + checkpoints
        + runFolders

    @Test("answers with a sentence and a status, and never crashes", arguments: all)
    func answers(input: BadInput) throws {
        let workspace = try Workspace()
        try workspace.prepare()
        try input.prepare(workspace)
        let result = try workspace.run(input.arguments)
        #expect(result.signal == nil)
        #expect(result.status == input.status)
        #expect(result.errors.contains(input.sentence), "\(result.errors)")
        #expect(result.errors.hasPrefix("fttrain: "))
        #expect(!result.errors.contains("Fatal error"))
        #expect(!workspace.exists("runs"))
    }

    @Test("has at least forty of them")
    func count() { #expect(BadInputTests.all.count >= 40) }

    static let commandLines = [
        BadInput(
            "a command with a typing error", ["chek", "tiny.json"], 2, "Did you mean 'check'?"),
        BadInput(
            "an unknown option", ["tiny.json", "--thread", "2"], 2, "unknown option '--thread'"),
        BadInput("a missing argument", ["resume"], 2, "missing RUN"),
        BadInput("threads that are none", ["tiny.json", "--threads", "0"], 2, "--threads"),
        BadInput("an unknown thing to list", ["list", "layer2"], 2, "Did you mean 'layers'?"),
        BadInput("a device that is not there", ["tiny.json", "--device", "cuda:7"], 2, "cuda:7"),
        BadInput("an unknown kind of data", ["data", "idxx", "a.h5"], 2, "Did you mean 'idx'?"),
        BadInput("data from nothing", ["data", "npy", "a.h5"], 2, "name what to write"),
        BadInput("data over a file that is there", ["data", "digits", "data.h5"], 2, "--force"),
        BadInput(
            "a run folder that is in use", ["tiny.json", "--out", "."], 2, "the folder is not empty"
        ),
    ]

    static let configs = [
        BadInput("no config", ["check", "none.json"], 2, "none.json"),
        BadInput(
            "data for a config", ["check", "data.h5"], 2,
            "data.h5: this is data, not a config; have one written: fttrain init data.h5"),
        BadInput("data to sweep", ["sweep", "data.h5"], 2, "fttrain init data.h5"),
        BadInput("no config to sweep", ["sweep", "none.json"], 2, "there is no such file"),
        BadInput("a folder to profile", ["profile", "."], 2, ".: this is a folder, not a config"),
        BadInput("bytes for a config", ["graph", "bad.bin"], 2, "bad.bin: this is no text") {
            try $0.write("bad.bin", [1, 0, 2, 255])
        },
        BadInput(
            "data for a model", ["eval", "data.h5"], 3,
            "data.h5: this is data, not a model; name the model first: fttrain eval RUN data.h5"),
        BadInput(
            "a config for a model", ["predict", "tiny.json", "data.h5"], 3,
            "tiny.json: this is a config, not a model; train it first: fttrain tiny.json"),
        BadInput(
            "no model", ["export", "none"], 3,
            "none: there is no such file or folder; name a run folder such as"),
        BadInput("text for a model", ["generate", "bad"], 3, "bad: is no checkpoint; name a run") {
            try $0.write("bad", "some words")
        },
        BadInput("a table to inspect", ["inspect", "t.csv"], 3, "it holds: fttrain init t.csv") {
            try $0.write("t.csv", "a,b\n1,2\n")
        },
        BadInput("a name that is no text", ["check", "n\u{FFFD}.json"], 2, "isn't UTF-8"),
        BadInput("neither a file nor a command", ["foo"], 2, "no command of that name"),
        BadInput("a folder for a config", ["check", "/tmp"], 2, "/tmp"),
        BadInput.config("an empty config", "", "bad.json"),
        BadInput.config("a config cut short", "{\"name\": \"a\",", "bad.json:1:"),
        BadInput.config("a list for a config", "[1, 2]", "expected an object"),
        BadInput.config("not UTF-8", "\u{0}\u{1}", "bad.json"),
        BadInput.config(
            "a deeply nested config", String(repeating: "[", count: 100_000), "bad.json"),
        BadInput.config(
            "deeply nested layers", BadInputTests.nested(400), "bad.json"),
        BadInput.config("a config without a model", "{\"name\": \"a\"}", "model"),
    ]

    /// Sizes that no machine has the memory for, with the key to lower.
    static let sizes = [
        large("units", #"{"type":"linear","units":99999999999}"#),
        large("count", #"{"type":"embedding","count":99999999999,"width":2}"#),
        large("width", #"{"type":"embedding","count":2,"width":99999999999}"#),
        large("features", #"{"type":"conv3d","features":99999999999,"kernel":1}"#),
        large("kernel", #"{"type":"conv3d","features":3,"kernel":4096,"padding":4095}"#),
        large(
            "padding", #"{"type":"conv3d","features":3,"kernel":1,"padding":4096,"stride":4096}"#),
        large("shape", #"{"type":"reshape","shape":[99999999999,9999]}"#),
    ]

    private static func large(_ key: String, _ layer: String) -> BadInput {
        let first = layer.contains("conv3d") ? #"{"type":"reshape","shape":[6,1,1,1]},"# : ""
        let last = #",{"type":"flatten"},{"type":"linear","units":3}"#
        return BadInput(
            "too large a \(key)", ["check", "tiny.json", "model.layers=[\(first)\(layer)\(last)]"],
            2,
            "; lower \(key)")
    }

    private static func nested(_ depth: Int) -> String {
        let open = String(repeating: "{\"type\":\"residual\",\"layers\":[", count: depth)
        let close = String(repeating: "]}", count: depth)
        return "{\"model\":{\"layers\":[\(open){\"type\":\"relu\"}\(close)]},"
            + "\"loss\":{\"type\":\"crossEntropy\"},\"optimizer\":{\"type\":\"adam\"}}"
    }

    static let overrides = [
        BadInput.override("optimizer.learning_rte=1", 2, "Did you mean 'learningRate'?"),
        BadInput.override("training.epochs=ten", 2, "expected an integer"),
        BadInput.override("training.epochs=0", 2, "training.epochs"),
        BadInput.override("optimizer.learningRate=-1", 2, "optimizer.learningRate"),
        BadInput.override("optimizer.learningRate=1e999", 2, "optimizer.learningRate"),
        BadInput.override("optimizer.type=adamm", 2, "Did you mean"),
        BadInput.override("optimizer={\"type\":\"sgd\",\"nesterov\":true}", 2, "needs a momentum"),
        BadInput.override(
            "optimizer={\"type\":\"sgd\",\"clipNorm\":1,\"clipValue\":1}", 2, "clipNorm"),
        BadInput.override("model.layers=[]", 2, "model.layers"),
        BadInput.override("model.layers.9.units=3", 2, "model.layers"),
        BadInput.override("model.layers.0.units=1.5", 2, "model.layers[0].units"),
        BadInput.override("model.layers.0.units=99999999999999", 2, "does not fit into memory"),
        BadInput.override("model.layers=[{\"type\":\"relu\"}]", 2, "no layer has parameters"),
        BadInput.override(
            "model.layers=[{\"type\":\"reshape\",\"shape\":[4]},{\"type\":\"linear\",\"units\":3}]",
            2, "layer 0 (reshape)"),
        BadInput.override(
            "model.layers=[{\"type\":\"reshape\",\"shape\":[9999999999,9999999999]}]", 2,
            "does not fit into memory"),
        BadInput.override(
            "model.layers=[{\"type\":\"residual\",\"layers\":[{\"type\":\"linear\",\"units\":5}]}]",
            2, "a residual needs equal shapes"),
        BadInput.override(
            "model.layers=[{\"type\":\"parallel\",\"join\":\"add\","
                + "\"branches\":[[],[{\"type\":\"linear\",\"units\":5}]]}]",
            2, "layer 0 (parallel): the branches give [6] and [5]; add needs equal shapes"),
        BadInput.override(
            "model.layers=[{\"type\":\"parallel\",\"axis\":0,\"branches\":[[],[]]}]",
            2, "which have no axis 0 to lengthen: 0 is the batch; use 1 or -1"),
        BadInput.override(
            "model.layers=[{\"type\":\"parallel\",\"branches\":[]}]",
            2, "model.layers[0].branches"),
        BadInput.override(
            "model.layers=[{\"type\":\"parallel\","
                + "\"branches\":[[],[{\"type\":\"linear\",\"unit\":5}]]}]",
            2, "model.layers[0].branches[1][0].unit"),
        BadInput.override(
            "model.layers.0={\"type\":\"input\",\"name\":\"a\"}", 2,
            "there is no input 'a'; give data.train.inputs an object"),
        BadInput.override("data.train.inputs={\"a\":3}", 2, "data.train.inputs.a"),
        BadInput.override("data.train.inputs={\"a b\":\"x\"}", 2, "a name is 1 to 64 letters"),
        BadInput.override("data.train.inputs={}", 2, "is empty. Name at least one"),
        BadInput.override(
            "data.train.inputs={\"a\":\"train/images\"}", 2,
            "one dataset without a name; data.train.inputs names a"),
        BadInput.override(
            "data.transforms={\"a\":[]}", 2, "there is no input 'a'; data.train.inputs names none"),
        BadInput.override("loss={\"type\":\"meanSquaredError\"}", 2, "the targets are []"),
        BadInput.override(
            "loss={\"type\":\"crossEntropy\",\"classWeights\":[1]}", 2, "1 class weights"),
        BadInput.override("metrics=[\"acuracy\"]", 2, "Did you mean"),
        BadInput.override("metrics=[\"accuracy\",\"accuracy\"]", 2, "listed twice"),
        BadInput.override("training.bestBy=acc", 2, "is not measured"),
        BadInput.override("data.split=0.5", 2, "can't be combined with data.validation"),
        BadInput.override("data.transforms=[{\"type\":\"reshape\",\"shape\":[5]}]", 2, "reshape"),
        BadInput.override(
            "data.transforms=[{\"type\":\"cast\",\"dtype\":\"int8\"}]", 2, "needs float32 inputs"),
        BadInput.override("data.transforms=[{\"type\":\"oneHot\",\"classes\":3}]", 2, "oneHot"),
        BadInput.override("name=../evil", 2, "names a folder"),
        BadInput.override(
            "device=gpu", 2, "expected auto, cpu, cuda or cuda:N"),
        BadInput.override("seed=-1", 2, "seed"),
        BadInput.override("model.layers.3.units=2", 3, "a target is 2"),
    ]
}
