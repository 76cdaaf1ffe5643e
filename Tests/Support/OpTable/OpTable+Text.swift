import FTSupport
import Tensor

extension OpTable {
    /// The table as Markdown, a line for each operation: what the tests check of it.
    ///
    /// - `backward`: `exact`, `zero` where the derivative is zero almost everywhere, or why there
    ///   is none; it is compared with central differences.
    /// - `tangent`: whether forward mode has a `rule`, or derives one from backward; it is compared
    ///   with backward and with central differences.
    /// - `second order`: backward and tangent of backward, likewise.
    /// - `batching`: whether `vmap` has a `rule`, compared with a loop, or why not.
    package static func markdown(_ rows: [OpRow] = rows) -> String {
        let header = [
            "operation", "classes", "operands", "forward", "backward", "tangent", "second order",
            "batching",
        ]
        let cells = rows.map(\.cells)
        let widths = header.indices.map { column in
            ([header] + cells).reduce(0) { max($0, $1[column].count) }
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { $0.padded(to: $1, left: true) }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = widths.map { String(repeating: "-", count: $0) }
        return ([header, rule] + cells).map(line).joined(separator: "\n") + "\n"
    }
}

extension OpRow {
    /// What the printed table says of the operation; no cell is empty.
    var cells: [String] {
        [
            name, classes.isEmpty ? "none" : classes.joined(separator: ", "), "\(arity)",
            "checked", backwardText, tangentText, secondOrderText, batchingText,
        ]
    }

    private var backwardText: String {
        switch gradient {
        case .exact: "exact"
        case .zero: "zero"
        case .none(let result): "none: \(result) result"
        }
    }

    private var tangentText: String {
        switch tangent {
        case .rule: "rule"
        case .derived: "derived"
        case .none: "none"
        }
    }

    private var secondOrderText: String {
        switch gradient {
        case .exact: "exact"
        case .zero: "zero"
        case .none: "none"
        }
    }

    private var batchingText: String {
        switch batching {
        case .rule: "rule"
        case .none(let reason): "none: \(reason)"
        }
    }
}
