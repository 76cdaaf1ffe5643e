import FTConfig
import Testing

private let device = CommandOption.value("device", "NAME", doc: "auto, cpu, cuda or cuda:N")
private let threads = CommandOption.value(
    "threads", short: "t", "N", type: .int(min: 1), doc: "threads of the CPU engine")
private let quiet = CommandOption.flag("quiet", short: "q", doc: "print problems only")

private let program = CommandProgram(
    name: "fttrain", summary: "Trains the network that CONFIG describes.", version: "0.1.0",
    main: Command(
        name: "train", summary: "Trains.",
        arguments: [CommandArgument("CONFIG", doc: "a JSON file")],
        options: [device, threads, quiet], takesOverrides: true),
    commands: [
        Command(
            name: "check", summary: "Checks a config and trains nothing.",
            arguments: [CommandArgument("CONFIG", doc: "a JSON file")], takesOverrides: true),
        Command(
            name: "inspect", summary: "Shows what is in files.",
            arguments: [CommandArgument("FILE", doc: "a checkpoint", isRepeated: true)],
            options: [
                .value(
                    "sort", "ORDER", type: .string(oneOf: ["name", "size"]), doc: "name or size"),
                .value("scale", "X", type: .number(above: 0), doc: "a factor"),
            ]),
        Command(name: "list", summary: "Lists what a config may name."),
    ])

@Suite("The command line")
struct CommandLineTests {
    private func run(
        _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> CommandInvocation {
        guard case .run(let invocation) = try program.parse(arguments) else {
            throw UnexpectedRequest()
        }
        return invocation
    }

    private struct UnexpectedRequest: Error {}

    @Test("takes options, arguments and key=value in any order")
    func anyOrder() throws {
        let call = try run("seed=1", "--device", "cpu", "c.json", "a.b=x=y", "-q", "--threads=2")
        #expect(call.command == "train")
        #expect(call.arguments == ["c.json"])
        #expect(call.overrides == ["seed=1", "a.b=x=y"])
        #expect(call.string("device") == "cpu")
        #expect(call.int("threads") == 2)
        #expect(call.flag("quiet"))
    }

    @Test(
        "an option with a value that is given twice is refused, in each of its forms",
        arguments: [
            ["--device", "cpu", "--device", "cuda"], ["--device=cpu", "--device=cpu"],
            ["-t", "2", "--threads", "3"],
        ])
    func twice(options: [String]) {
        #expect {
            try program.parse(["c.json"] + options)
        } throws: { error in
            let name = options.last == "3" ? "threads" : "device"
            return "\(error)".contains("--\(name) is given twice: ")
        }
    }

    @Test("tells commands from files")
    func commands() throws {
        #expect(try run("check", "c.json", "seed=1").command == "check")
        #expect(try run("train", "c.json").arguments == ["c.json"])
        #expect(try run("./check").arguments == ["./check"])
        #expect(try run("inspect", "a", "b=c", "d").arguments == ["a", "b=c", "d"])
        #expect(try run("inspect", "a", "--sort", "size", "--scale", "0.5").double("scale") == 0.5)
        #expect(try run("list").arguments == [])
    }

    @Test("passes everything after -- through, and - and paths with = as arguments")
    func literal() throws {
        #expect(try run("--", "--quiet").arguments == ["--quiet"])
        #expect(try run("-").arguments == ["-"])
        #expect(try run("runs/a=b/c.json").arguments == ["runs/a=b/c.json"])
        #expect(try run("c.json", "--device=a=b").string("device") == "a=b")
    }

    @Test("leaves out what was not given")
    func absent() throws {
        let call = try run("c.json")
        #expect(call.string("device") == nil)
        #expect(call.int("threads") == nil)
        #expect(!call.flag("quiet"))
        #expect(call.overrides.isEmpty)
    }

    @Test(
        "refuses the rest with a sentence",
        arguments: [
            ([], "missing CONFIG: a JSON file. See 'fttrain --help'."),
            (["check"], "missing CONFIG: a JSON file. See 'fttrain check --help'."),
            (["c.json", "d.json"], "unexpected argument \"d.json\". See 'fttrain --help'."),
            (["list", "seed=1"], "unexpected argument \"seed=1\". See 'fttrain list --help'."),
            (["chek", "c.json"], "unknown command 'chek'. Did you mean 'check'?"),
            (["trian", "c.json"], "unknown command 'trian'. Did you mean 'train'?"),
            (
                ["c.json", "--devic=cpu"],
                "unknown option '--devic'. Did you mean '--device'? See 'fttrain --help'."
            ),
            (["c.json", "-x"], "unknown option '-x'. See 'fttrain --help'."),
            (["c.json", "--quiet=1"], "--quiet takes no value. See 'fttrain --help'."),
            (
                ["c.json", "--device"],
                "--device needs a value: --device NAME. See 'fttrain --help'."
            ),
            (
                ["c.json", "--device", "--quiet"],
                "--device needs a value: --device NAME. See 'fttrain --help'."
            ),
            (
                ["c.json", "--device="],
                "--device: expected a value, found \"\". See 'fttrain --help'."
            ),
            (
                ["c.json", "--threads", "-1"],
                "--threads: expected an integer ≥ 1, found \"-1\". See 'fttrain --help'."
            ),
            (
                ["c.json", "-t", "two"],
                "--threads: expected an integer ≥ 1, found \"two\". See 'fttrain --help'."
            ),
            (
                ["inspect", "a", "--sort", "age"],
                "--sort: expected \"name\" or \"size\", found \"age\". See 'fttrain inspect --help'."
            ),
            (
                ["inspect", "a", "--scale", "nan"],
                "--scale: expected a number > 0, found \"nan\". See 'fttrain inspect --help'."
            ),
        ])
    func mistakes(arguments: [String], expected: String) {
        let error = #expect(throws: UsageError.self) { try program.parse(arguments) }
        #expect(error?.description == expected)
    }

    @Test(
        "writes the help text from the declarations",
        arguments: [["--help"], ["x", "-h", "--bad"]])
    func help(arguments: [String]) throws {
        guard case .help(let text) = try program.parse(arguments) else {
            throw UnexpectedRequest()
        }
        #expect(
            text == """
                usage: fttrain CONFIG [key=value …] [options]
                       fttrain COMMAND …

                Trains the network that CONFIG describes.

                arguments:
                  CONFIG      a JSON file
                  key=value   sets a key of the config, such as training.epochs=20;
                              stands before or after options, and the last of a key counts

                options:
                  --device NAME     auto, cpu, cuda or cuda:N
                  -t, --threads N   threads of the CPU engine
                  -q, --quiet       print problems only
                  --help            show this text
                  --version         show the version

                commands:
                  train     Trains.
                  check     Checks a config and trains nothing.
                  inspect   Shows what is in files.
                  list      Lists what a config may name.
                """)
    }

    @Test("has a help text for each command and a version")
    func commandHelp() throws {
        guard case .help(let text) = try program.parse(["inspect", "--help"]),
            case .version(let version) = try program.parse(["--version"])
        else { throw UnexpectedRequest() }
        #expect(
            text == """
                usage: fttrain inspect FILE … [options]

                Shows what is in files.

                arguments:
                  FILE   a checkpoint

                options:
                  --sort ORDER   name or size
                  --scale X      a factor
                  --help         show this text
                """)
        #expect(version == "fttrain 0.1.0")
    }
}
