extension NDArray {
    /// The same elements with strides that reach them in another arrangement.
    func view(_ shape: Shape, _ strides: Shape, offset: Int? = nil) -> NDArray {
        NDArray(
            storage: storage, dtype: dtype, shape: shape, strides: strides,
            offset: offset ?? self.offset)
    }

    /// This array in the same place of another storage.
    func placed(in other: Storage) -> NDArray {
        var array = self
        array.storage = other
        return array
    }

    /// Elements in the same row-major order under another shape; a view where strides allow it.
    public func reshape(_ newShape: Shape) -> NDArray {
        guard newShape.elementCount == count else {
            fail(
                "reshape",
                "\(shape) has \(count) elements, \(newShape) has \(newShape.elementCount)")
        }
        if newShape == shape { return self }
        if isContiguous { return view(newShape, newShape.contiguousStrides) }
        if let strides = reshapedStrides(newShape) { return view(newShape, strides) }
        return contiguous().view(newShape, newShape.contiguousStrides, offset: 0)
    }

    /// Strides that show the elements under `newShape` without copying, where there are such.
    private func reshapedStrides(_ newShape: Shape) -> Shape? {
        if count == 0 { return newShape.contiguousStrides }
        var old: [(size: Int, stride: Int)] = []
        for axis in 0..<rank where shape[axis] != 1 { old.append((shape[axis], strides[axis])) }
        var result = Shape(repeating: 1, count: newShape.rank)
        var from = 0
        var to = 0
        while from < old.count {
            var oldSize = old[from].size
            var newSize = to < newShape.rank ? newShape[to] : 1
            let firstNew = to
            while oldSize != newSize {
                if newSize < oldSize {
                    to += 1
                    newSize *= newShape[to]
                } else {
                    if old[from].stride != old[from + 1].stride * old[from + 1].size { return nil }
                    from += 1
                    oldSize *= old[from].size
                }
            }
            var step = old[from].stride
            for axis in stride(from: min(to, newShape.rank - 1), through: firstNew, by: -1) {
                result[axis] = step
                step *= newShape[axis]
            }
            from += 1
            to += 1
        }
        return result
    }

    /// Axes in the order given; a view.
    public func permute(_ axes: [Int]) -> NDArray {
        guard axes.count == rank else {
            fail(
                "permute", "\(axes.count) axes given for shape \(shape)",
                hint: "name each axis once")
        }
        var newShape = shape
        var newStrides = strides
        var seen = 0
        for (position, axis) in axes.enumerated() {
            let axis = shape.axis(axis, "permute")
            if seen & (1 << axis) != 0 {
                fail(
                    "permute", "axis \(axis) is named twice in \(axes)", hint: "name each axis once"
                )
            }
            seen |= 1 << axis
            newShape[position] = shape[axis]
            newStrides[position] = strides[axis]
        }
        return view(newShape, newStrides)
    }

    /// Two axes exchanged; a view.
    public func transpose(_ first: Int = -2, _ second: Int = -1) -> NDArray {
        let first = shape.axis(first, "transpose")
        let second = shape.axis(second, "transpose")
        var newShape = shape
        var newStrides = strides
        newShape[first] = shape[second]
        newShape[second] = shape[first]
        newStrides[first] = strides[second]
        newStrides[second] = strides[first]
        return view(newShape, newStrides)
    }

    /// Repeats size-1 axes, and new leading ones, without copying (NumPy's rule); a view.
    public func expand(to newShape: Shape) -> NDArray {
        if newShape == shape { return self }
        let lead = newShape.rank - rank
        guard lead >= 0 else { failExpand(newShape) }
        var newStrides = Shape(repeating: 0, count: newShape.rank)
        for axis in 0..<rank {
            if shape[axis] == newShape[lead + axis] {
                newStrides[lead + axis] = strides[axis]
            } else if shape[axis] != 1 {
                failExpand(newShape)
            }
        }
        return view(newShape, newStrides)
    }

    private func failExpand(_ newShape: Shape) -> Never {
        fail(
            "expand", "\(shape) can't be broadcast to \(newShape)", hint: "only axes of size 1 grow"
        )
    }

    /// The elements start, start + step, … before end along an axis; a view. `start` and `end`
    /// must already lie in range; a negative step walks backwards.
    public func slice(axis: Int, start: Int, count: Int, step: Int = 1) -> NDArray {
        let axis = shape.axis(axis, "slice")
        let (way, isTooLong) = (max(count, 1) - 1).multipliedReportingOverflow(by: step)
        let (last, isTooFar) = start.addingReportingOverflow(way)
        let isInside = !isTooLong && !isTooFar && min(start, last) >= 0 && step != 0
        guard count >= 0, count == 0 || (isInside && max(start, last) < shape[axis]) else {
            fail(
                "slice",
                "\(count) elements from \(start) in steps of \(step) leave axis \(axis) of \(shape)"
            )
        }
        var newStrides = strides
        newStrides[axis] = strides[axis] &* step
        return view(
            shape.replacing(axis, with: count), newStrides,
            offset: count == 0 ? offset : offset + start * strides[axis])
    }

    /// One position along an axis, which disappears; a view.
    public func select(axis: Int, index: Int) -> NDArray {
        let axis = shape.axis(axis, "select")
        let position = index < 0 ? index + shape[axis] : index
        guard position >= 0, position < shape[axis] else {
            fail("select", "index \(index) is out of range for axis \(axis) of shape \(shape)")
        }
        return view(
            shape.removing(at: axis), strides.removing(at: axis),
            offset: offset + position * strides[axis])
    }

    /// The order along an axis reversed; a view.
    public func flip(_ axis: Int) -> NDArray {
        let axis = shape.axis(axis, "flip")
        if shape[axis] == 0 { return self }
        return slice(axis: axis, start: shape[axis] - 1, count: shape[axis], step: -1)
    }

    /// A new axis of size 1 before `axis`; a view.
    public func unsqueeze(_ axis: Int) -> NDArray {
        let position = axis < 0 ? axis + rank + 1 : axis
        guard position >= 0, position <= rank else {
            fail(
                "unsqueeze", "axis \(axis) is out of range for shape \(shape)",
                hint: "a new axis is at \(-rank - 1) to \(rank)")
        }
        return view(shape.inserting(1, at: position), strides.inserting(1, at: position))
    }

    /// An axis of size 1 removed; a view.
    public func squeeze(_ axis: Int) -> NDArray {
        let axis = shape.axis(axis, "squeeze")
        guard shape[axis] == 1 else {
            fail("squeeze", "axis \(axis) of shape \(shape) has size \(shape[axis]), not 1")
        }
        return view(shape.removing(at: axis), strides.removing(at: axis))
    }
}
