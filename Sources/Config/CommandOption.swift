/// A `--name` of a command: a flag, or an option that takes a value.
public struct CommandOption: Sendable {
    /// The name without its dashes.
    public let name: String
    /// A single letter that stands for it.
    public let short: Character?
    let placeholder: String
    /// nil for a flag.
    let type: ConfigType?
    /// What it does, without whom it is for.
    let phrase: String
    /// What it is for, of the words that a command's first argument may be; empty where it is for
    /// all of them.
    private(set) var kinds: [String] = []

    /// An option that is either there or not: `--quiet`.
    public static func flag(
        _ name: String, short: Character? = nil, doc: String
    ) -> CommandOption {
        CommandOption(name: name, short: short, placeholder: "", type: nil, phrase: doc)
    }

    /// An option with a value of a scalar type: `--threads 4` or `--threads=4`.
    public static func value(
        _ name: String, short: Character? = nil, _ placeholder: String,
        type: ConfigType = .string(), doc: String
    ) -> CommandOption {
        CommandOption(name: name, short: short, placeholder: placeholder, type: type, phrase: doc)
    }

    /// The option for some words alone that the command's first argument may be: with others it is
    /// refused, and their help leaves it out.
    public func only(_ kinds: [String]) -> CommandOption {
        var option = self
        option.kinds = kinds
        return option
    }

    /// A phrase for the help text.
    public var doc: String {
        kinds.isEmpty ? phrase : "\(kinds.joined(separator: ", ")): \(phrase)"
    }

    /// Whether its value is several, with commas between.
    var isList: Bool { placeholder == "LIST" }

    /// Whether it is of use with one of the words that the command's first argument may be.
    func isFor(_ kind: String?) -> Bool { kind.map { kinds.isEmpty || kinds.contains($0) } ?? true }

    /// `--threads N`, as the help text shows it.
    var usage: String {
        let long = placeholder.isEmpty ? "--\(name)" : "--\(name) \(placeholder)"
        return short.map { "-\($0), \(long)" } ?? long
    }
}

/// A positional argument of a command.
public struct CommandArgument: Sendable {
    /// The name in the help text: `CONFIG`.
    public let name: String
    /// A phrase for the help text.
    public let doc: String
    /// Whether it may be left out.
    public let isOptional: Bool
    /// Whether any number of them may follow; only for the last argument.
    public let isRepeated: Bool
    /// Words that it may be, for completion; none where it is something else.
    public let choices: [String]

    /// Declares an argument.
    public init(
        _ name: String, doc: String, isOptional: Bool = false, isRepeated: Bool = false,
        choices: [String] = []
    ) {
        self.choices = choices
        self.name = name
        self.doc = doc
        self.isOptional = isOptional
        self.isRepeated = isRepeated
    }

    var usage: String {
        let name = isRepeated ? "\(name) …" : name
        return isOptional ? "[\(name)]" : name
    }
}
