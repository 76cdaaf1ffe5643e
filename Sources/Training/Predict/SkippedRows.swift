import Datasets
package import FTJSON
import FTSupport

/// Examples that can't be used and were left out.
package final class SkippedRows {
    /// One of them.
    package struct Row {
        /// Its place among all examples.
        let place: Int
        /// What tells it apart: the value of each column of names.
        let names: [(column: String, id: String)]
        /// What is wrong with it.
        let problem: String
        /// The same as lines below a heading.
        let lines: [String]
    }

    /// All of them, in their order.
    package private(set) var rows: [Row] = []
    /// How many there are.
    package var count: Int { rows.count }
    private let report: (String) -> Void

    /// - Parameter report: is given what is told of them together, of one line or several.
    package init(report: @escaping (String) -> Void) { self.report = report }

    func add(_ error: DataError, _ place: Int, _ names: ExampleNames) {
        let named = zip(names.columns, names.of(place)).map { (column: $0, id: $1) }
        let cells = error.lines.isEmpty ? ["  \(error.description)"] : error.lines.map(\.onOneLine)
        rows.append(
            Row(place: place, names: named, problem: error.description, lines: cells))
    }

    /// Reports how many of so many were left out and that the others are used, and then each with
    /// what is wrong; nothing where there are none.
    func tell(_ path: String, of count: Int) {
        guard let sentence = sentence(path, of: count) else { return }
        let rest = count - self.count
        let used =
            rest == 0
            ? ""
            : rest == 1 ? ", the other one is used" : ", the other \(Format.grouped(rest)) are used"
        report((["\(sentence)\(used):"] + lines).joined(separator: "\n"))
    }

    /// What is wrong with each; what is wrong with a folder stands there once, with how many
    /// examples it is said of.
    private var lines: [String] {
        var counts: [[String]: Int] = [:]
        for row in rows { counts[row.lines, default: 0] += 1 }
        var told: Set<[String]> = []
        return rows.flatMap { row -> [String] in
            guard let count = counts[row.lines], count > 1 else { return row.lines }
            guard told.insert(row.lines).inserted else { return [] }
            let number = " (\(Format.count(count, "example")))"
            return row.lines.dropLast() + [(row.lines.last ?? "") + number]
        }
    }

    /// How many of so many there are, in words; nil for none.
    package func sentence(_ path: String, of count: Int) -> String? {
        guard self.count > 0 else { return nil }
        return "\(path): \(Format.grouped(self.count)) of "
            + "\(Format.count(count, "example")) left out"
    }

    /// Each for programs: which it is, and why.
    package var json: JSONValue {
        .array(
            rows.map { row in
                [
                    "example": .string(row.names.map(\.id).joined(separator: " ")),
                    "message": .string(row.problem),
                ]
            })
    }
}

extension SkippedRows.Row {
    /// In place of its prediction.
    var json: JSONObject {
        var object = JSONObject()
        for (column, id) in names { object[column] = PredictionTable.id(id) }
        object["error"] = .string(problem)
        return object
    }
}
