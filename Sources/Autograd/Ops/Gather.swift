public import Tensor

// Choosing elements by integer tensors. Indices are checked and may be negative; the same index
// twice adds both gradients.

/// y = the index as positions in 0..<size, negative ones counted from the end. It checks them.
final class Positions: UnaryOp {
    private let size: Int
    private let operation: StaticString
    init(below size: Int, _ operation: StaticString) {
        self.size = size
        self.operation = operation
    }

    override var isDifferentiable: Bool { false }
    override func forward(_ index: NDArray) -> NDArray {
        let out = NDArray(uninitialized: index.shape, .int64, on: index.backend)
        Kernel.positions(below: size, operation).run(index.contiguous(), into: out)
        return out
    }
    override func batch(_ index: Tensor) -> Tensor? { self(index) }
}

/// y = x, int64 zeros. Another number ends the program, with a sentence on a problem of an
/// operation, when the device comes to it.
final class Requirement: UnaryOp {
    private let operation: StaticString
    private let problem: StaticString

    init(_ operation: StaticString, _ problem: StaticString) {
        self.operation = operation
        self.problem = problem
    }

    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray {
        let out = NDArray(uninitialized: x.shape, .int64, on: x.backend)
        Kernel.requirement(operation, problem: problem).run(x.contiguous(), into: out)
        return out
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// y[i] = x[index[i]] along the first axis,  dx = dy added at the indices
final class Gather: BinaryOp {
    /// `index` holds int64 positions, none negative.
    static func of(_ x: Tensor, _ index: Tensor) -> Tensor { Gather()(x, index) }

    override var saves: Saved { .second }
    override func forward(_ x: NDArray, _ index: NDArray) -> NDArray { x.gather(index) }
    override func backwardLeft(_ dy: Tensor, a x: Tensor, b index: Tensor, y: Tensor) -> Tensor {
        ScatterAdd.of(dy, index, rows: x.shape[0])
    }
    override func tangent(
        _ dx: Tensor?, _: Tensor?, a x: Tensor, b index: Tensor, y: Tensor
    ) -> Tensor? {
        dx.map { Gather.of($0, index) }
    }
    override func batch(_ x: Tensor, _ index: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        if !isBatched.a { return Gather.of(x, index) }
        if !isBatched.b { return Gather.of(x.moved(0, to: 1), index).moved(index.rank, to: 0) }
        let (examples, rows) = (x.shape[0], x.shape[1])
        let table = x.reshape(Shape([examples * rows] + x.shape.dropFirst(2)))
        return Gather.of(table, index.shifted(by: rows))
    }
}

extension Tensor {
    /// One axis taken out and put in at another position.
    final func moved(_ axis: Int, to position: Int) -> Tensor {
        if axis == position { return self }
        var order = Array(0..<rank)
        order.insert(order.remove(at: axis), at: position)
        return Permute(order)(self)
    }

    /// Row numbers of each example as row numbers of all examples' tables one after the other.
    final func shifted(by rows: Int) -> Tensor {
        let ones = Array(repeating: 1, count: rank - 1)
        let starts = Tensor.arange(0, shape[0], on: data.backend) * rows
        return self + starts.reshape(Shape([shape[0]] + ones))
    }

    /// This index as int64; what uint64 holds beyond it stays out of range.
    package final var asIndex: Tensor {
        (dtype == .uint64 ? minimum(Int.max) : self).cast(to: .int64)
    }

    /// int64 positions below `size`, negatives counted from the end; traps outside.
    final func checkedIndex(below size: Int, _ operation: StaticString) -> Tensor {
        guard dtype.isInteger else {
            fail("\(operation)", "indices must be integers, not \(dtype)", hint: "cast(to: .int64)")
        }
        return Positions(below: size, operation)(asIndex)
    }
}

extension Tensor {
    /// The slices at `index` along an axis, which is replaced by the index's shape.
    public final func take(_ index: Tensor, axis: Int = 0) -> Tensor {
        take(index, axis: shape.axis(axis, "take"), "take")
    }

    /// `take` along an axis from 0, by another operation.
    final func take(_ index: Tensor, axis: Int, _ operation: StaticString) -> Tensor {
        let checked = index.checkedIndex(below: shape[axis], operation)
        if axis == 0 { return Gather.of(self, checked) }
        let taken = Gather.of(moved(axis, to: 0), checked)
        return taken.moveAxes(Array(0..<index.rank), to: Array(axis..<axis + index.rank))
    }

    /// One where the last axis equals the index, else zero: shape [..., classes].
    public final func oneHot(_ classes: Int, _ dtype: DType = .float32) -> Tensor {
        if classes < 0 { fail("oneHot", "the number of classes \(classes) is negative") }
        let checked = checkedIndex(below: classes, "oneHot")
        let numbers = Tensor.arange(0, classes, on: data.backend)
        return (checked.unsqueeze(-1) .== numbers).cast(to: dtype)
    }

    /// The positions of elements that are not zero: int64 of shape [number of them, rank]. Waits
    /// for the device.
    public final func nonzero() -> Tensor {
        failIfBatched("nonzero")
        let values = data.cast(to: .bool).values(as: Bool.self)
        let strides = shape.contiguousStrides
        var positions: [Int64] = []
        for (position, value) in values.enumerated() where value {
            for axis in 0..<rank {
                positions.append(Int64(position / strides[axis] % Swift.max(shape[axis], 1)))
            }
        }
        let found = rank == 0 ? values.filter { $0 }.count : positions.count / rank
        return Tensor(NDArray(positions, [found, rank], on: data.backend))
    }

    /// The elements where `mask` is true, in row-major order; both are broadcast. Waits for the
    /// device.
    public final func masked(_ mask: Tensor) -> Tensor {
        guard mask.dtype == .bool, let all = Shape.broadcast(shape, mask.shape) else {
            fail(
                "masked", "a bool mask of shape \(shape) is needed, not \(mask.dtype) \(mask.shape)"
            )
        }
        mask.failIfBatched("masked")
        let positions = mask.expand(to: all).reshape([-1]).nonzero().reshape([-1])
        return Gather.of(expand(to: all).reshape([all.elementCount]), positions)
    }
}
