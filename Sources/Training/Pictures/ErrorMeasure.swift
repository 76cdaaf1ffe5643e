import FTJSON
import FTSupport

/// What a report on quantities measures, by its name there.
enum ErrorMeasure: String, CaseIterable {
    case meanAbsoluteError, rootMeanSquaredError, r2

    /// What people read over it.
    var title: String {
        switch self {
        case .meanAbsoluteError: "mean absolute error"
        case .rootMeanSquaredError: "root mean squared error"
        case .r2: "R²"
        }
    }

    /// Its number of all quantities, as text with the digits of `eval --report`; a dash where it has
    /// no value.
    func cell(_ value: Double?) -> String {
        guard let value, !value.isNaN else { return "-" }
        return self == .r2 ? Format.fixed(value, 4) : ErrorMeasure.cell(ofOne: value)
    }

    func cell(_ report: JSONObject) -> String { cell(report[rawValue]?.number) }

    func cell(_ report: JSONValue?) -> String { cell(report?[rawValue]?.number) }

    /// The number of one of several quantities.
    static func cell(ofOne value: Double?) -> String {
        guard let value, !value.isNaN else { return "-" }
        return Format.short(value, digits: 6)
    }
}
