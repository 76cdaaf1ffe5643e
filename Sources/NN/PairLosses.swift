internal import Autograd
public import Tensor

// Losses of two or three tensors that are compared with each other.

/// 1 − cos(a, b) where the target is 1, max(0, cos(a, b) − margin) where it is −1, 0 elsewhere, for
/// vectors along the last axis. The squared length of each vector counts 10⁻¹² more, as PyTorch's.
///
/// As a `Loss` of predictions and targets of one shape, all pairs should be alike.
public struct CosineEmbedding: Loss {
    /// The cosine up to which unlike vectors are unlike enough: −1...1.
    public let margin: Double
    /// How the losses of the pairs become one number.
    public var reduction: LossReduction

    /// A loss of pairs of vectors; the cosine of unlike ones may be up to `margin`.
    public init(margin: Double = 0, reduction: LossReduction = .mean) {
        guard margin >= -1, margin <= 1 else {
            fail("CosineEmbedding", "margin is \(margin), not in −1...1")
        }
        self.margin = margin
        self.reduction = reduction
    }

    /// The loss of each pair, reduced.
    ///
    /// - Parameter target: 1 or −1 for each pair, of the vectors' shape without its last axis.
    public func callAsFunction(_ a: Tensor, _ b: Tensor, _ target: Tensor) -> Tensor {
        let cosine = cosine(a, b)
        guard target.shape == cosine.shape else {
            fail(
                "CosineEmbedding", "target \(target.shape) doesn't fit vectors \(a.shape)",
                hint: "pass 1 or -1 for each pair")
        }
        let unlike = (cosine - margin).clip(lower: 0.0)
        let others = unlike.maskedFill(target .!= -1, 0)
        return reduction(Tensor.where(target .== 1, 1 - cosine, others))
    }

    /// 1 − cos of each pair, reduced.
    public func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        reduction(1 - cosine(prediction, target))
    }

    private func cosine(_ a: Tensor, _ b: Tensor) -> Tensor {
        guard a.shape == b.shape, a.rank > 0 else {
            fail("CosineEmbedding", "vectors \(a.shape) and \(b.shape) don't fit each other")
        }
        let product = (a * b).sum(axis: -1)
        let squares = (a.square().sum(axis: -1) + 1e-12) * (b.square().sum(axis: -1) + 1e-12)
        return product / squares.sqrt()
    }

    /// Throws where predictions and targets are no vectors of one shape.
    public func check(prediction: Shape, target: Shape, _ targetType: DType) throws {
        guard prediction == target, prediction.rank > 0 else {
            throw ShapeError(
                layer: "CosineEmbedding",
                problem: "the model gives \(prediction) an example, the targets are \(target); "
                    + "vectors are needed")
        }
    }
}

/// max(0, margin − t (a − b)): whether a (target 1) or b (target −1) should be larger.
public struct MarginRanking: Sendable {
    /// By how much it should be larger.
    public let margin: Double
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of pairs of scores of which one should be `margin` larger.
    public init(margin: Double = 0, reduction: LossReduction = .mean) {
        self.margin = margin
        self.reduction = reduction
    }

    /// The loss of each pair, reduced; all three tensors have one shape. What is no float becomes
    /// float32.
    public func callAsFunction(_ a: Tensor, _ b: Tensor, _ target: Tensor) -> Tensor {
        guard a.shape == b.shape, a.shape == target.shape else {
            fail(
                "MarginRanking",
                "\(a.shape), \(b.shape) and target \(target.shape) differ in shape",
                hint: "reshape them; losses don't broadcast")
        }
        return reduction((margin - target * (a.floating - b.floating)).clip(lower: 0.0))
    }
}

/// max(0, d(a, p) − d(a, n) + margin) for vectors a (anchor), p (like it) and n (unlike it) along
/// the last axis; d is the norm of the difference, to each element of which 10⁻⁶ is added, as
/// PyTorch has it. Balntas et al., "Learning local feature descriptors with triplets", 2016.
public struct TripletMargin: Sendable {
    /// By how much unlike things should be further apart.
    public let margin: Double
    /// The order of the norm.
    public let order: Double
    /// Whether n is compared with the nearer of a and p.
    public let swapsAnchor: Bool
    /// How the losses become one number.
    public var reduction: LossReduction

    /// A loss of triplets of vectors; `margin` must be positive.
    public init(
        margin: Double = 1, order: Double = 2, swapsAnchor: Bool = false,
        reduction: LossReduction = .mean
    ) {
        guard margin > 0 else { fail("TripletMargin", "margin is \(margin); it must be positive") }
        self.margin = margin
        self.order = order
        self.swapsAnchor = swapsAnchor
        self.reduction = reduction
    }

    /// The loss of vectors of one shape, reduced.
    public func callAsFunction(anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor {
        guard anchor.shape == positive.shape, anchor.shape == negative.shape, anchor.rank > 0 else {
            fail(
                "TripletMargin",
                "\(anchor.shape), \(positive.shape) and \(negative.shape) are no vectors of one shape"
            )
        }
        let near = distance(anchor, positive)
        var far = distance(anchor, negative)
        if swapsAnchor { far = far.minimum(distance(positive, negative)) }
        return reduction((near - far + margin).clip(lower: 0.0))
    }

    private func distance(_ a: Tensor, _ b: Tensor) -> Tensor {
        (a - b + 1e-6).norm(order, axes: [-1])
    }
}
