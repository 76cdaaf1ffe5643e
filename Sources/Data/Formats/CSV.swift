import FTSupport
import Glibc
public import Tensor

/// Tables of numbers as comma-separated text.
public enum CSV {
    /// Which column holds what is to be predicted.
    public enum Label: Sendable, Hashable {
        /// Every column is an input.
        case none
        /// The leftmost column.
        case first
        /// The rightmost column.
        case last
        /// The column that the header gives this name.
        case name(String)
        /// Counted from 0.
        case index(Int)
    }

    /// How a table is read.
    public struct Options: Sendable, Hashable {
        /// Whether the first row names the columns; nil to see by whether it holds any number.
        public var hasHeader: Bool?
        /// Where the targets are.
        public var label: Label
        /// What stands between fields: an ASCII character.
        public var separator: Character
        /// Whether all labels are names, also those that look like numbers.
        public var labelsAreWords: Bool

        /// By default commas, a header where there is one, and no label.
        public init(
            hasHeader: Bool? = nil, label: Label = .none, separator: Character = ",",
            labelsAreWords: Bool = false
        ) {
            self.labelsAreWords = labelsAreWords
            self.hasHeader = hasHeader
            self.label = label
            self.separator = separator
        }
    }

    /// What a table holds.
    public struct Table: Sendable {
        /// Names of the inputs' columns; `column0`, … without a header.
        public let columns: [String]
        /// float32 [rows, columns].
        public let inputs: NDArray
        /// [rows]: int64 where all labels are whole numbers or words, else float32; nil without a
        /// label column.
        public let targets: NDArray?
        /// Where labels are words, those words in alphabetical order: a target is its index.
        public let classes: [String]
        /// How many numbers aren't 0 and became 0, as float32 holds none so small.
        public let tooSmall: Int
    }

    /// What a table holds, its labels as they are written.
    struct Cells {
        let columns: [String]
        let inputs: NDArray
        let labels: CSVLabels?
        let tooSmall: Int
    }

    /// Reads a table.
    ///
    /// Throws with line and column where a field isn't a number, or one too large for float32, a row
    /// has too few or many, or a label is a word among numbers or a number among words.
    public static func read(_ path: String, _ options: Options = Options()) throws -> Table {
        let cells = try readLabels(path, options)
        let labels = cells.labels.map { [$0] } ?? []
        let (targets, classes) = labels.isEmpty ? ([], []) : try CSVLabels.targets(of: labels)
        return Table(
            columns: cells.columns, inputs: cells.inputs, targets: targets.first, classes: classes,
            tooSmall: cells.tooSmall + (cells.labels?.tooSmall ?? 0))
    }

    /// Reads a table whose labels are numbered together with those of others.
    static func readLabels(_ path: String, _ options: Options) throws -> Cells {
        let file = try DataFile.map(path)
        defer { withExtendedLifetime(file) {} }
        guard let separator = options.separator.asciiValue else {
            throw DataError(
                path, "separator '\(options.separator)' is not an ASCII character; name one")
        }
        try checkText(path, file.bytes)
        var reader = CSVReader(path, options)
        var scanner = CSVScanner(path, file.bytes, separator: separator)
        while let row = try scanner.row() { try reader.add(row) }
        return try reader.table()
    }

    static func checkText(_ path: String, _ bytes: UnsafeRawBufferPointer) throws {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw DataError(path, "the text is UTF-16; save it as UTF-8")
        }
        if !bytes.contains(UInt8(ascii: "\n")), bytes.contains(UInt8(ascii: "\r")) {
            throw DataError(path, "its lines end in CR alone; save it with LF or CRLF")
        }
    }

    /// Writes float or integer rows [N, columns], with targets [N] as the last column if given.
    ///
    /// Throws where the file can't be written.
    public static func write(
        _ inputs: NDArray, targets: NDArray? = nil, columns: [String]? = nil, to path: String
    ) throws {
        guard inputs.rank == 2, targets.map({ $0.shape == [inputs.shape[0]] }) ?? true else {
            throw DataError(
                path,
                "a table needs inputs of shape [rows, columns] and targets of shape [rows];"
                    + " flatten the inputs first")
        }
        let width = inputs.shape[1]
        let names = columns ?? (0..<width).map { "column\($0)" }
        guard names.count == width else {
            throw DataError(
                path, "\(names.count) names can't head \(width) columns; give one for each")
        }
        let heading = (names + (targets == nil ? [] : ["label"])).map(quoted)
        try DataFile.write(path) { output in
            try output.write(Array((heading.joined(separator: ",") + "\n").utf8))
            let block = max(1, (1 << 16) / max(1, width))
            for start in stride(from: 0, to: inputs.shape[0], by: block) {
                let rows = min(block, inputs.shape[0] - start)
                func part(_ array: NDArray) -> NDArray {
                    array.slice(axis: 0, start: start, count: rows)
                }
                try output.write(lines(part(inputs), targets.map(part)))
            }
        }
    }

    /// Rows of a table as text.
    private static func lines(_ inputs: NDArray, _ targets: NDArray?) -> [UInt8] {
        let (values, labels) = (texts(of: inputs), targets.map(texts))
        let width = inputs.shape[1]
        var text = ""
        for row in 0..<inputs.shape[0] {
            let fields = values[row * width..<(row + 1) * width] + (labels.map { [$0[row]] } ?? [])
            text += fields.joined(separator: ",") + "\n"
        }
        return Array(text.utf8)
    }

    /// The shortest texts that read back as the same numbers.
    private static func texts(of array: NDArray) -> [String] {
        switch array.dtype {
        case .float64: array.values(as: Double.self).map { "\($0)" }
        case .float32, .float16, .bfloat16: array.values(as: Float.self).map { "\($0)" }
        default: array.values(as: Int.self).map { "\($0)" }
        }
    }

    private static func quoted(_ name: String) -> String {
        guard name.contains(where: { ",\"\n\r".contains($0) }) else { return name }
        let doubled = name.split(separator: "\"", omittingEmptySubsequences: false)
        return "\"" + doubled.joined(separator: "\"\"") + "\""
    }
}
