import FTConfig
import Training

/// `fttrain plot runs/*`: curves of runs in one picture.
enum PlotCommand {
    static let command = Command(
        name: "plot", summary: "Draw the curves of runs, on the terminal or as SVG.",
        arguments: [
            CommandArgument(
                "RUN", doc: "run folders, as in runs/*, or a folder of them", isRepeated: true)
        ],
        options: [
            .value(
                "by", "NAME", type: .string(suggesting: RunSchema.measures),
                doc: "loss or a metric, instead of what the runs watch"),
            .value("out", short: "o", "FILE", doc: "an SVG file to write, of all measures"),
            Program.force,
        ])

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        if let path = invocation.string("out") {
            guard path.lowercased().hasSuffix(".svg") else {
                throw UsageError(
                    "\(path): plot writes SVG; name another file, one that ends in .svg")
            }
            try FileWriting.check(path)
            if !invocation.flag("force") { try FileWriting.check(path, isEarlier: .picture) }
        }
        let (records, shortfall) = try CompareCommand.read(invocation.arguments)
        let plot = try RunPlot(records, by: invocation.string("by"))
        if let path = invocation.string("out") {
            try plot.write(to: path)
            Terminal.print("wrote   \(path)   \(plot.summary)")
        } else {
            Terminal.print(plot.lines.joined(separator: "\n"))
        }
        if let shortfall { throw shortfall }
        return .success
    }
}
