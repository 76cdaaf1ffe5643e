import Autograd
import Checkpoint
import Datasets
import FTConfig
import FTJSON
import FTSupport
import NN
public import Optim
import Tensor

/// Trains what a config describes and keeps its run folder: weights, metrics and all state.
///
/// A run that was stopped at any moment, however hard, goes on from its last checkpoint and ends
/// with the same bits as one that never stopped.
public final class Trainer {
    /// What is trained, and on what.
    public let experiment: Experiment
    /// Where everything is written.
    public let folder: RunFolder
    /// Who is told what happens.
    public var observers: [any TrainingObserver] = []
    /// Set from elsewhere to end the run after the current step.
    public let stop: StopSignal

    /// What the datasets held when this session began.
    let digests: [(key: String, name: String, digest: String)]
    let store: CheckpointStore
    let metricsLog: MetricsLog
    let lock: RunLock
    var cursor = TrainingCursor()
    var rates: RateControl
    var clock = SessionClock()
    /// When the last checkpoint was written, by the clock of this process.
    var lastSave = Clock.seconds()
    /// The step of the last checkpoint that this process saved.
    var savedStep: Int?
    /// The seconds of the run that it holds.
    var savedSeconds = 0.0
    /// Why the run is to end after this epoch, where an observer decided so.
    var wishToEnd: String?
    /// What is to be said when training begins.
    var remarks: [String] = []
    /// The same of what is as it was meant.
    var notes: [String] = []
    /// What to do where the data are not those that the run began on.
    var remedyOfData = "restore it or start a new run"
    /// The course of rates that a run had which is ended where it stands.
    var courseBefore: RateControl?
    /// Whether a run that is over may still get the weights of its best epoch.
    var mayRestoreBest = true
    /// What identifies the weights that the run began with, where they were another model's.
    var originDigest: String?
    var resumedStep: Int?
    var hasReportedFirstLoss = false
    var hasWarnedOfUndefined = false
    var hasWarnedOfConvergence = false
    /// What trained parameters were when this session began, until that is looked at.
    var standstill: Standstill?
    var page = PageClock()
    /// What the unfinished epoch's batches add to the metrics, still on the device.
    var tallies: [String: Tally] = [:]
    /// The last step, while its loss has not been read.
    var unread: UnreadStep?
    /// The step, recorded and replayed where the config allows it.
    let compute: ([Tensor], Tensor) -> StepOutcome
    /// Why the GPU isn't given a step as a whole, until that was told.
    var launchProblem: () -> String? = { nil }

    /// The optimizer and its state.
    public var optimizer: Optimizer { experiment.optimizer }
    var config: RunConfig { experiment.config }
    /// What the datasets held, in one hash.
    var dataHash: String { data.contentHash(of: digests) }
    var data: DataPlan { experiment.data }
    var backend: any Backend { experiment.device.backend }

    /// A new run in a folder that was made for it.
    ///
    /// Throws where the folder can't be written.
    public convenience init(
        starting experiment: Experiment, in folder: RunFolder, stop: StopSignal = StopSignal()
    ) throws {
        let lock = try RunLock(folder)
        // Somebody may have trained in it since it was made.
        try RunFolder.checkFree(folder.path)
        try self.init(experiment, folder, stop, lock)
        remarks += experiment.remarks
        do {
            try begin()
        } catch {
            folder.discardBeginning()
            throw error
        }
    }

    init(
        _ experiment: Experiment, _ folder: RunFolder, _ stop: StopSignal, _ lock: RunLock
    ) throws {
        self.experiment = experiment
        self.folder = folder
        self.stop = stop
        self.lock = lock
        digests = try experiment.data.digests()
        let config = experiment.config
        if config.training.bool("capture"), !(experiment.optimizer is QuasiNewton) {
            let captured = capture { experiment.trainStep($0, $1) }
            compute = { captured($0, $1) }
            launchProblem = { captured.launchProblem }
        } else {
            compute = { experiment.trainStep($0, $1) }
        }
        store = folder.checkpoints(keep: config.training.int("keepCheckpoints"))
        metricsLog = MetricsLog(folder, metrics: experiment.metrics.map(\.name))
        let span = ScheduleSpan(
            rate: experiment.optimizer.learningRate,
            steps: Trainer.steps(config, experiment.data))
        rates = try Catalogs.schedules.make(config.value.child("schedule"), span)
    }

    /// Gives the model the weights that the run begins with.
    func loadInitialWeights() throws {
        guard let weights = try experiment.readInitialWeights() else { return }
        if weights.isWhole {
            notes.append(weights.account)
        } else {
            remarks.append(weights.account)
        }
        remarks += weights.differences
        originDigest = weights.digest
    }

    /// Writes the files of a run that has no checkpoint yet.
    func begin() throws {
        try loadInitialWeights()
        try writeConfig()
        try metricsLog.begin()
    }

    func writeConfig() throws {
        let text = config.effective.text(.pretty) + "\n"
        try FileWriting.renew(folder.configPath, with: text)
    }

