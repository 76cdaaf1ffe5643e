import FTConfig
import FTJSON
import Glibc
import Tensor
public import Training

/// `fttrain`, with layers and losses of a program's own that configs can name. Its `main.swift`:
///
///     import FakeTensorCommand
///
///     TrainingCommand(layers: [sinusoid]).main()
public struct TrainingCommand: Sendable {
    private let parts: TrainingParts?

    /// The command, and what is added to the library's layers and losses. Traps where a name is
    /// taken.
    public init(layers: [CustomLayer] = [], losses: [CustomLoss] = []) {
        let adds = !layers.isEmpty || !losses.isEmpty
        parts = adds ? TrainingParts(layers: layers, losses: losses) : nil
    }

    /// Runs what the command line says and ends the process with an exit status.
    public func main() -> Never {
        guard let parts else { Main.run() }
        parts.inScope { Main.run() }
    }
}

/// Reads the command line, runs the command and turns errors into a sentence and an exit status.
private enum Main {
    static func run() -> Never {
        let arguments = Array(Arguments.all.dropFirst())
        let wantsJSON = arguments.prefix { $0 != "--" }.contains("--json")
        Faults.becomeExits(asJSON: wantsJSON)
        Faults.restartWithoutSpareThreads()
        do {
            let (status, sentence) = try outcome(arguments, wantsJSON)
            try Terminal.checkOutput()
            if wantsJSON, status != .success { emit(sentence, status) }
            end(status)
        } catch {
            end(report(error, asJSON: wantsJSON))
        }
    }

    /// How a command ended, and in words what it couldn't do.
    private static func outcome(
        _ arguments: [String], _ wantsJSON: Bool
    ) throws -> (status: ExitStatus, sentence: String) {
        do {
            let status = try run(arguments, asJSON: wantsJSON)
            let isStopped = status == .interrupted
            let saved = "stopped by a signal, after it saved its state"
            return (status, isStopped ? saved : status.meaning)
        } catch let shortfall as Shortfall {
            return (shortfall.status, shortfall.sentence)
        } catch is Output.ReaderIsGone {
            return (.success, "")
        }
    }

    /// Ends the process without waiting for threads of libraries; everything is written by now.
    private static func end(_ status: ExitStatus) -> Never {
        _exit(status == .interrupted ? StopSignal.exitStatus : status.rawValue)
    }

    private static func run(_ arguments: [String], asJSON: Bool) throws -> ExitStatus {
        if arguments.isEmpty {
            if case .help(let text) = try Program.program.parse(["--help"]) { Terminal.warn(text) }
            return .usage
        }
        if arguments.filter({ $0 != "--json" }) == ["help", "--man"] {
            show("help", Program.program.manual, asJSON)
            return .success
        }
        if arguments.first == "help", let name = arguments.dropFirst().first, !name.hasPrefix("-") {
            try Program.program.checkCommand(name, arguments.dropFirst(2))
        }
        try NamedFile.checkText(arguments)
        switch try Program.program.parse(Main.spelled(arguments)) {
        case .help(let text):
            show("help", text + "\n", asJSON)
            return .success
        case .version(let text):
            show("version", text + "\n", asJSON)
            return .success
        case .run(let invocation):
            if let problem = CPUBackend.instructionSetProblem {
                throw UsageError("FAKETENSOR_ISA: \(problem)")
            }
            return try Program.run(invocation)
        }
    }

    /// `help`, `help COMMAND`, `help data csv` and `version` as the options that they stand for.
    private static func spelled(_ arguments: [String]) -> [String] {
        switch arguments.first {
        case "help": arguments.dropFirst().prefix(1) + ["--help"] + arguments.dropFirst(2)
        case "version": ["--version"]
        default: arguments
        }
    }

    /// Prints a text, as JSON in one object.
    private static func show(_ event: String, _ text: String, _ asJSON: Bool) {
        guard asJSON else { return Terminal.write(text) }
        JSONReport.emit(event, ["text": .string(text)])
    }

    private static func emit(_ message: String, _ status: ExitStatus) {
        let code = status == .interrupted ? StopSignal.exitStatus : status.rawValue
        JSONReport.emit("error", ["message": .string(message), "exitCode": .int(Int(code))])
    }

    private static func report(_ error: any Error, asJSON: Bool) -> ExitStatus {
        let status = ExitStatus(for: error)
        let text = "\(error)"
        Terminal.warn("fttrain: \(text)")
        if asJSON { emit(text, status) }
        return status
    }
}
