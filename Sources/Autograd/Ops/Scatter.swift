import Tensor

// Making the rows of a table of items at an index along the first axis; the transposes of `Gather`
// and its kin. The index holds int64 positions below the number of rows, none negative.

/// How the items of a row make it together.
enum RowRule {
    case sum, product
    case extreme(maximum: Bool)

    /// The op that makes so many rows.
    func making(rows: Int) -> ScatterOp {
        switch self {
        case .sum: ScatterAdd(rows: rows)
        case .product: ScatterProduct(rows: rows)
        case .extreme(let maximum): ScatterExtreme(maximum: maximum, rows: rows)
        }
    }
}

/// y[r] = what the items x[i] with index[i] = r make together.
class ScatterOp: BinaryOp {
    let rule: RowRule
    let rows: Int
    init(_ rule: RowRule, rows: Int) {
        self.rule = rule
        self.rows = rows
    }

    /// dx[i] / dy[index[i]]
    func slopes(_ x: Tensor, _ index: Tensor, _ y: Tensor) -> Tensor? { nil }

    final override func backwardLeft(
        _ dy: Tensor, a x: Tensor, b index: Tensor, y: Tensor
    ) -> Tensor {
        let own = Gather.of(dy, index)
        return slopes(x, index, y).map { own * $0 } ?? own
    }
    final override func tangent(
        _ dx: Tensor?, _: Tensor?, a x: Tensor, b index: Tensor, y: Tensor
    ) -> Tensor? {
        dx.map { dx in
            let moved = slopes(x, index, y).map { dx * $0 } ?? dx
            return ScatterAdd.of(moved, index, rows: rows)
        }
    }
    final override func batch(
        _ x: Tensor, _ index: Tensor, isBatched: (a: Bool, b: Bool)
    ) -> Tensor? {
        if !isBatched.b {
            let last = x.moved(0, to: index.rank)
            return self(last, index).moved(1, to: 0)
        }
        let examples = index.shape[0]
        let x = Batched.spread([x, index], [isBatched.a, true])[0]
        let all = rule.making(rows: examples * rows)(x, index.shifted(by: rows))
        return all.reshape(Shape([examples, rows] + all.shape.dropFirst()))
    }
}

/// y[index[i]] += x[i] over zeros,  dx[i] = dy[index[i]]
final class ScatterAdd: ScatterOp {
    init(rows: Int) { super.init(.sum, rows: rows) }

    static func of(_ x: Tensor, _ index: Tensor, rows: Int) -> Tensor {
        ScatterAdd(rows: rows)(x, index)
    }

    override var saves: Saved { .second }
    override func forward(_ x: NDArray, _ index: NDArray) -> NDArray {
        x.scatterAdd(index, rows: rows)
    }
}

/// y[index[i]] *= x[i] over ones,  dx[i] = dy[index[i]] · the product of the row's other items
final class ScatterProduct: ScatterOp {
    init(rows: Int) { super.init(.product, rows: rows) }

    override func forward(_ x: NDArray, _ index: NDArray) -> NDArray {
        x.scatter(.multiply, index, rows: rows, over: Scalar(1))
    }

    /// The items that aren't zero are multiplied and divided by the own one. Zeros come apart from
    /// them: one other than the own stands for itself, so that it has its derivative, and several
    /// make zero.
    override func slopes(_ x: Tensor, _ index: Tensor, _ y: Tensor) -> Tensor? {
        let (zero, one) = (x.constant(0), x.constant(1))
        let isZero = x .== 0
        let filled = Tensor.where(isZero, one, x)
        let product = Gather.of(ScatterProduct(rows: rows)(filled, index), index)
        let zeros = isZero.cast(to: .int64)
        let otherZeros = Gather.of(ScatterAdd.of(zeros, index, rows: rows), index) - zeros
        let own = Tensor.where(isZero, x, zero)
        let otherZero = Gather.of(ScatterAdd.of(own, index, rows: rows), index) - own
        let few = Tensor.where(otherZeros .== 1, otherZero, zero)
        return product / filled * Tensor.where(otherZeros .== 0, one, few)
    }
}

/// y[index[i]] = the largest or smallest x[i], which share dy[index[i]]; the dtype's limit where
/// there is none.
final class ScatterExtreme: ScatterOp {
    let maximum: Bool
    init(maximum: Bool, rows: Int) {
        self.maximum = maximum
        super.init(.extreme(maximum: maximum), rows: rows)
    }
    override func forward(_ x: NDArray, _ index: NDArray) -> NDArray {
        let least = x.dtype == .bool ? 0 : -Double.infinity
        let start = Scalar(maximum ? least : x.dtype == .bool ? 1 : .infinity)
        return x.scatter(maximum ? .maximum : .minimum, index, rows: rows, over: start)
    }
    override func slopes(_ x: Tensor, _ index: Tensor, _ y: Tensor) -> Tensor? {
        let isBest = (x .== Gather.of(y, index)).cast(to: x.dtype)
        return isBest / Gather.of(ScatterAdd.of(isBest, index, rows: rows), index)
    }
}

/// y[r] = the last i with index[i] = r, or −1 if there is none.
final class LastItem: UnaryOp {
    private let rows: Int
    private init(rows: Int) { self.rows = rows }

    /// `index` has one axis.
    static func of(_ index: Tensor, rows: Int) -> Tensor { LastItem(rows: rows)(index) }

    override var isDifferentiable: Bool { false }
    override func forward(_ index: NDArray) -> NDArray {
        let items = NDArray.range(0, index.count, on: index.backend)
        return items.scatter(.put, index, rows: rows, over: Scalar(-1))
    }
    override func batch(_ index: Tensor) -> Tensor? {
        let (examples, items) = (index.shape[0], index.shape[1])
        let flat = index.shifted(by: rows).reshape([examples * items])
        let last = LastItem.of(flat, rows: examples * rows).reshape([examples, rows])
        let starts = Tensor.arange(0, examples, on: index.data.backend) * items
        return (last - starts.unsqueeze(1)).maximum(-1)
    }
}

extension Tensor {
    /// A copy with the items `source` written over the rows at `index`, the last one where several
    /// have the same.
    final func overwritten(_ source: Tensor, _ index: Tensor) -> Tensor {
        // Nothing to write adds nothing, but has a gradient.
        if index.count == 0 {
            return (self + ScatterAdd.of(source, index, rows: shape[0])).cast(to: dtype)
        }
        let last = LastItem.of(index, rows: shape[0])
        let taken = Gather.of(source, last.maximum(0))
        let ones = Array(repeating: 1, count: rank - 1)
        return Tensor.where((last .>= 0).reshape(Shape([shape[0]] + ones)), taken, self)
    }
}
