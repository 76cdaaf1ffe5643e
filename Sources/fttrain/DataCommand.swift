import Checkpoint
import Datasets
import FTConfig
import FTJSON
import FTSupport
import Glibc
import Tensor
import Training

/// `fttrain data KIND …`: datasets from other formats, or drawn.
enum DataCommand {
    static let options: [CommandOption] = [
        .value("seed", "N", type: .int(min: 0), doc: "digits: what they are drawn from (42)"),
        .value(
            "train", "N", type: .int(min: 1, max: 1_000_000),
            doc: "digits: how many to train on (12000)"),
        .value(
            "test", "N", type: .int(min: 1, max: 1_000_000),
            doc: "digits: how many to test on (2000)"),
        .value(
            "label", "COLUMN", doc: "csv: first, last, none, a number from 0 or a name (last)"),
        .value("separator", "CHARACTER", doc: "csv: between columns (,)"),
        .flag("no-header", doc: "csv: the first row is data"),
        .flag("force", doc: "replace the file if it is there"), Program.json,
    ]

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let kind = invocation.arguments[0]
        let kinds = ["digits", "idx", "npy", "csv", "info"]
        guard kinds.contains(kind) else {
            let near = Suggestion.nearest(to: kind, among: kinds)
            let hint =
                near.map { "Did you mean '\($0)'?" }
                ?? "There are \(kinds.joined(separator: ", "))."
            throw UsageError("data: there is nothing called '\(kind)'. \(hint)")
        }
        if kind == "digits" { return try digits(invocation) }
        guard invocation.arguments.count > 1 else {
            throw UsageError("data \(kind): missing FILE. See 'fttrain data --help'.")
        }
        let path = invocation.arguments[1]
        if kind == "info" {
            try noSources(invocation, from: 2)
            return try info(path, invocation)
        }
        let sources = try Source.read(Array(invocation.arguments.dropFirst(2)))
        try checkFree(path, invocation)
        let parts = try sources.flatMap { source in
            try kind == "csv"
                ? table(source, invocation)
                : [(source.name, kind == "npy" ? NPY.read(source.path) : IDX.read(source.path))]
        }
        try HDF5Writer.create(path) { file in
            for (name, array) in parts {
                try file.write(name, array, deflate: array.rank > 1 ? 1 : nil)
            }
        }
        let status = try info(path, invocation)
        if kind == "csv", !invocation.flag("json"), let name = sources.first?.name {
            // The defaults of a config are the names that images have.
            Terminal.print(
                "\nin a config   \"data\": {\"path\": \"\(path)\", \"train\": "
                    + "{\"inputs\": \"\(name)/inputs\", \"targets\": \"\(name)/targets\"}}")
        }
        return status
    }

    private static func digits(_ invocation: CommandInvocation) throws -> ExitStatus {
        try noSources(invocation, from: 2)
        let path = invocation.arguments.dropFirst().first ?? RunConfig.defaultDataPath
        try checkFree(path, invocation)
        try Digits.write(
            to: path, seed: UInt64(invocation.int("seed") ?? 42),
            train: invocation.int("train") ?? Digits.trainCount,
            test: invocation.int("test") ?? Digits.testCount)
        return try info(path, invocation)
    }

    private static func info(
        _ path: String, _ invocation: CommandInvocation
    ) throws -> ExitStatus {
        let listing = try HDF5Listing.of(path)
        let text = listing.text()
        Terminal.print(invocation.flag("json") ? listing.json.text() : String(text.dropLast()))
        return .success
    }

    /// The inputs and targets of a table: `train=train.csv` becomes `train/inputs` and
    /// `train/targets`.
    private static func table(
        _ source: Source, _ invocation: CommandInvocation
    ) throws -> [(String, NDArray)] {
        let separator = invocation.string("separator") ?? ","
        guard let character = separator == "tab" ? "\t" : separator.first,
            separator == "tab"
                || separator.count == 1
        else {
            throw UsageError("--separator: expected one character or tab")
        }
        let options = CSV.Options(
            hasHeader: invocation.flag("no-header") ? false : nil,
            label: label(invocation.string("label") ?? "last"), separator: character)
        let table = try CSV.read(source.path, options)
        let inputs = ("\(source.name)/inputs", table.inputs)
        return table.targets.map { [inputs, ("\(source.name)/targets", $0)] } ?? [inputs]
    }

    private static func label(_ text: String) -> CSV.Label {
        switch text {
        case "first": .first
        case "last": .last
        case "none": .none
        default: Int(text).map { .index($0) } ?? .name(text)
        }
    }

    private static func checkFree(_ path: String, _ invocation: CommandInvocation) throws {
        guard !invocation.flag("force"), access(path, F_OK) == 0 else { return }
        throw UsageError("\(path): there is such a file; replace it with --force")
    }

    private static func noSources(_ invocation: CommandInvocation, from index: Int) throws {
        guard invocation.arguments.count > index else { return }
        let extra = invocation.arguments[index]
        throw UsageError("unexpected argument '\(extra)'. See 'fttrain data --help'.")
    }
}

/// `train/images=train.npy`: a dataset and where it comes from.
private struct Source {
    let name: String
    let path: String

    static func read(_ arguments: [String]) throws(UsageError) -> [Source] {
        guard !arguments.isEmpty else {
            throw UsageError("data: name what to write, as in train/images=images.npy")
        }
        var sources: [Source] = []
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1).map { String($0) }
            guard parts.count == 2 else {
                throw UsageError(
                    "data: expected NAME=SOURCE such as train/images=images.npy, found '\(argument)'"
                )
            }
            guard !sources.contains(where: { $0.name == parts[0] }) else {
                throw UsageError("data: '\(parts[0])' is named twice")
            }
            sources.append(Source(name: parts[0], path: parts[1]))
        }
        return sources
    }
}
