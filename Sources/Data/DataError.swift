import FTSupport

/// What is wrong with a data file, in one sentence.
public struct DataError: Error, Equatable, CustomStringConvertible {
    /// The file, as the user named it.
    public let file: String
    /// The problem and, after a semicolon, the remedy.
    public let problem: String
    /// Places and what is wrong there, where there are several, a line each.
    public let lines: [String]

    /// A problem with `file`, which may name a place in it.
    public init(_ file: String, _ problem: String, lines: [String] = []) {
        self.file = file
        self.problem = problem
        self.lines = lines
    }

    /// The sentence: file, problem, remedy; and the lines below it.
    public var description: String {
        (["\(file): \(problem)"] + lines).map(\.onOneLine).joined(separator: "\n")
    }
}
