import Datasets
import FTConfig
import FTJSON
import Training

/// `fttrain eval RUN|CHECKPOINT [DATA]`: measures without training.
enum EvalCommand {
    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        TrainCommand.setThreads(invocation)
        var overrides = TrainCommand.overrides(invocation)
        let data = try data(invocation)
        let decimal = try DataCommand.decimal(invocation, of: data ?? "its own data")
        if let data {
            overrides.append("data.path=\(JSONValue.string(data).text())")
        }
        if invocation.flag("report") { return try report(invocation, overrides, decimal) }
        guard invocation.string("out") == nil else {
            throw UsageError("eval: --out is for the page of a --report; add that")
        }
        let evaluation = try Evaluation(
            invocation.arguments[0], overrides: overrides, decimal: decimal)
        if invocation.flag("json") {
            for note in evaluation.notes { Terminal.warn("fttrain: \(note)") }
            JSONReport.emit("eval", evaluation.json)
        } else {
            Terminal.print(evaluation.lines.joined(separator: "\n"))
        }
        return .success
    }

    private static func data(_ invocation: CommandInvocation) throws(UsageError) -> String? {
        guard invocation.arguments.count > 1 else { return invocation.string("data") }
        if invocation.string("data") != nil {
            throw UsageError("eval: DATA and --data name the same; leave one out")
        }
        return invocation.arguments[1]
    }

    private static func report(
        _ invocation: CommandInvocation, _ overrides: [String], _ decimal: DecimalMark?
    ) throws -> ExitStatus {
        let out = invocation.string("out")
        if let out {
            guard out.lowercased().hasSuffix(".html") else {
                throw UsageError(
                    "\(out): the page is HTML; name another file, one that ends in .html")
            }
            try FileWriting.check(out, reading: invocation.arguments)
        }
        let report = try EvaluationReport(
            invocation.arguments[0], overrides: overrides, decimal: decimal)
        if let out { try FileWriting.replace(out, with: report.page()) }
        if invocation.flag("json") {
            for note in report.notes { Terminal.warn("fttrain: \(note)") }
            JSONReport.emit("report", report.json)
        } else {
            let wrote = out.map { ["", "wrote   \($0)"] } ?? []
            Terminal.print((report.lines + wrote).joined(separator: "\n"))
        }
        return .success
    }
}
