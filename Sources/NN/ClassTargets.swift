internal import Autograd
internal import Tensor

/// Integer class targets, checked: where each example's target stands among the logits, and how
/// much it weighs.
struct ClassTargets {
    /// Positions in the row-major logits [examples, classes]; int64 [examples].
    let positions: NDArray
    /// The weight of each example, 0 where ignored; nil where all are 1.
    let weights: NDArray?
    let totalWeight: Double
    let classes: Int

    var count: Int { positions.count }

    /// Reads the targets on the host, in one pass: nothing is gathered from outside the logits.
    init(
        _ targets: NDArray, classes: Int, ignoring ignored: Int?, weights classWeights: [Double]?,
        dtype: DType, on backend: any Backend, _ operation: String
    ) {
        let values = targets.values(as: Int64.self)
        var positions = [Int64](repeating: 0, count: values.count)
        let weighted = classWeights != nil || ignored != nil
        var weights = [Double](repeating: 1, count: weighted ? values.count : 0)
        for (row, value) in values.enumerated() {
            let start = Int64(row * classes)
            if let ignored, value == Int64(ignored) {
                positions[row] = start
                weights[row] = 0
                continue
            }
            guard value >= 0, value < Int64(classes) else {
                fail(
                    operation, "target \(value) at position \(row) is no class of 0..<\(classes)")
            }
            positions[row] = start + value
            if let classWeights { weights[row] = classWeights[Int(value)] }
        }
        self.positions = NDArray(positions, on: backend)
        self.weights = weighted ? NDArray(weights, on: backend).cast(to: dtype) : nil
        totalWeight = weighted ? weights.reduce(0, +) : Double(values.count)
        self.classes = classes
    }

    private init(positions: NDArray, weights: NDArray?, totalWeight: Double, classes: Int) {
        self.positions = positions
        self.weights = weights
        self.totalWeight = totalWeight
        self.classes = classes
    }

    /// The same examples `times` times.
    func repeated(_ times: Int) -> ClassTargets {
        let starts = Tensor.arange(0, times).unsqueeze(1) * (count * classes)
        let all = Tensor(positions) + starts.to(positions.backend)
        let weights = weights.map { Tensor($0).tile([times]).data.contiguous() }
        return ClassTargets(
            positions: all.data.reshape([times * count]), weights: weights,
            totalWeight: totalWeight * Double(times), classes: classes)
    }

    /// [examples, classes]: 1 at the targets, else 0.
    func oneHot(_ dtype: DType) -> NDArray {
        let ones = NDArray.full([count], 1, dtype, on: positions.backend)
        return ones.scatterAdd(positions, rows: count * classes).reshape([count, classes])
    }
}

/// y = −scale · w · ln softmax(x)[target] of each row, or their sum,
/// dx = scale · w · (softmax(x) − onehot) · dy
///
/// One operation instead of four, for this is where every classifier's training step ends.
final class CrossEntropyOfClasses: UnaryOp {
    let targets: ClassTargets
    let scale: Double
    let isSummed: Bool

    init(_ targets: ClassTargets, scale: Double, isSummed: Bool) {
        self.targets = targets
        self.scale = scale
        self.isSummed = isSummed
    }

    override var name: String { "CrossEntropy" }
    override var saves: Saved { .inputs }

    override func forward(_ x: NDArray) -> NDArray {
        let picked = x.softmax(logarithm: true).reshape([x.count]).gather(targets.positions)
        var losses = Tensor(picked)
        if let weights = targets.weights { losses = losses * Tensor(weights) }
        if isSummed { losses = losses.sum() }
        return (losses * -scale).data
    }

    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        var factor = dy * scale
        if let weights = targets.weights { factor = factor * Tensor(weights) }
        if factor.rank == 1 { factor = factor.unsqueeze(1) }
        return (x.softmax() - Tensor(targets.oneHot(x.dtype))) * factor
    }

    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        // Rows don't depend on each other, so the gradient of the sum has all derivatives.
        let moved = (backward(.ones(like: y), x: x, y: y) * dx).sum(axis: 1)
        return isSummed ? moved.sum() : moved
    }

    /// The same targets for each batch of logits, as rows one after the other.
    override func batch(_ x: Tensor) -> Tensor? {
        let size = x.shape[0]
        let rows = x.reshape([size * x.shape[1], x.shape[2]])
        let repeated = CrossEntropyOfClasses(
            targets.repeated(size), scale: scale, isSummed: false)
        let losses = repeated(rows).reshape([size, x.shape[1]])
        return isSummed ? losses.sum(axis: 1) : losses
    }
}
