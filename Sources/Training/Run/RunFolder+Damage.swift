import Checkpoint
import FTConfig
import FTSupport

extension RunFolder {
    /// What is wrong with `config.json`, and how the one in the last checkpoint takes its place
    /// where that holds one.
    func withRemedy(_ error: ConfigError) -> any Error {
        let last = checkpoints().lastPath
        guard let text = (try? TrainingCheckpoint.state(path: last))?.config,
            (try? RunConfig(recorded: text, file: last)) != nil
        else { return error }
        return RunError(
            ExitStatus(for: error),
            "\(error)\n  \(last) holds the config of the run; to go on with that: rm "
                + configPath.shellPath)
    }
}
