import FTSupport

extension CommandProgram {
    /// The help text of a command; that of the main command also lists the others.
    ///
    /// - Parameter kind: one of the words that its first argument may be, for what concerns that.
    public func help(for command: Command, kind: String? = nil) -> String {
        let kind = kind.flatMap { command.kinds.contains($0) ? $0 : nil }
        let isMain = command.name == main.name
        let sentence = (isMain ? summary : command.summary).wrapped(indent: 0)
        var parts = [usage(of: command), sentence.joined(separator: "\n")]
        var arguments = command.arguments.map { [$0.name, $0.doc] }
        if command.takesOverrides {
            let example = command.overrideExample
            arguments.append(["key=value", "sets a key of the config, such as \(example);"])
            arguments.append(["", "stands before or after options, and the last of a key counts"])
        }
        parts += section("arguments", arguments)
        let options = command.options.filter { $0.isFor(kind) }.map {
            [$0.usage, kind == nil ? $0.doc : $0.phrase]
        }
        var standard = [["--help", "show this text"]]
        if isMain { standard.append(["--version", "show the version"]) }
        parts += section("options", options + standard)
        if isMain {
            parts += section("commands", ([main] + commands).map { [$0.name, $0.summary] })
        }
        return parts.joined(separator: "\n\n")
    }

    /// The help text of the program.
    public var help: String { help(for: main) }

    private func usage(of command: Command) -> String {
        var words = [callName(of: command)] + command.arguments.map(\.usage)
        if command.takesOverrides { words.append("[key=value …]") }
        words.append("[options]")
        let line = ("usage: " + words.joined(separator: " ")).wrapped(indent: 7)
            .joined(separator: "\n")
        guard command.name == main.name, !commands.isEmpty else { return line }
        return line + "\n       \(name) COMMAND …"
    }

    private func section(_ title: String, _ rows: [[String]]) -> [String] {
        rows.isEmpty ? [] : ["\(title):\n\(Text.table(rows, indent: 2, gap: 3))"]
    }
}
