import Autograd
import Tensor

/// An array for references: a shape and doubles in row-major order, walked by plain loops.
struct Grid: Equatable, Sendable {
    let shape: [Int]
    var values: [Double]

    init(_ shape: [Int], _ values: [Double]) {
        self.shape = shape
        self.values = values
    }

    /// The element at each index is `element(index)`.
    init(_ shape: [Int], _ element: ([Int]) -> Double) {
        self.shape = shape
        values = Grid.indices(shape).map(element)
    }

    init(_ tensor: Tensor) {
        shape = Array(tensor.shape)
        values = tensor.values(as: Double.self)
    }

    func tensor(_ dtype: DType = .float64) -> Tensor {
        Tensor(NDArray(values, Shape(shape)).cast(to: dtype))
    }

    subscript(_ index: some Collection<Int>) -> Double {
        get { values[position(index)] }
        set { values[position(index)] = newValue }
    }

    private func position(_ index: some Collection<Int>) -> Int {
        zip(shape, index).reduce(0) { $0 * $1.0 + $1.1 }
    }

    /// The element that broadcasting shows at an index of a larger array.
    func spread(_ index: [Int]) -> Double {
        let own = index.suffix(shape.count)
        return self[zip(shape, own).map { $0 == 1 ? 0 : $1 }]
    }

    static func indices(_ shape: [Int]) -> [[Int]] {
        shape.reduce([[]]) { prefixes, size in
            prefixes.flatMap { prefix in (0..<size).map { prefix + [$0] } }
        }
    }

    /// Both shapes broadcast: the larger size of each axis, and 0 beside 1.
    static func broadcast(_ shapes: [[Int]]) -> [Int] {
        let rank = shapes.map(\.count).max() ?? 0
        return (0..<rank).map { axis in
            let sizes = shapes.compactMap { shape in
                let own = axis - (rank - shape.count)
                return own < 0 ? nil : shape[own]
            }
            return sizes.contains(0) ? 0 : sizes.max() ?? 1
        }
    }

    func map(_ function: (Double) -> Double) -> Grid { Grid(shape, values.map(function)) }

    /// All elements along the axes named, as a list at each index of the others.
    func collect(_ axes: [Int], keepDims: Bool = false, _ combine: ([Double]) -> Double) -> Grid {
        let marked = Set(axes.map { $0 < 0 ? $0 + shape.count : $0 })
        let kept = shape.enumerated().map { marked.contains($0.offset) ? 1 : $0.element }
        let reduced = shape.enumerated().map { marked.contains($0.offset) ? $0.element : 1 }
        let result = Grid(kept) { start in
            combine(Grid.indices(reduced).map { step in self[zip(start, step).map(+)] })
        }
        if keepDims { return result }
        let dropped = kept.enumerated().filter { !marked.contains($0.offset) }.map(\.element)
        return Grid(dropped, result.values)
    }

    func permuted(_ axes: [Int]) -> Grid {
        Grid(axes.map { shape[$0] }) { index in
            var source = index
            for (position, axis) in axes.enumerated() { source[axis] = index[position] }
            return self[source]
        }
    }
}
