import Datasets
import FTSupport

extension TableImport {
    /// Columns that teach nothing, or other things than it seems: a line of each sort.
    var remarks: [String] {
        let inputs = encoding.columns.filter { !$0.features.isEmpty }
        let constant = inputs.filter(isConstant).map(\.name)
        let guessed = inputs.filter { $0.kind == .number && set.options.types[$0.name] == nil }
            .map(\.name).filter { !constant.contains($0) }
        let times = Dictionary(grouping: guessed) { set.unitSince1970($0) ?? "" }
        let accounts = (times[""] ?? []).filter { set.mayBeAccounts($0) }
        let lines =
            [
                remark(constant, "the same in all rows, so nothing is learned from it", .skip),
                remark(
                    accounts,
                    "another whole number of ten digits or more in each row, as of accounts",
                    .id),
            ].compactMap(\.self)
            + ["seconds", "milliseconds", "microseconds"].compactMap { unit in
                remark(
                    times[unit] ?? [],
                    "may be \(unit) since 1970; if so, write 2026-01-31 12:30, or leave it out",
                    .skip)
            }
        let told = labelRemarks.map { "remark  \($0)" } + words.map { "remark  \($0)" }
        return (lines + told).isEmpty
            ? [] : [""] + (lines + told).flatMap { $0.wrapped(indent: 8) }
    }

    /// Labels that are numbers and may be something that can't be learned.
    private var labelRemarks: [String] {
        encoding.labels.filter { !$0.kind.isOfWords && set.options.types[$0.name] == nil }
            .compactMap { label in
                let what: String
                if let unit = set.unitSince1970(label.name) {
                    what = "may be \(unit) since 1970"
                } else if set.mayBeDays(label.name) {
                    what = "may be days such as 20260131, and is read as numbers"
                } else if set.mayBeAccounts(label.name) {
                    what = "another whole number of ten digits or more in each row, as of accounts"
                } else {
                    return nil
                }
                return "the label '\(label.name.escapedForDisplay(limit: 30))': \(what); if so, "
                    + "name another column with --label"
            }
    }

    /// Words that nothing is learned of, or that are hardly two, a sentence each.
    var words: [String] {
        unlearned + unknown + lookAlikes
    }

    /// Whole numbers of more different values may be counts, of which any may be new.
    private static let mostNumbers = 20

    /// Classes of which no row is there to train on.
    private var unlearned: [String] {
        encoding.labels.filter { $0.kind != .numbers }.flatMap { label in
            let known = Set(texts(label.name, parts[0]))
            guard label.kind.isOfWords || known.count <= TableImport.mostNumbers else {
                return [String]()
            }
            return parts.dropFirst().compactMap { part in
                let found = texts(label.name, part).filter { !known.contains($0) }
                guard !found.isEmpty else { return nil }
                return "the label '\(label.name.escapedForDisplay(limit: 30))': "
                    + "\(Format.count(found.count, "row")) of \(part.name) "
                    + "\(found.count == 1 ? "holds" : "hold") \(listed(found)), of which no row of "
                    + "\(parts[0].name) is, so no model learns \(found.count == 1 ? "it" : "such")"
            }
        }
    }

    private func texts(_ name: String, _ part: Part) -> [String] {
        part.table.texts(name, part.rows)
    }

    private func listed(_ words: [String]) -> String {
        let different = Set(words).sorted()
        return different.prefix(3).map { "'\($0.escapedForDisplay(limit: 30))'" }
            .joined(separator: ", ") + (different.count > 3 ? ", …" : "")
    }

    /// Words of inputs that the training rows hadn't.
    private var unknown: [String] {
        parts.dropFirst().flatMap { part in
            encoding.unknownWords(part.table, rows: part.rows).map { name, count, words in
                "column '\(name.escapedForDisplay(limit: 30))' holds words in "
                    + "\(Format.count(count, "cell")) of \(part.name) that \(parts[0].name) hasn't "
                    + "(\(encoding.described(words, of: name))); they count as none of its words"
            }
        }
    }

    private var lookAlikes: [String] {
        encoding.columns.filter { $0.kind == .category }.compactMap {
            LookAlikes.remark(on: $0.name, $0.categories)
        } + encoding.labels.compactMap { LookAlikes.remark(on: $0.name, $0.classes) }
    }

    /// Whether the training rows all hold the same.
    private func isConstant(_ column: ColumnEncoding) -> Bool {
        switch column.kind {
        case .number, .date: column.low == column.high
        case .category: column.categories.count == 1
        case .boolean: set.counts(of: column.name).count == 1
        case .id, .skip: false
        }
    }

    private func remark(_ names: [String], _ words: String, _ kind: ColumnKind) -> String? {
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(6).map { "'\($0.escapedForDisplay(limit: 30))'" }
        let more = names.count > 6 ? " and \(names.count - 6) more" : ""
        let types = ColumnOption.types(Array(names.prefix(6)), kind)
        return "remark  \(shown.joined(separator: ", "))\(more): \(words) "
            + "(\(types)\(names.count > 6 ? " for those named" : ""))"
    }
}
