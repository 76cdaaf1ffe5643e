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
            CommandArgument("DATA", doc: "a table (.csv, .tsv, .jsonl), an HDF5 file or .npy"),
            CommandArgument("TARGETS", doc: "beside .npy: the targets, .npy too", isOptional: true),
        ],
        options: [
            .value("out", short: "o", "FILE", doc: "the config; NAME.json by default"),
            .value(
                "data", "FILE", doc: "the HDF5 file to make of a table; data/NAME.h5 by default"),
            .value("split", "SHARE", doc: "the share of the rows to keep for validation (0.2)"),
            .value("seed", "N", type: .int(min: 0), doc: "what the split is drawn from (42)"),
            .flag("force", doc: "replace files that are there"),
        ] + DataCommand.tableOptions.map { $0.only(["tables"]) }, takesOverrides: true)

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let path = invocation.arguments[0]
        try checkKind(path)
        let name = self.name(path)
        let out = invocation.string("out") ?? "\(name).json"
        let file = invocation.string("data") ?? "data/\(name).h5"
        try DataCommand.checkFree(out, invocation, reading: invocation.arguments[...])
        // Data take the place of others when the config is known to be right.
        let aside = "\(file).init-\(getpid())"
        let makesData = PredictionSource.isTable(path) || path.hasSuffix(".npy")
        defer { if makesData { unlink(aside) } }
        var draft: ConfigDraft
        if makesData {
            try DataCommand.checkFree(file, invocation, reading: invocation.arguments[...])
            draft =
                path.hasSuffix(".npy")
                ? try arrays(invocation, name, aside) : try table(path, name, aside, invocation)
            draft.path = file
        } else {
            draft = try datasets(path, name)
        }
        let config = try RunSchema.schema.setting(
            invocation.overrides, in: draft.json, file: out)
        _ = try RunConfig(text: config.text(), file: out)
        if makesData {
            guard rename(aside, file) == 0 else {
                throw DataError(file, "can't be written: \(String(cString: strerror(errno)))")
            }
            Terminal.print("wrote      \(file)")
        }
        try FileWriting.replace(out, with: config.text(.pretty) + "\n")
        let set = invocation.overrides.joined(separator: " ")
        Terminal.print(
            (draft.reasons + (set.isEmpty ? [] : ["set        \(set), whatever stands above"]) + [
                "", "wrote      \(out)", "next       fttrain \(out.shellWord)",
            ]).joined(separator: "\n"))
        return .success
    }

    /// Throws where there is no file, or it is a folder, which another command reads.
    private static func checkKind(_ path: String) throws {
        guard Folder.exists(path) else { return }
        let name = name(path)
        let remedy =
            "fttrain data images data/\(name).h5 \(path.shellWord) --split 0.2, and then: fttrain init "
            + "data/\(name).h5"
        let count: Int
        do {
            count = try ImageFolder(path).classes.count
        } catch {
            throw UsageError(
                "init: \(path) is a folder, and no dataset can be made of it: \(error); name a "
                    + "table, an HDF5 file or .npy, or mend the folder and make one: \(remedy)")
        }
        throw UsageError(
            "init: \(path) is a folder of images in \(Format.count(count, "folder")); make a "
                + "dataset of them: \(remedy)")
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

    private static func share(_ invocation: CommandInvocation) throws -> Double {
        try DataCommand.split(invocation)?.share ?? 0.2
    }

    /// A table; where it can't be read and may be a text, the error says so.
    private static func read(
        _ path: String, _ name: String, _ options: TableOptions
    ) throws -> TableSet {
        do {
            return try TableSet([path], options)
        } catch let error as DataError where path.hasSuffix(".txt") {
            throw RunError(
                .data,
                "\(error); if it is a text and no table: fttrain data text data/\(name).h5 "
                    + path.shellWord)
        }
    }

    private static func table(
        _ path: String, _ name: String, _ file: String, _ invocation: CommandInvocation
    ) throws -> ConfigDraft {
        var options = try DataCommand.tableOptions(invocation)
        options.standardizes = true
        options.missing = options.missing ?? .median
        let look = try read(path, name, options)
        guard let label = look.label else {
            throw UsageError("init: a table needs a column to predict; name it with --label")
        }
        if label.kind == .integers { options.types[label.name] = .category }
        let set = label.kind == .integers ? try TableSet([path], options) : look
        let isOfClasses = set.label?.kind == .classes
        try checkRepeats(set, path)
        let tables = try TableImport(
            set, [DataSource(name: "train", path: path)],
            split: TableImport.Split(
                share: share(invocation), isStratified: isOfClasses,
                seed: UInt64(invocation.int("seed") ?? 42)))
        try checkVaries(tables, path)
        try HDF5Writer.create(file) { try tables.write(to: $0) }
        Terminal.print(tables.lines.joined(separator: "\n") + "\n")
        let classes = tables.encoding.label?.classes ?? []
        return ConfigDraft(
            name: name, path: file, train: ("train/inputs", "train/targets"),
            validation: ("validation/inputs", "validation/targets"),
            inputShape: [tables.encoding.features.count], inputType: .float32,
            count: tables.parts[0].rows.count,
            task: isOfClasses
                ? .classes(count: classes.count, names: classes) : .numbers(count: 1))
    }

    /// Throws where hardly two rows have the same label: it tells rows apart.
    private static func checkRepeats(_ set: TableSet, _ path: String) throws {
        guard let label = set.label, label.kind == .classes else { return }
        let rows = set.rows[0].count
        let different = Set(set.groups(of: label.name, rows: set.rows[0])).count
        guard different == rows || different > 20 && different * 2 > rows else { return }
        throw DataError(
            path,
            "the label '\(label.name)' holds \(Format.grouped(different)) different words in "
                + "\(Format.count(rows, "row")), so it tells rows apart and can't be learned; name "
                + "another column with --label")
    }

    /// Throws where all rows have the same label: there is nothing to learn.
    private static func checkVaries(_ tables: TableImport, _ path: String) throws {
        guard let label = tables.encoding.label else { return }
        guard label.kind == .classes ? label.classes.count < 2 : label.low == label.high else {
            return
        }
        let value = label.classes.first ?? Format.number(label.low)
        // Doubles don't tell all whole numbers apart from there on.
        let digits = abs(label.low) >= 0x1p53 ? " to 16 digits" : ""
        throw DataError(
            path,
            "the label '\(label.name)' is the same in all rows\(digits), "
                + "\(value.escapedForDisplay()), so there is nothing to learn; name another column "
                + "with --label")
    }

    /// The same of targets in a file.
    private static func checkVaries(_ targets: NDArray, _ name: String) throws {
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
                try file.write("\(part)/lines", index)
            }
        }
        return try datasets(file, name)
    }

    /// The names that datasets of inputs and of targets have.
    private static let names: [(inputs: String, targets: String)] = [
        ("images", "labels"), ("inputs", "targets"), ("x", "y"), ("X", "y"), ("data", "target"),
        ("data", "labels"), ("features", "labels"), ("features", "targets"), ("inputs", "labels"),
    ]

    private static func datasets(_ path: String, _ name: String) throws -> ConfigDraft {
        let file = try HDF5File(path)
        let all = Set(try file.entries().map(\.path))
        func find(_ folder: String) -> (inputs: String, targets: String)? {
            names.map { (inputs: "\(folder)/\($0.inputs)", targets: "\(folder)/\($0.targets)") }
                .first { all.contains($0.inputs) && all.contains($0.targets) }
        }
        let held = ["validation", "val", "valid", "test"].lazy.compactMap(find).first
        guard let train = find("train"), let held else {
            throw DataError(
                path,
                "init looks for datasets such as train/inputs and train/targets, test/inputs and "
                    + "test/targets; it holds " + all.sorted().prefix(8).joined(separator: ", "))
        }
        let inputs = try HDF5Dataset(file, train.inputs)
        let targets = try HDF5Dataset(file, train.targets).read()
        try checkVaries(targets, "\(path): '\(train.targets)'")
        let classes = Preprocessing.classes(file, on: train.targets)
        let sample = try inputs.read(rows: 0..<min(inputs.count, 20_000))
        return ConfigDraft(
            name: name, path: path, train: train, validation: held,
            inputShape: Array(inputs.rowShape), inputType: inputs.dtype, count: inputs.count,
            task: ConfigDraft.task(targets, names: classes),
            scaling: ConfigDraft.scaling(sample))
    }
}
