extension CommandProgram {
    /// The manual page, as `man` reads it: all commands with their arguments and options, the
    /// environment and the exit statuses.
    public var manual: String {
        var lines = [
            ".TH \(name.uppercased()) 1 \"\" \"\(roff("\(name) \(version)"))\"", ".SH NAME",
            "\(roff(name)) \\- \(roff(summary))", ".SH SYNOPSIS",
        ]
        for command in [main] + commands {
            lines += [".B \(roff(callName(of: command)))", roff(synopsis(command)), ".br"]
        }
        lines += [".SH COMMANDS"]
        for command in [main] + commands { lines += section(command) }
        lines += facts("ENVIRONMENT", environment)
        lines += facts("EXIT STATUS", exitStatuses)
        return lines.joined(separator: "\n") + "\n"
    }

    private func synopsis(_ command: Command) -> String {
        let words = command.arguments.map(\.usage)
        let keys = command.takesOverrides ? ["[key=value …]"] : []
        return (words + keys + ["[options]"]).joined(separator: " ")
    }

    private func section(_ command: Command) -> [String] {
        var lines = [".SS \(roff(callName(of: command)))", roff(command.summary)]
        for argument in command.arguments { lines += entry(argument.usage, argument.doc) }
        if command.takesOverrides {
            lines += entry(
                "key=value",
                "sets a key of the config, such as \(command.overrideExample); stands before "
                    + "or after options, and the last of a key counts")
        }
        for option in command.options { lines += entry(option.usage, option.doc) }
        return lines + entry("--help", "show the help text")
    }

    private func facts(_ title: String, _ facts: [Fact]) -> [String] {
        facts.isEmpty ? [] : [".SH \(title)"] + facts.flatMap { entry($0.name, $0.doc) }
    }

    private func entry(_ name: String, _ doc: String) -> [String] {
        [".TP", ".B \(roff(name))", roff(doc)]
    }

    /// Text that is no request, and whose signs stay what they are.
    private func roff(_ text: String) -> String {
        let escaped = text.map { character in
            switch character {
            case "\\": "\\e"
            case "-": "\\-"
            case "'": "\\(aq"
            case "\"": "\\(dq"
            case _ where !character.isASCII:
                character.unicodeScalars.map {
                    "\\[u\(String($0.value, radix: 16, uppercase: true))]"
                }
                .joined()
            default: "\(character)"
            }
        }.joined()
        return escaped.hasPrefix(".") ? "\\&" + escaped : escaped
    }
}
