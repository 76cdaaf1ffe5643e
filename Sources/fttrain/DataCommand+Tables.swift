import Datasets
import FTConfig
import FTJSON
import FTSupport
import Tensor
import Training

extension DataCommand {
    /// Options of commands that read tables.
    static let tableOptions: [CommandOption] = [
        .value(
            "label", "COLUMN", type: .string(suggesting: ["first", "last", "none"]),
            doc: "first, last, none, a number from 0, or names, as in price,rent (last)"),
        .value("separator", "CHARACTER", doc: "between columns; seen by the first line"),
        .value(
            "decimal", "MARK", type: .string(oneOf: ["point", "comma"]),
            doc: "what stands before decimals; seen by the cells of each column"),
        .value(
            "date", "ORDER", type: .string(oneOf: DateOrder.allCases.map(\.rawValue)),
            doc: "what stands first in dates such as 7/10/2008; seen by the cells of each column"),
        .value(
            "header", "ANSWER", type: .string(oneOf: ["yes", "no"]),
            doc: "whether the first row names the columns (yes if it has no number)"),
        .flag("words", doc: "labels are names, also those that look like numbers"),
        .value(
            "types", "LIST",
            doc: "what columns hold, as in zip=category,name=skip; number, boolean, "
                + "category, date, id or skip"),
        .value("columns", "LIST", doc: "the only columns to learn from, as in age,city"),
        .value(
            "missing", "RULE",
            type: .string(suggesting: ["median", "mean", "most-frequent", "drop"]),
            doc: "what stands for a cell without a value: median, mean, most-frequent, a "
                + "value, or drop to leave the row out"),
        .value("null", "LIST", doc: "further texts that mean no value, as in -,unknown"),
        .flag("standardize", doc: "numbers get mean 0 and deviation 1"),
    ]

    /// How tables are read.
    static func tableOptions(_ invocation: CommandInvocation) throws -> TableOptions {
        var options = TableOptions()
        if let separator = invocation.string("separator") {
            guard separator == "tab" || separator.count == 1 else {
                throw UsageError("--separator: expected one character or tab")
            }
            options.separator = separator == "tab" ? "\t" : separator.first
        }
        options.hasHeader = invocation.string("header").map { $0 == "yes" }
        options.decimal = decimal(invocation)
        options.dates = invocation.string("date").flatMap(DateOrder.init)
        options.label = label(invocation.string("label") ?? "last")
        options.labelsAreWords = invocation.flag("words")
        options.types = try types(invocation.string("types") ?? "")
        options.columns = try invocation.string("columns").map { try list($0, "columns") }
        options.missing = invocation.string("missing").map { MissingRule($0) }
        options.nulls = try list(invocation.string("null") ?? "", "null")
        options.standardizes = invocation.flag("standardize")
        return options
    }

    /// What an option says of decimals.
    static func decimal(_ invocation: CommandInvocation) -> DecimalMark? {
        invocation.string("decimal").flatMap(DecimalMark.init)
    }

    /// The same for new data, which must be a table.
    static func decimal(
        _ invocation: CommandInvocation, of data: String?
    ) throws(UsageError) -> DecimalMark? {
        let mark = decimal(invocation)
        guard mark != nil, let data, !DataKind(data).isOfRows else { return mark }
        throw UsageError("--decimal: says how a table is read, and \(data) is none; leave it out")
    }

    /// What stands before decimals in a table that a model is asked about.
    static let newDecimal = CommandOption.value(
        "decimal", "MARK", type: .string(oneOf: ["point", "comma"]),
        doc: "of a table: what stands before decimals, if not what did in the training table")

    /// The items of an option's list: one with a comma stands in quotes.
    private static func list(_ text: String, _ option: String) throws(UsageError) -> [String] {
        guard let items = QuotedList.read(text) else {
            throw UsageError(
                "--\(option) \(text): a quote isn't closed; a name with a comma stands in two, as in "
                    + "'\"a,b\",c'")
        }
        return items.map(\.text)
    }

