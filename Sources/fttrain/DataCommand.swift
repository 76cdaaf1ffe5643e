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
    static let kinds = [
        "digits", "text", "recall", "friedman", "cifar", "images", "idx", "npy", "csv", "info",
    ]

    static let options: [CommandOption] =
        [
            .value(
                "seed", "N", type: .int(min: 0),
                doc: "what drawn data, a split or the order of images come from (42)"
            ).only(drawn + ["csv", "images"]),
            .value(
                "train", "N", type: .int(min: 1, max: 1_000_000),
                doc: "how many examples to train on (12000)"
            ).only(drawn),
            .value(
                "test", "N", type: .int(min: 1, max: 1_000_000),
                doc: "how many examples to test on (2000)"
            ).only(drawn),
            .value(
                "split", "SHARE",
                doc: "the share to keep for validation, of the first table or of each class"
            ).only(["csv", "images"]),
            .flag(
                "png",
                doc:
                    "a folder of PNG files in folders of classes, and no dataset; of --train images"
            ).only(["digits"]),
            .flag("stratify", doc: "split each class by the same share").only(["csv"]),
            .flag("bytes", doc: "tokens are bytes, and not characters").only(["text"]),
            .flag("force", doc: "replace the file if it is there"), Program.json,
        ] + imageOptions + tableOptions.map { $0.only(["csv"]) }

    private static let drawn = drawnKinds.map(\.name)

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let drawn = drawnKinds.first { $0.name == invocation.arguments[0] }?.path
        let path = invocation.arguments.dropFirst().first ?? drawn
        // What was mapped stays as it was when the name belongs to another file.
        let old = invocation.flag("force") ? path.flatMap(ReplacedData.init) : nil
        let status = try make(invocation)
        if let path { old?.warn(unlessSameAs: path, "another name") }
        return status
    }

    private static func make(_ invocation: CommandInvocation) throws -> ExitStatus {
        let kind = invocation.arguments[0]
        guard kinds.contains(kind) else {
            let near = Suggestion.nearest(to: kind, among: kinds)
            let hint =
                near.map { "Did you mean '\($0)'?" }
                ?? "There are \(kinds.joined(separator: ", "))."
            if access(kind, F_OK) == 0 { throw UsageError(namesFile(kind, invocation)) }
            throw UsageError("data: there is nothing called '\(kind)'. \(hint)")
        }
        if drawnKinds.contains(where: { $0.name == kind }) { return try drawn(kind, invocation) }
        guard invocation.arguments.count > 1 else {
            throw UsageError("data \(kind): missing FILE. See 'fttrain data --help'.")
        }
        let path = invocation.arguments[1]
        if kind == "info" {
            try noSources(invocation, from: 2)
            return try info(path, invocation)
        }
        if kind == "text" { return try text(path, invocation) }
        if kind == "cifar" || kind == "images" { return try pictures(kind, path, invocation) }
        let sources = try DataSource.read(Array(invocation.arguments.dropFirst(2)))
        try checkFree(path, invocation, reading: invocation.arguments.dropFirst(2))
        if kind == "csv" { return try tables(sources, path, invocation) }
        try HDF5Writer.create(path, replaces: invocation.flag("force")) { file in
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

    /// What to type where a file or folder stands in place of what it is.
    private static func namesFile(_ path: String, _ invocation: CommandInvocation) -> String {
        let name = path.split(separator: "/").last.map { String($0) } ?? path
        let stem = String(name.split(separator: ".").first ?? "data")
        let (out, file) = ("\(stem).h5".shellWord, path.shellPath)
        let isFolder = Folder.exists(path)
        let isHDF5 = [".h5", ".hdf5"].contains { path.lowercased().hasSuffix($0) }
        let words: String
        switch DataKind(path) {
        case .folder: words = "images \(out) \(file)"
        case .image: words = "images \(out) FOLDER"
        case .array: words = "npy \(out) train/inputs=\(file)"
        case .table where !InitCommand.isProse(path): words = "csv \(out) train=\(file)"
        case .file where isHDF5: words = "info \(file)"
        default: words = "text \(out) \(file)"
        }
        return "data: '\(path)' is a \(isFolder ? "folder" : "file"); say what it is before it, "
            + "and name what to make: fttrain data \(words); or have a config written, too: "
            + "fttrain init \(file)"
    }

    /// Datasets that are drawn: their names, usual files, and what writes them.
    private static let drawnKinds:
        [(
            name: String, path: String,
            write: @Sendable (String, UInt64, _ train: Int, _ test: Int, Bool) throws -> Void
        )] = [
            (
                "digits", RunConfig.defaultDataPath,
                { try Digits.write(to: $0, seed: $1, train: $2, test: $3, replaces: $4) }
            ),
            (
                "recall", "data/recall.h5",
                { try RecallTask.write(to: $0, seed: $1, train: $2, test: $3, replaces: $4) }
            ),
            (
                "friedman", "data/friedman.h5",
                { try Friedman.write(to: $0, seed: $1, train: $2, test: $3, replaces: $4) }
            ),
        ]

    private static func drawn(
        _ kind: String, _ invocation: CommandInvocation
    ) throws -> ExitStatus {
        try noSources(invocation, from: 2)
        if invocation.flag("png") { return try digitFiles(invocation) }
        let kind = drawnKinds.first { $0.name == kind } ?? drawnKinds[0]
        let path = invocation.arguments.dropFirst().first ?? kind.path
        try checkFree(path, invocation, reading: invocation.arguments.dropFirst(2))
        try kind.write(
            path, UInt64(invocation.int("seed") ?? 42),
            invocation.int("train") ?? Digits.trainCount,
            invocation.int("test") ?? Digits.testCount, invocation.flag("force"))
        return try info(path, invocation)
    }

    private static func text(
        _ path: String, _ invocation: CommandInvocation
    ) throws -> ExitStatus {
        let files = Array(invocation.arguments.dropFirst(2))
        guard !files.isEmpty else {
            throw UsageError("data text: name the files of the text, as in text.h5 book.txt")
        }
        try checkFree(path, invocation, reading: invocation.arguments.dropFirst(2))
        try TextTokens.write(
            files, invocation.flag("bytes") ? .byte : .character, to: path,
            replaces: invocation.flag("force"))
        let status = try info(path, invocation)
        if !invocation.flag("json") {
            Terminal.print(
                "\nin a config   \"data\": {\"path\": \(JSONValue.string(path).text()), \"text\": {\"context\": 64}}"
            )
        }
        return status
    }

    static func info(
        _ path: String, _ invocation: CommandInvocation, leftOut: [DataError] = []
    ) throws -> ExitStatus {
        let listing = try HDF5Listing.of(path)
        guard invocation.flag("json") else {
            Terminal.print(String(listing.text().dropLast()))
            return .success
        }
        var json = listing.json
        if case .object(var object) = json, !leftOut.isEmpty {
            object["leftOut"] = .array(
                leftOut.map { ["path": .string($0.file), "message": .string($0.problem)] })
            json = .object(object)
        }
        Terminal.print(json.text())
        return .success
    }

    /// Throws where a file is there that wasn't to be replaced, or one of `sources`, which may stand
    /// behind a name, as in train=table.csv.
    ///
    /// - Parameter otherwise: another remedy than to replace it.
    static func checkFree(
        _ path: String, _ invocation: CommandInvocation, reading sources: ArraySlice<String>,
        otherwise: String? = nil
    ) throws {
        guard access(path, F_OK) == 0 else { return }
        guard invocation.flag("force") else {
            let remedy = otherwise.map { "\($0), or " } ?? ""
            throw UsageError("\(path): there is such a file; \(remedy)replace it with --force")
        }
        let named = sources.compactMap { $0.split(separator: "=").last.map { String($0) } }
        try FileWriting.check(path, reading: sources + named)
    }

    private static func noSources(_ invocation: CommandInvocation, from index: Int) throws {
        guard invocation.arguments.count > index else { return }
        let extra = invocation.arguments[index]
        throw UsageError("unexpected argument '\(extra)'. See 'fttrain data --help'.")
    }
}
