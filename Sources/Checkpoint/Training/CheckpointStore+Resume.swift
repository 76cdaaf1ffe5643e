import FTSupport
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

extension CheckpointStore {
    /// What `repair` made of the best checkpoint that the newest one speaks of.
    public enum Best: Sendable {
        /// It is there, or none is spoken of.
        case asStated
        /// It is lost; the file holds another one of the run, whose state this is.
        case other(TrainingState)
        /// It is lost, and there is none.
        case lost
    }

    /// Makes the folder agree with its newest checkpoint, where a save was cut short or a file was
    /// lost: `last` becomes that one, and `best` the one that it names, as far as the folder still
    /// has it.
    public func repair(_ found: Found) throws(CheckpointError) -> Best {
        let state = found.checkpoint.state
        if found.path != lastPath { try AtomicFile.checkpoint(lastPath, nil).copy(found.path) }
        guard let best = state.best else { return .asStated }
        let kept = whole(bestPath)
        if kept?.step == best.step { return .asStated }
        let candidates = [lastPath, stepPath(best.step)]
        if let source = candidates.first(where: { whole($0)?.step == best.step }) {
            try AtomicFile.checkpoint(bestPath, nil).copy(source)
            return .asStated
        }
        guard let kept, kept.best?.step == kept.step, kept.step < state.step else { return .lost }
        return .other(kept)
    }

    /// The state of a checkpoint that is there and undamaged.
    private func whole(_ path: String) -> TrainingState? {
        (try? TrainingCheckpoint(path: path))?.state
    }
}
