internal import Autograd
public import Tensor

/// Multi-head attention of a sequence to itself, [batch, positions, width]: a linear layer makes
/// queries, keys and values, each head attends, and another mixes what the heads took.
///
/// Vaswani et al., "Attention Is All You Need", 2017, section 3.2.2. With fewer heads of keys than
/// of queries, several share one (Ainslie et al., "GQA", 2023). See `scaledDotProductAttention`.
public final class SelfAttention: Layer {
    /// Makes queries, keys and values, in this order, heads by heads.
    public let projection: Linear
    /// Mixes the heads' results.
    public let output: Linear
    /// The number of heads.
    public let heads: Int
    /// How many heads of keys and values there are.
    public let keyHeads: Int
    /// Whether a position sees none that comes after it.
    public let isCausal: Bool
    /// What queries and keys are turned by, if anything.
    public let rotary: RotaryPositions?
    /// In training, the probability with which a share of a value is dropped.
    public let dropout: Double
    /// The stream that dropout draws from.
    public let random: Random

    /// A layer over vectors of `width` elements.
    ///
    /// - Parameters:
    ///   - width: a multiple of `heads`.
    ///   - heads: a multiple of `keyHeads`.
    ///   - keyHeads: as many as heads if nil.
    public init(
        _ width: Int, heads: Int, keyHeads: Int? = nil, isCausal: Bool = false, bias: Bool = true,
        rotary: RotaryPositions? = nil, dropout: Double = 0,
        initializer: Initializer = .xavierUniform(), dtype: DType = .float32, using random: Random
    ) {
        let keyHeads = keyHeads ?? heads
        guard width > 0, heads > 0, width.isMultiple(of: heads), keyHeads > 0,
            heads.isMultiple(of: keyHeads)
        else {
            fail(
                "SelfAttention", "width \(width), \(heads) heads, \(keyHeads) heads of keys",
                hint: "the width must be a multiple of heads, and they of keyHeads")
        }
        guard dropout >= 0, dropout < 1 else {
            fail("SelfAttention", "the dropout \(dropout) is not in 0..<1")
        }
        self.heads = heads
        self.keyHeads = keyHeads
        self.isCausal = isCausal
        self.rotary = rotary
        self.dropout = dropout
        let features = (width / heads).times(heads.plus(keyHeads.times(2)))
        projection = Linear(
            width, features, bias: bias, initializer: initializer, biasInitializer: .zeros,
            dtype: dtype, using: random)
        output = Linear(
            width, width, bias: bias, biasInitializer: .zeros, dtype: dtype, using: random)
        self.random = random.ownStream("attention")
    }

    /// The size of an element of the sequence.
    public var width: Int { output.inputs }

    public override func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: nil) }

    /// - Parameters:
    ///   - mask: which positions each one sees, bools that broadcast to [batch, heads, positions,
    ///     positions seen]: a padding mask is [batch, 1, 1, positions].
    ///   - cache: keys and values of positions before these, which these are added to.
    public func callAsFunction(
        _ x: Tensor, mask: Tensor?, cache: KeyValueCache? = nil
    ) -> Tensor {
        guard x.rank == 3, x.shape[2] == width else {
            fail(
                "SelfAttention", "the input \(x.shape) is not [batch, positions, \(width)]")
        }
        let size = (batch: x.shape[0], positions: x.shape[1])
        let before = cache?.count ?? 0
        let rule = AttentionRule(
            scale: 1 / Double(width / heads).squareRoot(), reach: isCausal ? before : nil)
        let seen = mask?.sees(
            [size.batch, heads, size.positions, before + size.positions], in: "SelfAttention")
        let packed = projection(x)
        let drops = dropout > 0 && isTraining
        let attended: Tensor
        if keyHeads == heads, rotary == nil, cache == nil, !drops {
            attended = packed.reshape([size.batch, size.positions, 3, heads, width / heads])
                .selfAttention(rule, mask: seen)
        } else {
            attended = attend(packed, size.positions, rule, seen, cache, drops: drops)
        }
        return output(attended.reshape([size.batch, size.positions, width]))
    }

    private func attend(
        _ packed: Tensor, _ positions: Int, _ rule: AttentionRule, _ mask: Tensor?,
        _ cache: KeyValueCache?, drops: Bool
    ) -> Tensor {
        var start = 0
        func part(_ heads: Int) -> Tensor {
            let size = heads * (width / self.heads)
            defer { start += size }
            return packed.narrow(axis: 2, start: start, count: size)
                .reshape([packed.shape[0], positions, heads, width / self.heads])
        }
        var (q, k, v) = (part(heads), part(keyHeads), part(keyHeads))
        if let rotary {
            let before = cache?.count ?? 0
            (q, k) = (rotary(q, from: before), rotary(k, from: before))
        }
        if let cache { (k, v) = cache.append(k, v) }
        if !drops { return q.attention(rule, k, v, mask: mask) }
        let wide: DType = q.dtype == .float64 ? .float64 : .float32
        let parts = [q, k, v].map { $0.cast(to: wide) }
        let pass = AttentionPass(rule, parts + (mask.map { [$0] } ?? []))
        return pass.positions(pass.taken(pass.shares.dropout(dropout, using: random)))
            .cast(to: q.dtype)
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank == 2, input[1] == width else {
            throw ShapeError(
                layer: describe, problem: "the input \(input) should be [positions, \(width)]")
        }
        return input
    }

    package override var draws: Bool { dropout > 0 }

    public override var pyTorchMembers: [(own: String, theirs: String)] {
        [
            ("projection.weight", "in_proj_weight"), ("projection.bias", "in_proj_bias"),
            ("output", "out_proj"),
        ]
    }

    public override var describe: String {
        "SelfAttention(\(width), heads: \(heads)"
            + (keyHeads == heads ? "" : ", keyHeads: \(keyHeads)")
            + (isCausal ? ", causal" : "") + (dropout > 0 ? ", dropout: \(dropout)" : "") + ")"
    }
}

/// The keys and values of the positions that a model has seen: so that what it generates costs one
/// position at a time, and not all of them again.
public final class KeyValueCache {
    private var keys: Tensor?
    private var values: Tensor?

    /// An empty cache, for one layer and one sequence, or a batch of them.
    public init() {}

    /// How many positions it holds.
    public var count: Int { keys?.shape[1] ?? 0 }

    /// Another cache of the same positions; what is added to one isn't in the other.
    func copy() -> KeyValueCache {
        let other = KeyValueCache()
        (other.keys, other.values) = (keys, values)
        return other
    }

    /// Adds positions [batch, positions, heads, width]; gives all there are.
    func append(_ k: Tensor, _ v: Tensor) -> (keys: Tensor, values: Tensor) {
        Recorder.current?.refuse("it adds to a KeyValueCache")
        if let keys, keys.shape.replacing(1, with: k.shape[1]) != k.shape {
            fail(
                "KeyValueCache", "keys \(k.shape) don't continue those it holds, \(keys.shape)",
                hint: "a cache is of one layer and one batch; make another")
        }
        let all = keys.map { Tensor.concat([$0, k], axis: 1) } ?? k
        let allValues = values.map { Tensor.concat([$0, v], axis: 1) } ?? v
        (keys, values) = (all, allValues)
        return (all, allValues)
    }
}
