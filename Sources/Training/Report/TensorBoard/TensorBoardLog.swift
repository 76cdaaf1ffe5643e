import Autograd
import Checkpoint
import Datasets
import FTConfig
import FTJSON
import FTSupport
import Glibc
import NN
import Tensor

/// Writes what a training measures as a file of TensorBoard, in its run folder: losses, metrics and
/// rates by step, the graph of the loss, the config as a text and as hyperparameters, how the
/// weights are spread after each measurement, and at the end who is taken for whom and the worst
/// images.
///
/// Records are TFRecord's: the length, its checksum, the event, its checksum.
public final class TensorBoardLog: TrainingObserver {
    private unowned let trainer: Trainer
    private let path: String
    private var hasFailed = false
    /// Weights of more elements are left out.
    private static let mostElements = 1 << 22
    private static let mostClasses = 30

    /// A log of a run, which begins a file of its own at each session.
    public convenience init(_ trainer: Trainer) {
        let seconds = Int(Clock.secondsSince1970())
        self.init(
            trainer,
            file: "\(trainer.folder.path)/events.out.tfevents.\(seconds).fttrain.\(getpid())")
    }

    init(_ trainer: Trainer, file: String) { (self.trainer, path) = (trainer, file) }

    /// Records what the event says.
    public func handle(_ event: TrainingEvent) {
        let step = trainer.cursor.step
        switch event {
        case .started(let info):
            record(0, EventMessage.begin)
            if step > 0 { record(step + 1, EventMessage.start) }
            let text = trainer.config.effective.text(.pretty).split(separator: "\n")
                .map { "    \($0)" }.joined(separator: "\n")
            let session = EventMessage.sessionStart(
                trainer.config.effective, seconds: Clock.secondsSince1970())
            record(step) {
                EventMessage.summary([EventMessage.text("config", text), session], &$0)
            }
            if let units = info.units?.sentence {
                record(step) {
                    EventMessage.summary([EventMessage.text("units", units)], &$0)
                }
            }
            if step == 0, let graph { record(0) { EventMessage.graph(graph, &$0) } }
        case .epoch(let epoch):
            let titles = MetricTitle.ofClasses(in: trainer.config)
            record(epoch.step) {
                EventMessage.summary(TensorBoardLog.scalars(epoch, titles), &$0)
            }
            record(epoch.step) { EventMessage.summary(histograms, &$0) }
        case .warning(let text), .note(let text):
            record(step) { EventMessage.summary([EventMessage.text("notes", text)], &$0) }
        case .ended(let summary, _): end(summary)
        default: break
        }
    }

    /// Records how the run ended, and of one that came to its end what its best epoch does wrong.
    private func end(_ summary: RunSummary) {
        let step = trainer.cursor.step
        let isDone = summary.status == .completed
        let status: EventMessage.SessionStatus = isDone ? .success : .failure
        let session = EventMessage.sessionEnd(status, seconds: Clock.secondsSince1970())
        record(step) { EventMessage.summary([session], &$0) }
        guard isDone, let report = trainer.bestReport else { return }
        var values: [ProtobufMessage] = []
        if let text = TensorBoardLog.table(report) {
            values.append(EventMessage.text("best/confusion", text))
        }
        let lines = report.worstLines
        if report.images.count == lines.count {
            values += zip(report.images, lines).enumerated().map { place, example in
                EventMessage.image("best/worst\(place + 1)", example.0, example.1)
            }
        }
        if !values.isEmpty { record(step) { EventMessage.summary(values, &$0) } }
    }

    /// The confusion matrix in Markdown; nil where there is none, or classes are too many to read.
    private static func table(_ report: EvaluationReport) -> String? {
        guard let (names, counts) = report.confusion, names.count <= mostClasses else { return nil }
        func row(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        let rule = row(["---"] + names.map { _ in "---:" })
        let rows = zip(names, counts).map { row([$0] + $1.map { Format.grouped($0) }) }
        return ([row(["target \\ predicted"] + names), rule] + rows).joined(separator: "\n")
    }

    /// The operations behind the loss of a batch. They are computed by a model of its own, so that
    /// the run's is as it was; nil where a second one costs much.
    private var graph: GraphDrawing? {
        let experiment = trainer.experiment
        guard experiment.data.train.dataset.isInMemory,
            experiment.model.parameterCount <= TensorBoardLog.mostElements,
            let twin = try? Experiment(trainer.config)
        else { return nil }
        return try? ModelProbe(twin).loss().drawing()
    }

    private static func scalars(
        _ epoch: EpochRecord, _ titles: [String: String]
    ) -> [ProtobufMessage] {
        let part = epoch.hasValidation ? "validation" : "train"
        var values = epoch.step == 0 ? [] : [("train/loss", epoch.trainLoss)]
        if epoch.hasValidation { values.append(("validation/loss", epoch.measurement.loss)) }
        values += epoch.measurement.metrics.map {
            ("\(part)/\(titles[$0.name] ?? $0.name)", $0.value)
        }
        values += [
            ("training/learningRate", epoch.learningRate),
            ("training/samplesPerSecond", epoch.samplesPerSecond),
            ("training/epoch", Double(epoch.epoch)),
        ]
        if let norm = epoch.gradientNorm { values.append(("training/gradientNorm", norm)) }
        return values.map { EventMessage.scalar($0.0, $0.1) }
    }

    private var histograms: [ProtobufMessage] {
        trainer.experiment.model.namedParameters.compactMap { name, parameter in
            guard parameter.data.count <= TensorBoardLog.mostElements else { return nil }
            let values = parameter.data.on(.cpu).values(as: Double.self)
            return EventMessage.histogram("weights/\(name)", values)
        }
    }

    private func record(_ step: Int, _ fill: (inout ProtobufMessage) -> Void) {
        guard !hasFailed else { return }
        let event = EventMessage.event(
            seconds: Clock.secondsSince1970(), step: step, fill)
        do throws(FileProblem) {
            try FileBytes.append(TensorBoardLog.framed(event), to: path)
        } catch {
            hasFailed = true
            Terminal.warn("fttrain: \(path): \(error.whileWriting); the run goes on without it")
        }
    }

    /// An event as a record of a file.
    static func framed(_ event: [UInt8]) -> [UInt8] {
        func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
            (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let length = bytes(UInt64(event.count))
        return length + bytes(CRC32C.masked(length)) + event + bytes(CRC32C.masked(event))
    }
}
