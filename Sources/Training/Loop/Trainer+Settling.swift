import Datasets
import Optim

extension Trainer {
    /// Reads the loss of the last step. Throws where it is not finite, the cursor standing before
    /// that step: it changed nothing.
    ///
    /// - Returns: what the loss is the mean over, 0 where nothing counts; nil where it was read
    ///   already.
    @discardableResult
    func settle() throws -> Double? {
        guard let last = unread else { return nil }
        unread = nil
        let (value, itsWeight, norm, isFinite) = try onDevice { last.numbers.read() }
        guard value.isFinite else {
            (cursor.step, cursor.sampler, cursor.samples) = (last.step, last.sampler, last.samples)
            optimizer.learningRate = last.rate
            throw try divergence(value, last)
        }
        let weight = itsWeight ?? Double(last.batch.count)
        if let isFinite {
            try note(last, isTaken: isFinite, weight: weight)
        } else if weight == 0 {
            optimizer.takeBackStep()
        }
        if !hasReportedFirstLoss, weight > 0 {
            hasReportedFirstLoss = true
            emit(.firstLoss(value, step: last.step + 1))
        }
        if weight > 0, isFinite ?? true, let norm {
            cursor.gradientNormSum += norm
            cursor.gradientNorms += 1
        }
        cursor.lossSum += value * weight
        cursor.lossWeight += weight
        return weight
    }
}
