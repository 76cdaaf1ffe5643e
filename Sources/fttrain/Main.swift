import FTConfig
import FTJSON
import Glibc
import Tensor
import Training

/// Reads the command line, runs the command and turns errors into a sentence and an exit status.
@main
struct Main {
    static func main() {
        // A reader that goes away (`fttrain list | head`) is no reason to die.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        let wantsJSON = arguments.contains("--json")
        do {
            let status = try run(arguments)
            try Terminal.checkOutput()
            exit(status.rawValue)
        } catch {
            exit(report(error, asJSON: wantsJSON).rawValue)
        }
    }

    private static func run(_ arguments: [String]) throws -> ExitStatus {
        if arguments.isEmpty {
            if case .help(let text) = try Program.program.parse(["--help"]) { Terminal.warn(text) }
            return .usage
        }
        switch try Program.program.parse(arguments) {
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
