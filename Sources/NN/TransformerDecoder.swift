internal import Autograd
public import Tensor

/// A block that attends to its own sequence, then to another one, then works on each position by
/// itself.
///
/// Vaswani et al., "Attention Is All You Need", 2017, section 3.1.
public final class TransformerDecoderBlock: Module {
    /// What it is made of.
    public let rule: TransformerRule
    /// Normalizes for attention.
    public let attentionNorm: Layer
    /// Lets positions see each other.
    public let attention: SelfAttention
    /// Normalizes for attention to the other sequence.
    public let crossNorm: Layer
    /// Lets positions see the other sequence.
    public let cross: CrossAttention
    /// Normalizes for the feed-forward layer.
    public let feedForwardNorm: Layer
    /// Works on each position by itself.
    public let feedForward: FeedForward
    private let dropout: Dropout?

    /// A block over vectors of `width` numbers, which sees others of `memoryWidth`, `width` if nil.
    public init(
        _ width: Int, _ rule: TransformerRule, memoryWidth: Int? = nil, dtype: DType = .float32,
        using random: Random
    ) {
        self.rule = rule
        attentionNorm = rule.makeNorm(width, dtype)
        attention = rule.makeAttention(width, dtype, random)
        crossNorm = rule.makeNorm(width, dtype)
        cross = CrossAttention(
            width, heads: rule.heads, memoryWidth: memoryWidth, bias: rule.bias, dtype: dtype,
            using: random)
        feedForwardNorm = rule.makeNorm(width, dtype)
        feedForward = rule.makeFeedForward(width, dtype, random)
        dropout = rule.makeDropout(random)
    }

    /// x [batch, positions, width] after a look at `memory`, [batch, positions, memory width].
    ///
    /// - Parameters:
    ///   - mask: which positions of its own each one sees.
    ///   - memoryMask: which positions of the other.
    public func callAsFunction(
        _ x: Tensor, _ memory: Tensor, mask: Tensor? = nil, memoryMask: Tensor? = nil
    ) -> Tensor {
        let own = rule.added(x, attentionNorm, dropout) { attention($0, mask: mask) }
        let both = rule.added(own, crossNorm, dropout) { cross($0, memory, mask: memoryMask) }
        return rule.added(both, feedForwardNorm, dropout) { feedForward($0) }
    }

    public override var describe: String {
        "TransformerDecoderBlock(\(attention.width), heads: \(attention.heads))"
    }
}

/// Decoder blocks one after another, and a last normalization if they normalize first.
public final class TransformerDecoder: Module {
    /// The blocks, first to last.
    public let blocks: [TransformerDecoderBlock]
    /// Normalizes what the last block gives; nil where blocks normalize last.
    public let norm: Layer?

    /// So many blocks of one rule; its `isCausal` says whether positions see those after them.
    public init(
        _ width: Int, layers: Int, _ rule: TransformerRule, memoryWidth: Int? = nil,
        dtype: DType = .float32, using random: Random
    ) {
        blocks = (0..<layers).map { _ in
            TransformerDecoderBlock(
                width, rule, memoryWidth: memoryWidth, dtype: dtype, using: random)
        }
        norm = rule.isPreNorm ? rule.makeNorm(width, dtype) : nil
    }

    /// x [batch, positions, width] after looks at `memory`, [batch, positions, memory width].
    ///
    /// - Parameters:
    ///   - mask: which positions of its own each one sees.
    ///   - padding: own positions that nobody sees, bools [batch, positions].
    ///   - memoryMask: which positions of the other each one sees.
    ///   - memoryPadding: those of the other that nobody sees.
    public func callAsFunction(
        _ x: Tensor, _ memory: Tensor, mask: Tensor? = nil, padding: Tensor? = nil,
        memoryMask: Tensor? = nil, memoryPadding: Tensor? = nil
    ) -> Tensor {
        let own = Tensor.seen(mask, padding, in: "TransformerDecoder")
        let other = Tensor.seen(memoryMask, memoryPadding, in: "TransformerDecoder")
        let y = blocks.reduce(x) { $1($0, memory, mask: own, memoryMask: other) }
        return norm.map { $0(y) } ?? y
    }

    public override var describe: String { "TransformerDecoder(\(blocks.count) blocks)" }
}
