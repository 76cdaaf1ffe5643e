import Checkpoint
import FTConfig
import FTJSON
import FTSupport
import NN
import Tensor

extension Trainer {
    /// The names of what differs from a checkpoint in one bit or more: weights, then the
    /// optimizer's.
    func differing(from checkpoint: TrainingCheckpoint) -> [String] {
        var saved: [String: NDArray] = [:]
        for tensor in checkpoint.model { saved[tensor.name] = tensor.array }
        for tensor in checkpoint.optimizer { saved[tensor.name] = tensor.array }
        let tensors = checkpointTensors
        let found =
            tensors.model.map { ($0.name, $0.array) }
            + tensors.optimizer.map { ($0.name, $0.array) }
        let differing = found.filter { name, array in
            saved.removeValue(forKey: name).map { !array.hasBits(of: $0) } ?? true
        }
        return differing.map(\.0) + saved.keys.sorted()
    }

    /// What is another now than when a checkpoint was made, a sentence each.
    func circumstances(since checkpoint: TrainingCheckpoint, folder: RunFolder) -> [String] {
        let state = checkpoint.state
        var found: [String] = []
        func note(_ what: String, _ old: String?, _ new: String) {
            guard let old, old != new else { return }
            found.append("\(what): then \(old.escapedForDisplay()), now \(new)")
        }
        note("the data", state.extra["data"], data.fingerprint)
        for (key, name, digest) in digests {
            note("\(name) (data.\(key))", state.extra["digest.\(key)"], digest)
        }
        if let originDigest {
            note("the weights it began with (model.from)", state.extra["from"], originDigest)
        }
        note("the version", state.frameworkVersion, FrameworkVersion.current)
        note("the arithmetic", state.extra["arithmetic"], backend.arithmetic)
        note("the processor", state.extra["processor"], backend.summary)
        return found + configChanges(state, folder)
    }

    /// Where the folder's config says something else than the checkpoint's.
    private func configChanges(_ state: TrainingState, _ folder: RunFolder) -> [String] {
        guard let saved = state.config,
            let old = try? RunConfig(recorded: saved, file: folder.configPath),
            let text = try? FileWriting.read(folder.configPath),
            let new = try? RunConfig(recorded: text, file: folder.configPath)
        else { return [] }
        return ConfigDifference.between(old.effective, new.effective).map {
            "\(folder.configPath): \($0.description)"
        }
    }
}

extension NDArray {
    /// Whether another array has the same shape, dtype and bits.
    fileprivate func hasBits(of other: NDArray) -> Bool {
        guard shape == other.shape, dtype == other.dtype else { return false }
        let (a, b) = (contiguous().on(.cpu), other.contiguous().on(.cpu))
        return a.withUnsafeBytes { a in
            b.withUnsafeBytes { b in a.count == b.count && a.elementsEqual(b) }
        }
    }
}
