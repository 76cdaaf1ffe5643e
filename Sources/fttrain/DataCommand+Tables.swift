import Datasets
import FTConfig
import FTJSON
import FTSupport
import Tensor
import Training

extension DataCommand {
    /// How tables are read.
    static func tableOptions(_ invocation: CommandInvocation) throws -> CSV.Options {
        let separator = invocation.string("separator") ?? ","
        guard let character = separator == "tab" ? "\t" : separator.first,
            separator == "tab"
                || separator.count == 1
        else {
            throw UsageError("--separator: expected one character or tab")
        }
        let (header, none) = (invocation.flag("header"), invocation.flag("no-header"))
        if header, none { throw UsageError("--header: can't be combined with --no-header") }
        return CSV.Options(
            hasHeader: header ? true : none ? false : nil,
            label: label(invocation.string("label") ?? "last"), separator: character,
            labelsAreWords: invocation.flag("words"))
    }

    private static func label(_ text: String) -> CSV.Label {
        switch text {
        case "first": .first
        case "last": .last
        case "none": .none
        default: Int(text).map { .index($0) } ?? .name(text)
        }
    }

    /// Writes the inputs and targets of tables: `train=train.csv` becomes `train/inputs` and
    /// `train/targets`. Words have the same numbers in all tables; the file keeps them.
    static func writeTables(
        _ sources: [DataSource], _ options: CSV.Options, to file: HDF5Writer
    ) throws {
        var labelled: [(name: String, labels: CSVLabels)] = []
        for source in sources {
            let table = try CSV.readLabels(source.path, options)
            try write("\(source.name)/inputs", table.inputs, to: file)
            if let labels = table.labels { labelled.append(("\(source.name)/targets", labels)) }
        }
        let (targets, classes) = try CSVLabels.targets(of: labelled.map(\.labels))
        for ((name, _), array) in zip(labelled, targets) {
            try write(name, array, to: file)
            if !classes.isEmpty { try ClassNames.write(classes, on: name, to: file) }
        }
    }

    private static func write(_ name: String, _ array: NDArray, to file: HDF5Writer) throws {
        try file.write(name, array, deflate: array.rank > 1 ? 1 : nil)
    }
}

/// The words that a dataset's targets are the numbers of, kept with it: a JSON array, in their
/// order.
enum ClassNames {
    private static let key = "classes"
    /// HDF5 holds no longer attributes.
    private static let longest = 60_000

    static func write(_ classes: [String], on name: String, to file: HDF5Writer) throws {
        let text = JSONValue.strings(classes).text()
        guard text.utf8.count <= longest else {
            return Terminal.warn(
                "fttrain: \(name): the names of its \(Format.grouped(classes.count)) classes are too "
                    + "long to keep with it; they are numbered in alphabetical order")
        }
        try file.setAttribute(key, text, on: name)
    }

    /// A remark for a listing, such as `classes 0 ant, 1 bee`; nil where none are kept.
    static func note(_ file: HDF5File, on name: String) -> String? {
        guard let text = file.attribute(key, on: name), let node = try? JSONNode(parsing: text),
            let classes = node.elements?.compactMap(\.string), !classes.isEmpty
        else { return nil }
        let shown = classes.prefix(12).enumerated().map { "\($0) \($1)" }.joined(separator: ", ")
        return "classes \(shown)" + (classes.count > 12 ? ", … of \(classes.count)" : "")
    }
}
