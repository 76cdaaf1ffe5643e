public import Tensor

// Distances and likeness of vectors.

/// y[i, j] = |aᵢ − bⱼ| for rows [.., m, k] and [.., n, k], by the norm of an order above 0.
///
/// Of order 2, with w = dy / y, 0 where y is:  daᵢ = Σⱼ wᵢⱼ aᵢ − Σⱼ wᵢⱼ bⱼ,  dbⱼ likewise:
/// products, in float64, for the sums may be far larger than their difference.
final class PairDistance: BinaryOp {
    let order: Double
    init(_ order: Double) { self.order = order }

    override var autocast: AutocastRule { .float32 }
    override func forward(_ a: NDArray, _ b: NDArray) -> NDArray {
        let wide: DType = a.dtype == .float64 ? .float64 : .float32
        return a.cast(to: wide).distances(to: b.cast(to: wide), order: order).cast(to: a.dtype)
    }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        if order != 2 { return byDifferences(dy, a, b, y).sum(axis: -2) }
        return pull(weights(dy, y), a, b).cast(to: a.dtype)
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        if order != 2 { return -byDifferences(dy, a, b, y).sum(axis: -3) }
        return pull(weights(dy, y).transpose(), b, a).cast(to: b.dtype)
    }
    override func tangent(_ da: Tensor?, _ db: Tensor?, a: Tensor, b: Tensor, y: Tensor) -> Tensor?
    {
        if order != 2 {
            let left = (da ?? .zeros(like: a)).unsqueeze(-2)
            let right = (db ?? .zeros(like: b)).unsqueeze(-3)
            return norm.tangent(left - right, x: a.unsqueeze(-2) - b.unsqueeze(-3), y: y)
        }
        let own = da.map { turn($0, a, b) }
        let other = db.map { turn($0, b, a).transpose() }
        let sum = own.map { own in other.map { own + $0 } ?? own } ?? other
        return sum.map { weights($0, y).cast(to: y.dtype) }
    }
    override func batch(_ a: Tensor, _ b: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        apply(Batched.aligned([a, b], [isBatched.a, isBatched.b]))
    }

    private var norm: Norm { Norm(order, [-1], keepDims: false) }

    private func byDifferences(_ dy: Tensor, _ a: Tensor, _ b: Tensor, _ y: Tensor) -> Tensor {
        norm.backward(dy, x: a.unsqueeze(-2) - b.unsqueeze(-3), y: y)
    }

    /// These numbers over the distances, 0 where two rows coincide.
    private func weights(_ numbers: Tensor, _ y: Tensor) -> Tensor {
        numbers.cast(to: .float64).overNonzero(y.cast(to: .float64))
    }

    /// Σⱼ wᵢⱼ (aᵢ − bⱼ).
    private func pull(_ weights: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        let total = weights.sum(axis: -1, keepDims: true)
        return total * a.cast(to: .float64) - MatMul()(weights, b.cast(to: .float64))
    }

    /// daᵢ · (aᵢ − bⱼ).
    private func turn(_ da: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        let moved = da.cast(to: .float64)
        let own = (moved * a.cast(to: .float64)).sum(axis: -1, keepDims: true)
        return own - MatMul()(moved, b.cast(to: .float64).transpose())
    }
}
extension Tensor {
    /// The distance of each row of this tensor [.., m, k] to each of the other [.., n, k]: [.., m,
    /// n], by the norm of an order, 0 for the number of elements that differ; leading axes
    /// broadcast.
    ///
    /// Where two rows coincide the gradient is 0.
    public final func cdist(_ other: Tensor, order: Double = 2) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, "cdist", toFloat: true)
        guard rank >= 2, other.rank >= 2, shape[rank - 1] == other.shape[other.rank - 1] else {
            fail(
                "cdist", "rows of \(shape) and \(other.shape) differ in size",
                hint: "both need two axes, and the last ones must agree")
        }
        if !(order >= 0) { fail("cdist", "the order \(order) is negative") }
        if shape[rank - 1] > 0, order > 0 { return PairDistance(order)(a, b) }
        let differences = a.unsqueeze(-2) - b.unsqueeze(-3)
        if shape[rank - 1] == 0 { return differences.sum(axis: -1) }
        return differences.vectorNorm(order, axes: [-1])
    }

    /// The norm of a − b + epsilon along the last axis.
    public final func pairwiseDistance(
        _ other: Tensor, order: Double = 2, epsilon: Double = 1e-6, keepDims: Bool = false
    ) -> Tensor {
        (self - other + epsilon).vectorNorm(order, axes: [-1], keepDims: keepDims)
    }

    /// a · b / (|a| |b|) along an axis, norms counting as at least `epsilon`; other axes broadcast.
    public final func cosineSimilarity(
        _ other: Tensor, axis: Int = 1, epsilon: Double = 1e-8
    ) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, "cosineSimilarity", toFloat: true)
        guard let common = Shape.broadcast(a.shape, b.shape) else {
            fail("cosineSimilarity", "shapes \(shape) and \(other.shape) don't broadcast")
        }
        let axis = common.axis(axis, "cosineSimilarity")
        let (left, right) = (a.expand(to: common), b.expand(to: common))
        let directions = left.normalize(axis: axis, epsilon: epsilon)
        return (directions * right.normalize(axis: axis, epsilon: epsilon)).sum(axis: axis)
    }

    /// The covariances of variables, the rows, over observations, the columns: [n, n], or a scalar
    /// of one variable without rows.
    ///
    /// An observation counts as many times as its `frequency`, and by its `weight` beside that.
    /// Sums are divided by the count less `correction`; with weights by V − correction · Σ w²/V,
    /// V = Σ w, and in the wider of both dtypes.
    public final func cov(
        correction: Double = 1, frequencies: Tensor? = nil, weights: Tensor? = nil
    ) -> Tensor {
        guard rank <= 2 else { fail("cov", "shape \(shape) has more than two axes") }
        let rows = rank == 2 ? floating : floating.reshape([1, count])
        let observations = rows.shape[1]
        for given in [frequencies, weights] {
            if let given, given.shape != [observations] {
                fail(
                    "cov", "\(given.shape) are no weights of \(observations) observations",
                    hint: "give one number a column")
            }
        }
        frequencies?.require("cov", "a frequency is not a whole number from 0 up") {
            ($0 .>= 0).logicalAnd($0 .== $0.round())
        }
        weights?.require("cov", "a weight is negative or not finite") {
            ($0 .>= 0).logicalAnd($0.isFinite())
        }
        let x = weights.map { Tensor.promoted(rows, $0, "cov").0 } ?? rows
        let factors = [frequencies, weights].compactMap { $0?.cast(to: x.dtype) }
        let result: Tensor
        if let first = factors.first {
            let all = factors.count == 2 ? first * factors[1] : first
            let total = all.sum()
            let centred = x - (x * all).sum(axis: 1, keepDims: true) / total
            var divisor = total - correction
            if let weights {
                divisor = total - (all * weights.cast(to: x.dtype)).sum() / total * correction
            }
            result = (centred * all).matmul(centred.transpose()) / divisor.relu()
        } else {
            let centred = x - x.mean(axis: 1, keepDims: true)
            let divisor = Swift.max(0, Double(observations) - correction)
            result = centred.matmul(centred.transpose()) / divisor
        }
        return rank == 2 ? result : result.reshape([])
    }

    /// The coefficients of correlation of variables, the rows, over observations, the columns: [n,
    /// n], or a scalar of one variable without rows.
    public final func corrcoef() -> Tensor {
        let covariances = cov()
        if covariances.rank == 0 { return covariances / covariances }
        let deviations = Diagonal(0)(covariances).sqrt()
        let relative = covariances / deviations.unsqueeze(0) / deviations.unsqueeze(1)
        return relative.clip(lower: -1, upper: 1)
    }
}
