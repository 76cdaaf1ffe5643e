import FTJSON
import FTSupport

/// `metrics.csv` and `metrics.jsonl`: one row per finished epoch, never doubled by a resumption.
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

    /// Drops the rows of epochs that a checkpoint does not know, and a last row that a killed
    /// process left half written.
    func truncate(afterEpoch last: Int) throws(RunError) {
        let rows = completeLines(try FileWriting.read(folder.csvPath)).dropFirst().filter { line in
            line.split(separator: ",").first.flatMap { Int($0) }.map { $0 <= last } ?? false
        }
        try FileWriting.replace(
            folder.csvPath, with: heading + rows.map { $0 + "\n" }.joined())
        let objects = completeLines(try FileWriting.read(folder.jsonlPath)).filter { line in
            (try? JSONNode(parsing: line))?["epoch"]?.int.map { $0 <= last } ?? false
        }
        try FileWriting.replace(folder.jsonlPath, with: objects.map { $0 + "\n" }.joined())
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
        object["best"] = .bool(isBest)
        return object
    }
}
