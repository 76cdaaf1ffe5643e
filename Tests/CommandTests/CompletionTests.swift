import FTConfig
import FoundationEssentials
import Testing

@testable import FakeTensorCommand

/// What is generated from the definitions that `help` is made of.
@Suite("Completion and the manual page")
struct CompletionTests {
    private static let commands = [Program.program.main] + Program.program.commands

    @Test("each command and option stands in every script", arguments: CompletionShell.allCases)
    func scripts(shell: CompletionShell) throws {
        let workspace = try Workspace()
        let result = try workspace.run("completion", shell.rawValue)
        #expect(result.status == 0 && result.errors == "")
        let words = Set(
            result.output.split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "." })
        for command in Self.commands {
            #expect(words.contains(Substring(command.name)), "\(command.name)")
            for option in command.options {
                let word = shell == .fish ? option.name : "--\(option.name)"
                #expect(words.contains(Substring(word)), "\(command.name) \(word)")
            }
        }
        for key in ["training.epochs", "optimizer.learningRate", "data.batchSize"] {
            #expect(words.contains(Substring(key)))
        }
    }

    @Test(
        "bash completes commands, options, their values, words and keys",
        arguments: [
            ("fttrain ch", "check"), ("fttrain check --gr", "--gradients"),
            ("fttrain inspect x --sort ", "none size name"), ("fttrain data ci", "cifar"),
            ("fttrain list los", "losses"), ("fttrain tiny.json training.ep", "training.epochs="),
            ("fttrain tin", "tiny.json"), ("fttrain plot --js", ""),
            ("fttrain completion ", "bash zsh fish"),
            ("fttrain tiny.json data.sampling=b", "data.sampling=balanced"),
            ("fttrain tiny.json data.sampling = b", "balanced"),
            (
                "fttrain tiny.json optimizer.type =",
                "sgd adam adamW rmsprop adagrad adadelta nadam "
                    + "adabelief radam lamb lion lbfgs"
            ),
            ("fttrain tiny.json data.path=ti", "data.path=tiny.json"),
            ("fttrain export run --format = on", "onnx"),
            ("fttrain x --device ", "auto cpu cuda cuda:0"), ("fttrain x device=au", "device=auto"),
            ("fttrain data csv x --missing m", "median mean most-frequent"),
        ])
    func bash(line: String, expected: String) throws {
        guard FileManager.default.isExecutableFile(atPath: "/bin/bash") else { return }
        let workspace = try Workspace()
        try workspace.prepare()
        try workspace.write("fttrain.bash", try workspace.run("completion", "bash").output)
        try workspace.write(
            "try.bash",
            """
            source ./fttrain.bash
            COMP_WORDS=(\(line))
            [[ '\(line)' == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _fttrain
            echo "${COMPREPLY[*]}"
            """)
        let child = try Child(
            "/bin/bash", ["try.bash"], in: workspace.path, output: workspace.file("out"),
            errors: workspace.file("err"))
        let result = try child.wait()
        #expect(result.output == expected + "\n" && result.errors == "", "\(result)")
    }

    @Test(
        "fish completes the same",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/fish")),
        arguments: [
            ("fttrain ch", ["check"]), ("fttrain check --gr", ["--gradients"]),
            ("fttrain inspect x --sort ", ["name", "none", "size"]),
            ("fttrain data ci", ["cifar"]), ("fttrain tiny.json training.ep", ["training.epochs="]),
            ("fttrain tin", ["tiny.json"]), ("fttrain export run --format on", ["onnx"]),
            ("fttrain tiny.json data.sampling=b", ["data.sampling=balanced"]),
            ("fttrain x --device ", ["auto", "cpu", "cuda", "cuda:0"]),
            ("fttrain x device=cp", ["device=cpu"]),
        ])
    func fish(line: String, expected: [String]) throws {
        let workspace = try Workspace()
        try workspace.prepare()
        try workspace.write("fttrain.fish", try workspace.run("completion", "fish").output)
        let words = try shell(
            "/usr/bin/fish", ["--no-config", "-c", "source fttrain.fish; complete -C '\(line)'"],
            in: workspace)
        let found = words.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
        #expect(found == expected.map { Substring($0) })
    }

    @Test(
        "zsh loads its script either way, and offers each command what it takes",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zsh")))
    func zsh() throws {
        let workspace = try Workspace()
        try workspace.write("_fttrain", try workspace.run("completion", "zsh").output)
        // What zsh's own functions are told, in place of what they would draw.
        try workspace.write(
            "try.zsh",
            """
            compdef() { print -r -- "compdef $*"; }
            _describe() { print -r -- "commands ${(j: :)${(@)${(P)2}%%:*}}"; }
            _arguments() { print -r -- "$*"; }
            compadd() { print -r -- "$*"; }
            compset() { PREFIX=${PREFIX#*=}; }
            _files() {}
            fpath=(. $fpath); autoload -Uz _fttrain
            words=(fttrain ''); CURRENT=2; PREFIX=; _fttrain
            words=(fttrain check ''); CURRENT=3; _fttrain
            PREFIX=data.sampling=; _fttrain_words
            unfunction _fttrain; source ./_fttrain
            """)
        let lines = try shell("/usr/bin/zsh", ["-f", "try.zsh"], in: workspace)
            .split(separator: "\n", omittingEmptySubsequences: false)
        let names = Self.commands.map(\.name).joined(separator: " ")
        #expect(lines.contains { $0 == "commands \(names)" })
        #expect(lines.contains { $0.contains("--gradients[") })
        #expect(lines.contains { $0.contains(":DEVICE:(auto cpu cuda cuda\\:0)") })
        #expect(lines.contains("uniform balanced"))
        #expect(lines.contains("compdef _fttrain fttrain"))
    }

    /// What a shell prints, which must have nothing to complain of.
    private func shell(
        _ path: String, _ arguments: [String], in workspace: Workspace
    ) throws -> String {
        let child = try Child(
            path, arguments, in: workspace.path, output: workspace.file("out"),
            errors: workspace.file("err"))
        let result = try child.wait()
        #expect(result.errors == "" && result.status == 0, "\(result)")
        return result.output
    }

    @Test("the manual page has all commands, options, variables and exit statuses")
    func manual() throws {
        let workspace = try Workspace()
        let page = try workspace.run("help", "--man").output
        #expect(!page.contains { !$0.isASCII })
        for command in Self.commands {
            let name = command.name.replacing("-", with: "\\-")
            #expect(page.contains("\n.SS fttrain\(command.name == "train" ? "" : " \(name)")\n"))
            for option in command.options {
                #expect(page.contains("\\-\\-" + option.name.replacing("-", with: "\\-")))
            }
        }
        for word in ["FAKETENSOR_ISA", "OMP_NUM_THREADS", "NO_COLOR", "130", "143", "70"] {
            #expect(page.contains(word), "\(word)")
        }
        for (line, number) in zip(page.split(separator: "\n"), 1...) where line.hasPrefix(".") {
            let request = line.dropFirst().prefix { $0 != " " }
            #expect(
                ["TH", "SH", "SS", "TP", "B", "br"].contains(request), "line \(number): \(line)")
        }
    }

    @Test("other shells are refused")
    func refused() throws {
        let result = try Workspace().run("completion", "tcsh")
        #expect(result.status == 2 && result.errors.contains("expected bash, zsh or fish"))
    }
}
