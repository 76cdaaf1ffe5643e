import FTSupport

/// Why a checkpoint can't be read, written or used, as one sentence for the person at the terminal.
public struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for programs that must tell the cases apart.
    public enum Kind: String, Sendable {
        /// There is no file of that name.
        case notFound
        /// The system refuses to open or read it.
        case unreadable
        /// It breaks the rules of its format, or its checksum does not match.
        case damaged
        /// It is fine, but uses something that this framework does not compute with.
        case unsupported
        /// It is fine, but not what was asked for: no training state, another format version.
        case incompatible
        /// It can't be written; whatever was there before still is.
        case unwritable
    }

    /// Which of the cases it is.
    public let kind: Kind
    /// The file, as the caller named it.
    public let path: String
    /// The tensor concerned, if one is.
    public let tensor: String?
    /// What is wrong and, where there is one, the remedy; without file and tensor.
    public let problem: String

    /// Creates an error.
    public init(_ kind: Kind, _ path: String, tensor: String? = nil, _ problem: String) {
        self.kind = kind
        self.path = path
        self.tensor = tensor
        self.problem = problem
    }

    /// `path: tensor "name" problem`.
    public var description: String {
        let subject = tensor.map { "tensor \($0.quotedForDisplay()) " } ?? ""
        return "\(path): \(subject)\(problem)".onOneLine
    }
}
