import FTSupport
import Glibc

/// The checkpoints of a run folder: `last.safetensors`, `best.safetensors` and the last few
/// `step-00001000.safetensors`.
///
/// However a save is cut short, one of them is whole: each file appears complete under its name or
/// not at all, and old ones are removed only after the new one is on the disk.
public struct CheckpointStore: Sendable {
    /// The folder.
    public let directory: String
    /// How many step checkpoints stay.
    public let keep: Int

    /// The newest checkpoint.
    public var lastPath: String { "\(directory)/last.safetensors" }
    /// The checkpoint with the best metric.
    public var bestPath: String { "\(directory)/best.safetensors" }

    /// A store in a folder that exists, keeping at most `keep` step checkpoints.
    public init(directory: String, keep: Int) {
        self.directory = directory
        self.keep = max(keep, 0)
    }

    /// The checkpoint of a step: `step-00001000.safetensors`.
    public func stepPath(_ step: Int) -> String {
        "\(directory)/step-\(Format.digits(step, 8)).safetensors"
    }

    /// Saves as `last`, and as `best` and step checkpoint where asked; then drops what is too old.
    ///
    /// `last` comes after the others, so that it never speaks of a best that isn't there yet; each
    /// is a file of its own.
    public func save(
        _ checkpoint: TrainingCheckpoint, isBest: Bool = false, keepsStep: Bool = false
    ) throws(CheckpointError) {
        try save(checkpoint, isBest: isBest, keepsStep: keepsStep, observer: nil)
    }

    func save(
        _ checkpoint: TrainingCheckpoint, isBest: Bool, keepsStep: Bool, observer: SaveObserver?
    ) throws(CheckpointError) {
        try removeLeftovers()
        var paths: [String] = []
        if isBest { paths.append(bestPath) }
        if keepsStep, keep > 0 { paths.append(stepPath(checkpoint.state.step)) }
        paths.append(lastPath)
        try checkpoint.save(to: paths[0], observer: observer)
        for path in paths.dropFirst() {
            try AtomicFile.checkpoint(path, observer).copy(paths[0])
        }
        guard keepsStep, keep > 0 else { return }
        for old in try stepPaths().dropLast(keep) {
            try remove(old)
            try observer?(.removed)
        }
    }

    /// The step checkpoints there are, oldest first.
    public func stepPaths() throws(CheckpointError) -> [String] {
        try fileNames().compactMap { name in step(ofFile: name).map { (name, $0) } }
            .sorted { $0.1 < $1.1 }.map { "\(directory)/\($0.0)" }
    }

    /// The step in a file name like `step-00001000.safetensors`, nil for any other name.
    private func step(ofFile name: String) -> Int? {
        guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
        let digits = name.dropFirst(5).dropLast(12)
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(digits)
    }

    /// Removes temporaries that a killed program left behind.
    private func removeLeftovers() throws(CheckpointError) {
        for name in try fileNames() where AtomicName.isLeftover(name) {
            try remove("\(directory)/\(name)")
        }
    }

    /// Removes a file; it is no trouble if somebody else did.
    private func remove(_ path: String) throws(CheckpointError) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw CheckpointError(
            .unwritable, path,
            "can't be removed, so old checkpoints would fill the disk: \(systemMessage(errno)); "
                + "remove it by hand")
    }

    private func fileNames() throws(CheckpointError) -> [String] {
        guard let names = Folder.names(in: directory) else {
            let reason = errno == ENOENT ? "no such folder" : systemMessage(errno)
            throw CheckpointError(.notFound, directory, "can't be listed: \(reason)")
        }
        return names
    }
}
