/// A place in a JSON text: line and column, both counted from 1, columns in Unicode scalars.
public struct JSONPosition: Sendable, Hashable {
    private let packedLine: UInt32
    private let packedColumn: UInt32

    /// The line, from 1; 0 for a node that was not read from a text.
    public var line: Int { Int(packedLine) }
    /// The column, from 1; 0 for a node that was not read from a text.
    public var column: Int { Int(packedColumn) }

    /// The place of a node that was made in memory rather than read.
    public static let none = JSONPosition(line: 0, column: 0)

    /// Creates a position; values outside 0…2³²−1 are clamped.
    public init(line: Int, column: Int) {
        packedLine = UInt32(clamping: line)
        packedColumn = UInt32(clamping: column)
    }
}
