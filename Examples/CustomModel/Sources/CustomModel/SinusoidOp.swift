import FakeTensor

/// y = sin(ωx),  dx = dy · ω cos(ωx)
///
/// A custom op: forward on arrays, backward on tensors. Because backward is made of differentiable
/// operations, gradients of gradients work too.
final class Sinusoid: UnaryOp {
    let frequency: Double
    init(frequency: Double) { self.frequency = frequency }

    override var saves: Saved { .inputs }

    override func forward(_ x: NDArray) -> NDArray {
        noGrad { (Tensor(x) * frequency).sin() }.data
    }

    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy * (x * frequency).cos() * frequency
    }
}