    /// Trains until all epochs are done, the run is stopped or it diverges.
    ///
    /// Throws where files can't be read or written; `summary.json` then says so.
    public func run() throws -> RunSummary {
        do {
            clock.start(cursor)
            experiment.isSound.assign(NDArray.full([], 1, .bool, on: backend))
            try write(summary(.running))
            emit(.started(info))
            writePage(summary(.running))
            for note in notes { emit(.note(note)) }
            for remark in remarks { emit(.warning(remark)) }
            if let warning = try data.warningOfValidation() { emit(.warning(warning)) }
            return try stop.during(.computing) {
                guard try train() else { return try end(.interrupted) }
                if let reasonToStop { emit(.note(reasonToStop)) }
                try restoreBest()
                return try end(.completed)
            }
        } catch let divergence as Divergence {
            return try end(.diverged, reason: divergence.description, remedy: divergence.remedy)
        } catch {
            // The first problem is the one to report.
            let summary = summary(.failed, reason: "\(error)")
            try? write(summary)
            writePage(summary)
            throw error
        }
    }

    /// Ends a resumed run that has nothing left to train; one that had come to its end stays as
    /// it is.
    public func finishAtOnce() throws -> RunSummary {
        clock.start(cursor)
        if mayRestoreBest { try restoreBest() }
        let summary = summary(.completed)
        guard try !folder.hasCompleted(step: cursor.step) else { return summary }
        try write(summary)
        writePage(summary)
        return summary
    }

    func emit(_ event: TrainingEvent) {
        for observer in observers { observer.handle(event) }
    }

    var info: RunInfo {
        var info = experiment.info(path: folder.path)
        info.resumedStep = resumedStep
        info.resumedEpoch = cursor.sampler.epoch
        return info
    }

    private func end(
        _ status: RunSummary.Status, reason: String? = nil, remedy: String? = nil
    ) throws -> RunSummary {
        clock.stamp(&cursor)
        if status == .interrupted || status == .completed && isTimeUnsaved { try save() }
        var summary = summary(status, reason: reason)
        summary.remedy = remedy
        try write(summary)
        writePage(summary)
        if config.training.bool("report"), !page.hasFailed { summary.page = folder.reportPath }
        emit(.ended(summary, path: folder.path))
        return summary
    }

    func write(_ summary: RunSummary) throws {
        let text = JSONValue.object(summary.json).text(.pretty) + "\n"
        try FileWriting.replace(folder.summaryPath, with: text)
    }

    func summary(_ status: RunSummary.Status, reason: String? = nil) -> RunSummary {
        var summary = RunSummary()
        summary.status = status
        summary.reason = reason
        summary.name = config.name
        summary.epochs = cursor.sampler.epoch
        summary.steps = cursor.step
        summary.seconds = cursor.seconds
        summary.samplesPerSecond = Double(cursor.samples) / max(cursor.stepSeconds, 1e-9)
        summary.dataWaitShare = min(1, cursor.waitSeconds / max(cursor.stepSeconds, 1e-9))
        summary.best = cursor.best
        summary.metricTitles = MetricTitle.all(of: experiment.metrics.map(\.name), in: config)
        if status == .completed { summary.noBest = noBest }
        summary.units = TargetUnits(data.preprocessing)
        summary.changes = ConfigChange.all(cursor.history)
        summary.trainLoss = cursor.trainLoss
        summary.hasValidation = data.validation != nil
        summary.parameters = experiment.model.parameterCount
        summary.device = backend.summary
        summary.seed = config.seed
        summary.dataFingerprint = data.fingerprint
        summary.dataHash = dataHash
        summary.canBeLonger = canBeLonger
        summary.longerSettings = longerSettings
        summary.writesText =
            experiment.model.textModel != nil
            || config.data.optional("text")
                .map { experiment.model.nextTokens(context: $0.int("context")) != nil } ?? false
        summary.stepLimit = isAtStepLimit ? config.training.optionalInt("maxSteps") : nil
        return summary
    }
}

/// Measures the sessions of a run with a clock that the cursor carries from one to the next.
struct SessionClock {
    private var last = 0.0
    private var started = 0.0
    private var startSamples = 0
    private var startStep = 0
    private var isRunning = false

    mutating func start(_ cursor: TrainingCursor) {
        last = Clock.seconds()
        started = last
        startSamples = cursor.samples
        startStep = cursor.step
        isRunning = true
    }

    /// Seconds since the last call of `stamp`, or of `start`; 0 before.
    var unstamped: Double { isRunning ? Clock.seconds() - last : 0 }

    /// Adds the time since the last call to the cursor and returns it.
    @discardableResult
    mutating func stamp(_ cursor: inout TrainingCursor) -> Double {
        let now = Clock.seconds()
        let elapsed = now - last
        last = now
        cursor.seconds += elapsed
        return elapsed
    }

    /// Seconds, examples and steps of this session.
    func session(_ cursor: TrainingCursor) -> (seconds: Double, samples: Int, steps: Int) {
        (Clock.seconds() - started, cursor.samples - startSamples, cursor.step - startStep)
    }
}
