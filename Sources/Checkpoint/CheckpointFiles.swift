import FTSupport

typealias SaveObserver = AtomicFile<CheckpointError>.Observer

extension AtomicFile<CheckpointError> {
    /// A checkpoint that is replaced as a whole.
    static func checkpoint(_ path: String, _ observer: SaveObserver?) -> AtomicFile {
        AtomicFile(path, observer: observer) {
            CheckpointError(.unwritable, path, $0.whileWriting)
        }
    }

    /// Gives the content of `source` a second name, replacing what had it.
    ///
    /// A hard link where the file system has them, otherwise a copy.
    static func duplicate(
        _ source: String, as path: String, _ observer: SaveObserver?
    ) throws(CheckpointError) {
        let file = checkpoint(path, observer)
        if try !file.link(source) {
            let content = try MappedFile.checkpoint(source)
            defer { withExtendedLifetime(content) {} }
            try file.write { output throws(CheckpointError) in try output.write(content.bytes) }
        }
        try observer?(.linked)
    }
}

extension MappedFile {
    /// A checkpoint to be read.
    static func checkpoint(_ path: String) throws(CheckpointError) -> MappedFile {
        do throws(FileProblem) {
            return try MappedFile(path: path)
        } catch {
            let isThere = !error.isMissing && error != .isNoName
            throw CheckpointError(isThere ? .unreadable : .notFound, path, error.whileReading)
        }
    }
}
