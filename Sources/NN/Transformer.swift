internal import Autograd
public import Tensor

/// What transformer blocks are made of.
public struct TransformerRule: Sendable {
    /// How a block normalizes.
    public enum Norm: String, Sendable, CaseIterable {
        /// `LayerNorm`.
        case layerNorm
        /// `RMSNorm`.
        case rmsNorm
    }

    /// Heads of queries.
    public var heads: Int
    /// Heads of keys and values; as many as heads if nil.
    public var keyHeads: Int?
    /// The width inside the feed-forward layer; four times the width if nil.
    public var hidden: Int?
    /// What happens inside the feed-forward layer.
    public var activation: FeedForward.Activation
    /// How a block normalizes.
    public var norm: Norm
    /// Whether parts get what was normalized (x + f(norm x)), and not sums (norm(x + f x)).
    public var isPreNorm: Bool
    /// Whether a position sees none that comes after it.
    public var isCausal: Bool
    /// Whether queries and keys are turned by their positions.
    public var isRotary: Bool
    /// Whether linear layers and `LayerNorm` have biases.
    public var bias: Bool
    /// In training, the share of what a part adds that is dropped, and of attention.
    public var dropout: Double

    /// A rule; blocks are as in GPT-2 but for what is said.
    public init(
        heads: Int, keyHeads: Int? = nil, hidden: Int? = nil,
        activation: FeedForward.Activation = .gelu, norm: Norm = .layerNorm,
        isPreNorm: Bool = true, isCausal: Bool = false, isRotary: Bool = false, bias: Bool = true,
        dropout: Double = 0
    ) {
        self.heads = heads
        self.keyHeads = keyHeads
        self.hidden = hidden
        self.activation = activation
        self.norm = norm
        self.isPreNorm = isPreNorm
        self.isCausal = isCausal
        self.isRotary = isRotary
        self.bias = bias
        self.dropout = dropout
    }

    func makeNorm(_ width: Int, _ dtype: DType) -> Layer {
        switch norm {
        case .layerNorm: LayerNorm([width], bias: bias, dtype: dtype)
        case .rmsNorm: RMSNorm([width], dtype: dtype)
        }
    }

    func makeAttention(_ width: Int, _ dtype: DType, _ random: Random) -> SelfAttention {
        SelfAttention(
            width, heads: heads, keyHeads: keyHeads, isCausal: isCausal, bias: bias,
            rotary: isRotary ? RotaryPositions() : nil, dropout: dropout, dtype: dtype,
            using: random)
    }

    func makeFeedForward(_ width: Int, _ dtype: DType, _ random: Random) -> FeedForward {
        FeedForward(
            width, hidden: hidden, activation: activation, bias: bias, dtype: dtype, using: random)
    }

    func makeDropout(_ random: Random) -> Dropout? {
        dropout > 0 ? Dropout(dropout, using: random) : nil
    }

    /// x and what a part adds to it, normalized before or after.
    func added(
        _ x: Tensor, _ norm: Layer, _ dropout: Dropout?, _ part: (Tensor) -> Tensor
    ) -> Tensor {
        let change = part(isPreNorm ? norm(x) : x)
        let sum = x + (dropout.map { $0(change) } ?? change)
        return isPreNorm ? sum : norm(sum)
    }
}

/// Self-attention and a feed-forward layer, each added to its input and normalized:
/// [batch, positions, width].
///
/// Vaswani et al., "Attention Is All You Need", 2017, section 3.1; normalized first as by Xiong et
/// al., "On layer normalization in the transformer architecture", 2020.
public final class TransformerBlock: Layer {
    /// What it is made of.
    public let rule: TransformerRule
    /// Normalizes for attention.
    public let attentionNorm: Layer
    /// Lets positions see each other.
    public let attention: SelfAttention
    /// Normalizes for the feed-forward layer.
    public let feedForwardNorm: Layer
    /// Works on each position by itself.
    public let feedForward: FeedForward
    private let dropout: Dropout?