    private static func types(_ text: String) throws(UsageError) -> [String: ColumnKind] {
        var types: [String: ColumnKind] = [:]
        for item in try list(text, "types") {
            let mark = item.lastIndex(of: "=") ?? item.endIndex
            guard mark != item.endIndex,
                let kind = ColumnKind(rawValue: String(item[mark...].dropFirst()))
            else {
                let kinds = ColumnKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError(
                    "--types: expected COLUMN=KIND, found '\(item)'; kinds are \(kinds)")
            }
            let name = String(item[..<mark])
            if let earlier = types[name] {
                throw UsageError(
                    "--types: '\(name)' is given twice: \(earlier.rawValue) and \(kind.rawValue); "
                        + "leave one out")
            }
            types[name] = kind
        }
        return types
    }

    private static func label(_ text: String) -> CSV.Label {
        switch text {
        case "first": .first
        case "last": .last
        case "none": .none
        default: Int(text).map { .index($0) } ?? .name(text)
        }
    }

    /// The share of rows that options keep for validation.
    static func split(_ invocation: CommandInvocation) throws(UsageError) -> TableImport.Split? {
        guard let share = invocation.string("split").map({ Double($0) ?? -1 }) else {
            if invocation.flag("stratify") {
                throw UsageError("--stratify: says how to split; give --split 0.2, too")
            }
            return nil
        }
        guard share > 0, share < 1 else {
            throw UsageError("--split: expected a share between 0 and 1, such as 0.2")
        }
        return TableImport.Split(
            share: share, strata: invocation.flag("stratify") ? .labels : .none,
            seed: UInt64(invocation.int("seed") ?? 42))
    }

    /// Makes datasets of tables: `train=train.csv` becomes `train/inputs`, `train/targets` and
    /// `train/lines`. Encodings are fitted on the first; the file keeps them.
    static func tables(_ sources: [DataSource], _ path: String, _ invocation: CommandInvocation)
        throws -> ExitStatus
    {
        let tables = try TableImport(
            sources, tableOptions(invocation), split: split(invocation))
        try HDF5Writer.create(path, replaces: invocation.flag("force")) { try tables.write(to: $0) }
        let isJSON = invocation.flag("json")
        if isJSON { for note in tables.notes { Terminal.warn("fttrain: \(note)") } }
        if !isJSON { Terminal.print(tables.lines.joined(separator: "\n") + "\n") }
        let status = try info(path, invocation)
        guard !isJSON else { return status }
        // The defaults of a config are the names that images have.
        func datasets(_ name: String) -> String {
            "{\"inputs\": \"\(name)/inputs\", \"targets\": \"\(name)/targets\"}"
        }
        let held = tables.parts.dropFirst().first.map { ", \"validation\": \(datasets($0.name))" }
        let line =
            "in a config   \"data\": {\"path\": \(JSONValue.string(path).text()), \"train\": "
            + "\(datasets(sources[0].name))\(held ?? "")}"
        Terminal.print(([""] + line.wrapped(indent: 14)).joined(separator: "\n"))
        return status
    }
}

/// The words that a dataset's targets are the numbers of, kept with it: a JSON array, in their
/// order.
enum ClassNames {
    /// HDF5 holds no longer attributes.
    private static let longest = 60_000

    static func write(_ classes: [String], on name: String, to file: HDF5Writer) throws {
        let text = JSONValue.strings(classes).text()
        guard text.utf8.count <= longest else {
            return Terminal.warn(
                "fttrain: \(name): the names of its \(Format.grouped(classes.count)) classes are too "
                    + "long to keep with it; they are numbered in alphabetical order")
        }
        try file.setAttribute(Preprocessing.classesKey, text, on: name)
    }

    /// A remark for a listing, such as `classes 0 ant, 1 bee`; nil where none are kept.
    static func note(_ file: HDF5File, on name: String) -> String? {
        let classes = Preprocessing.classes(file, on: name)
        guard !classes.isEmpty else { return nil }
        let shown = classes.prefix(12).enumerated().map { "\($0) \($1)" }.joined(separator: ", ")
        return "classes \(shown)" + (classes.count > 12 ? ", … of \(classes.count)" : "")
    }
}
