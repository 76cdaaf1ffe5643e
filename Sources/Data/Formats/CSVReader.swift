import FTSupport
import Tensor

/// Collects the rows of a table and turns them into arrays.
struct CSVReader {
    private let path: String
    private let options: CSV.Options
    private var names: [String]?
    private var width = 0
    private var labelColumn: Int?
    private var values: [Float] = []
    private var labels: CSVLabels
    private var rows = 0
    /// How many inputs aren't 0 and become 0 as float32.
    private var tooSmall = 0

    init(_ path: String, _ options: CSV.Options) {
        self.path = path
        self.options = options
        labels = CSVLabels(path, areWords: options.labelsAreWords)
    }

    /// Takes one row: the header if it is the first and is one.
    mutating func add(_ row: [CSVScanner.Field]) throws {
        if width == 0 {
            try begin(row)
            if names != nil { return }
        }
        guard row.count == width else {
            throw error(
                row[0],
                "this row has \(Format.count(row.count, "field")), the first has \(width); "
                    + "complete it or remove it")
        }
        for (index, field) in row.enumerated() {
            if index == labelColumn {
                guard !field.text.isEmpty else { throw empty(field) }
                labels.add(field)
            } else {
                values.append(try number(field))
            }
        }
        rows += 1
    }

    /// The inputs of all rows taken, and their labels.
    func table() throws -> CSV.Cells {
        guard rows > 0 else { throw DataError(path, "the table has no rows; fill it") }
        let columns = (0..<width).filter { $0 != labelColumn }
        guard !columns.isEmpty else {
            throw DataError(path, "the only column is the label; add columns of inputs")
        }
        if labelColumn != nil { try labels.check() }
        return CSV.Cells(
            columns: columns.map { names?[$0] ?? "column\($0)" },
            inputs: NDArray(values, [rows, columns.count]),
            labels: labelColumn == nil ? nil : labels, tooSmall: tooSmall)
    }

    private mutating func begin(_ row: [CSVScanner.Field]) throws {
        width = row.count
        let hasNumber = row.contains { Double($0.text) != nil }
        if options.hasHeader ?? !hasNumber { names = row.map(\.text) }
        labelColumn = try findLabel(row)
    }

    private func findLabel(_ row: [CSVScanner.Field]) throws -> Int? {
        switch options.label {
        case .none: return nil
        case .first: return 0
        case .last: return width - 1
        case .index(let index):
            guard index >= 0, index < width else {
                throw error(
                    row[0], "there is no column \(index); the columns are 0 to \(width - 1)")
            }
            return index
        case .name(let name):
            guard let names else {
                throw error(
                    row[0],
                    "there is no header to find column '\(name)' in; give its number, or say that "
                        + "there is one (--header)")
            }
            if let index = names.firstIndex(of: name) { return index }
            let near = Suggestion.nearest(to: name, among: names)
            let close = near.map { "did you mean '\($0)'?" }
            let listed = "the header has " + names.prefix(8).joined(separator: ", ")
            throw error(row[0], "there is no column '\(name)'; \(close ?? listed)")
        }
    }

    private mutating func number(_ field: CSVScanner.Field) throws -> Float {
        if let value = CSVReader.smallNumber(field.text) { return value }
        if let value = DecimalNumber.float(field.text) {
            if value == 0, DecimalNumber.vanishes(field.text) { tooSmall += 1 }
            return value
        }
        if field.text.isEmpty { throw empty(field) }
        if DecimalNumber.double(field.text) != nil {
            throw error(
                field, "'\(field.text.prefix(40))' is \(TableEncoding.tooLarge); correct it")
        }
        let hint = field.line == 1 ? "; if this is the header, say so (--header)" : ""
        throw error(
            field,
            "'\(field.text.prefix(40))' is not a finite number\(ForeignForm.hint(field.text)); "
                + "correct it or name its column as the label" + hint)
    }

    /// Up to seven digits, which a float holds exactly: most fields of most tables.
    private static func smallNumber(_ text: String) -> Float? {
        let digits = text.utf8
        guard (1...7).contains(digits.count) else { return nil }
        var value: Int32 = 0
        for byte in digits {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int32(byte) - 48
        }
        return Float(value)
    }

    private func empty(_ field: CSVScanner.Field) -> DataError {
        error(field, "the field is empty; fill it or remove the row")
    }

    private func error(_ field: CSVScanner.Field, _ problem: String) -> DataError {
        DataError("\(path):\(field.line):\(field.column)", problem)
    }
}
