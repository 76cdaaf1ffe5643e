import FTConfig
import Training

/// `fttrain completion SHELL`: what has a shell complete commands, options and keys.
enum CompletionCommand {
    static let command = Command(
        name: "completion", summary: "Print a script that completes commands, options and keys.",
        arguments: [
            CommandArgument(
                "SHELL", doc: "bash, zsh or fish, as in: source <(fttrain completion bash)",
                choices: CompletionShell.allCases.map(\.rawValue))
        ])

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let name = invocation.arguments[0]
        guard let shell = CompletionShell(rawValue: name) else {
            throw UsageError("completion: expected bash, zsh or fish, found '\(name)'")
        }
        Terminal.print(
            Program.program.completion(for: shell, keys: RunSchema.schema.keys))
        return .success
    }
}
