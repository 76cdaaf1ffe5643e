import Autograd
import Checkpoint
import Datasets
import FTConfig
import FTSupport
import NN
import Optim
import Tensor

extension Trainer {
    /// Trains as long as the config says; false where the run was stopped on the way.
    func train() throws -> Bool {
        standstill = Standstill(experiment.model, step: cursor.step)
        while cursor.sampler.epoch < config.epochs, reasonToStop == nil || owesEpoch {
            guard try trainEpoch() else { return false }
            guard isEpochWhole else { continue }
            guard let measurement = try measure() else { return false }
            try finishEpoch(measurement)
        }
        // An epoch that is cut short is measured where it ends.
        if isCut { try warnOfStandstill() }
        return owesMeasurement ? try measureWithinEpoch() : true
    }

    /// Whether nothing is left of the epoch.
    var isEpochWhole: Bool { data.train.batches(from: cursor.sampler.position) == 0 }

    /// Whether an epoch was trained and not measured yet.
    private var owesEpoch: Bool { cursor.sampler.position > 0 && isEpochWhole }

    /// Whether the unfinished epoch is to be measured at the step that was reached.
    private var isMeasurementDue: Bool {
        let every = config.training.int("validateEverySteps")
        return every > 0 && cursor.step.isMultiple(of: every) && cursor.measuredStep != cursor.step
            && cursor.sampler.position > 0 && !isEpochWhole
    }

    /// Whether a checkpoint within the epoch is due: one that is kept, or a new last one.
    private var isCheckpointDue: Bool {
        guard !isEpochWhole else { return false }
        let minutes = config.training.double("checkpointEveryMinutes")
        return isKeptStep || minutes > 0 && Clock.seconds() - lastSave >= minutes * 60
    }

    /// Trains on what is left of the epoch, or until a limit of steps or time; false where it was
    /// stopped on the way.
    private func trainEpoch() throws -> Bool {
        let stream = data.train.epoch(from: cursor.sampler)
        var waited = 0.0
        clock.stamp(&cursor)
        func note() {
            cursor.stepSeconds += clock.stamp(&cursor)
            cursor.waitSeconds += stream.waitSeconds - waited
            waited = stream.waitSeconds
        }
        defer { note() }
        experiment.model.train()
        while !isAtStepLimit, !isOutOfTime {
            if isMeasurementDue {
                note()
                guard try measureWithinEpoch() else { return false }
                clock.stamp(&cursor)
            }
            guard let batch = try stop.during(.waitingForData, { try stream.next() }) else { break }
            try stop.during(.computing) { try step(batch) }
            giveSign()
            if isCheckpointDue {
                _ = try stop.during(.computing) { try settle() }
                note()
                try save()
                clock.stamp(&cursor)
            }
            if stop.isRequested || isMeasurementDue { try settle() }
            if clock.session(cursor).steps == Standstill.patience {
                try settle()
                try warnOfStandstill()
            }
            if stop.isRequested { return false }
        }
        try settle()
        if let problem = launchProblem() {
            emit(
                .warning(
                    "the GPU is given each kernel of a step by itself, which takes longer, for a "
                        + "CUDA graph could not be made (\(problem)); results are the same"))
            launchProblem = { nil }
        }
        guard cursor.lossWeight > 0 || !isEpochWhole else {
            throw experiment.nothingCounts(data.train)
        }
        return true
    }

    /// Measures between two steps of an epoch; false where the run was stopped meanwhile.
    private func measureWithinEpoch() throws -> Bool {
        guard let measurement = try measure() else { return false }
        try keep(measurement) {}
        return true
    }

    /// One step: forward, backward, update. Its loss is read when the next step has been launched,
    /// so that the device need not be waited for; that of an epoch's first step at once.
    private func step(_ batch: Batch) throws {
        try setRate()
        let (targets, outcome, numbers) = try onDevice {
            let targets = batch.targets.sent(to: backend)
            let prepared = experiment.prepared(batch, targets, at: cursor.sampler)
            let outcome = compute(prepared.inputs, prepared.targets)
            return (targets, outcome, StepNumbers(of: outcome))
        }
        let isKnownToCount = outcome.weight == nil && outcome.isFinite == nil
        if let counts = outcome.counts {
            experiment.average?.noteStep(counts)
        } else if isKnownToCount {
            experiment.average?.noteStep(nil)
        }
        try settle()
        optimizer.learningRate = rates.rate(after: cursor.changes)
        unread = UnreadStep(
            batch: batch, numbers: numbers, launch: optimizer.launchedSteps,
            update: experiment.average?.weights.launchedUpdates ?? 0, step: cursor.step,
            sampler: cursor.sampler, samples: cursor.samples, rate: optimizer.learningRate)
        // A step in which nothing counted is taken back before the next one.
        if cursor.lossWeight == 0 || outcome.weight != nil {
            let weight = try settle() ?? 0
            if !isKnownToCount, outcome.counts == nil, weight != 0 {
                experiment.average?.noteStep(nil)
            }
        }
        cursor.step += 1
        cursor.sampler.position += batch.count
        cursor.samples += batch.count
        if isEpochWhole { experiment.average?.noteEpoch(cursor.sampler.epoch + 1) }
        if let output = outcome.output {
            for metric in experiment.metrics {
                try onDevice { try count(metric(output.data, targets), metric.name) }
            }
        }
        report()
    }

