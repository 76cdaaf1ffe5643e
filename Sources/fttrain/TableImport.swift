import Datasets
import FTConfig
import FTJSON
import FTSupport
import Tensor
import Training

/// Tables that become datasets of an HDF5 file, understood and encoded together.
struct TableImport {
    /// Rows of a table under a name: `train/inputs`, `train/targets` and `train/lines`.
    struct Part {
        let name: String
        let table: Table
        let rows: [Int]
    }

    /// A share of the rows that is kept for validation.
    struct Split {
        let share: Double
        let strata: Strata
        let seed: UInt64
    }

    let set: TableSet
    let parts: [Part]
    let encoding: TableEncoding
    /// How many cells of a column hold numbers so small that they become 0.
    private let vanishing: [String: Int]

    /// The name of the part that a split makes.
    static let held = "validation"
    /// HDF5 holds no longer attributes.
    private static let longest = 60_000

    /// Reads tables, the first of which is the one to train on.
    init(_ sources: [DataSource], _ options: TableOptions, split: Split? = nil) throws {
        try self.init(TableSet(sources.map(\.path), options), sources, split: split)
    }

    /// Takes tables that were read.
    init(_ set: TableSet, _ sources: [DataSource], split: Split?) throws {
        self.set = set
        var parts = zip(sources, zip(set.tables, set.rows)).map { source, table in
            Part(name: source.name, table: table.0, rows: table.1)
        }
        if let split { parts = try TableImport.split(parts, split, set) }
        self.parts = parts
        let encoding = try TableEncoding(fitting: set, rows: parts[0].rows)
        self.encoding = encoding
        vanishing = Dictionary(
            set.tables.flatMap { encoding.vanishing($0).map { ($0.column, $0.count) } },
            uniquingKeysWith: +)
    }

    private static func split(_ parts: [Part], _ split: Split, _ set: TableSet) throws -> [Part] {
        let whole = parts[0]
        guard !parts.contains(where: { $0.name == held }) else {
            throw UsageError(
                "--split: there is a table called \(held) already; leave one of them out")
        }
        let groups = try split.strata.names(set).map { set.groups(of: $0, rows: whole.rows) }
        let (first, second) = Partition.rows(
            whole.rows.count, share: split.share, groups: groups, seed: split.seed)
        guard !first.isEmpty, !second.isEmpty else {
            throw DataError(
                whole.table.path,
                "\(Format.count(whole.rows.count, "row")) can't be split with a share of "
                    + "\(split.share); use another share")
        }
        func part(_ name: String, _ rows: [Int]) -> Part {
            Part(name: name, table: whole.table, rows: rows.map { whole.rows[$0] })
        }
        return [part(whole.name, first), part(held, second)] + parts.dropFirst()
    }

    /// Writes all parts and the encoding, which `predict` applies again.
    func write(to file: HDF5Writer) throws {
        for part in parts {
            let inputs = try encoding.encode(part.table, rows: part.rows, remedy: .ofSource)
            try file.write("\(part.name)/inputs", inputs, deflate: 1)
            let lines = part.rows.map { Int64(part.table.lines[$0]) }
            try file.write("\(part.name)/lines", NDArray(lines), deflate: 1)
            try encoding.writeIDs(part.table, rows: part.rows, to: file, part.name)
            guard
                let targets = try encoding.targets(part.table, rows: part.rows, remedy: .ofSource)
            else { continue }
            try file.write("\(part.name)/targets", targets)
            let areAnswers = encoding.labels.count > 1 && encoding.labels[0].kind == .answers
            let classes =
                areAnswers ? encoding.labels.map(\.name) : encoding.label?.classes ?? []
            if !classes.isEmpty {
                try ClassNames.write(classes, on: "\(part.name)/targets", to: file)
            }
        }
        let text = encoding.json.text()
        guard text.utf8.count <= TableImport.longest else {
            return Terminal.warn(
                "fttrain: the words of the columns are too many to keep with the data, so predict "
                    + "can't read such tables; leave columns out with --types COLUMN=skip")
        }
        try file.setAttribute(TableEncoding.key, text)
    }

    /// What each column was taken for.
    var lines: [String] {
        var table = TextTable([
            .text("column"), .text("taken for"), .number("inputs"), .text("what it holds"),
        ])
        for column in encoding.columns {
            let count = column.features.count
            table.append([
                column.name, column.kind.rawValue, count > 0 ? "\(count)" : "", describe(column),
            ])
        }
        for label in encoding.labels {
            table.append([label.name, "label", "", describe(label)])
        }
        let first = set.tables[0]
        let header = first.hasHeader ? "names in the first row" : "no names in the first row"
        let form = first.separator.map { $0 == "\t" ? "tabs, \(header)" : "'\($0)', \(header)" }
        let counts = parts.map { "\($0.name) \(Format.grouped($0.rows.count))" }
        let head =
            "table   \(first.path)   \(form ?? "JSON lines")   rows: \(counts.joined(separator: ", "))"
        return ([head] + dropped).flatMap { $0.wrapped(indent: 8) } + [""]
            + table.lines(folding: 3) + remarks
    }

