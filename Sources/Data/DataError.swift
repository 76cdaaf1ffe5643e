import FTSupport

/// What is wrong with a data file, in one sentence.
public struct DataError: Error, Equatable, CustomStringConvertible {
    /// The file, as the user named it.
    public let file: String
    /// The problem and, after a semicolon, the remedy.
    public let problem: String

    /// A problem with `file`, which may name a place in it.
    public init(_ file: String, _ problem: String) {
        self.file = file
        self.problem = problem
    }

    /// The sentence: file, problem, remedy.
    public var description: String { "\(file): \(problem)".onOneLine }
}
