import Checkpoint
import FTConfig
import FTJSON
import FTSupport
import NN

/// What a run folder tells of a run: its config, how it stands and what each epoch came to.
package struct RunRecord {
    /// A finished epoch.
    struct Row {
        let epoch: Int
        let step: Int
        /// The mean loss of the epoch's steps.
        let trainLoss: Double
        /// Loss and metrics by name, of the validation data or, where there is none, the training
        /// data.
        let measured: [String: Double]
        let hasValidation: Bool
        let learningRate: Double
        /// The mean norm of the gradients; nil where it wasn't measured.
        let gradientNorm: Double?
        /// Seconds of training since the run began.
        let seconds: Double
    }

    /// The folder as it was named.
    package let path: String
    /// The effective config.
    let config: RunConfig
    /// A hash of what the data held; nil where none was noted.
    let dataHash: String?
    /// What was measured on; nil where the run has no checkpoint, which would say.
    let measuredData: MeasuredData?
    /// How what was measured becomes what it is in the units of the data; nil where the run has no
    /// checkpoint, which would say.
    let units: TargetUnits?
    /// What happened to the data; nil where the run has no checkpoint, which would say.
    let preprocessing: Preprocessing?
    /// Settings that became others on the way, in order.
    let changes: [ConfigChange]
    /// In order.
    let rows: [Row]
    /// `completed`, `running`, `killed` …
    let status: String
    /// Why it diverged or failed.
    let reason: String?
    /// The lines of the table of epochs that are no rows, from 1.
    let damagedLines: [Int]

    /// A sentence on rows that can't be read; nil where all can.
    package var damage: String? {
        guard !damagedLines.isEmpty else { return nil }
        let shown = damagedLines.prefix(8).map { String($0) }.joined(separator: ", ")
        let rest = damagedLines.count > 8 ? ", …" : ""
        let (count, isOne) = (damagedLines.count, damagedLines.count == 1)
        return
            "\(path)/metrics.jsonl: \(Format.count(count, "line")) \(isOne ? "is" : "are") damaged "
            + "and left out (line \(shown)\(rest)), so its best epoch may be another"
    }

    /// Reads a run folder.
    ///
    /// Throws where it isn't one, or its config can't be read.
    package init(_ path: String) throws {
        let folder = try RunFolder(opening: path)
        self.path = folder.path
        config = try folder.config()
        let summary = try FileWriting.read(folder.summaryPath).flatMap {
            try? JSONNode(parsing: $0)
        }
        dataHash = summary?["dataHash"]?.string
        let store = folder.checkpoints()
        let states = [store.lastPath, store.bestPath].lazy.compactMap {
            try? TrainingCheckpoint.state(path: $0)
        }
        let isSampled = dataHash?.hasPrefix("xxh64-samples:") ?? false
        measuredData = states.first.map { MeasuredData($0, isSampled: isSampled) }
        preprocessing = states.first.flatMap { Preprocessing(of: $0) }
        units = preprocessing.map { TargetUnits($0) }
        changes = states.first.map(ConfigChange.all) ?? []
        let said = summary?["status"]?.string ?? "unknown"
        let isKilled = said == RunSummary.Status.running.rawValue && !RunLock.isTaken(folder)
        status = isKilled ? "killed" : said
        reason = summary?["reason"]?.string
        (rows, damagedLines) = RunRecord.rows(try FileWriting.read(folder.jsonlPath) ?? "")
    }

    /// The rows of a table of epochs, and the lines that are none or go back to an earlier step. A
    /// last line without an end is that of a process that was killed meanwhile.
    static func rows(_ text: String) -> (rows: [Row], damaged: [Int]) {
        var (rows, damaged) = ([Row](), [Int]())
        let lines = text.utf8.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let row = (try? JSONNode(parsing: Array(line))).flatMap { Row($0) }
            if let row, row.step > rows.last?.step ?? -1 {
                rows.append(row)
            } else if index < lines.count - 1 {
                damaged.append(index + 1)
            }
        }
        return (rows, damaged)
    }

    /// The names of what is measured: the loss, then the metrics.
    var measures: [String] {
        ["loss"] + config.value.children("metrics").map { Catalogs.metricName($0) }
    }

    /// What decides on the best epoch.
    var watched: String {
        config.training.optionalString("bestBy") ?? measures.dropFirst().first ?? "loss"
    }

    /// What people read over a measure: `f1 (macro)`.
    func title(_ measure: String) -> String { MetricTitle.of(measure, in: config) }

    /// The same, or what it is of where that isn't the data as they are.
    func fullTitle(_ measure: String) -> String { fullTitle(measure, units) }

    /// The same by how the targets were scaled.
    func fullTitle(_ measure: String, _ units: TargetUnits?) -> String {
        let scaled = units?.title(measure) ?? measure
        return scaled == measure ? title(measure) : scaled
    }

    /// Whether more of a measure is better.
    func prefersHigher(_ name: String) -> Bool {
        guard let loss = try? Catalogs.losses.make(config.value.child("loss")) else { return false }
        let metric = config.value.children("metrics").first { Catalogs.metricName($0) == name }
        let place = MetricPlace(loss: loss)
        return metric.flatMap { try? Catalogs.metrics.make($0, place).prefersHigher } ?? false
    }

    /// Whether any epoch has a value of what decides.
    var hasBest: Bool { best(by: watched, prefersHigher: prefersHigher(watched)) != nil }

    /// The epoch with the best value of a measure, of equal ones that with the smallest loss; nil
    /// where none has a value.
    func best(by name: String, prefersHigher: Bool) -> Row? {
        func isBetter(_ a: Row, _ b: Row) -> Bool {
            guard let x = a.measured[name], let y = b.measured[name] else { return false }
            if x != y { return (x > y) == prefersHigher }
            return (a.measured["loss"] ?? .infinity) < (b.measured["loss"] ?? .infinity)
        }
        return rows.filter { $0.measured[name].map { !$0.isNaN } ?? false }
            .reduce(nil as Row?) { best, row in
                best.map { isBetter(row, $0) ? row : $0 } ?? row
            }
    }
}

