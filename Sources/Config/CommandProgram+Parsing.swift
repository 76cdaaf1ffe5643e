import FTJSON
import FTSupport
import Glibc

extension CommandProgram {
    /// Reads the arguments that follow the program's name.
    public func parse(_ arguments: [String]) throws(UsageError) -> CommandRequest {
        var command = main
        var rest = arguments[...]
        let named = ([main] + commands).first { $0.name == rest.first }
        if let named {
            command = named
            rest = rest.dropFirst()
        } else if let first = rest.first, main.arguments.isEmpty || looksLikeCommand(first),
            let near = Suggestion.nearest(to: first, among: ([main] + commands).map(\.name))
        {
            throw UsageError("unknown command '\(first)'. Did you mean '\(near)'?")
        }
        // What asks for help gets it, however wrong the rest is.
        let options = rest.prefix { $0 != "--" }
        if options.contains("--help") || options.contains("-h") {
            return .help(help(for: command, kind: rest.first { !$0.hasPrefix("-") }))
        }
        if options.contains("--version") { return .version("\(name) \(version)") }
        var parser = CommandParser(
            command: command, rest: rest, caller: callName(of: command), keys: keys)
        return .run(try parser.run())
    }

    /// Throws where there is no command of a name, or it isn't for the words that follow.
    package func checkCommand(
        _ given: String, _ words: some Collection<String> = []
    ) throws(UsageError) {
        let names = ([main] + commands).map(\.name) + ["help", "version"]
        if let command = ([main] + commands).first(where: { $0.name == given }) {
            return try check(words, after: command)
        }
        guard !names.contains(given) else { return }
        let question = Suggestion.question(given, among: names)
        throw UsageError(
            "there is no command '\(given)'.\(question) See '\(name) --help' for all of them.")
    }

    private func check(
        _ words: some Collection<String>, after command: Command
    ) throws(UsageError) {
        // Where the argument may be left out, its words are but some of what it may be.
        guard let word = words.first(where: { !$0.hasPrefix("-") }),
            !command.kinds.contains(word), command.arguments.first?.isOptional != true
        else { return }
        let caller = callName(of: command)
        guard !command.kinds.isEmpty else {
            throw UsageError(
                "help: '\(caller)' has no help of its own on '\(word)'; see '\(caller) --help'.")
        }
        let question = Suggestion.question(word, among: command.kinds)
        throw UsageError(
            "help: '\(caller)' makes no '\(word)'.\(question) There are "
                + "\(command.kinds.joined(separator: ", ")).")
    }

    /// A file has a dot or a slash in its name; a mistyped command has not.
    private func looksLikeCommand(_ argument: String) -> Bool {
        argument.allSatisfy { $0.isLetter || $0 == "-" } && !argument.hasPrefix("-")
    }

    func callName(of command: Command) -> String {
        command.name == main.name ? name : "\(name) \(command.name)"
    }
}

private struct CommandParser {
    let command: Command
    var rest: ArraySlice<String>
    let caller: String
    let keys: () -> [String]
    var result: CommandInvocation

    init(
        command: Command, rest: ArraySlice<String>, caller: String, keys: @escaping () -> [String]
    ) {
        self.command = command
        self.rest = rest
        self.caller = caller
        self.keys = keys
        result = CommandInvocation(command: command.name)
    }

    mutating func run() throws(UsageError) -> CommandInvocation {
        while let argument = rest.popFirst() {
            if argument == "--" {
                result.arguments += rest
                break
            } else if argument.hasPrefix("-"), argument != "-" {
                try option(argument)
            } else if command.takesOverrides, isOverride(argument) {
                result.overrides.append(argument)
            } else {
                result.arguments.append(argument)
            }
        }
        try countArguments()
        try checkKinds()
        return result
    }

    /// `training.epochs=20`, but not the path `runs/a=b.json`, nor a file `a=b.json` that is there.
    private func isOverride(_ argument: String) -> Bool {
        guard let split = argument.firstIndex(of: "=") else { return false }
        guard !argument[..<split].contains("/") else { return false }
        return access(argument, F_OK) != 0 || isOfKey(argument)
    }

    /// Whether what begins an argument begins some key of a config, too.
    private func isOfKey(_ argument: String) -> Bool {
        func root(_ key: String) -> Substring { key.prefix { !".[=".contains($0) } }
        return keys().contains { root($0) == root(argument) }
    }

