/// What the cells of a column say.
public enum ColumnKind: String, Sendable, CaseIterable {
    /// A quantity.
    case number
    /// Yes or no.
    case boolean
    /// One of several words.
    case category
    /// A day, and a time of day if it has one.
    case date
    /// What tells rows apart: carried along, not learned from.
    case id
    /// Nothing that is wanted.
    case skip
}

/// What stands for a cell that holds nothing.
public enum MissingRule: Sendable, Hashable {
    /// The middle value of the training rows; of words the most frequent.
    case median
    /// The mean of the training rows; of words the most frequent.
    case mean
    /// The most frequent value of the training rows.
    case mostFrequent
    /// This text.
    case value(String)
    /// Rows that lack anything are left out.
    case drop

    /// The rule as it is written on a command line.
    public init(_ text: String) {
        switch text {
        case "median": self = .median
        case "mean": self = .mean
        case "most-frequent": self = .mostFrequent
        case "drop": self = .drop
        default: self = .value(text)
        }
    }

    /// As it is written on a command line.
    public var text: String {
        switch self {
        case .median: "median"
        case .mean: "mean"
        case .mostFrequent: "most-frequent"
        case .drop: "drop"
        case .value(let text): text
        }
    }
}

/// How tables with columns of any kind are read and turned into numbers.
public struct TableOptions: Sendable {
    /// Whether the first row names the columns; nil to see by whether it holds any number.
    public var hasHeader: Bool?
    /// Which column is to be predicted.
    public var label: CSV.Label = .last
    /// What stands between fields; nil to see by the file's name and first line.
    public var separator: Character?
    /// What stands before the decimals of numbers; nil to see by the cells of each column.
    public var decimal: DecimalMark?
    /// Which number is the day in dates with the year last; nil to see by the cells of each column.
    public var dates: DateOrder?
    /// The kinds of columns that shall not be guessed.
    public var types: [String: ColumnKind] = [:]
    /// The only columns that are wanted, besides the label; nil for all.
    public var columns: [String]?
    /// What stands for a cell that holds nothing; nil to refuse them. Rows without a label are left
    /// out where there is any rule.
    public var missing: MissingRule?
    /// Further texts that mean that a cell holds nothing.
    public var nulls: [String] = []
    /// Whether numbers get mean 0 and deviation 1, a label that is a quantity too.
    public var standardizes = false
    /// Whether labels are names, also those that look like numbers.
    public var labelsAreWords = false

    /// Everything guessed, the last column the label.
    public init() {}
}