    /// What is lost, a sentence each, where nobody sees `lines`.
    var notes: [String] {
        vanishing.sorted { $0.key < $1.key }.map { name, count in
            "column '\(name)': \(Format.count(count, "cell")) \(TableEncoding.tooSmall) become 0"
        } + (unlabeled.map { [$0] } ?? []) + words
    }

    /// How many rows are left out for want of a label; nil for none.
    private var unlabeled: String? {
        let names = set.labels.map { "'\($0.name.escapedForDisplay(limit: 30))'" }
        guard !names.isEmpty, set.unlabeledCount > 0 else { return nil }
        let which =
            names.count == 1
            ? "without a label, which is \(names[0])"
            : "that lack a label, which are \(names.joined(separator: ", "))"
        return "dropped \(Format.count(set.unlabeledCount, "row")) \(which)"
    }

    private var dropped: [String] {
        let all = set.tables.reduce(0) { $0 + $1.count }
        let used = set.rows.reduce(0) { $0 + $1.count }
        let lacking = all - used - set.unlabeledCount
        return (unlabeled.map { [$0] } ?? [])
            + (lacking > 0 ? ["dropped \(Format.count(lacking, "row")) that lack a value"] : [])
    }

    private func describe(_ column: ColumnEncoding) -> String {
        var parts: [String] = []
        switch column.kind {
        case .number:
            parts.append("\(Format.cell(column.low)) to \(Format.cell(column.high))")
            if column.deviation != 1 { parts.append("mean \(Format.short(column.mean)) → 0") }
            parts += remarks(column.name, column.form)
            parts += [set.note(of: column.name, column.form)].compactMap(\.self)
            if set.counts(rowsBy: column.name) {
                let option = ColumnOption.types(column.name, .id)
                parts.append("counts the rows (\(option) learns nothing from it)")
            }
            if set.mayBeDays(column.name) {
                parts.append("read as numbers; if they are days, write them as 2026-01-31")
            }
        case .date:
            parts.append(
                "\(column.range); days, their place in the year"
                    + (column.hasTimes ? " and the time of day" : ""))
            if let order = column.order { parts.append(order.words) }
        case .boolean: parts.append("yes 1, no 0")
        case .category:
            let shown = column.categories.prefix(6).map { word in
                let short = word.shortened(to: 30)
                return word.contains(",") ? "'\(short)'" : short
            }.joined(separator: ", ")
            let more = column.categories.count - 6
            parts.append(shown + (more > 0 ? ", … \(more) more" : ""))
            parts += [set.note(of: column.name, column.form)].compactMap(\.self)
        case .id:
            parts.append("tells rows apart: carried along, not learned from")
            if set.counts(rowsBy: column.name), set.options.types[column.name] == nil {
                parts.append("\(ColumnOption.types(column.name, .number)) learns from it")
            }
        case .skip: parts.append("left out")
        }
        let missing = set.missingCount(of: column.name)
        if missing > 0, !column.features.isEmpty, set.options.missing != .drop {
            parts.append("\(Format.grouped(missing)) missing" + filled(column))
        }
        return parts.joined(separator: "; ")
    }

    /// How numbers are read that are written in another way than programs do, and what is lost.
    private func remarks(_ name: String, _ form: NumberForm?) -> [String] {
        let notes = [form?.note ?? ""].filter { !$0.isEmpty }
        return notes
            + (vanishing[name].map { count in
                ["\(Format.count(count, "cell")) \(TableEncoding.tooSmall) → 0"]
            } ?? [])
    }

    private func filled(_ column: ColumnEncoding) -> String {
        guard let fill = column.fill else { return "" }
        let place = Int(fill)
        if column.kind == .category, column.categories.indices.contains(place) {
            return " → \(column.categories[place].shortened(to: 30))"
        }
        return " → \(Format.short(fill))"
    }

    private func describe(_ label: LabelEncoding) -> String {
        let note = [set.note(of: label.name, label.form)].compactMap(\.self)
        let range = "\(Format.cell(label.low)) to \(Format.cell(label.high))"
        switch label.kind {
        case .classes, .answers:
            let names = label.classes.prefix(8).enumerated().map {
                "\($0) \($1.shortened(to: 30))"
            }
            let more = label.classes.count - 8
            let all = "classes " + names.joined(separator: ", ")
            return ([all + (more > 0 ? ", … \(more) more" : "")] + note).joined(separator: "; ")
        case .integers:
            return (["whole numbers \(range)"] + remarks(label.name, label.form) + note)
                .joined(separator: "; ")
        case .numbers:
            // From there on float32 doesn't hold all whole numbers.
            let isLong = max(abs(label.low), abs(label.high)) > 0x1p24
            let scaling =
                label.deviation == 1
                ? isLong ? "; kept to 7 digits (--standardize keeps more)" : ""
                : "; mean \(Format.short(label.mean)) → 0"
            return ([range + scaling] + remarks(label.name, label.form) + note)
                .joined(separator: "; ")
        }
    }
}