extension [RunRecord] {
    /// The name of a measure, with what it is of where runs agree on that and it isn't the data.
    func title(_ measure: String) -> String {
        let titles = Set(
            filter { $0.measures.contains(measure) }.map { $0.fullTitle(measure) })
        guard titles.count > 1 else { return titles.first ?? measure }
        guard tasks.count < 2 else { return "\(measure) of tasks that differ" }
        return "\(measure) of targets that each run scales in its own way"
    }

    /// What people read over a measure, where runs agree on it.
    func heading(_ measure: String) -> String {
        let titles = Set(filter { $0.measures.contains(measure) }.map { $0.title(measure) })
        return titles.count == 1 ? titles.first ?? measure : measure
    }

    /// What loss and metrics are of; none where that is the data as they are.
    var unitLines: [String] {
        // Runs of several tasks have nothing to scale alike.
        guard tasks.count < 2 else { return [] }
        let sentences = Set(map { $0.units?.sentence })
        guard let sentence = sentences.compactMap(\.self).first else { return [] }
        return sentences.count == 1
            ? "units   \(sentence)".folded
            : [
                "units   runs scale their targets in ways of their own, so that loss and metrics",
                "        with a unit don't compare",
            ]
    }
}

extension RunFolder {
    /// The config of the run; where `config.json` is missing, the one in its last checkpoint.
    fileprivate func config() throws -> RunConfig {
        if let text = try FileWriting.read(configPath) {
            do throws(ConfigError) {
                return try RunConfig(text: text, file: configPath)
            } catch {
                throw withRemedy(error)
            }
        }
        let last = checkpoints().lastPath
        guard let text = try TrainingCheckpoint.state(path: last).config else {
            throw RunError(.data, "\(configPath): no such file, and \(last) holds no config")
        }
        return try RunConfig(text: text, file: "\(last) (config)")
    }
}

extension RunRecord.Row {
    fileprivate init?(_ node: JSONNode) {
        guard let epoch = node["epoch"]?.int, let step = node["step"]?.int else { return nil }
        let validation = node["validation"]
        func number(_ node: JSONNode?) -> Double { node?.double ?? .nan }
        let members = (validation ?? node["train"])?.members ?? []
        self.init(
            epoch: epoch, step: step, trainLoss: number(node["train"]?["loss"]),
            measured: Dictionary(
                members.map { ($0.key, number($0.node)) }, uniquingKeysWith: { $1 }),
            hasValidation: validation != nil, learningRate: number(node["learningRate"]),
            gradientNorm: node["gradientNorm"]?.double,
            seconds: number(node["seconds"]))
    }
}
