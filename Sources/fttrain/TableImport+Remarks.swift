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
                remark(constant, "the same in all rows, so nothing is learned from it", "skip"),
                remark(
                    accounts,
                    "another whole number of ten digits or more in each row, as of accounts",
                    "id"),
            ].compactMap(\.self)
            + ["seconds", "milliseconds", "microseconds"].compactMap { unit in
                remark(
                    times[unit] ?? [],
                    "may be \(unit) since 1970; if so, write 2026-01-31 12:30, or leave it out",
                    "skip")
            }
        return lines.isEmpty ? [] : [""] + lines.flatMap { $0.wrapped(indent: 8) }
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

    private func remark(_ names: [String], _ words: String, _ kind: String) -> String? {
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(6).map { "'\($0.escapedForDisplay(limit: 30))'" }
        let more = names.count > 6 ? " and \(names.count - 6) more" : ""
        let types = names.prefix(6).map { "\($0)=\(kind)" } + (names.count > 6 ? ["…"] : [])
        return "remark  \(shown.joined(separator: ", "))\(more): \(words) "
            + "(--types \(types.joined(separator: ",")))"
    }
}
