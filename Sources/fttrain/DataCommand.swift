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
    static let options: [CommandOption] =
        [
            .value(
                "seed", "N", type: .int(min: 0),
                doc: "what digits, recall or a split are drawn from (42)"),
            .value(
                "train", "N", type: .int(min: 1, max: 1_000_000),
                doc: "digits, recall: how many to train on (12000)"),
            .value(
                "test", "N", type: .int(min: 1, max: 1_000_000),
                doc: "digits, recall: how many to test on (2000)"),
            .value(
                "split", "SHARE", doc: "csv: the share of the first table to keep for validation"),
            .flag("stratify", doc: "csv: split each class by the same share"),
            .flag("bytes", doc: "text: tokens are bytes, and not characters"),
            .flag("force", doc: "replace the file if it is there"), Program.json,
        ] + tableOptions

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let kind = invocation.arguments[0]
        let kinds = ["digits", "text", "recall", "idx", "npy", "csv", "info"]
        guard kinds.contains(kind) else {
            let near = Suggestion.nearest(to: kind, among: kinds)
            let hint =
                near.map { "Did you mean '\($0)'?" }
                ?? "There are \(kinds.joined(separator: ", "))."
            throw UsageError("data: there is nothing called '\(kind)'. \(hint)")
        }
        if kind == "digits" || kind == "recall" { return try drawn(kind, invocation) }
        guard invocation.arguments.count > 1 else {
            throw UsageError("data \(kind): missing FILE. See 'fttrain data --help'.")
        }
        let path = invocation.arguments[1]
        if kind == "info" {
            try noSources(invocation, from: 2)
            return try info(path, invocation)
        }
        if kind == "text" { return try text(path, invocation) }
        let sources = try DataSource.read(Array(invocation.arguments.dropFirst(2)))
        try checkFree(path, invocation)
        if kind == "csv" { return try tables(sources, path, invocation) }
        try HDF5Writer.create(path) { file in
            for source in sources {
                if kind == "idx" {
                    try IDX.copy(source.path, to: file, as: source.name)
                    continue
                }
                let array = try NPY.read(source.path)
                try file.write(source.name, array, deflate: array.rank > 1 ? 1 : nil)
            }
        }
        return try info(path, invocation)
    }

    private static func drawn(
        _ kind: String, _ invocation: CommandInvocation
    ) throws -> ExitStatus {
        try noSources(invocation, from: 2)
        let isDigits = kind == "digits"
        let path =
            invocation.arguments.dropFirst().first
            ?? (isDigits ? RunConfig.defaultDataPath : "data/recall.h5")
        try checkFree(path, invocation)
        let seed = UInt64(invocation.int("seed") ?? 42)
        let train = invocation.int("train") ?? Digits.trainCount
        let test = invocation.int("test") ?? Digits.testCount
        if isDigits {
            try Digits.write(to: path, seed: seed, train: train, test: test)
        } else {
            try Recall.write(to: path, seed: seed, train: train, test: test)
        }
        return try info(path, invocation)
    }

    private static func text(
        _ path: String, _ invocation: CommandInvocation
    ) throws -> ExitStatus {
        let files = Array(invocation.arguments.dropFirst(2))
        guard !files.isEmpty else {
            throw UsageError("data text: name the files of the text, as in text.h5 book.txt")
        }
        try checkFree(path, invocation)
        try TextTokens.write(files, invocation.flag("bytes") ? .byte : .character, to: path)
        let status = try info(path, invocation)
        if !invocation.flag("json") {
            Terminal.print(
                "\nin a config   \"data\": {\"path\": \"\(path)\", \"text\": {\"context\": 64}}")
        }
        return status
    }

    static func info(
        _ path: String, _ invocation: CommandInvocation
    ) throws -> ExitStatus {
        let listing = try HDF5Listing.of(path)
        let text = listing.text()
        Terminal.print(invocation.flag("json") ? listing.json.text() : String(text.dropLast()))
        return .success
    }

    static func checkFree(_ path: String, _ invocation: CommandInvocation) throws {
        guard !invocation.flag("force"), access(path, F_OK) == 0 else { return }
        throw UsageError("\(path): there is such a file; replace it with --force")
    }

    private static func noSources(_ invocation: CommandInvocation, from index: Int) throws {
        guard invocation.arguments.count > index else { return }
        let extra = invocation.arguments[index]
        throw UsageError("unexpected argument '\(extra)'. See 'fttrain data --help'.")
    }
}
