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
            let saved = state.extra["digest.\(key)"].map(XXHash64.padded)
            note("\(name) (data.\(key))", saved, digest)
        }
        if let originDigest {
            note(
                "the weights it began with (model.from)", state.extra["from"].map(XXHash64.padded),
                originDigest)
        }
        note("the version", state.frameworkVersion, FrameworkVersion.current)
        note("the arithmetic", state.extra["arithmetic"], backend.arithmetic)
        let (then, now) = (state.extra["processor"].map(Processor.init), Processor(backend.summary))
        note("the processor", then?.name, now.name)
        if let before = then?.threads, let threads = now.threads, before != threads {
            let (before, threads) = (before.escapedForDisplay(), threads.escapedForDisplay())
            found.append(
                "threads: \(before) then, \(threads) now; the bits don't depend on them")
        }
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

/// A processor by what a backend says of itself: `cpu: avx512, 2 threads`.
private struct Processor {
    let name: String
    /// How many threads it computed by; nil where it doesn't say.
    let threads: String?

    init(_ summary: String) {
        let last = summary.split(separator: ",").last.map { $0.split(separator: " ") } ?? []
        guard last.count == 2, last[1].hasPrefix("thread"),
            let end = summary.lastIndex(of: ",")
        else {
            (name, threads) = (summary, nil)
            return
        }
        (name, threads) = (String(summary[..<end]), String(last[0]))
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
