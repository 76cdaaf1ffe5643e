import FTSupport

/// Where a problem of a config comes from.
public struct ConfigLocation: Sendable, Hashable, Comparable, CustomStringConvertible {
    enum Place: Sendable, Hashable {
        case wholeFile
        case text(line: Int, column: Int)
        /// The place of the argument orders problems of several.
        case commandLine(argument: Int)
    }

    /// The config file, also for a problem of the command line.
    public let file: String
    let place: Place

    /// `configs/mlp.json:4:12`, `configs/mlp.json`, or `(command line)`.
    public var description: String {
        switch place {
        case .wholeFile: file
        case .text(let line, let column): "\(file):\(line):\(column)"
        case .commandLine: "(command line)"
        }
    }

    /// Source order, with the command line last.
    public static func < (a: ConfigLocation, b: ConfigLocation) -> Bool {
        a.rank < b.rank
    }

    private var rank: (Int, Int, Int) {
        switch place {
        case .wholeFile: (0, 0, 0)
        case .text(let line, let column): (1, line, column)
        case .commandLine(let argument): (2, argument, 0)
        }
    }
}

/// One problem of a config: where, at which key, and a sentence with the remedy.
public struct ConfigIssue: Sendable, Hashable, CustomStringConvertible {
    /// File, line and column, or the command line.
    public let location: ConfigLocation
    /// The key, as in `model.layers[0].units`; empty for the config as a whole.
    public let path: String
    /// What is wrong and what would be right.
    public let message: String

    /// `location: path: message`.
    public var description: String {
        path.isEmpty ? "\(location): \(message)" : "\(location): \(path): \(message)"
    }
}

/// All problems of a config together, in source order.
public struct ConfigError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The config file.
    public let file: String
    /// The problems; never empty.
    public let issues: [ConfigIssue]

    /// Collects issues into an error and sorts them by their place.
    public init(_ issues: [ConfigIssue]) {
        file = issues.first?.location.file ?? "config"
        self.issues = issues.enumerated()
            .sorted { ($0.element.location, $0.offset) < ($1.element.location, $1.offset) }
            .map(\.element)
    }

    /// A heading and one aligned row per problem, at most 50; a single line for a problem of the
    /// file as a whole.
    public var description: String {
        if issues.count == 1, issues[0].path.isEmpty { return issues[0].description }
        let shown = issues.prefix(50)
        let rows = shown.map { ["\($0.location)", $0.path, $0.message] }
        let heading = "\(file): \(Format.count(issues.count, "problem"))"
        let rest = issues.count - shown.count
        let more = rest == 0 ? "" : "\n  … and \(rest) more"
        return "\(heading)\n\(TextTable.aligned(rows, indent: 2).joined(separator: "\n"))\(more)"
    }
}
