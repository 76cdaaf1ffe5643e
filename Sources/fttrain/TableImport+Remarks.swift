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
            ].compactMap(\.self) + wordy
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
        unlearned + unknown + lookAlikes + trimmed
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
        func remark(_ name: String, _ known: [String]) -> String? {
            let known = Set(known)
            return LookAlikes.remark(on: name, set.words(of: name).filter(known.contains))
        }
        return encoding.columns.filter { $0.kind == .category }.compactMap {
            remark($0.name, $0.categories)
        } + encoding.labels.compactMap { remark($0.name, $0.classes) }
    }

    /// Cells in quotes whose spaces at the ends don't count.
    private var trimmed: [String] {
        let found = set.trimmed.filter { one in
            !encoding.columns.contains { $0.name == one.column && $0.kind == .skip }
        }
        guard !found.isEmpty else { return [] }
        let names = found.prefix(3).map { "'\($0.column.escapedForDisplay(limit: 30))'" }
        let more = found.count > 3 ? " and \(found.count - 3) more" : ""
        let count = found.reduce(0) { $0 + $1.count }
        return [
            "\(names.joined(separator: ", "))\(more): \(Format.count(count, "cell")) "
                + "\(count == 1 ? "has" : "have") spaces at the ends, which are left out"
        ]
    }

    /// Fewer different words than this are no reason to look again.
    private static let fewWords = 30

    /// Columns of words that tell rows apart, and those of which hardly any stands often enough to be
    /// learned.
    private var wordy: [String] {
        let guessed = encoding.columns.filter { set.options.types[$0.name] == nil }
        let rows = set.rows[0].count
        let apart = guessed.filter { $0.kind == .id && !set.holdsNumbers($0.name) }.map(\.name)
        // More can't be learned from, whatever is said of them.
        let many = apart.filter { set.words(of: $0).count > TableSet.mostCategories }
        let rare = guessed.filter { column in
            column.kind == .category && column.categories.count > TableImport.fewWords
                && column.categories.count * 5 > rows
        }.map(\.name)
        return [
            remark(
                apart.filter { !many.contains($0) },
                "another word in most rows, so carried along and not learned from; to learn from it "
                    + "all the same", .category),
            remark(
                many,
                "more than \(Format.grouped(TableSet.mostCategories)) different words, so carried along "
                    + "and not learned from; to leave it out", .skip),
            remark(
                rare,
                "so many different words that most stand in less than five rows, and little is "
                    + "learned of those; to leave it out", .skip),
        ].compactMap(\.self)
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
