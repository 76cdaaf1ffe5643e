import Datasets
import FTConfig
import FTJSON
import FTSupport
import Training

/// `fttrain predict RUN DATA`: what a trained model says of new examples.
enum PredictCommand {
    static let command = Command(
        name: "predict", summary: "Say what a trained model makes of new examples.",
        arguments: [
            CommandArgument("RUN|CHECKPOINT", doc: "a run folder or a checkpoint"),
            CommandArgument(
                "DATA",
                doc:
                    "a table (.csv, .tsv, .jsonl, or - for standard input), an HDF5 file or .npy; or "
                    + "images, one or many, or a folder of them",
                isOptional: true, isRepeated: true),
        ],
        options: [
            .value(
                "out", short: "o", "FILE",
                doc: "where to write: .csv, .tsv, .jsonl, .npy or .h5; by default CSV is printed"),
            .flag(
                "skip-bad",
                doc: "leave out images and rows that can't be used, and name them; the status is 3"),
            Program.threshold,
            .flag(
                "stream",
                doc:
                    "read JSON objects, one a line, from standard input and answer each at once: "
                    + "rows of a table; {\"inputs\": …}, lists of an example's shape; or "
                    + "{\"file\": …}, an image"),
            Program.force, DataCommand.newDecimal, Program.threads, Program.json,
        ])

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        TrainCommand.setThreads(invocation)
        let isStream = invocation.flag("stream")
        let paths = Array(invocation.arguments.dropFirst())
        guard paths.isEmpty == isStream else {
            throw UsageError(
                isStream
                    ? "predict: --stream reads standard input; leave DATA out"
                    : "predict: missing DATA: a table, an HDF5 file, .npy or images; or --stream")
        }
        if paths.count > 1, let other = paths.first(where: { !DataKind($0).isOfImages }) {
            throw UsageError(
                "predict: \(other) is no image, and only images can be several; name one DATA")
        }
        if isStream, invocation.flag("skip-bad") {
            throw UsageError(
                "predict: --stream answers a bad line by its problem and goes on; leave --skip-bad out"
            )
        }
        if let path = invocation.string("out") {
            guard !isStream else {
                throw UsageError(
                    "predict: --stream answers on standard output; leave --out \(path) out, or "
                        + "direct the output there")
            }
            let form = try PredictionWriter.form(path)
            try FileWriting.check(path, reading: invocation.arguments)
            if !invocation.flag("force") {
                try FileWriting.check(path, isEarlier: .predictions(form))
            }
        }
        let predictor = try Predictor(invocation.arguments[0])
        try checkIsNoText(predictor, invocation)
        if let threshold = invocation.string("threshold") {
            try checkIsSaid(invocation)
            try predictor.decide(by: threshold)
        }
        if let mark = try DataCommand.decimal(invocation, of: paths.first) {
            try predictor.readDecimals(after: mark)
        }
        if isStream { return try PredictStream.run(predictor) }
        let skipped =
            invocation.flag("skip-bad") ? SkippedRows { Terminal.warn("fttrain: \($0)") } : nil
        let source =
            paths.count > 1
            ? try PredictionSource.images(paths, for: predictor, skips: skipped != nil)
            : try PredictionSource(paths[0], for: predictor, skips: skipped != nil)
        let path = source.path
        // With --skip-bad it turns out as it goes which rows they are of.
        if skipped == nil { tell(source.notes, path) }
        let progress = PredictProgress(source.count)
        let writer = PredictionWriter(predictor, source, skipping: skipped) {
            progress.update($0)
        }
        guard let out = invocation.string("out") else {
            let isJSON = invocation.flag("json")
            try writer.writeLines(isJSON ? .jsonl : .csv, tellsSkipped: isJSON, to: Output.write)
            if let shortfall = warn(of: writer, source, isJSON ? .jsonl : .csv) { throw shortfall }
            return .success
        }
        let beside = try writer.write(to: out)
        let shortfall = warn(of: writer, source, try PredictionWriter.form(out))
        let count = source.count - (skipped?.count ?? 0)
        if invocation.flag("json") {
            var object: JSONObject = ["out": .string(out), "examples": .int(count)]
            if let skipped { object["leftOut"] = skipped.json }
            if writer.unsound.count > 0 { object["notFinite"] = .int(writer.unsound.count) }
            object.append(contentsOf: try Provenance(predictor, source).json)
            JSONReport.emit("predict", object)
        } else {
            report(predictor, path, count, out, beside: beside)
        }
        if let shortfall { throw shortfall }
        return .success
    }

    private static func tell(_ notes: [String], _ path: String) {
        for note in notes { Terminal.note("\(path): \(note)") }
    }

    /// Says what isn't as it should be in what was written.
    private static func warn(
        of writer: PredictionWriter, _ source: PredictionSource, _ form: PredictionWriter.Form
    ) -> Shortfall? {
        if let skipped = writer.skipped { tell(source.notes(without: skipped), source.path) }
        if let note = writer.warning(form) { Terminal.note("\(source.path): \(note)") }
        let sentence = writer.skipped?.sentence(source.path, of: source.count)
        return sentence.map { Shortfall(.data, $0) }
    }

    /// Throws where the file to be written holds no decisions.
    private static func checkIsSaid(_ invocation: CommandInvocation) throws {
        guard let out = invocation.string("out"), try PredictionWriter.form(out) == .npy else {
            return
        }
        throw UsageError(
            "predict: \(out) holds probabilities, which --threshold doesn't change; leave it out, or "
                + "write .csv, .jsonl or .h5, which hold what is said, too")
    }

    /// Throws where the model continues texts, of which there are no rows.
    private static func checkIsNoText(
        _ predictor: Predictor, _ invocation: CommandInvocation
    ) throws(UsageError) {
        let isArray = invocation.arguments.dropFirst().first?.hasSuffix(".npy") ?? false
        let isOfTokens = isArray || invocation.flag("stream") && predictor.model.textModel == nil
        guard predictor.config.data.optional("text") != nil, !isOfTokens else { return }
        let target = invocation.arguments[0]
        throw UsageError(
            predictor.model.textModel == nil
                ? "predict: \(target) was trained on a text, of which there are no rows; give it "
                    + "tokens as .npy, a row an example, or as lists by --stream"
                : "predict: \(target) was trained on a text; have it write one: fttrain generate "
                    + target.shellPath)
    }

    private static func report(
        _ predictor: Predictor, _ path: String, _ count: Int, _ out: String, beside: String?
    ) {
        Terminal.print(
            "model   \(predictor.path)   epoch \(predictor.epoch), step "
                + "\(Format.grouped(predictor.step))\n"
                + "data    \(path)   \(Format.count(count, "example"))\n"
                + "wrote   \(out)" + (beside.map { "   made from: \($0)" } ?? ""))
    }
}

/// Says on standard error every few seconds how far a long command has come.
private final class PredictProgress {
    private let count: Int
    private var last = Clock.seconds()

    init(_ count: Int) { self.count = count }

    func update(_ done: Int) {
        let now = Clock.seconds()
        guard now - last >= 3, done < count else { return }
        last = now
        Terminal.warn("fttrain: \(Format.grouped(done)) of \(Format.grouped(count)) examples")
    }
}
