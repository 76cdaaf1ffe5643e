/// Why a run can't start, go on or be read, in one sentence with its remedy.
public struct RunError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The exit status that it calls for.
    public let status: ExitStatus
    /// The sentence.
    public let description: String

    /// Creates an error.
    public init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}
