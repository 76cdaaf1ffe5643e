import Checkpoint
import Datasets
import FTConfig
import FTSupport
import NN

extension Evaluation {
    /// A checkpoint with the experiment that its config describes.
    struct Loaded {
        let path: String
        /// Where it isn't what a run calls its best, why.
        let remark: String?
        let experiment: Experiment
        let state: TrainingState
        let checksum: String?
        /// The text of its config.
        let config: String

        /// - Parameter target: a run folder or a checkpoint.
        init(_ target: String, _ overrides: [String]) throws {
            (path, remark) = try Evaluation.checkpoint(target)
            let file = try SafetensorsFile(path)
            checksum = file.checksum
            let checkpoint = try TrainingCheckpoint(file)
            state = checkpoint.state
            guard let text = state.config else {
                throw RunError(
                    .data, "\(path): holds no config, so its model can't be built again")
            }
            config = text
            let config = try RunConfig(
                recorded: text, file: "\(path) (config)", overrides: Evaluation.fitting(overrides))
            let preprocessing = Preprocessing(of: state)
            let isCut = overrides.contains {
                $0.hasPrefix("data.split=") || $0.hasPrefix("data.folds=")
            }
            let own = try RunConfig(recorded: text, file: "\(path) (config)").dataPath
            let given =
                overrides.isEmpty
                ? nil
                : try MeasuredExamples.of(
                    config, as: preprocessing, model: path,
                    isOther: !isCut && Folder.real(config.dataPath) != Folder.real(own))
            experiment = try Experiment(config, as: preprocessing, measuring: given)
            if let preprocessing, given == nil, config.data.optional("text") == nil {
                let part = config.data.optional("validation") ?? config.data.child("train")
                let file = try HDF5File(config.dataPath)
                try preprocessing.checkTable(of: file, config.dataPath)
                try preprocessing.checkClasses(
                    of: file, config.dataPath, targets: part.string("targets"))
            }
            if let known = preprocessing?.tokens, let now = experiment.data.preprocessing.tokens,
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
    }
}
