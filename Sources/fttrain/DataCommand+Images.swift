import Datasets
import FTConfig
import FTJSON
import FTSupport
import Glibc
import Tensor
import Training

extension DataCommand {
    /// Options of commands that read images.
    static let imageOptions: [CommandOption] = [
        .value(
            "size", "HEIGHTxWIDTH",
            doc:
                "scale each, sides in proportion, until it covers this size, and cut out its middle "
                + "(by default all must have one size, which init chooses)"
        ).only(["images"]),
        .flag("skip-bad", doc: "leave out what is no image or damaged; each is named")
            .only(["images"]),
    ]

    /// Reads the folder of images that a command names, and says what is left out.
    static func images(
        of folder: String, _ invocation: CommandInvocation,
        choose: ([(path: String, size: PictureSize)]) -> (height: Int, width: Int)?
    ) throws -> ImageFolder {
        let images = try ImageFolder(
            of: folder, skipsBad: invocation.flag("skip-bad"), choose: choose)
        guard !images.leftOut.isEmpty else { return images }
        for line in FaultLines.of(images.leftOut, indent: "") { Terminal.warn("fttrain: \(line)") }
        let count = images.leftOut.count
        Terminal.warn(
            "fttrain: \(folder): \(Format.grouped(count)) "
                + "\(count == 1 ? "file or folder" : "files and folders") left out, "
                + "\(Format.count(images.count, "image")) used")
        return images
    }

    /// Draws digits as files.
    static func digitFiles(_ invocation: CommandInvocation) throws -> ExitStatus {
        guard let folder = invocation.arguments.dropFirst().first else {
            throw UsageError("data digits --png: name a folder, as in data digits numbers --png")
        }
        guard access(folder, F_OK) != 0 else {
            throw UsageError("\(folder): is there already; name a new folder")
        }
        let count = invocation.int("train") ?? Digits.trainCount
        try Digits.writeFiles(
            to: folder, seed: UInt64(invocation.int("seed") ?? 42), count: count)
        if invocation.flag("json") {
            Terminal.print(
                JSONValue.object(["path": .string(folder), "images": .int(count)]).text())
        } else {
            Terminal.print(
                "wrote      \(folder)   \(Format.count(count, "image")) in folders of classes\n"
                    + "next       fttrain init \(folder.shellPath)")
        }
        return .success
    }

    /// Makes a dataset of a folder of images.
    static func pictures(
        _ kind: String, _ path: String, _ invocation: CommandInvocation
    ) throws -> ExitStatus {
        let folders = Array(invocation.arguments.dropFirst(2))
        guard folders.count == 1 else {
            let example = kind == "cifar" ? "cifar10.h5 cifar-10-batches-bin" : "birds.h5 birds"
            throw UsageError("data \(kind): name one folder, as in \(example)")
        }
        try checkFree(path, invocation, reading: invocation.arguments.dropFirst(2))
        let held: String?
        var leftOut: [DataError] = []
        if kind == "cifar" {
            try HDF5Writer.create(path, replaces: invocation.flag("force")) { file in
                try CIFAR10.write(folders[0], to: file)
                for part in ["train", "test"] {
                    try ClassNames.write(CIFAR10.classes, on: "\(part)/labels", to: file)
                }
            }
            held = "test"
        } else {
            (held, leftOut) = try folder(folders[0], path, invocation)
        }
        let isWhole = held == nil
        let status = try info(path, invocation, leftOut: leftOut)
        if !invocation.flag("json") {
            let validation = held.map {
                ", \"validation\": {\"inputs\": \"\($0)/images\", \"targets\": \"\($0)/labels\"}"
            }
            let remedy =
                "held out      none to measure on: \"split\" in a config keeps a share of them, and "
                + "--split 0.1 here writes one as validation/images"
            let lines =
                [
                    "in a config   \"data\": {\"path\": \(JSONValue.string(path).text())"
                        + "\(validation ?? ", \"split\": 0.1")}"
                ] + (isWhole ? [remedy] : []) + ["next          fttrain init \(path.shellPath)"]
            Terminal.print(
                ([""] + lines.flatMap { $0.wrapped(indent: 14) }).joined(separator: "\n"))
        }
        return status
    }

    /// Writes the images of a folder, and gives the name of what is held back to measure on, and what
    /// was left out.
    private static func folder(
        _ folder: String, _ path: String, _ invocation: CommandInvocation
    ) throws -> (held: String?, leftOut: [DataError]) {
        let split = try split(invocation)
        let size = try size(invocation)
        let images = try images(of: folder, invocation) { _ in size }
        if split != nil, images.parts.count > 1 {
            let names = images.parts.map(\.name).joined(separator: ", ")
            throw UsageError("--split: \(folder) has parts of its own, \(names); leave it out")
        }
        let seed = UInt64(invocation.int("seed") ?? 42)
        var held: String?
        try HDF5Writer.create(path, replaces: invocation.flag("force")) { file in
            held = try write(images, from: folder, to: file, share: split?.share, seed: seed)
        }
        return (held, images.leftOut)
    }

    /// Writes images in orders drawn from the seed, each part for itself, and gives the name of the
    /// part to measure on.
    ///
    /// - Parameter share: of each class, to cut from images that are all to train on.
    @discardableResult
    static func write(
        _ images: ImageFolder, from folder: String, to file: HDF5Writer, share: Double?,
        seed: UInt64
    ) throws -> String? {
        var parts = images.parts.map { (name: $0.name, rows: Array($0.rows)) }
        if let share {
            let (first, second) = Partition.rows(
                images.count, share: share, groups: images.labels, seed: seed)
            guard !first.isEmpty, !second.isEmpty else {
                throw DataError(
                    folder,
                    "\(Format.count(images.count, "image")) can't be split with a share of "
                        + "\(share); use another share")
            }
            parts = [("train", first), (TableImport.held, second)]
        }
        for (name, rows) in parts {
            let order = Random(seed: seed).fork("images").permutation(rows.count)
            try images.write(order.map { rows[$0] }, as: name, to: file)
            try ClassNames.write(images.classes, on: "\(name)/labels", to: file)
        }
        return parts.dropFirst().first?.name
    }

    static func size(
        _ invocation: CommandInvocation
    ) throws(UsageError) -> (height: Int, width: Int)? {
        guard let text = invocation.string("size") else { return nil }
        let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let height = numbers[0], let width = numbers[1],
            (1...8192).contains(height), (1...8192).contains(width)
        else {
            throw UsageError(
                "--size: expected HEIGHTxWIDTH from 1x1 to 8192x8192, such as 32x32, found '\(text)'"
            )
        }
        return (height, width)
    }
}
