import FTJSON
import FTSupport

/// `metrics.csv` and `metrics.jsonl`: one row per measurement, after an epoch or within, never
/// doubled by a resumption.
struct MetricsLog {
    private let folder: RunFolder
    private let metrics: [String]

    init(_ folder: RunFolder, metrics: [String]) {
        self.folder = folder
        self.metrics = metrics
    }

    /// The heading of the table. Its columns are the same for all runs, then come the metrics.
    private var heading: String {
        let columns = [
            "epoch", "step", "trainLoss", "validationLoss", "learningRate", "samplesPerSecond",
            "seconds", "dataWaitShare", "best",
        ]
        return (columns + metrics).joined(separator: ",") + "\n"
    }

    /// Starts both files afresh.
    func begin() throws(RunError) {
        try FileWriting.replace(folder.csvPath, with: heading)
        try FileWriting.replace(folder.jsonlPath, with: "")
    }

    /// Adds a finished epoch, and returns when it is on the disk.
    func append(_ record: EpochRecord) throws(RunError) {
        let validationLoss = record.hasValidation ? "\(record.measurement.loss)" : ""
        let fields =
            [
                "\(record.epoch)", "\(record.step)", "\(record.trainLoss)", validationLoss,
                "\(record.learningRate)", Format.fixed(record.samplesPerSecond, 0),
                Format.fixed(record.seconds, 3), Format.fixed(record.dataWaitShare, 4),
                record.isBest ? "1" : "0",
            ] + record.measurement.metrics.map { "\($0.value)" }
        let row = fields.joined(separator: ",") + "\n"
        try FileWriting.append(row, to: folder.csvPath, isSynced: true)
        let line = JSONValue.object(record.json).text() + "\n"
        try FileWriting.append(line, to: folder.jsonlPath, isSynced: true)
    }

    /// Drops the rows that a checkpoint does not know, those after a step, and a last row that a
    /// killed process left half written. Returns a sentence on each file with rows that are
    /// damaged.
    ///
    /// - Parameter expected: how many rows there were up to that step.
    func truncate(afterStep last: Int, expected: Int) throws(RunError) -> [String] {
        let width = heading.split(separator: ",", omittingEmptySubsequences: false).count
        let table = try rows(folder.csvPath, last, expected, skipping: 1) { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return cells.count == width ? Int(cells[1]) : nil
        }
        try FileWriting.renew(folder.csvPath, with: heading + table.kept)
        let objects = try rows(folder.jsonlPath, last, expected, skipping: 0) { line in
            (try? JSONNode(parsing: line))?["step"]?.int
        }
        try FileWriting.renew(folder.jsonlPath, with: objects.kept)
        return [table.remark, objects.remark].compactMap(\.self)
    }

    /// The rows of steps up to `last`, and a remark on lines without a step.
    private func rows(
        _ path: String, _ last: Int, _ expected: Int, skipping heading: Int,
        _ step: (String) -> Int?
    ) throws(RunError) -> (kept: String, remark: String?) {
        var kept = ""
        var damaged: [Int] = []
        var known: Set<Int> = []
        for (index, line) in completeLines(try FileWriting.read(path)).enumerated().dropFirst(
            heading)
        {
            guard let step = step(line), step >= 0, known.insert(step).inserted else {
                damaged.append(index + 1)
                continue
            }
            if step <= last { kept += line + "\n" }
        }
        let missing = max(0, expected - known.count { $0 <= last })
        guard !damaged.isEmpty || missing > 0 else { return (kept, nil) }
        let lines = damaged.prefix(8).map { String($0) }.joined(separator: ", ")
        let place = damaged.isEmpty ? "" : " (damaged: line \(lines))"
        return (
            kept,
            "\(path): \(Format.count(missing, "row")) \(missing == 1 ? "is" : "are") lost\(place); "
                + "the weights are not concerned"
        )
    }

    private func completeLines(_ text: String?) -> [String] {
        (text ?? "").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { String($0) }
    }
}

extension EpochRecord {
    /// The epoch for programs.
    var json: JSONObject {
        var object: JSONObject = [
            "epoch": .int(epoch), "step": .int(step),
            "train": ["loss": JSONValue(number: trainLoss)],
        ]
        if hasValidation {
            object["validation"] = measurement.json
        } else {
            object["train"] = measurement.json
        }
        object["learningRate"] = JSONValue(number: learningRate)
        object["samplesPerSecond"] = JSONValue(number: samplesPerSecond.rounded(to: 1))
        object["seconds"] = JSONValue(number: seconds.rounded(to: 3))
        object["dataWaitShare"] = JSONValue(number: dataWaitShare.rounded(to: 4))
        if let gradientNorm { object["gradientNorm"] = JSONValue(number: gradientNorm) }
        object["best"] = .bool(isBest)
        return object
    }
}
