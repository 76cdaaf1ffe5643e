import Tensor

// What ordering is made of: places along the last axis, and elements at places.

/// The places of the elements along the last axis in order, NaN above all numbers, equal elements
/// as they come: int64, no gradient.
final class Order: UnaryOp {
    let descending: Bool
    init(descending: Bool) { self.descending = descending }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray { x.order(descending: descending) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// The places of the largest or smallest elements along the last axis, the best first: int64, no
/// gradient.
final class Top: UnaryOp {
    let count: Int
    let largest: Bool
    init(_ count: Int, largest: Bool) {
        self.count = count
        self.largest = largest
    }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray { x.top(count, largest: largest) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// Where the last of the largest or smallest elements so far stands along the last axis: int64, no
/// gradient.
final class RunningExtreme: UnaryOp {
    let maximum: Bool
    init(maximum: Bool) { self.maximum = maximum }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray { x.runningExtreme(maximum: maximum) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// The place of one element of each row along the last axis, which stays with size 1: int64, no
/// gradient.
final class RankPlace: UnaryOp {
    let rank: Kernel.Rank
    init(_ rank: Kernel.Rank) { self.rank = rank }
    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray { x.place(of: rank) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// y[…, i] = x[…, index[…, i]] along the last axis,  dx = dy added at the indices
final class TakeAlong: BinaryOp {
    /// `index` is int64 and has the shape of x but for the last axis.
    static func of(_ x: Tensor, _ index: Tensor) -> Tensor { TakeAlong()(x, index) }

    override var saves: Saved { .second }
    override func forward(_ x: NDArray, _ index: NDArray) -> NDArray { x.takeAlong(index) }
    override func backwardLeft(_ dy: Tensor, a x: Tensor, b index: Tensor, y: Tensor) -> Tensor {
        AddAlong.of(dy, index, size: x.shape[x.rank - 1])
    }
    override func tangent(
        _ dx: Tensor?, _: Tensor?, a x: Tensor, b index: Tensor, y: Tensor
    ) -> Tensor? {
        dx.map { TakeAlong.of($0, index) }
    }
    override func batch(_ x: Tensor, _ index: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        let spread = Batched.spread([x, index], [isBatched.a, isBatched.b])
        return TakeAlong.of(spread[0], spread[1])
    }
}

/// y[…, index[…, i]] += x[…, i] along the last axis of zeros,  dx = dy at the indices
final class AddAlong: BinaryOp {
    private let size: Int
    private init(size: Int) { self.size = size }

    /// `index` is int64 and has the shape of x; it lies in 0..<size.
    static func of(_ x: Tensor, _ index: Tensor, size: Int) -> Tensor {
        AddAlong(size: size)(x, index)
    }

    override var saves: Saved { .second }
    override func forward(_ x: NDArray, _ index: NDArray) -> NDArray {
        x.addAlong(index, size: size)
    }
    override func backwardLeft(_ dy: Tensor, a x: Tensor, b index: Tensor, y: Tensor) -> Tensor {
        TakeAlong.of(dy, index)
    }
    override func tangent(
        _ dx: Tensor?, _: Tensor?, a x: Tensor, b index: Tensor, y: Tensor
    ) -> Tensor? {
        dx.map { AddAlong.of($0, index, size: size) }
    }
    override func batch(_ x: Tensor, _ index: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        let spread = Batched.spread([x, index], [isBatched.a, isBatched.b])
        return AddAlong.of(spread[0], spread[1], size: size)
    }
}

/// A tensor with one of its axes moved to the end, and the way back. A scalar is a row of one.
struct AxisRows {
    /// The tensor, the axis being the last.
    let rows: Tensor
    /// The size of the axis.
    let size: Int
    private let axis: Int?
    private let operation: String

    init(_ x: Tensor, _ axis: Int, _ operation: String) {
        self.operation = operation
        if x.rank == 0, axis == 0 || axis == -1 {
            (rows, size, self.axis) = (x.reshape([1]), 1, nil)
            return
        }
        let position = x.shape.axis(axis, operation)
        (rows, size) = (x.moved(position, to: x.rank - 1), x.shape[position])
        self.axis = position
    }

    /// Other rows with the axis where it was.
    func back(_ y: Tensor) -> Tensor {
        guard let axis else { return y.count == 1 ? y.reshape([]) : y }
        return y.moved(y.rank - 1, to: axis)
    }

    /// Rows of one element with the axis where it was, or without it.
    func backOne(_ y: Tensor, keepDims: Bool) -> Tensor {
        if keepDims || axis == nil { return back(y) }
        return y.reshape(y.shape.removing(at: y.rank - 1))
    }

    /// The elements at places in the rows, and these places, both with the axis where it was.
    func at(_ places: Tensor) -> (values: Tensor, indices: Tensor) {
        (back(TakeAlong.of(rows, places)), back(places))
    }

    /// The one element of each row at a place, and the place.
    func atOne(_ places: Tensor, keepDims: Bool) -> (values: Tensor, indices: Tensor) {
        let values = backOne(TakeAlong.of(rows, places), keepDims: keepDims)
        return (values, backOne(places, keepDims: keepDims))
    }

    /// Traps where there is nothing to choose from.
    func requireElements() {
        if size == 0 {
            fail(operation, "an axis of size 0 has no elements to choose from")
        }
    }
}
