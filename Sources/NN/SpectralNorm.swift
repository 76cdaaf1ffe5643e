internal import Autograd
public import Tensor

/// A layer whose weight is w / σ, σ being the largest singular value of w as a matrix [outputs,
/// rest], so that it stretches nothing by more than 1.
///
/// σ = u · W v, where u and v come closer to the singular vectors with each step of training, by v
/// = Wᵀ u / ‖Wᵀ u‖ and u = W v / ‖W v‖; 15 such steps are made at first. Gradients take u and v for
/// constant.
///
/// The parameter is called `weight_orig` and the buffers `weight_u` and `weight_v`, as PyTorch's
/// `spectral_norm` calls them, beside the layer's others.
///
/// Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018.
public final class SpectralNorm: Layer {
    /// What multiplies by w / σ; its own weight is w.
    public let layer: any WeightedLayer
    /// u [outputs].
    public let left: Buffer
    /// v, as long as the weights of an output.
    public let right: Buffer
    /// Steps towards the singular vectors in each call in training.
    public let iterations: Int
    /// The least that norms are taken for.
    public let epsilon: Double

    /// A layer around another one, which then is used through this one alone.
    public init(
        _ layer: any WeightedLayer, iterations: Int = 1, epsilon: Double = 1e-12,
        using random: Random
    ) {
        guard iterations > 0, epsilon > 0 else {
            fail("SpectralNorm", "\(iterations) iterations, epsilon \(epsilon)")
        }
        self.layer = layer
        self.iterations = iterations
        self.epsilon = epsilon
        let matrix = SpectralNorm.matrix(layer, layer.weight.detach())
        let (rows, columns) = (matrix.shape[0], matrix.shape[1])
        let start = [rows, columns].map { size in
            Tensor(random.normal([size]).cast(to: matrix.dtype).copied(to: matrix.data.backend))
                .normalize(axis: 0, epsilon: epsilon)
        }
        let (u, v) = SpectralNorm.improved(start[0], start[1], matrix, 15, epsilon)
        left = Buffer(u.data.copy())
        right = Buffer(v.data.copy())
    }

    private static func matrix(_ layer: any WeightedLayer, _ weight: Tensor) -> Tensor {
        let first = weight.moveAxis(layer.outputAxis, to: 0)
        return first.reshape([first.shape[0], -1])
    }

    private static func improved(
        _ u: Tensor, _ v: Tensor, _ matrix: Tensor, _ steps: Int, _ epsilon: Double
    ) -> (Tensor, Tensor) {
        var (u, v) = (u, v)
        for _ in 0..<steps {
            v = matrix.transpose().matmul(u).normalize(axis: 0, epsilon: epsilon)
            u = matrix.matmul(v).normalize(axis: 0, epsilon: epsilon)
        }
        return (u, v)
    }

    /// w / σ. In training u and v change before.
    package var normalizedWeight: Tensor {
        let matrix = SpectralNorm.matrix(layer, layer.weight)
        // Copies, for the next call changes the buffers.
        var (u, v): (Tensor, Tensor) = noGrad { (left.copy(), right.copy()) }
        // A call that is made again for its gradients is to have the u and v that it had.
        if isTraining, !Checkpointing.isRecomputing {
            noGrad {
                (u, v) = SpectralNorm.improved(u, v, matrix.detach(), iterations, epsilon)
                left.assign(u)
                right.assign(v)
            }
        }
        return layer.weight / u.dot(matrix.matmul(v))
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        layer(x, weight: normalizedWeight)
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        try layer.outputShape(for: input)
    }

    package override var changesByPasses: Bool { true }

    public override var describe: String { "SpectralNorm \(layer.describe)" }

    public override var members: [(name: String, value: Any)] {
        layer.members(weightAs: "weight_orig") + [("weight_u", left), ("weight_v", right)]
    }
}
