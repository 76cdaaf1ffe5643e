public import Tensor

extension CheckpointStore {
    /// What `newest` found.
    public struct Found: Sendable {
        /// The checkpoint.
        public let checkpoint: TrainingCheckpoint
        /// The file it came from.
        public let path: String
        /// Why newer files were passed over; worth a warning each.
        public let skipped: [CheckpointError]
    }

    /// The newest checkpoint of the folder that is whole, nil when the folder has none at all.
    ///
    /// Candidates are ordered by their step; of equals `last` comes first, `best` last. Throws the
    /// first problem when there are files but none can be used.
    public func newest(
        on device: Device = .cpu
    ) throws(CheckpointError) -> Found? {
        var skipped: [CheckpointError] = []
        var candidates: [(file: SafetensorsFile, step: Int)] = []
        for path in [lastPath] + (try stepPaths()).reversed() + [bestPath] {
            do throws(CheckpointError) {
                let file = try SafetensorsFile(opening: path)
                candidates.append((file, try TrainingState(MetadataReader(file)).step))
            } catch {
                if error.kind != .notFound { skipped.append(error) }
            }
        }
        let order = candidates.indices.sorted {
            let (a, b) = (candidates[$0].step, candidates[$1].step)
            return a != b ? a > b : $0 < $1
        }
        for position in order {
            let file = candidates[position].file
            do throws(CheckpointError) {
                let checkpoint = try TrainingCheckpoint(file, on: device, verify: true)
                return Found(checkpoint: checkpoint, path: file.path, skipped: skipped)
            } catch {
                skipped.append(error)
            }
        }
        if let first = skipped.first { throw first }
        return nil
    }
}
