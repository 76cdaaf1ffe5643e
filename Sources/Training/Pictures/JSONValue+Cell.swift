import FTJSON
import FTSupport

extension JSONValue {
    /// What a cell counts or measures; nil of no number.
    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// A cell of a table.
    var cell: String {
        switch self {
        case .string(let text): text
        case .int(let value): Format.grouped(value)
        case .double(let value): Format.measure(value)
        default: ""
        }
    }
}
