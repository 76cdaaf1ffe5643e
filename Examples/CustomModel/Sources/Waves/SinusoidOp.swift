public import FakeTensor

/// y = sin(ωx),  dx = dy · ω cos(ωx)
///
/// A custom op: forward on arrays, backward on tensors. Because backward is made of differentiable
/// operations, gradients of gradients work too.
public final class Sinusoid: UnaryOp {
    let frequency: Double
    /// sin of `frequency` times x.
    public init(frequency: Double) { self.frequency = frequency }

    public override var saves: Saved { .inputs }

    public override func forward(_ x: NDArray) -> NDArray {
        noGrad { (Tensor(x) * frequency).sin() }.data
    }

    public override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy * (x * frequency).cos() * frequency
    }
}
