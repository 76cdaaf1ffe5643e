/// The first thing that is wrong with a JSON text, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where the problem is.
    public let position: JSONPosition
    /// What is wrong and what to do about it, without the place.
    public let message: String

    /// The line of the problem, from 1.
    public var line: Int { position.line }
    /// The column of the problem, from 1, in Unicode scalars.
    public var column: Int { position.column }
    /// `line:column: message`.
    public var description: String { "\(line):\(column): \(message)" }

    /// Creates an error.
    public init(at position: JSONPosition, _ message: String) {
        self.position = position
        self.message = message
    }
}
