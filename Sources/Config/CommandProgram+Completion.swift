/// The shells that a program's words can be completed in.
public enum CompletionShell: String, CaseIterable, Sendable {
    case bash, zsh, fish
}

extension CommandProgram {
    /// A script that has a shell complete the program's commands, options and their values, the
    /// keys of configs, and file names.
    ///
    /// - Parameter keys: of configs, for commands that take `key=value`.
    public func completion(for shell: CompletionShell, keys: [String] = []) -> String {
        switch shell {
        case .bash: bashCompletion(keys)
        case .zsh: zshCompletion(keys)
        case .fish: fishCompletion(keys)
        }
    }

    private var all: [Command] { [main] + commands }

    /// Words that a command's first argument may be.
    private func choices(_ command: Command) -> [String] {
        command.arguments.first?.choices ?? []
    }

    private func heading(_ shell: CompletionShell) -> String {
        "# Completion of \(name) \(version) for \(shell.rawValue); '\(name) completion "
            + "\(shell.rawValue)' prints it."
    }
}

// bash
extension CommandProgram {
    private func bashCompletion(_ keys: [String]) -> String {
        func options(_ command: Command) -> String {
            (command.options.flatMap(\.words) + ["--help"]).joined(separator: " ")
        }
        let values = all.flatMap { command in
            command.options.filter { !$0.allowed.isEmpty }.map {
                "    \(command.name)/--\($0.name)) words='\($0.allowed.joined(separator: " "))' ;;"
            }
        }
        let arguments = all.filter { !choices($0).isEmpty }.map {
            "    \($0.name)) words='\(choices($0).joined(separator: " "))' ;;"
        }
        let overriding = all.filter(\.takesOverrides).map(\.name).joined(separator: "|")
        return """
            \(heading(.bash))
            _\(name)() {
              local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
              local command=\(main.name) place=1 words=
              case ${COMP_WORDS[1]} in
                \(all.map(\.name).joined(separator: "|"))) command=${COMP_WORDS[1]} place=2 ;;
              esac
              ((place > COMP_CWORD)) && command=\(main.name) place=1
              case $command/$before in
            \(values.joined(separator: "\n"))
              esac
              if [[ -z $words && $word == -* ]]; then
                case $command in
            \(all.map { "      \($0.name)) words='\(options($0))' ;;" }.joined(separator: "\n"))
                esac
              elif [[ -z $words && $COMP_CWORD == "$place" ]]; then
                case $command in
            \(arguments.joined(separator: "\n"))
                esac
              fi
              if [[ -n $words ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
                return
              fi
              mapfile -t COMPREPLY < <(compgen -f -- "$word")
              if ((COMP_CWORD == 1)); then
                mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W '\(
                    all.map(\.name).joined(separator: " ")) help version' -- "$word")
              fi
              case $command in
                \(overriding))
                  mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -S = -W '\(
                      keys.joined(separator: " "))' -- "$word")
                  if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then
                    compopt -o nospace 2> /dev/null
                  fi ;;
              esac
            }
            complete -o filenames -F _\(name) \(name)
            """
    }
}

// zsh
extension CommandProgram {
    private func zshCompletion(_ keys: [String]) -> String {
        let names = all.map { "    '\($0.name):\(zsh($0.summary))'" }
        let cases = all.map { command -> String in
            var specs = command.options.flatMap { option -> [String] in
                let value = option.type.map { _ in
                    option.allowed.isEmpty
                        ? ":\(zsh(option.placeholder)):_files"
                        : ":\(zsh(option.placeholder)):(\(option.allowed.joined(separator: " ")))"
                }
                return option.words.map { word in
                    let mark = value == nil ? "" : word.hasPrefix("--") ? "=" : "+"
                    return "'\(word)\(mark)[\(zsh(option.doc))]\(value ?? "")'"
                }
            }
            specs.append("'--help[show the help text]'")
            let words = choices(command)
            if !words.isEmpty { specs.append("'2:word:(\(words.joined(separator: " ")))'") }
            specs.append(
                command.takesOverrides ? "'*:file or key:_\(name)_words'" : "'*:file:_files'")
            return "    \(command.name)) _arguments -S \(specs.joined(separator: " \\\n      ")) ;;"
        }
        return """
            #compdef \(name)
            \(heading(.zsh))
            _\(name)_words() {
              local -a keys=(\(keys.joined(separator: " ")))
              compadd -S = -a keys
              _files
            }
            _\(name)() {
              local -a commands=(
            \(names.joined(separator: "\n"))
              )
              if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
                _describe command commands
                _files
                return
              fi
              local command=\(main.name)
              (( ${commands[(I)$words[2]:*]} )) && command=$words[2]
              case $command in
            \(cases.joined(separator: "\n"))
              esac
            }
            compdef _\(name) \(name)
            """
    }

    /// Text inside of a quoted description of `_arguments`.
    private func zsh(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if "[]:\\".contains(character) { escaped += "\\" }
            escaped += character == "'" ? "'\\''" : "\(character)"
        }
        return escaped
    }
}

// fish
extension CommandProgram {
    private func fishCompletion(_ keys: [String]) -> String {
        let others = commands.map(\.name).joined(separator: " ")
        var lines = [heading(.fish)]
        lines += all.map {
            "complete -c \(name) -n __fish_use_subcommand -a \($0.name) -d \(fish($0.summary))"
        }
        for command in all {
            let isMain = command.name == main.name
            let place =
                isMain
                ? "not __fish_seen_subcommand_from \(others)"
                : "__fish_seen_subcommand_from \(command.name)"
            let start = "complete -c \(name) -n '\(place)'"
            for option in command.options {
                let short = option.short.map { " -s \($0)" } ?? ""
                let values = option.allowed.joined(separator: " ")
                let needs = option.type == nil ? "" : values.isEmpty ? " -r" : " -x -a '\(values)'"
                lines.append("\(start)\(short) -l \(option.name)\(needs) -d \(fish(option.doc))")
            }
            lines.append("\(start) -l help -d 'show the help text'")
            let words = choices(command) + (command.takesOverrides ? keys.map { "\($0)=" } : [])
            if !words.isEmpty { lines.append("\(start) -a '\(words.joined(separator: " "))'") }
        }
        return lines.joined(separator: "\n")
    }

    private func fish(_ text: String) -> String {
        let escaped = text.map { "\\'".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        return "'\(escaped)'"
    }
}

extension CommandOption {
    /// As it is typed: `-q`, `--quiet`.
    fileprivate var words: [String] { (short.map { ["-\($0)"] } ?? []) + ["--\(name)"] }

    /// The only values that it takes; none where it takes others.
    fileprivate var allowed: [String] {
        if case .string(let allowed)? = type?.kind { allowed } else { [] }
    }
}
