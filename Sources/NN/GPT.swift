internal import Autograd
public import Tensor

/// A causal transformer over tokens: logits of the next token at each position, [batch, positions,
/// vocabulary], from tokens [batch, positions].
///
/// Radford et al., "Language models are unsupervised multitask learners", 2019. Weights are normal
/// with deviation 0.02 at first, those that add to the residual stream smaller by √(2 · layers),
/// biases 0.
public final class GPT: Layer {
    /// The vectors of tokens.
    public let tokens: Embedding
    /// The vectors of positions.
    public let positions: LearnedPositions
    /// Causal blocks, and the last normalization.
    public let body: TransformerEncoder
    /// Makes logits; nil where the tokens' vectors do (Press and Wolf, 2017).
    public let head: Linear?
    private let dropout: Dropout?

    /// A model of `vocabulary` tokens that sees up to `context` of them.
    ///
    /// - Parameters:
    ///   - bias: whether linear layers and normalizations have biases.
    ///   - tied: whether logits are products with the tokens' vectors.
    public init(
        vocabulary: Int, context: Int, width: Int, heads: Int, layers: Int, dropout: Double = 0,
        bias: Bool = true, tied: Bool = true, dtype: DType = .float32, using random: Random
    ) {
        let rule = TransformerRule(heads: heads, isCausal: true, bias: bias, dropout: dropout)
        let small = Initializer.normal(deviation: 0.02)
        tokens = Embedding(vocabulary, width, initializer: small, dtype: dtype, using: random)
        positions = LearnedPositions(
            context, width, initializer: small, dtype: dtype, using: random)
        body = TransformerEncoder(width, layers: layers, rule, dtype: dtype, using: random)
        head =
            tied
            ? nil
            : Linear(
                width, vocabulary, bias: false, initializer: small, dtype: dtype, using: random)
        self.dropout = rule.makeDropout(random)
        let smaller = Initializer.normal(deviation: 0.02 / Double(2 * layers).squareRoot())
        for block in body.blocks {
            for (layer, initializer) in [
                (block.attention.projection, small), (block.attention.output, smaller),
                (block.feedForward.up, small), (block.feedForward.down, smaller),
            ] {
                layer.weight.data.assign(initializer(layer.weight.shape, dtype, random))
                layer.bias?.data.assign(.full([], 0, dtype))
            }
        }
    }

    /// How many tokens it sees at most.
    public var context: Int { positions.weight.shape[0] }
    /// How many tokens there are.
    public var vocabulary: Int { tokens.weight.shape[0] }

    public override func callAsFunction(_ x: Tensor) -> Tensor { self(x, caches: []) }

    /// Logits of tokens that follow those the caches hold, one cache for each block; they then hold
    /// these too. Traps for more or fewer caches, or one that two blocks share.
    public func callAsFunction(_ x: Tensor, caches: [KeyValueCache]) -> Tensor {
        let placed = positions(tokens(x), from: caches.first?.count ?? 0)
        let y = body(dropout.map { $0(placed) } ?? placed, mask: nil, caches: caches)
        return head.map { $0(y) } ?? y.linear(tokens.weight)
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank == 1, input[0] <= context else {
            throw ShapeError(
                layer: describe, problem: "the input \(input) should be up to \(context) tokens")
        }
        return [input[0], vocabulary]
    }

    public override var describe: String {
        "GPT(\(vocabulary) tokens, context: \(context), \(body.blocks.count) blocks)"
    }
}
