internal import CKernels
public import Tensor

// Running values along the last axis, and their API along any.

/// y[i] = b[i] + a[i] · y[i − 1] along the last axis, or y[i + 1] if reversed, of floats of one
/// shape. With g the same the other way, g[i] = dy[i] + a[i + 1] · g[i + 1]:  db = g,  da[i] = g[i]
/// · y[i − 1]
final class Recurrence: BinaryOp {
    private let reversed: Bool
    private init(reversed: Bool) { self.reversed = reversed }

    static func of(factors: Tensor, terms: Tensor, reversed: Bool = false) -> Tensor {
        Recurrence(reversed: reversed)(factors, terms)
    }

    override func forward(_ a: NDArray, _ b: NDArray) -> NDArray {
        a.recur(b, reversed: reversed)
    }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        gradient(dy, a) * before(y)
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        gradient(dy, a)
    }
    override func tangent(_ da: Tensor?, _ db: Tensor?, a: Tensor, b: Tensor, y: Tensor) -> Tensor?
    {
        let moved = da.map { $0 * before(y) }
        let terms = moved.map { moved in db.map { moved + $0 } ?? moved } ?? db
        return terms.map { Recurrence.of(factors: a, terms: $0, reversed: reversed) }
    }
    override func batch(_ a: Tensor, _ b: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        let spread = Batched.spread([a, b], [isBatched.a, isBatched.b])
        return Recurrence.of(factors: spread[0], terms: spread[1], reversed: reversed)
    }

    private func gradient(_ dy: Tensor, _ a: Tensor) -> Tensor {
        let factors = a.shifted(by: reversed ? 1 : -1, filling: 0)
        return Recurrence.of(factors: factors, terms: dy, reversed: !reversed)
    }

    /// What each element was made of.
    private func before(_ y: Tensor) -> Tensor { y.shifted(by: reversed ? -1 : 1, filling: 0) }
}

/// y = running products along the last axis.  With p[i] the product before i and
/// s[i] = dy[i] + x[i + 1] · s[i + 1]:  dx = p · s, also where some are zero
final class CumProd: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override func forward(_ x: NDArray) -> NDArray { x.scan(.product) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let later = Recurrence.of(
            factors: x.shifted(by: -1, filling: 0), terms: dy, reversed: true)
        return y.shifted(by: 1, filling: 1) * later
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        Recurrence.of(factors: x, terms: y.shifted(by: 1, filling: 1) * dx)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// y[i] = ln Σ exp(x[j]) over j ≤ i along the last axis.  With
/// s[i] = dy[i] + exp(y[i] − y[i + 1]) · s[i + 1]:  dx = exp(x − y) · s, no factor above 1
final class LogCumSumExp: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override func forward(_ x: NDArray) -> NDArray { x.scan(.log_sum_exp) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        let next = y.shifted(by: -1, filling: .infinity)
        return share(x, y) * Recurrence.of(factors: share(y, next), terms: dy, reversed: true)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        let before = y.shifted(by: 1, filling: -.infinity)
        return Recurrence.of(factors: share(before, y), terms: share(x, y) * dx)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }

    /// exp(part − whole), 0 for no part of anything.
    private func share(_ part: Tensor, _ whole: Tensor) -> Tensor {
        let isNothing = part .== -Double.infinity
        return (part - whole).maskedFill(isNothing, -Double.infinity).exp()
    }
}

extension Tensor {
    /// The elements moved along the last axis, later if `places` is 1, earlier if −1, with `value`
    /// where none comes from.
    fileprivate final func shifted(by places: Int, filling value: Double) -> Tensor {
        let size = shape[rank - 1]
        if size == 0 { return self }
        let kept = narrow(axis: -1, start: places < 0 ? 1 : 0, count: size - 1)
        return kept.pad(
            [(before: places > 0 ? 1 : 0, after: places < 0 ? 1 : 0)], value: value)
    }
}

extension Tensor {
    /// Running products along an axis; integers and bool multiply in int64, uint64 in its own type.
    /// The gradient is exact where elements are zero.
    public final func cumprod(axis: Int = -1) -> Tensor {
        let along = AxisRows(self, axis, "cumprod")
        return along.back(CumProd()(along.rows))
    }

    /// ln Σ exp of the elements so far along an axis, without leaving the range.
    public final func logCumSumExp(axis: Int = -1) -> Tensor {
        let along = AxisRows(floating, axis, "logCumSumExp")
        return along.back(LogCumSumExp()(along.rows))
    }

    /// The largest element so far along an axis, and where the last such is: int64. NaN wins. The
    /// gradient flows to the elements chosen.
    public final func cummax(axis: Int = -1) -> (values: Tensor, indices: Tensor) {
        let along = AxisRows(self, axis, "cummax")
        return along.at(RunningExtreme(maximum: true)(along.rows))
    }

    /// The smallest element so far along an axis, and where the last such is: int64. NaN wins. The
    /// gradient flows to the elements chosen.
    public final func cummin(axis: Int = -1) -> (values: Tensor, indices: Tensor) {
        let along = AxisRows(self, axis, "cummin")
        return along.at(RunningExtreme(maximum: false)(along.rows))
    }

    /// The differences of neighbours along an axis, taken `times` times, of this tensor with what
    /// is put before and after it; the elements as they are if never. Of bool: whether neighbours
    /// differ.
    public final func diff(
        times: Int = 1, axis: Int = -1, prepend: Tensor? = nil, append: Tensor? = nil
    ) -> Tensor {
        let axis = shape.axis(axis, "diff")
        guard times >= 0 else { fail("diff", "it can't be taken \(times) times") }
        if times == 0 { return copy() }
        let parts = [prepend, self, append].compactMap { $0 }
        var result = parts.count == 1 ? self : Tensor.concat(parts, axis: axis)
        // Of nothing there is nothing left to take.
        for _ in 0..<Swift.min(times, result.shape[axis] + 1) {
            let size = Swift.max(result.shape[axis] - 1, 0)
            let start = result.shape[axis] - size
            let later = result.narrow(axis: axis, start: start, count: size)
            let earlier = result.narrow(axis: axis, start: 0, count: size)
            result = result.dtype == .bool ? later .!= earlier : later - earlier
        }
        return result
    }
}
