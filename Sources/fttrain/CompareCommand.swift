import FTConfig
import FTSupport
import Training

/// `fttrain compare runs/*`: runs side by side.
enum CompareCommand {
    static let command = Command(
        name: "compare", summary: "Show what runs came to, and what differs in their configs.",
        arguments: [
            CommandArgument(
                "RUN", doc: "run folders, as in runs/*, or a folder of them", isRepeated: true)
        ],
        options: [
            .value(
                "by", "NAME", type: .string(suggesting: RunSchema.measures),
                doc: "sort by loss or a metric, instead of what the runs watch"),
            Program.json,
        ])

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let (records, shortfall) = try read(invocation.arguments)
        let comparison = try RunComparison(records, by: invocation.string("by"))
        if invocation.flag("json") {
            JSONReport.emit("compare", comparison.json)
        } else {
            Terminal.print(comparison.lines.joined(separator: "\n"))
        }
        if let shortfall { throw shortfall }
        return .success
    }

    /// The runs among the folders. What isn't one is named, and told in the end.
    ///
    /// Throws where none is.
    static func read(_ paths: [String]) throws -> (records: [RunRecord], shortfall: Shortfall?) {
        var records: [RunRecord] = []
        var problems: [any Error] = []
        var known: Set<String> = []
        for path in paths.flatMap(RunFolder.runs) {
            do {
                let record = try RunRecord(path)
                guard known.insert(Folder.real(path)).inserted else {
                    Terminal.note("\(path): is named more than once and counts once")
                    continue
                }
                records.append(record)
            } catch {
                problems.append(error)
            }
        }
        if records.isEmpty, let first = problems.first { throw first }
        for problem in problems { Terminal.warn("fttrain: left out: \(problem)") }
        let damage = records.compactMap(\.damage)
        for sentence in damage { Terminal.warn("fttrain: \(sentence)") }
        let sentences = problems.map { "left out: \($0)" } + damage
        let all = sentences.joined(separator: "\n")
        return (records, sentences.isEmpty ? nil : Shortfall(.data, all))
    }
}
