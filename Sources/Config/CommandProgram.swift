/// One command of a program.
public struct Command: Sendable {
    /// The word that selects it: `check`.
    public let name: String
    /// One sentence for the help text.
    public let summary: String
    /// The positional arguments in order; optional ones last.
    public let arguments: [CommandArgument]
    /// The options besides `--help`.
    public let options: [CommandOption]
    /// Whether it takes `key=value` arguments.
    public let takesOverrides: Bool
    /// One of them, for the help text.
    public let overrideExample: String
    /// The words that its first argument may be; none where it is something else.
    var kinds: [String] { arguments.first?.choices ?? [] }

    /// Declares a command.
    public init(
        name: String, summary: String, arguments: [CommandArgument] = [],
        options: [CommandOption] = [], takesOverrides: Bool = false,
        overrideExample: String = "training.epochs=20"
    ) {
        self.name = name
        self.summary = summary
        self.arguments = arguments
        self.options = options
        self.takesOverrides = takesOverrides
        self.overrideExample = overrideExample
    }
}

/// A command-line program: what it is called and which commands it has.
public struct CommandProgram: Sendable {
    /// The name of the executable.
    public let name: String
    /// One sentence for the help text.
    public let summary: String
    /// What `--version` prints.
    public let version: String
    /// The command that runs when the first argument names none; naming it works too.
    public let main: Command
    /// The commands that are selected by name.
    public let commands: [Command]
    /// The keys of configs, for those who take one for an option.
    let keys: @Sendable () -> [String]
    /// The variables that it reads, for the manual page.
    public let environment: [Fact]
    /// What it ends with, for the manual page.
    public let exitStatuses: [Fact]

    /// A name and what it stands for.
    public struct Fact: Sendable {
        let name: String
        let doc: String

        /// Declares one.
        public init(_ name: String, _ doc: String) { (self.name, self.doc) = (name, doc) }
    }

    /// Declares a program.
    public init(
        name: String, summary: String, version: String, main: Command, commands: [Command],
        keys: @escaping @Sendable () -> [String] = { [] }, environment: [Fact] = [],
        exitStatuses: [Fact] = []
    ) {
        self.keys = keys
        self.environment = environment
        self.exitStatuses = exitStatuses
        self.name = name
        self.summary = summary
        self.version = version
        self.main = main
        self.commands = commands
    }
}

/// What the user asked for.
public enum CommandRequest: Sendable {
    case run(CommandInvocation)
    /// The help text to print.
    case help(String)
    /// The version to print.
    case version(String)
}

/// A command with its arguments, checked against the declaration.
public struct CommandInvocation: Sendable {
    /// The name of the command.
    public let command: String
    /// The positional arguments.
    public internal(set) var arguments: [String] = []
    /// The `key=value` arguments, unparsed and in order.
    public internal(set) var overrides: [String] = []
    var flags: Set<String> = []
    var values: [String: String] = [:]

    init(command: String) { self.command = command }

    /// Whether the flag was given.
    public func flag(_ name: String) -> Bool { flags.contains(name) }
    /// The value of an option, nil when it was not given.
    public func string(_ name: String) -> String? { values[name] }
    /// The value of an integer option, nil when it was not given.
    public func int(_ name: String) -> Int? { values[name].flatMap { Int($0) } }
    /// The value of a number option, nil when it was not given.
    public func double(_ name: String) -> Double? { values[name].flatMap { Double($0) } }
}

/// A command line that cannot be understood; a program exits with status 2 on it.
public struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and what would be right.
    public let message: String

    package init(_ message: String) { self.message = message }

    /// The message; a hint at `--help` is part of it.
    public var description: String { message }
}
