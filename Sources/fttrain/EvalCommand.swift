import Datasets
import FTConfig
import FTJSON
import FTSupport
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
        let skipped = try skipped(invocation)
        if invocation.flag("report") { return try report(invocation, overrides, decimal, skipped) }
        guard invocation.string("out") == nil else {
            throw UsageError("eval: --out is for the page of a --report; add that")
        }
        let evaluation = try Evaluation(
            invocation.arguments[0], overrides: overrides, decimal: decimal, skipping: skipped,
            threshold: invocation.string("threshold"))
        if invocation.flag("json") {
            warn(evaluation.notes, skipped)
            emit("eval", evaluation.json, skipped)
        } else {
            Terminal.print(evaluation.lines.joined(separator: "\n"))
        }
        return try end(evaluation.notes, skipped, evaluation.lossProblem)
    }

    private static func emit(_ event: String, _ json: JSONObject, _ skipped: SkippedRows?) {
        var object = json
        if let skipped { object["leftOut"] = skipped.json }
        JSONReport.emit(event, object)
    }

    /// Tells notes on standard error, but for how many examples were left out, which stands there
    /// with what is wrong with them.
    private static func warn(_ notes: [String], _ skipped: SkippedRows?) {
        for note in notes where skipped == nil || !note.hasSuffix("left out") {
            Terminal.note(note)
        }
    }

    /// What notes the examples that are left out; nil where none may be.
    private static func skipped(_ invocation: CommandInvocation) throws -> SkippedRows? {
        guard invocation.flag("skip-bad") else { return nil }
        guard try data(invocation) != nil else {
            throw UsageError(
                "eval: --skip-bad is for rows of a table and for images; name them as DATA")
        }
        return SkippedRows { Terminal.warn("fttrain: \($0)") }
    }

    /// Says by the exit status that the loss is no number, or that something was left out, which the
    /// last of the notes tells.
    private static func end(
        _ notes: [String], _ skipped: SkippedRows?, _ problem: String?
    ) throws -> ExitStatus {
        if let problem {
            Terminal.warn("fttrain: \(problem)")
            throw Shortfall(.diverged, problem)
        }
        guard let skipped, skipped.count > 0 else { return .success }
        let sentence = notes.last { $0.hasSuffix("left out") }
        throw Shortfall(.data, sentence ?? Format.count(skipped.count, "example") + " left out")
    }

    private static func data(_ invocation: CommandInvocation) throws(UsageError) -> String? {
        guard invocation.arguments.count > 1 else { return invocation.string("data") }
        if invocation.string("data") != nil {
            throw UsageError("eval: DATA and --data name the same; leave one out")
        }
        return invocation.arguments[1]
    }

    private static func report(
        _ invocation: CommandInvocation, _ overrides: [String], _ decimal: DecimalMark?,
        _ skipped: SkippedRows?
    ) throws -> ExitStatus {
        let out = invocation.string("out")
        if let out {
            guard out.lowercased().hasSuffix(".html") else {
                throw UsageError(
                    "\(out): the page is HTML; name another file, one that ends in .html")
            }
            try FileWriting.check(out, reading: invocation.arguments)
            if !invocation.flag("force") { try FileWriting.check(out, isEarlier: .page) }
        }
        let report = try EvaluationReport(
            invocation.arguments[0], overrides: overrides, decimal: decimal, skipping: skipped,
            threshold: invocation.string("threshold"))
        if let out { try FileWriting.replace(out, with: report.page()) }
        if invocation.flag("json") {
            warn(report.notes, skipped)
            emit("report", report.json, skipped)
        } else {
            let wrote = out.map { ["", "wrote   \($0)"] } ?? []
            Terminal.print((report.lines + wrote).joined(separator: "\n"))
        }
        return try end(report.notes, skipped, report.lossProblem)
    }
}
