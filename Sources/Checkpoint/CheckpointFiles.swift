import FTSupport

typealias SaveObserver = AtomicFile<CheckpointError>.Observer

extension AtomicFile<CheckpointError> {
    /// A checkpoint that is replaced as a whole.
    static func checkpoint(_ path: String, _ observer: SaveObserver?) -> AtomicFile {
        AtomicFile(path, observer: observer) {
            CheckpointError(.unwritable, path, $0.whileWriting)
        }
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