    private mutating func option(_ argument: String) throws(UsageError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let given = String(parts[0])
        guard let option = command.options.first(where: { matches($0, given) }) else {
            let names = command.options.map { "--\($0.name)" } + ["--help"]
            let value = parts.count > 1 ? String(parts[1]) : rest.first { !$0.hasPrefix("-") }
            if access(argument, F_OK) == 0 || !given.hasPrefix("--") && given.contains(".") {
                throw failure(
                    "unknown option '\(given)'. If it is a file, name it './\(argument)'.")
            }
            let question = keyQuestion(given, value) ?? Suggestion.question(given, among: names)
            throw failure("unknown option '\(given)'.\(question)")
        }
        guard let type = option.type else {
            if parts.count > 1 { throw failure("--\(option.name) takes no value.") }
            result.flags.insert(option.name)
            return
        }
        let value: String
        if parts.count > 1 {
            value = try checked(String(parts[1]), type, option)
        } else if let next = rest.first, !next.hasPrefix("--") {
            rest.removeFirst()
            value = try checked(next, type, option)
        } else {
            throw failure("\(given) needs a value: \(option.usage).")
        }
        if let earlier = result.values.updateValue(value, forKey: option.name) {
            let remedy = option.isList ? "give one list, a comma between" : "give one"
            throw failure(
                "--\(option.name) is given twice: \(earlier.jsonQuoted) and \(value.jsonQuoted); "
                    + "\(remedy).")
        }
    }

    /// Asks for the keys of a config that an option is named like: `--learning-rate` is
    /// `optimizer.learningRate=0.1`.
    private func keyQuestion(_ given: String, _ value: String?) -> String? {
        guard command.takesOverrides else { return nil }
        func plain(_ name: some StringProtocol) -> String {
            name.lowercased().filter { $0.isLetter || $0.isNumber }
        }
        let found = keys().filter { key in
            key.split(separator: ".").last.map { plain($0) == plain(given) } ?? false
        }
        if found.isEmpty { return nil }
        let list = found.prefix(3).map { "'\($0)=\(value ?? "…")'" }.joined(separator: " or ")
        return " Did you mean \(list)?"
    }

    private func matches(_ option: CommandOption, _ given: String) -> Bool {
        given == "--\(option.name)" || option.short.map { given == "-\($0)" } ?? false
    }

    private func checked(
        _ text: String, _ type: ConfigType, _ option: CommandOption
    ) throws(UsageError) -> String {
        let isRight =
            switch type.kind {
            case .integer(let bounds): Int(text).map { bounds.contains($0) } ?? false
            case .number(let bounds):
                Double(text).map { $0.isFinite && bounds.contains($0) } ?? false
            case .string(let allowed): allowed.isEmpty || allowed.contains(text)
            default: true
            }
        if isRight, !text.isEmpty { return text }
        if case .integer = type.kind, let problem = JSONNumber.beyond(text) {
            throw failure(
                "--\(option.name): expected \(type.expectation), found \(text)\(problem).")
        }
        let expected = text.isEmpty ? "a value" : type.expectation
        throw failure("--\(option.name): expected \(expected), found \(text.jsonQuoted).")
    }

    private func countArguments() throws(UsageError) {
        let count = result.arguments.count
        let required = command.arguments.filter { !$0.isOptional }
        if count < required.count {
            let taken = result.overrides.first { !isOfKey($0) }.map { argument in
                " '\(argument)' sets a key of a config; if it is a file, name it './\(argument)'."
            }
            throw failure(
                "missing \(required[count].name): \(required[count].doc).\(taken ?? "")")
        }
        let isOpen = command.arguments.last?.isRepeated ?? false
        if !isOpen, count > command.arguments.count {
            let extra = result.arguments[command.arguments.count]
            throw failure("unexpected argument \(extra.jsonQuoted).")
        }
    }

    /// Throws where an option was given that is for another first argument.
    private func checkKinds() throws(UsageError) {
        guard let kind = result.arguments.first, command.kinds.contains(kind) else { return }
        let given = command.options.filter {
            result.flags.contains($0.name) || result.values[$0.name] != nil
        }
        guard let option = given.first(where: { !$0.isFor(kind) }) else { return }
        let others = option.kinds.map { "'\(caller) \($0)'" }.joined(separator: ", ")
        throw failure("--\(option.name) is an option of \(others), not of '\(caller) \(kind)'.")
    }

    private func failure(_ message: String) -> UsageError {
        let separator = message.hasSuffix("?") || message.hasSuffix(".") ? " " : ". "
        return UsageError("\(message)\(separator)See '\(caller) --help'.")
    }
}
