import Autograd
import Datasets
import Optim
import Tensor

extension Trainer {
    /// Reads the loss of the last step. Throws where it is not finite, the cursor standing before
    /// that step: it changed nothing.
    func settle() throws {
        guard let last = unread else { return }
        unread = nil
        let (value, itsWeight, norm, isFinite) = try onDevice { last.numbers }
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
    }
}

extension UnreadStep {
    /// Its loss, what that is the mean over, the norm of its gradients and whether they were finite;
    /// nil for what isn't known. It waits for the device once.
    fileprivate var numbers: (Double, Double?, Double?, Bool?) {
        let given = [loss, weight, gradientNorm, isFinite]
        var known = noGrad {
            let columns = given.compactMap { $0?.cast(to: .float64).reshape([1]) }
            return (columns.count == 1 ? columns[0] : .concat(columns)).values(as: Double.self)
        }
        let read = given.map { $0.map { _ in known.removeFirst() } }
        return (read[0] ?? .nan, read[1], read[2], read[3].map { $0 != 0 })
    }
}