    /// Adds a batch to a metric of the epoch, which may have begun before a resumption.
    private func count(_ batch: Tally, _ name: String) throws {
        if let before = tallies[name] {
            tallies[name] = before + batch
        } else if let saved = cursor.metricSums[name] {
            guard let before = Tally(saved, like: batch) else {
                throw RunError(
                    .data,
                    "\(store.lastPath): the numbers of the metric \(name) don't fit it; "
                        + "use another checkpoint")
            }
            tallies[name] = before + batch
        } else {
            tallies[name] = batch
        }
    }

    /// Reads the metrics of the unfinished epoch from the device.
    func readTallies() {
        for (name, tally) in tallies { cursor.metricSums[name] = tally.numbers }
    }

    private func report() {
        let session = clock.session(cursor)
        let perEpoch = data.train.batchesPerEpoch
        let left = data.train.batches(from: cursor.sampler.position)
        emit(
            .step(
                StepProgress(
                    epoch: cursor.sampler.epoch + 1, epochs: config.epochs, step: cursor.step,
                    stepInEpoch: perEpoch - left, stepsPerEpoch: perEpoch,
                    stepsLeft: stepsLeft(inEpoch: left), meanLoss: cursor.meanLoss,
                    seconds: session.seconds, samples: session.samples,
                    sessionSteps: session.steps)))
    }

    /// Steps of the whole run that are left, at most.
    private func stepsLeft(inEpoch left: Int) -> Int {
        let epochs = config.epochs - cursor.sampler.epoch - 1
        let all = epochs * data.train.batchesPerEpoch + left
        return min(all, config.training.optionalInt("maxSteps").map { $0 - cursor.step } ?? all)
    }

    /// Records an epoch, saves its checkpoint and goes on to the next.
    func finishEpoch(_ measurement: RunMeasurement) throws {
        cursor.trainLoss = cursor.meanLoss
        rates.epochEnded(loss: measurement.loss)
        try keep(measurement) {
            cursor.sampler = SamplerState(epoch: cursor.sampler.epoch + 1)
            cursor.beginEpoch()
            tallies = [:]
        }
        warnOfConvergence()
        try warnOfStandstill()
    }

    /// Records a measurement and saves a checkpoint, once `advance` has been called.
    private func keep(_ measurement: RunMeasurement, advance: () -> Void) throws {
        let isBest = updateBest(measurement)
        clock.stamp(&cursor)
        let record = record(measurement, isBest)
        cursor.noteMeasurement()
        advance()
        warnOfUndefined(measurement)
        // First the row, then the checkpoint that knows of it: a resumption drops rows that its
        // checkpoint does not know.
        try metricsLog.append(record)
        try save(isBest: isBest)
        emit(.epoch(record))
        writePage(summary(.running), isDue: false)
    }

    /// Says once what decides on the best epoch and has no value.
    private func warnOfUndefined(_ measurement: RunMeasurement) {
        let by = experiment.bestBy
        guard !hasWarnedOfUndefined, measurement.value(by)?.isNaN ?? false else { return }
        hasWarnedOfUndefined = true
        let loader = data.measured
        emit(
            .note(
                "\(Evaluation.undefined(by, loader)); no epoch can be the best by it: measure on "
                    + "other data, or set training.bestBy=loss"))
    }

    private func updateBest(_ measurement: RunMeasurement) -> Bool {
        let before = cursor.best
        let isBest = isNewBest(measurement)
        noteGain(measurement, isBest: isBest, before: before)
        return isBest
    }

    private func isNewBest(_ measurement: RunMeasurement) -> Bool {
        let by = experiment.bestBy
        guard let value = measurement.value(by), !value.isNaN else { return false }
        if let best = cursor.best?.measurement, let old = best.value(by) {
            let isBetter = experiment.prefersHigher ? value > old : value < old
            // Of equal ones, the one with the smaller loss.
            guard isBetter || value == old && measurement.loss < best.loss else { return false }
        }
        cursor.best = RunSummary.Best(
            epoch: measuredEpoch, step: cursor.step, by: by, measurement: measurement)
        return true
    }

    /// The epoch that a measurement is of: from 1, and 0 where nothing is trained.
    private var measuredEpoch: Int { config.epochs == 0 ? 0 : cursor.sampler.epoch + 1 }

    private func record(_ measurement: RunMeasurement, _ isBest: Bool) -> EpochRecord {
        let seconds = max(cursor.stepSeconds - cursor.epochStartStepSeconds, 1e-9)
        return EpochRecord(
            epoch: measuredEpoch, step: cursor.step,
            trainLoss: config.epochs == 0 ? .nan : cursor.meanLoss,
            measurement: measurement, hasValidation: data.validation != nil,
            learningRate: optimizer.learningRate,
            samplesPerSecond: Double(cursor.samples - cursor.epochStartSamples) / seconds,
            seconds: cursor.seconds,
            dataWaitShare: min(1, (cursor.waitSeconds - cursor.epochStartWait) / seconds),
            gradientNorm: cursor.meanGradientNorm, isBest: isBest)
    }
}
