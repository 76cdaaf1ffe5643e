public import Tensor

// Axes moved, turned, cut and filled up; all of it composed of views and joins.

extension Tensor {
    /// An axis taken out and put in at another position, the others staying in order.
    public final func moveAxis(_ axis: Int, to position: Int) -> Tensor {
        moveAxes([axis], to: [position], "moveAxis")
    }

    /// Axes taken out and put in at other positions, in this order, the others staying in order.
    public final func moveAxes(_ axes: [Int], to positions: [Int]) -> Tensor {
        moveAxes(axes, to: positions, "moveAxes")
    }

    private func moveAxes(_ axes: [Int], to positions: [Int], _ operation: String) -> Tensor {
        let axes = axes.map { shape.axis($0, operation) }
        let positions = positions.map { shape.axis($0, operation) }
        guard axes.count == positions.count, Set(axes).count == axes.count,
            Set(positions).count == axes.count
        else {
            fail(operation, "axes \(axes) can't move to \(positions)", hint: "name each one once")
        }
        var order = (0..<rank).filter { !axes.contains($0) }
        for (position, axis) in zip(positions, axes).sorted(by: { $0.0 < $1.0 }) {
            order.insert(axis, at: position)
        }
        return order.elementsEqual(0..<rank) ? self : permute(order)
    }

    /// The elements turned by quarter turns in the plane of two axes, from the first to the second.
    public final func rot90(_ turns: Int = 1, axes: (Int, Int) = (0, 1)) -> Tensor {
        let (first, second) = (shape.axis(axes.0, "rot90"), shape.axis(axes.1, "rot90"))
        guard first != second else { fail("rot90", "axis \(first) is named twice") }
        switch (turns % 4 + 4) % 4 {
        case 1: return flip(second).transpose(first, second)
        case 2: return flip(first, second)
        case 3: return flip(first).transpose(first, second)
        default: return self
        }
    }

    /// The elements moved along several axes, those pushed out coming in at the other end.
    public final func roll(_ shifts: [Int], axes: [Int]) -> Tensor {
        guard shifts.count == axes.count else {
            fail("roll", "shifts \(shifts) for axes \(axes)", hint: "give one shift an axis")
        }
        return zip(shifts, axes).reduce(self) { $0.roll($1.0, axis: $1.1) }
    }

    /// The elements moved `shift` places in row-major order.
    public final func roll(_ shift: Int) -> Tensor {
        reshape([count]).roll(shift, axis: 0).reshape(shape)
    }

    /// An axis as several, of the sizes given; one of them may be −1.
    public final func unflatten(axis: Int, into sizes: Shape) -> Tensor {
        let axis = shape.axis(axis, "unflatten")
        let known = sizes.filter { $0 != -1 }.reduce(1) { $0.times($1) }
        let whole = sizes.contains(-1) && known > 0 ? shape[axis] / known : 1
        guard sizes.filter({ $0 == -1 }).count <= 1, sizes.allSatisfy({ $0 >= -1 }),
            known.times(whole) == shape[axis]
        else {
            fail(
                "unflatten", "axis \(axis) of shape \(shape) can't become \(sizes)",
                hint: "the product of the sizes must be \(shape[shape.axis(axis, "unflatten")])")
        }
        let resolved = sizes.map { $0 == -1 ? whole : $0 }
        return reshape(Shape(shape.prefix(axis) + resolved + shape.dropFirst(axis + 1)))
    }

    /// Each slice along an axis repeated as often as `counts` says for it.
    public final func repeated(_ counts: [Int], axis: Int) -> Tensor {
        let axis = shape.axis(axis, "repeated")
        guard counts.count == shape[axis], counts.allSatisfy({ $0 >= 0 }) else {
            fail("repeated", "counts \(counts) don't fit axis \(axis) of shape \(shape)")
        }
        let total = counts.reduce(0) { $0.plus($1) }
        failUnlessHeld("repeated", total, "slices", bytes: 16)
        let places = counts.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
        return take(Tensor(NDArray(places, on: data.backend)), axis: axis)
    }

    /// Each slice along an axis repeated as often as an integer tensor says for it, or for all of
    /// them if it holds one number. The counts are read on the host.
    public final func repeated(_ counts: Tensor, axis: Int) -> Tensor {
        counts.failIfBatched("repeated")
        let axis = shape.axis(axis, "repeated")
        guard counts.dtype.isInteger, counts.rank <= 1 else {
            fail(
                "repeated", "\(counts.dtype) \(counts.shape) are no counts",
                hint: "one integer for each slice")
        }
        let list = counts.values(as: Int.self)
        let isForAll = list.count == 1 && shape[axis] != 1
        return repeated(
            isForAll ? Array(repeating: list[0], count: shape[axis]) : list, axis: axis)
    }

    /// This tensor, or of a single number a row of one.
    public final func atLeast1D() -> Tensor { rank == 0 ? reshape([1]) : self }

    /// This tensor, or as a matrix of one row.
    public final func atLeast2D() -> Tensor { rank < 2 ? reshape([1, count]) : self }

    /// This tensor, or with axes of size 1: a row becomes [1, n, 1], a matrix [m, n, 1].
    public final func atLeast3D() -> Tensor {
        switch rank {
        case 0, 1: reshape([1, count, 1])
        case 2: unsqueeze(2)
        default: self
        }
    }

    /// At most `count` pieces along an axis, of one size but for the last.
    public final func chunk(_ count: Int, axis: Int = 0) -> [Tensor] {
        guard count > 0 else { fail("chunk", "the number of chunks is \(count), below 1") }
        let size = shape[shape.axis(axis, "chunk")]
        if size == 0 {
            failUnlessHeld("chunk", count, "chunks", bytes: MemoryLayout<Tensor>.size)
            return Array(repeating: self, count: count)
        }
        return split(size: (size - 1) / count + 1, axis: axis)
    }

    /// `count` pieces along an axis whose sizes differ by at most one, the larger first.
    public final func tensorSplit(_ count: Int, axis: Int = 0) -> [Tensor] {
        guard count > 0 else { fail("tensorSplit", "the number of pieces is \(count), below 1") }
        let size = shape[shape.axis(axis, "tensorSplit")]
        failUnlessHeld("tensorSplit", count, "pieces", bytes: 256)
        let sizes = (0..<count).map { size / count + ($0 < size % count ? 1 : 0) }
        return split(sizes: sizes, axis: axis)
    }

    /// The pieces between positions along an axis, which may be negative, as Python's slices.
    public final func tensorSplit(at positions: [Int], axis: Int = 0) -> [Tensor] {
        let axis = shape.axis(axis, "tensorSplit")
        let starts: [Int?] = [nil] + positions
        let ends: [Int?] = positions + [nil]
        return zip(starts, ends).map { start, end in
            let whole = [any TensorIndexConvertible](repeating: TensorIndex.all, count: axis)
            return self[at: whole + [TensorIndex.every(1, from: start, to: end)]]
        }
    }

    /// The tensors expanded to the shape to which they broadcast together.
    public static func broadcast(_ tensors: [Tensor]) -> [Tensor] {
        var all: Shape? = []
        for tensor in tensors { all = all.flatMap { Shape.broadcast($0, tensor.shape) } }
        guard let all else {
            let shapes = tensors.map { "\($0.shape)" }.joined(separator: ", ")
            fail("broadcast", "shapes \(shapes) don't broadcast")
        }
        return tensors.map { $0.expand(to: all) }
    }
}
