/// The shells that a program's words can be completed in.
public enum CompletionShell: String, CaseIterable, Sendable {
    case bash, zsh, fish
}

extension CommandProgram {
    /// A script that has a shell complete the program's commands, options and their values, the
    /// keys of configs, and file names.
    ///
    /// - Parameter keys: of configs, for commands that take `key=value`, and the values that are
    ///   offered for each.
    public func completion(
        for shell: CompletionShell, keys: [(path: String, values: [String])] = []
    ) -> String {
        switch shell {
        case .bash: bashCompletion(keys)
        case .zsh: zshCompletion(keys)
        case .fish: fishCompletion(keys)
        }
    }

    private var all: [Command] { [main] + commands }

    private func heading(_ shell: CompletionShell) -> String {
        "# Completion of \(name) \(version) for \(shell.rawValue); '\(name) completion "
            + "\(shell.rawValue)' prints it."
    }
}

// bash
extension CommandProgram {
    private func bashCompletion(_ keys: [(path: String, values: [String])]) -> String {
        let names = all.map(\.name)
        return """
            \(heading(.bash))
            _\(name)() {
              local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
              local command=\(main.name) place=1 words=
              case ${COMP_WORDS[1]} in
                \(names.joined(separator: "|"))) command=${COMP_WORDS[1]} place=2 ;;
              esac
              ((place > COMP_CWORD)) && command=\(main.name) place=1
              local key= stem=
              if [[ $word == = ]]; then
                key=$before word=
              elif [[ $before == = ]]; then
                key=${COMP_WORDS[COMP_CWORD-2]}
              elif [[ $word == *=* ]]; then
                key=${word%%=*} stem=${word%%=*}=
              fi
              case $command/${key:-$before} in
            \(bashValues)
              esac
              if [[ -n $key ]]; then
                case $key in
            \(bashKeyValues(keys))
                esac
                if [[ -n $words ]]; then
                  mapfile -t COMPREPLY < <(compgen -P "$stem" -W "$words" -- "${word#"$stem"}")
                else
                  mapfile -t COMPREPLY < <(compgen -P "$stem" -f -- "${word#"$stem"}")
                fi
                return
              fi
              if [[ -z $words && $word == -* ]]; then
                case $command in
            \(bashOptions)
                esac
              elif [[ -z $words && $COMP_CWORD == "$place" ]]; then
                case $command in
            \(bashArguments)
                esac
              fi
              if [[ -n $words ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
                return
              fi
              mapfile -t COMPREPLY < <(compgen -f -- "$word")
              ((COMP_CWORD == 1)) && _\(name)_add -W '\(
                  names.joined(separator: " ")) help version' -- "$word"
            \(bashKeys(keys))
            }
            _\(name)_add() {
              mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen "$@")
            }
            complete -o filenames -F _\(name) \(name)
            """
    }

    /// What sets `words` to the values of an option, after it.
    private var bashValues: String {
        all.flatMap { command in
            command.options.filter { !$0.values.isEmpty }.map { option in
                let words = option.words.map { "\(command.name)/\($0)" }.joined(separator: "|")
                return "    \(words)) words='\(option.values.joined(separator: " "))' ;;"
            }
        }.joined(separator: "\n")
    }

    /// What sets `words` to the values of a key.
    private func bashKeyValues(_ keys: [(path: String, values: [String])]) -> String {
        keys.filter { !$0.values.isEmpty }.map {
            "      \($0.path)) words='\($0.values.joined(separator: " "))' ;;"
        }.joined(separator: "\n")
    }

    private var bashOptions: String {
        all.map { command in
            let words = (command.options.flatMap(\.words) + ["--help"]).joined(separator: " ")
            return "      \(command.name)) words='\(words)' ;;"
        }.joined(separator: "\n")
    }

    private var bashArguments: String {
        all.filter { !$0.kinds.isEmpty }.map {
            "      \($0.name)) words='\($0.kinds.joined(separator: " "))' ;;"
        }.joined(separator: "\n")
    }

    /// What adds the keys of configs for commands that take them.
    private func bashKeys(_ keys: [(path: String, values: [String])]) -> String {
        """
          case $command in
            \(all.filter(\.takesOverrides).map(\.name).joined(separator: "|")))
              _\(name)_add -S = -W '\(keys.map(\.path).joined(separator: " "))' -- "$word"
              if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then
                compopt -o nospace 2> /dev/null
              fi ;;
          esac
        """
    }
}

// zsh
extension CommandProgram {
    private func zshCompletion(_ keys: [(path: String, values: [String])]) -> String {
        let values = keys.filter { !$0.values.isEmpty }.map {
            "      \($0.path)) compadd \($0.values.joined(separator: " ")) ;;"
        }
        let names = all.map { "    '\($0.name):\(zsh($0.summary))'" }
        let cases = all.map { command in
            "    \(command.name)) _arguments -S "
                + zshArguments(command).joined(separator: " \\\n      ") + " ;;"
        }
        return """
            #compdef \(name)
            \(heading(.zsh))
            _\(name)_words() {
              if [[ $PREFIX == *=* ]]; then
                local key=${PREFIX%%=*}
                compset -P '*='
                case $key in
            \(values.joined(separator: "\n"))
                  *) _files ;;
                esac
                return
              fi
              local -a keys=(\(keys.map(\.path).joined(separator: " ")))
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
            # Loaded by its name, this is its first call; otherwise its definition.
            if [[ $funcstack[1] == _\(name) ]]; then
              _\(name) "$@"
            else
              compdef _\(name) \(name)
            fi
            """
    }

    /// What `_arguments` is told of a command.
    private func zshArguments(_ command: Command) -> [String] {
        var specs = command.options.flatMap { option -> [String] in
            let words = option.values.map(zsh).joined(separator: " ")
            let action = words.isEmpty ? "_files" : "(\(words))"
            let value = option.type.map { _ in ":\(zsh(option.placeholder)):\(action)" }
            return option.words.map { word in
                let mark = value == nil ? "" : word.hasPrefix("--") ? "=" : "+"
                return "'\(word)\(mark)[\(zsh(option.doc))]\(value ?? "")'"
            }
        }
        specs.append("'--help[show the help text]'")
        let words = command.kinds
        if !words.isEmpty { specs.append("'2:word:(\(words.joined(separator: " ")))'") }
        let rest = command.takesOverrides ? "'*:file or key:_\(name)_words'" : "'*:file:_files'"
        return specs + [rest]
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
    private func fishCompletion(_ keys: [(path: String, values: [String])]) -> String {
        let settings = keys.flatMap { key in
            key.values.isEmpty ? ["\(key.path)="] : key.values.map { "\(key.path)=\($0)" }
        }
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
                let values = option.values.joined(separator: " ")
                let needs = option.type == nil ? "" : values.isEmpty ? " -r" : " -x -a '\(values)'"
                lines.append("\(start)\(short) -l \(option.name)\(needs) -d \(fish(option.doc))")
            }
            lines.append("\(start) -l help -d 'show the help text'")
            let words = command.kinds + (command.takesOverrides ? settings : [])
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

    /// The values that are offered for it.
    fileprivate var values: [String] { type?.completions ?? [] }
}
