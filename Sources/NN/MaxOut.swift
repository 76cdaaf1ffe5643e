internal import Autograd
public import Tensor

/// yᵢ = maxⱼ (x · Wᵀ + b) over the `pieces` rows j of unit i: [batch, …, inputs] becomes [batch, …,
/// units].
///
/// Goodfellow et al., "Maxout Networks", 2013.
public final class MaxOut: Layer {
    /// W [units · pieces, inputs] and b, the pieces of a unit one after the other.
    public let linear: Linear
    /// How many linear functions a unit is the largest of.
    public let pieces: Int

    /// A layer of so many units, each the largest of `pieces` linear functions; sizes below 1 trap.
    public init(
        _ inputs: Int, _ units: Int, pieces: Int = 2, bias: Bool = true,
        initializer: Initializer = .fanInUniform, dtype: DType = .float32, using random: Random
    ) {
        guard units > 0, pieces > 0, units < 1 << 31, pieces < 1 << 31 else {
            fail("MaxOut", "\(units) units of \(pieces) pieces; both must be positive")
        }
        linear = Linear(
            inputs, units * pieces, bias: bias, initializer: initializer, dtype: dtype,
            using: random)
        self.pieces = pieces
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor { linear(x).maxOut(pieces) }

    public override func outputShape(for input: Shape) throws -> Shape {
        let all = try ShapeError.located(in: "linear") { try linear.outputShape(for: input) }
        guard input.rank < Shape.maximumRank - 1 else {
            throw ShapeError(
                layer: describe,
                problem: "the input \(input) should have \(Shape.maximumRank - 2) axes at most; "
                    + "reshape it before")
        }
        return all.replacing(all.rank - 1, with: linear.outputs / pieces)
    }

    public override var describe: String {
        "MaxOut(\(linear.inputs) → \(linear.outputs / pieces), \(pieces) pieces)"
    }
}
