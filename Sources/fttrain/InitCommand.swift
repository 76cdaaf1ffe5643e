import Datasets
import FTConfig
import FTJSON
import FTSupport
import Glibc
import Tensor
import Training

/// `fttrain init DATA`: looks at data and writes a config that trains on them.
enum InitCommand {
    static let command = Command(
        name: "init", summary: "Look at data and write a config that trains on them at once.",
        arguments: [
            CommandArgument(
                "DATA",
                doc: "a table (.csv, .tsv, .jsonl), an HDF5 file, .npy, a folder of images in "
                    + "folders of classes, or a text"),
            CommandArgument("TARGETS", doc: "beside .npy: the targets, .npy too", isOptional: true),
        ],
        options: [
            .value("out", short: "o", "FILE", doc: "the config; NAME.json by default"),
            .value(
                "data", "FILE",
                doc: "the HDF5 file to make of what is none; data/NAME.h5 by default"),
            .value("split", "SHARE", doc: "the share of the examples to keep for validation (0.2)"),
            .value("seed", "N", type: .int(min: 0), doc: "what the split is drawn from (42)"),
            .flag("force", doc: "replace files that are there"),
        ] + DataCommand.imageOptions
            + DataCommand.tableOptions.map { $0.only(["tables"]) }, takesOverrides: true)

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let path = invocation.arguments[0]
        if path.hasSuffix(".json"), isText(path) {
            throw UsageError(
                "init: \(path) is JSON; a config is trained at once by: fttrain \(path.shellPath), and "
                    + "objects one a line are a table by a name that ends in .jsonl")
        }
        let name = self.name(path)
        let out = invocation.string("out") ?? "\(name).json"
        let file = invocation.string("data") ?? "data/\(name).h5"
        try checkNotEmpty(path)
        try DataCommand.checkFree(
            out, invocation, reading: invocation.arguments[...], otherwise: "name another with -o")
        // Data take the place of others when the config is known to be right.
        let aside = "\(file).init-\(getpid())"
        let isFolder = Folder.exists(path)
        if isFolder { try NamedFile.checkNoRun(path) }
        let isText = !isFolder && isProse(path)
        let isTable = DataKind(path) == .table && !isText
        try checkOptions(invocation, isFolder ? "images" : isTable ? "tables" : "")
        let makesData = isFolder || isText || isTable || path.hasSuffix(".npy")
        defer { if makesData { unlink(aside) } }
        let (json, reasons): (JSONValue, [String])
        if makesData {
            try checkFree(data: file, name, beside: out, invocation)
            (json, reasons) = try naming(file, madeAs: aside) {
                if isText { return try text(path, name, file, madeAs: aside, invocation) }
                var draft =
                    isFolder
                    ? try images(path, name, aside, invocation)
                    : isTable
                        ? try table(path, name, aside, invocation)
                        : try arrays(invocation, name, aside)
                draft.path = file
                return (draft.json, draft.reasons)
            }
        } else {
            let draft = try datasets(path, name, share: share(invocation))
            if let held = draft.validation {
                try checkNoSplit(
                    invocation, "\(path) has \(held.inputs) to measure on")
            }
            (json, reasons) = (draft.json, draft.reasons)
        }
        let config = try RunSchema.schema.setting(invocation.overrides, in: json, file: out)
        _ = try RunConfig(text: config.text(), file: out)
        try FileWriting.replace(out, with: config.text(.pretty) + "\n") {
            guard makesData else { return }
            ReplacedData(file)?.warn(
                unlessSameAs: aside, "--data \(freeData(name, beside: out).shellPath)")
            guard rename(aside, file) == 0 else {
                throw DataError(file, FileProblem.last.whileWriting)
            }
            Terminal.print("wrote      \(file)")
        }
        let set = invocation.overrides.joined(separator: " ")
        Terminal.print(
            (reasons
                + (set.isEmpty
                    ? [] : "set        \(set), whatever stands above".wrapped(indent: 11)) + [
                    "", "wrote      \(out)", "next       fttrain \(out.shellPath)",
                ]).joined(separator: "\n"))
        return .success
    }

    /// What `body` gives; where it throws, the file is called as it was asked for.
    private static func naming<Result>(
        _ file: String, madeAs aside: String, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as DataError {
            func named(_ text: String) -> String { text.replacing(aside, with: file) }
            throw DataError(
                named(error.file), named(error.problem), lines: error.lines.map(named))
        }
    }

    /// Throws where an option is for other data.
    private static func checkOptions(
        _ invocation: CommandInvocation, _ kind: String
    ) throws(UsageError) {
        let options = ["images": DataCommand.imageOptions, "tables": DataCommand.tableOptions]
        for (other, options) in options.sorted(by: { $0.key < $1.key }) where other != kind {
            let given = options.first {
                invocation.flag($0.name) || invocation.string($0.name) != nil
            }
            guard let given else { continue }
            throw UsageError(
                "init: --\(given.name) is an option of \(other), and \(invocation.arguments[0]) holds "
                    + "other data; leave it out")
        }
    }

    /// A name for a run, from that of a file.
    private static func name(_ path: String) -> String {
        let file = path.split(separator: "/").last.map { String($0) } ?? "run"
        let base = file.split(separator: ".").first.map { String($0) } ?? "run"
        let letters = base.map {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) ? $0 : "-"
        }
        return letters.isEmpty ? "run" : String(letters.prefix(48))
    }

    static func share(_ invocation: CommandInvocation) throws -> Double {
        try DataCommand.split(invocation)?.share ?? 0.2
    }

    private static func table(
        _ path: String, _ name: String, _ file: String, _ invocation: CommandInvocation
    ) throws -> ConfigDraft {
        var options = try DataCommand.tableOptions(invocation)
        options.standardizes = true
        options.missing = options.missing ?? .median
        let look = try TableSet([path], options)
        guard let label = look.labels.first else {
            throw UsageError("init: a table needs a column to predict; name it with --label")
        }
        if label.kind == .integers { options.types[label.name] = .category }
        let set = label.kind == .integers ? try TableSet([path], options) : look
        let isOfClasses = set.label?.kind == .classes
        try checkRepeats(set, path)
        let share = try share(invocation)
        let tables = try TableImport(
            set, [DataSource(name: "train", path: path)],
            split: TableImport.Split(
                share: share,
                strata: isOfClasses
                    ? .labels : label.kind == .answers ? .answers(share: share) : .none,
                seed: UInt64(invocation.int("seed") ?? 42)))
        try checkVaries(tables, path)
        try HDF5Writer.create(file) { try tables.write(to: $0) }
        Terminal.print(tables.lines.joined(separator: "\n") + "\n")
        let classes = tables.encoding.label?.classes ?? []
        var draft = ConfigDraft(
            name: name, path: file, train: ("train/inputs", "train/targets"),
            validation: ("validation/inputs", "validation/targets"),
            inputShape: [tables.encoding.features.count], inputType: .float32,
            count: tables.parts[0].rows.count,
            task: isOfClasses
                ? .classes(count: classes.count, names: classes)
                : label.kind == .answers
                    ? .flags(count: set.labels.count) : .numbers(count: set.labels.count))
        if label.kind == .answers {
            let targets = try tables.parts.prefix(2).map {
                try tables.encoding.targets($0.table, rows: $0.rows)
            }
            if let train = targets[0] {
                let labels = tables.encoding.labels
                draft.rareLabel = RareLabel(
                    train, held: targets[1], names: labels.map(\.name), words: labels.map(\.classes)
                )
            }
        }
        guard isOfClasses else { return draft }
        let counts = try tables.parts.prefix(2).map { part in
            try tables.encoding.targets(part.table, rows: part.rows).map {
                RareClass.counts($0, classes: classes.count)
            } ?? []
        }
        draft.rare = RareClass(counts[0], held: counts[1], names: classes)
        if label.kind == .integers { draft.labelNote = countsNote(label.name, classes) }
        return draft
    }

    /// What to know of whole numbers that are taken for classes and may be a quantity: several of
    /// them with gaps, or many.
    private static func countsNote(_ name: String, _ classes: [String]) -> String? {
        let numbers = classes.compactMap { Int($0) }
        guard numbers.count > 2, let low = numbers.min(), let high = numbers.max(),
            numbers.count > 6 || Double(high) - Double(low) + 1 != Double(numbers.count)
        else { return nil }
        return "label      '\(name.escapedForDisplay(limit: 30))' holds \(numbers.count) whole "
            + "numbers from \(low) to \(high), taken for classes; \(ColumnOption.types(name, .number)) takes them "
            + "for a quantity"
    }

    /// Throws where hardly two rows have the same label: it tells rows apart.
    private static func checkRepeats(_ set: TableSet, _ path: String) throws {
        let numbers = set.labels.filter { !$0.kind.isOfWords && set.options.types[$0.name] == nil }
        if let label = numbers.first(where: { set.numbersRows($0.name) }) {
            let name = label.name.escapedForDisplay(limit: 30)
            throw DataError(
                path,
                "the label '\(name)' numbers the rows, as its name says, so there is nothing to learn "
                    + "of it; name another column with --label, or say that it is a quantity: "
                    + ColumnOption.types(label.name, .number))
        }
        guard let label = set.label, label.kind == .classes else { return }
        let rows = set.rows[0].count
        let different = Set(set.groups(of: [label.name], rows: set.rows[0])).count
        guard different == rows || different > 20 && different * 2 > rows else { return }
        throw DataError(
            path,
            "the label '\(label.name)' holds \(Format.grouped(different)) different words in "
                + "\(Format.count(rows, "row")), so it tells rows apart and can't be learned; name "
                + "another column with --label")
    }

    /// Throws where all rows have the same label: there is nothing to learn.
    private static func checkVaries(_ tables: TableImport, _ path: String) throws {
        guard
            let label = tables.encoding.labels.first(where: { label in
                label.kind.isOfWords ? label.classes.count < 2 : label.low == label.high
            })
        else { return }
        let value = label.classes.first ?? Format.cell(label.low)
        // Doubles don't tell all whole numbers apart from there on.
        let digits = abs(label.low) >= 0x1p53 ? " to 16 digits" : ""
        throw DataError(
            path,
            "the label '\(label.name)' is the same in all rows\(digits), "
                + "\(value.escapedForDisplay()), so there is nothing to learn; name another column "
                + "with --label")
    }

    /// The same of targets in a file.
    static func checkVaries(_ targets: NDArray, _ name: String) throws {
        let width = max(targets.shape.removing(at: 0).elementCount, 1)
        let values = targets.values(as: Double.self)
        let isOne = values.enumerated().allSatisfy { $1 == values[$0 % width] }
        guard isOne, let value = values.first else { return }
        throw DataError(
            name,
            "all targets are the same, \(Format.number(value)), so there is nothing to learn; name "
                + "other ones")
    }

    private static func arrays(
        _ invocation: CommandInvocation, _ name: String, _ file: String
    ) throws -> ConfigDraft {
        guard invocation.arguments.count > 1 else {
            throw UsageError("init: name the targets, too: fttrain init inputs.npy targets.npy")
        }
        let (path, other) = (invocation.arguments[0], invocation.arguments[1])
        let (inputs, targets) = (try NPY.read(path), try NPY.read(other))
        let whole = try Dataset(inputs: inputs, targets: targets, name: path)
        try checkSound(inputs, path)
        try checkSound(targets, other)
        try checkVaries(targets, other)
        let task = ConfigDraft.task(targets, names: [])
        var groups: [Int]?
        if case .classes = task { groups = targets.values(as: Int.self) }
        let parts = Partition.rows(
            whole.count, share: try share(invocation), groups: groups,
            seed: UInt64(invocation.int("seed") ?? 42))
        try HDF5Writer.create(file) { file in
            for (part, rows) in [("train", parts.first), ("validation", parts.second)] {
                guard !rows.isEmpty else {
                    throw DataError(path, "there are too few examples to split; add some")
                }
                let index = NDArray(rows.map { Int64($0) })
                try file.write("\(part)/inputs", inputs.gather(index), deflate: 1)
                try file.write("\(part)/targets", targets.gather(index))
                try file.write("\(part)/rows", index)
            }
        }
        return try datasets(file, name, share: 0.2)
    }
}