    /// A block over vectors of `width` numbers.
    public init(
        _ width: Int, _ rule: TransformerRule, dtype: DType = .float32, using random: Random
    ) {
        self.rule = rule
        attentionNorm = rule.makeNorm(width, dtype)
        attention = rule.makeAttention(width, dtype, random)
        feedForwardNorm = rule.makeNorm(width, dtype)
        feedForward = rule.makeFeedForward(width, dtype, random)
        dropout = rule.makeDropout(random)
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

    /// - Parameters:
    ///   - mask: which positions each one sees, as in `SelfAttention`.
    ///   - cache: keys and values of positions before these, which these are added to.
    public func callAsFunction(
        _ x: Tensor, mask: Tensor?, cache: KeyValueCache? = nil
    ) -> Tensor {
        let attended = rule.added(x, attentionNorm, dropout) {
            attention($0, mask: mask, cache: cache)
        }
        return rule.added(attended, feedForwardNorm, dropout) { feedForward($0) }
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        try attention.outputShape(for: input)
    }

    public override var pyTorchMembers: [(own: String, theirs: String)] {
        [
            ("attention", "self_attn"), ("attentionNorm", "norm1"), ("feedForwardNorm", "norm2"),
            ("feedForward.up", "linear1"), ("feedForward.down", "linear2"),
        ]
    }

    public override var describe: String {
        "TransformerBlock(\(attention.width), heads: \(attention.heads)"
            + (attention.isCausal ? ", causal" : "") + ")"
    }
}

/// Blocks one after another, and a last normalization if they normalize first.
public final class TransformerEncoder: Layer {
    /// The blocks, first to last.
    public let blocks: [TransformerBlock]
    /// Normalizes what the last block gives; nil where blocks normalize last.
    public let norm: Layer?

    /// So many blocks of one rule over vectors of `width` numbers.
    public init(
        _ width: Int, layers: Int, _ rule: TransformerRule, dtype: DType = .float32,
        using random: Random
    ) {
        blocks = (0..<layers).map { _ in
            TransformerBlock(width, rule, dtype: dtype, using: random)
        }
        norm = rule.isPreNorm ? rule.makeNorm(width, dtype) : nil
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

    /// - Parameters:
    ///   - mask: which positions each one sees, as in `SelfAttention`.
    ///   - padding: positions that nobody sees, bools [batch, positions].
    ///   - caches: one of its own for each block, all of as many positions, or none. Others trap.
    public func callAsFunction(
        _ x: Tensor, mask: Tensor?, padding: Tensor? = nil, caches: [KeyValueCache] = []
    ) -> Tensor {
        checkCaches(caches)
        let mask = Tensor.seen(mask, padding, in: "TransformerEncoder")
        var x = x
        for (index, block) in blocks.enumerated() {
            x = named("\(index) \(block.describe)") {
                block(x, mask: mask, cache: caches.isEmpty ? nil : caches[index])
            }
        }
        return norm.map { $0(x) } ?? x
    }

    private func checkCaches(_ caches: [KeyValueCache]) {
        if caches.isEmpty { return }
        let counts = caches.map(\.count)
        let isOneEach =
            caches.count == blocks.count
            && Set(caches.map { ObjectIdentifier($0) }).count == caches.count
        guard isOneEach, counts.allSatisfy({ $0 == counts[0] }) else {
            fail(
                "TransformerEncoder",
                isOneEach
                    ? "the caches hold \(counts) positions"
                    : "\(Set(caches.map { ObjectIdentifier($0) }).count) caches in a list of "
                        + "\(caches.count), for \(blocks.count) blocks",
                hint: "each block needs a cache of its own, filled by the same tokens: "
                    + "model.blocks.map { _ in KeyValueCache() }")
        }
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        try blocks.first?.outputShape(for: input) ?? input
    }

    public override var pyTorchMembers: [(own: String, theirs: String)] { [("blocks", "layers")] }

    public override var describe: String { "TransformerEncoder(\(blocks.count) blocks)" }
}
