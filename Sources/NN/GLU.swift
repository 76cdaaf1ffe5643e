internal import Autograd
public import Tensor

/// a · σ(b), a and b being the halves of the input along its last axis.  Dauphin et al., 2017.
public final class GLU: Layer {
    public override init() {}
    public override func callAsFunction(_ x: Tensor) -> Tensor { x.glu() }
    public override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank > 0, input[input.rank - 1] % 2 == 0 else {
            throw ShapeError(
                layer: describe, problem: "the last axis of the input \(input) has no two halves")
        }
        return input.replacing(input.rank - 1, with: input[input.rank - 1] / 2)
    }
}
