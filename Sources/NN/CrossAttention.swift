internal import Autograd
public import Tensor

/// Multi-head attention of a sequence to another one: queries come from the first, [batch,
/// positions, width], keys and values from the second, [batch, positions, memory width].
///
/// Vaswani et al., "Attention Is All You Need", 2017, section 3.2.2.
public final class CrossAttention: Module {
    /// Makes the queries.
    public let query: Linear
    /// Makes keys and values, in this order.
    public let memory: Linear
    /// Mixes the heads' results.
    public let output: Linear
    /// The number of heads.
    public let heads: Int

    /// A module over vectors of `width` elements, a multiple of `heads`, which attend to vectors of
    /// `memoryWidth`, `width` if nil.
    public init(
        _ width: Int, heads: Int, memoryWidth: Int? = nil, bias: Bool = true,
        dtype: DType = .float32, using random: Random
    ) {
        guard width > 0, heads > 0, width.isMultiple(of: heads) else {
            fail(
                "CrossAttention", "width \(width), \(heads) heads",
                hint: "the width must be a multiple of heads")
        }
        self.heads = heads
        func linear(_ inputs: Int, _ outputs: Int) -> Linear {
            Linear(
                inputs, outputs, bias: bias, initializer: .xavierUniform(), biasInitializer: .zeros,
                dtype: dtype, using: random)
        }
        query = linear(width, width)
        memory = linear(memoryWidth ?? width, 2 * width)
        output = linear(width, width)
    }

    /// What `x` takes from `other`, with the shape of `x`. A `mask` says which positions of the
    /// other each one sees, bools that broadcast to [batch, heads, positions, positions of the
    /// other].
    public func callAsFunction(_ x: Tensor, _ other: Tensor, mask: Tensor? = nil) -> Tensor {
        let width = output.inputs
        guard x.rank == 3, other.rank == 3, x.shape[0] == other.shape[0], x.shape[2] == width,
            other.shape[2] == memory.inputs
        else {
            fail(
                "CrossAttention",
                "\(x.shape) and \(other.shape) are not [batch, positions, \(width)] and [batch, "
                    + "positions, \(memory.inputs)] of one batch")
        }
        let rule = AttentionRule(scale: 1 / Double(width / heads).squareRoot())
        let (positions, seen) = (x.shape[1], other.shape[1])
        let shape: Shape = [x.shape[0], seen, heads, width / heads]
        let pair = memory(other)
        let keys = pair.narrow(axis: 2, start: 0, count: width).reshape(shape)
        let values = pair.narrow(axis: 2, start: width, count: width).reshape(shape)
        let queries = query(x).reshape(shape.replacing(1, with: positions))
        let mask = mask?.sees([x.shape[0], heads, positions, seen], in: "CrossAttention")
        return output(queries.attention(rule, keys, values, mask: mask).reshape(x.shape))
    }

    public override var describe: String { "CrossAttention(\(output.inputs), heads: \(heads))" }
}
