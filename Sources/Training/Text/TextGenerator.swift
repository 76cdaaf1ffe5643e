import Datasets
import FTConfig
import FTJSON
import FTSupport
package import NN
import Tensor

/// Text from a trained model of it, a token at a time.
public struct TextGenerator {
    /// What a person should know of where the characters come from; nil mostly.
    public let remark: String?
    /// What the text goes on from: UTF-8, unless the model's tokens are bytes.
    public let prompt: [UInt8]
    private let vocabulary: TextTokens
    private let path: String
    private var sampler: TokenSampler

    /// A generator from the best checkpoint of a run folder, or a checkpoint file.
    ///
    /// The characters are those that the checkpoint holds. A `gpt` keeps what it has computed of
    /// the tokens before; another model computes all that `data.text.context` has room for at each
    /// token. Throws where the model doesn't continue texts, a checkpoint of an older version holds no characters and its data isn't what it was trained
    /// on, or the prompt has characters that it doesn't know.
    ///
    /// - Parameters:
    ///   - prompt: what to go on from; nil for a line break, or the text's first character in
    ///     order where it has none.
    ///   - data: the file of the text, for checkpoints of older versions.
    public init(
        _ target: String, prompt: String?, temperature: Double, topK: Int?, seed: UInt64,
        data: String? = nil, overrides: [String] = []
    ) throws {
        try self.init(
            target, prompt: prompt.map { Array($0.utf8) }, named: "--prompt",
            temperature: temperature, topK: topK, seed: seed, data: data, overrides: overrides)
    }

    /// A generator that goes on from bytes, which are UTF-8 unless the model's tokens are bytes.
    ///
    /// - Parameter name: what messages call the prompt.
    package init(
        _ target: String, prompt: [UInt8]?, named name: String, temperature: Double, topK: Int?,
        seed: UInt64, data: String? = nil, overrides: [String] = []
    ) throws {
        let given = data.map { ["data.path=\($0.jsonQuoted)"] } ?? []
        let predictor = try Predictor(target, overrides: overrides + given)
        let path = predictor.path
        self.path = path
        let model = predictor.model.textModel
        let size = try model?.vocabulary ?? TextGenerator.vocabulary(of: predictor)
        if let kept = predictor.preprocessing.tokens {
            vocabulary = kept
            remark = data.map { "--data \($0) isn't read: \(path) holds its characters" }
        } else {
            (vocabulary, remark) = try TextGenerator.formerVocabulary(predictor)
        }
        let count = vocabulary.vocabulary.count
        guard count == size else {
            let remedy =
                predictor.preprocessing.tokens == nil
                ? "name the text it was trained on with --data"
                : model == nil
                    ? "what the others mean isn't known: give the last layer \(count) units, and train "
                        + "again"
                    : "what the others mean isn't known: leave the vocabulary out of the config, and "
                        + "train again"
            throw RunError(
                .data,
                "\(path): its text has \(count) tokens, the model \(size); \(remedy)")
        }
        let from = prompt ?? Array(TextGenerator.start(vocabulary).utf8)
        let (said, tokens) = try TextGenerator.encode(from, vocabulary, name)
        self.prompt = said
        if let model {
            sampler = TokenSampler(
                model, after: tokens, temperature: temperature, topK: topK, seed: seed)
        } else {
            let context = predictor.inputShapes[0][0]
            sampler = TokenSampler(
                of: { predictor.model($0) }, context: context,
                on: predictor.model.parameters[0].device, after: tokens, temperature: temperature,
                topK: topK, seed: seed)
        }
    }

    /// How many tokens a model chooses from that isn't a `gpt`.
    ///
    /// Throws where it wasn't trained on a text, or doesn't take any number of tokens and say of
    /// each what comes next.
    private static func vocabulary(of predictor: Predictor) throws(RunError) -> Int {
        guard predictor.config.data.optional("text") != nil, predictor.inputShapes.count == 1 else {
            throw RunError(
                .data,
                "\(predictor.path): only a model that was trained on a text (data.text) writes one")
        }
        let context = predictor.inputShapes[0][0]
        guard let count = predictor.model.nextTokens(context: context) else {
            throw RunError(
                .data,
                "\(predictor.path): to write text, a model takes any number of tokens and says of "
                    + "each what comes next; this one is another")
        }
        return count
    }

