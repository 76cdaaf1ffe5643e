import FTConfig
import FTJSON
import Glibc
import Tensor
import Training

/// Reads the command line, runs the command and turns errors into a sentence and an exit status.
@main
struct Main {
    static func main() {
        Faults.becomeExits()
        Faults.restartWithoutSpareThreads()
        let arguments = Array(CommandLine.arguments.dropFirst())
        let wantsJSON = arguments.contains("--json")
        do {
            let status = try run(arguments)
            try Terminal.checkOutput()
            end(status)
        } catch {
            end(report(error, asJSON: wantsJSON))
        }
    }

    /// Ends the process without waiting for threads of libraries; everything is written by now.
    private static func end(_ status: ExitStatus) -> Never {
        _exit(status == .interrupted ? StopSignal.exitStatus : status.rawValue)
    }

    private static func run(_ arguments: [String]) throws -> ExitStatus {
        if arguments.isEmpty {
            if case .help(let text) = try Program.program.parse(["--help"]) { Terminal.warn(text) }
            return .usage
        }
        if arguments == ["help", "--man"] {
            Terminal.write(Program.program.manual)
            return .success
        }
        if arguments.first == "help", let name = arguments.dropFirst().first, !name.hasPrefix("-") {
            try Program.program.checkCommand(name, arguments.dropFirst(2))
        }
        switch try Program.program.parse(Main.spelled(arguments)) {
        case .help(let text), .version(let text):
            Terminal.print(text)
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

    private static func report(_ error: any Error, asJSON: Bool) -> ExitStatus {
        let status = ExitStatus(for: error)
        let text = "\(error)"
        Terminal.warn("fttrain: \(text)")
        if asJSON {
            JSONReport.emit(
                "error", ["message": .string(text), "exitCode": .int(Int(status.rawValue))])
        }
        return status
    }
}
