import Checkpoint
import Datasets
import FTConfig
import FTSupport
import NN
import Tensor

/// Text from a trained model of it, a token at a time.
public struct TextGenerator {
    private let vocabulary: TextTokens
    private var sampler: TokenSampler

    /// A generator from the best checkpoint of a run folder, or a checkpoint file.
    ///
    /// Throws where the model is no `gpt`, its data has no vocabulary, or the prompt has characters
    /// that it doesn't know.
    public init(
        _ target: String, prompt: String, temperature: Double, topK: Int?, seed: UInt64,
        overrides: [String] = []
    ) throws {
        let (path, experiment) = try Evaluation.load(target, overrides: overrides)
        guard experiment.model.count == 1, let model = experiment.model[0] as? GPT else {
            throw RunError(
                .data, "\(path): only a model of one layer 'gpt' writes text, this one is another")
        }
        vocabulary = try TextTokens(file: experiment.config.dataPath)
        guard vocabulary.vocabulary.count == model.vocabulary else {
            throw RunError(
                .data,
                "\(experiment.config.dataPath): has \(vocabulary.vocabulary.count) tokens, the "
                    + "model \(model.vocabulary); name the text it was trained on with --data")
        }
        guard !prompt.isEmpty else {
            throw UsageError("--prompt: the text to go on from needs at least one character")
        }
        guard let tokens = vocabulary.encode(prompt) else {
            let known = Set(vocabulary.vocabulary)
            let stranger = prompt.unicodeScalars.first { !known.contains($0.value) }
            throw UsageError(
                "--prompt: the model's text has no '\(stranger.map { String($0) } ?? prompt)'; "
                    + "write it with other characters")
        }
        model.eval()
        sampler = TokenSampler(
            model, after: tokens, temperature: temperature, topK: topK, seed: seed)
    }

    /// The bytes of the next token.
    public mutating func next() -> [UInt8] { vocabulary.bytes(of: sampler.next()) }
}