    /// A line break, or the first character that there is.
    private static func start(_ tokens: TextTokens) -> String {
        if tokens.encode("\n") != nil { return "\n" }
        let first = tokens.vocabulary.lazy.compactMap { Unicode.Scalar($0) }.first
        return first.map { String(Character($0)) } ?? "\n"
    }

    /// A prompt as the model's text has it, and its tokens.
    private static func encode(
        _ given: [UInt8], _ vocabulary: TextTokens, _ name: String
    ) throws(UsageError) -> (prompt: [UInt8], tokens: [Int]) {
        guard !given.isEmpty else {
            throw UsageError("\(name): the text to go on from needs at least one character")
        }
        if vocabulary.unit == .byte, let tokens = vocabulary.encode(bytes: given) {
            return (given, tokens)
        }
        guard var text = String(validating: given, as: UTF8.self) else {
            throw UsageError(
                "\(name): isn't UTF-8, and the model's tokens are characters; convert it (iconv -f "
                    + "latin1 -t utf-8)")
        }
        // A mark that bytes are UTF-8 is no part of the text.
        if text.unicodeScalars.first?.value == 0xFEFF { text.unicodeScalars.removeFirst() }
        // Lines end as in the text that the model knows.
        let ends = vocabulary.vocabulary.contains(13) ? "\r\n" : "\n"
        let prompt = text.replacing("\r\n", with: ends)
        guard let tokens = vocabulary.encode(prompt) else {
            let known = Set(vocabulary.vocabulary)
            let stranger = prompt.unicodeScalars.first { !known.contains($0.value) }
            throw UsageError(
                "\(name): the model's text has no '\(stranger.map { String($0) } ?? prompt)'; "
                    + "write it with other characters")
        }
        return (Array(prompt.utf8), tokens)
    }

    /// The characters of the data file, for a checkpoint that holds none; throws where the file
    /// isn't what the model was trained on.
    private static func formerVocabulary(
        _ predictor: Predictor
    ) throws -> (TextTokens, remark: String?) {
        let (path, file) = (predictor.path, predictor.config.dataPath)
        let key = "train.inputs"
        guard let saved = predictor.digests["digest.\(key)"].map(XXHash64.padded) else {
            let remark =
                "\(path) doesn't say which text it was trained on; the characters are those of "
                + "\(file), which may be another"
            return (try TextTokens(file: file), remark)
        }
        let plan = try DataPlan(predictor.config, as: predictor.preprocessing)
        guard try plan.digests().contains(where: { $0.key == key && $0.digest == saved }) else {
            throw RunError(
                .data,
                "\(file): holds another text than \(path) was trained on, and that holds no "
                    + "characters of its own; name the one it was trained on with --data")
        }
        return (try TextTokens(file: file), nil)
    }

    /// The bytes of the next token. Throws where the model's outputs aren't numbers.
    public mutating func next() throws(RunError) -> [UInt8] {
        guard let token = sampler.attempt() else {
            throw RunError(
                .diverged,
                "\(path): what the model gives for the next token is no number; look for NaN in "
                    + "its weights with 'fttrain inspect --stats'")
        }
        return vocabulary.bytes(of: token)
    }
}

extension Sequential {
    /// From how many tokens a model chooses the next, which takes 1 to `context` of them and says
    /// that of each; nil where it is another.
    func nextTokens(context: Int) -> Int? {
        let outputs = [1, min(2, context), context].map { count -> Shape? in
            let output = try? outputShape(for: [count])
            return output?.rank == 2 && output?[0] == count ? output : nil
        }
        guard let last = outputs.last, let output = last, !outputs.contains(nil) else { return nil }
        return output[1]
    }

    /// The `gpt` that is all of a model, in blocks or not; nil where it is another.
    package var textModel: GPT? {
        guard count == 1 else { return nil }
        return self[0] as? GPT ?? (self[0] as? Sequential)?.textModel
    }
}
