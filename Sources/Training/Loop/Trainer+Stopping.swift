import Checkpoint
import Datasets
import FTConfig
import FTSupport

extension Trainer {
    /// Why a run ends before all its epochs are done, by what its config says; nil where it goes
    /// on.
    var reasonToStop: String? {
        let epoch = cursor.sampler.epoch
        let training = config.training
        guard epoch < config.epochs else { return nil }
        if let patience = training.optionalInt("patience"), let best = cursor.best,
            epoch - best.epoch >= patience
        {
            return "stopped after epoch \(epoch): \(experiment.bestBy) was no better in "
                + "\(Format.count(patience, "epoch")) than in epoch \(best.epoch) (training.patience)"
        }
        if let minutes = training.optionalDouble("maxMinutes"), cursor.seconds >= minutes * 60 {
            return "stopped after epoch \(epoch): it has taken \(Format.duration(cursor.seconds)) "
                + "(training.maxMinutes)"
        }
        return nil
    }
}
