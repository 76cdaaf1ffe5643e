import Tensor

/// What stands between a tensor's brackets: a view, by positions and ranges, of which the tensors
/// among them then choose along some axes.
struct Brackets {
    private(set) var region: Region
    /// The region's shape without the axes of positions, and with new ones.
    private(set) var viewShape = Shape()
    /// How far apart neighbours along each axis of the view lie among all elements in row-major
    /// order.
    private var steps = Shape()
    private(set) var chosen: [ChosenAxis] = []
    private let start: Int

    init(_ indices: [TensorIndex], of shape: Shape) {
        var region = Region(of: shape)
        let strides = shape.contiguousStrides
        var axis = 0
        for index in Brackets.expanded(indices, shape) {
            switch index.kind {
            case .newAxis:
                viewShape.append(1)
                steps.append(0)
            case .ellipsis: break
            case .position(let position):
                region.set(axis, to: position, of: shape)
                axis += 1
            case .range(let start, let end, let step):
                region.set(axis, start, end, step, size: shape[axis])
                viewShape.append(region.counts[axis])
                steps.append(region.steps[axis] * strides[axis])
                axis += 1
            case .gather(let index):
                for index in Brackets.columns(of: index, at: axis, shape) {
                    chosen.append(ChosenAxis(axis: viewShape.rank, index: index))
                    viewShape.append(shape[axis])
                    steps.append(strides[axis])
                    axis += 1
                }
            }
        }
        start = zip(region.starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
        self.region = region
    }

    /// The numbers of the chosen elements in row-major order, in the shape that the brackets give.
    func positions(on backend: any Backend) -> Tensor {
        let wide = chosen.broadcastShape
        let axes = chosen.map(\.axis)
        let others = (0..<viewShape.rank).filter { !axes.contains($0) }
        let (lead, rank) = (axes.lead, wide.rank + others.count)
        var total = Tensor(NDArray.full([], start, .int64, on: backend))
        for item in chosen {
            let size = viewShape[item.axis]
            let index = item.index.checkedIndex(below: size, "subscript") * steps[item.axis]
            let behind = [Int](repeating: 1, count: others.count - lead)
            total = total + index.reshape(Shape(Array(index.shape) + behind))
        }
        for (place, axis) in others.enumerated() {
            var along = Shape(repeating: 1, count: rank)
            along[place < lead ? place : place + wide.rank] = viewShape[axis]
            let numbers = Tensor(NDArray.range(0, viewShape[axis], on: backend))
            total = total + (numbers * steps[axis]).reshape(along)
        }
        return total
    }

    /// The index; or of a mask, the positions of what is true along each of its axes.
    private static func columns(of index: Tensor, at axis: Int, _ shape: Shape) -> [Tensor] {
        if index.dtype.isFloat {
            fail(
                "subscript", "an index is \(index.dtype)",
                hint: "cast(to: .int64), or a mask to .bool")
        }
        if index.dtype != .bool { return [index] }
        guard index.shape.elementsEqual(shape[axis..<axis + index.rank]) else {
            fail("subscript", "a mask of \(index.shape) doesn't fit axis \(axis) of \(shape)")
        }
        let places = index.nonzero()
        return (0..<index.rank).map { places[.all, $0] }
    }

    /// The indices with the ellipsis, or the missing end, written out.
    private static func expanded(_ indices: [TensorIndex], _ shape: Shape) -> [TensorIndex] {
        let used = indices.reduce(0) { $0 + $1.width }
        let ellipses = indices.count { if case .ellipsis = $0.kind { true } else { false } }
        if ellipses > 1 { fail("subscript", "\(ellipses) ellipses", hint: "at most one") }
        guard used <= shape.rank else {
            fail("subscript", "indices of \(used) axes for shape \(shape)")
        }
        let missing = [TensorIndex](repeating: .all, count: shape.rank - used)
        if ellipses == 0 { return indices + missing }
        return indices.flatMap { index -> [TensorIndex] in
            if case .ellipsis = index.kind { return missing }
            return [index]
        }
    }
}

/// An axis of a view along which a tensor chooses.
struct ChosenAxis {
    let axis: Int
    let index: Tensor
}

extension [ChosenAxis] {
    /// The shape of indices that are broadcast against each other.
    var broadcastShape: Shape {
        var wide: Shape? = []
        for item in self { wide = wide.flatMap { Shape.broadcast($0, item.index.shape) } }
        guard let wide else {
            let shapes = map { "\($0.index.shape)" }.joined(separator: ", ")
            fail("subscript", "indices of shapes \(shapes) don't broadcast")
        }
        return wide
    }
}

extension [Int] {
    /// How many axes stand before what is chosen along these, in order: none where other axes come
    /// in between.
    var lead: Int {
        guard let first, let last else { return 0 }
        return last - first == count - 1 ? first : 0
    }
}
