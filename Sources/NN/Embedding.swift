internal import Autograd
public import Tensor

/// A row of a table for each index: shape [..., width] for indices [...].
///
/// Indices are integers below `count`, or floats that hold such, as data files may give them;
/// negative ones count from the end. A padding index stands for nothing: its row starts as zeros
/// and is not trained. Rows whose norm exceeds `maxNorm` when they are looked up are scaled down to
/// it: in training in the table itself, in evaluation only on the way, so that looking changes
/// nothing.
public final class Embedding: Layer {
    /// The table, [count, width].
    public let weight: Parameter
    /// The index, not negative, whose row gets no gradient.
    public let paddingIndex: Int?
    /// The largest norm of a row.
    public let maxNorm: Double?
    /// The order of that norm.
    public let normOrder: Double

    /// A table of `count` rows, filled by `initializer`; traps where a size isn't positive.
    ///
    /// - Parameters:
    ///   - count: the number of indices.
    ///   - width: the size of a row.
    ///   - paddingIndex: may be negative, counting from the end.
    public init(
        _ count: Int, _ width: Int, paddingIndex: Int? = nil, maxNorm: Double? = nil,
        normOrder: Double = 2, initializer: Initializer = .normal(), dtype: DType = .float32,
        using random: Random
    ) {
        guard count > 0, width > 0 else {
            fail("Embedding", "a table of \(count) × \(width); both must be positive")
        }
        if let maxNorm, !(maxNorm > 0) { fail("Embedding", "the norm \(maxNorm) is not positive") }
        let padding = paddingIndex.map { $0 < 0 ? $0 + count : $0 }
        if let padding, !(0..<count).contains(padding) {
            fail("Embedding", "paddingIndex \(paddingIndex ?? 0) is out of range for \(count) rows")
        }
        weight = Parameter(initializer([count, width], dtype, random))
        if let padding { weight.data.select(axis: 0, index: padding).assign(.full([], 0, dtype)) }
        self.paddingIndex = padding
        self.maxNorm = maxNorm
        self.normOrder = normOrder
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let index = x.asIndex
        guard let maxNorm else { return weight.embedding(index, paddingIndex: paddingIndex) }
        if isTraining {
            noGrad {
                // What is written twice is the same.
                let flat = index.reshape([index.count])
                let rows = weight.detach().take(flat)
                weight[flat] = rows * share(of: rows, to: maxNorm)
            }
        }
        let rows = weight.embedding(index, paddingIndex: paddingIndex)
        // The table stays as it is where it is looked at only.
        return isTraining ? rows : rows * noGrad { share(of: rows.detach(), to: maxNorm) }
    }

    /// What brings each row that is too long to its norm; 1 for the others.
    private func share(of rows: Tensor, to maxNorm: Double) -> Tensor {
        let norm = rows.norm(normOrder, axes: [-1], keepDims: true)
        return Tensor.where(norm .> maxNorm, maxNorm / (norm + 1e-7), .ones(like: norm))
    }

    /// Whether a row doesn't follow its gradient: it is that of the padding index, or as long as
    /// rows may be.
    package func holds(row: Int) -> Bool {
        if row == paddingIndex { return true }
        guard let maxNorm else { return false }
        let length = Tensor(weight.data.select(axis: 0, index: row)).norm(normOrder, axes: [-1])
        return length.values(as: Double.self)[0] > maxNorm * (1 - 1e-3)
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        input.inserting(weight.shape[1], at: input.rank)
    }

    public override var describe: String {
        "Embedding(\(weight.shape[0]), \(weight.shape[1])"
            + (paddingIndex.map { ", paddingIndex: \($0)" } ?? "")
            + (maxNorm.map { ", maxNorm: \($0)" } ?? "") + ")"
    }
}
