import FTConfig
import Training

/// `fttrain graph CONFIG`: draws the operations behind the loss.
enum GraphCommand {
    static let command = Command(
        name: "graph", summary: "Draw the operations that a config's loss is computed by.",
        arguments: [CommandArgument("CONFIG", doc: "a config file")],
        options: [
            .value(
                "format", "FORMAT", type: .string(oneOf: DrawingFormat.allCases.map(\.rawValue)),
                doc: "mermaid (for web pages) or dot (for Graphviz)"),
            .value("out", "FILE", doc: "where to write it, instead of standard output"),
        ], takesOverrides: true)

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let config = try RunConfig(
            file: invocation.arguments[0], overrides: TrainCommand.overrides(invocation))
        if let path = invocation.string("out") { try FileWriting.check(path) }
        let format = invocation.string("format").flatMap(DrawingFormat.init) ?? .mermaid
        let drawing = try Experiment(config).drawing(format)
        guard let path = invocation.string("out") else {
            Terminal.write(drawing.text)
            return .success
        }
        try drawing.write(to: path)
        Terminal.print("wrote   \(path)   \(drawing.summary)")
        return .success
    }
}
