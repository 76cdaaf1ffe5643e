import Checkpoint
import Datasets
import FTConfig
import FTSupport
import NN
import Tensor

extension Evaluation {
    /// A checkpoint with the experiment that its config describes.
    struct Loaded {
        let path: String
        /// Where it isn't what a run calls its best, why.
        let remark: String?
        let experiment: Experiment
        let state: TrainingState
        /// What happened to the data that it was trained on.
        let preprocessing: Preprocessing
        /// The text of its config.
        let config: String
        /// What it was trained by.
        let own: RunConfig
        /// Whether the data are other files than the model's that hold the same.
        let isCopy: Bool

        /// - Parameters:
        ///   - target: a run folder or a checkpoint.
        ///   - decimal: what stands before the decimals of a table; nil for what did in the training
        ///     table.
        ///   - skipped: notes examples that can't be used; without it the first of them ends it all.
        init(
            _ target: String, _ overrides: [String], decimal: DecimalMark? = nil,
            skipping skipped: SkippedRows? = nil
        ) throws {
            (path, remark) = try Evaluation.checkpoint(target)
            let file = try SafetensorsFile(path)
            let checkpoint = try TrainingCheckpoint(file)
            state = checkpoint.state
            guard let text = state.config else {
                throw RunError(
                    .data, "\(path): holds no config, so its model can't be built again")
            }
            config = text
            let config = try RunConfig(
                recorded: text, file: "\(path) (config)", overrides: Evaluation.fitting(overrides))
            var kept = Preprocessing(of: state)
            if let decimal { try kept?.readDecimals(after: decimal, of: path) }
            let saved = kept
            let isCut = overrides.contains {
                $0.hasPrefix("data.split=") || $0.hasPrefix("data.folds=")
            }
            own = try RunConfig(recorded: text, file: "\(path) (config)")
            let isOther = !isCut && Folder.real(config.dataPath) != Folder.real(own.dataPath)
            isCopy = isOther && Loaded.holdsOwnData(config, saved, state)
            let given =
                overrides.isEmpty
                ? nil
                : try MeasuredExamples.of(
                    config, as: saved, model: path,
                    isOther: isOther && !isCopy, skipping: skipped)
            experiment = try Experiment(config, as: saved, measuring: given)
            preprocessing = saved ?? experiment.data.preprocessing
            if let saved, given == nil, config.data.optional("text") == nil {
                let part = config.data.optional("validation") ?? config.data.child("train")
                let file = try HDF5File(config.dataPath)
                try saved.checkTable(of: file, config.dataPath)
                try saved.checkClasses(
                    of: file, config.dataPath, targets: part.string("targets"))
            }
            if let known = saved?.tokens, let now = experiment.data.preprocessing.tokens,
                known != now
            {
                throw RunError(
                    .data,
                    "\(config.dataPath): its tokens stand for other characters than those that "
                        + "\(path) was trained on; give the text itself")
            }
            do {
                try experiment.model.load(checkpoint.model.map { ($0.name, $0.array) })
            } catch let error as StateError {
                throw RunError(
                    .data,
                    "\(path): \(error); if \(config.dataPath) was made anew, make it as it was")
            }
        }

        /// What a text says of probabilities to part at; nil without.
        ///
        /// Throws where the model gives none.
        func thresholds(_ text: String?) throws -> Thresholds? {
            try text.map { text in
                try Thresholds(
                    text,
                    of: Thresholds.Subject(
                        meaning: meaning(), shape: Array(experiment.outputShape),
                        names: preprocessing.classNames,
                        loss: experiment.config.value.child("loss").type))
            }
        }

        /// The metrics that the config names, those that count what is chosen by some thresholds.
        func metrics(_ thresholds: Thresholds?) throws -> [any Metric] {
            guard let thresholds else { return experiment.metrics }
            let meaning = try meaning()
            let types = experiment.config.value.children("metrics").map(\.type)
            return zip(experiment.metrics, types).map { metric, type in
                meaning.parted(metric, type: type, by: thresholds)
            }
        }

        private func meaning() throws -> OutputMeaning {
            try OutputMeaning(
                experiment.config, preprocessing, outputRank: experiment.outputShape.rank)
        }

        /// Whether a file holds what a model learned from that was measured on a share of it.
        private static func holdsOwnData(
            _ config: RunConfig, _ kept: Preprocessing?, _ state: TrainingState
        ) -> Bool {
            let isCut = ["split", "folds"].contains { config.data.optional($0) != nil }
            guard isCut, DataKind(config.dataPath) == .file, config.data.optional("text") == nil,
                let plan = try? DataPlan(config, as: kept), plan.fingerprint == state.extra["data"],
                let changes = try? plan.changes(since: state.extra)
            else { return false }
            return changes.isEmpty
        }
    }
}
