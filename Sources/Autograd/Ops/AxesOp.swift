package import Tensor

/// An operation along some axes, or all, which disappear unless `keepDims`. Negative axes count
/// from the end.
package class AxesOp: UnaryOp {
    let axes: [Int]?
    let keepDims: Bool

    init(_ axes: [Int]?, keepDims: Bool) {
        self.axes = axes
        self.keepDims = keepDims
    }

    /// The same operation along other axes.
    func along(_ axes: [Int]?) -> AxesOp { fail(name, "names no operation along other axes") }

    package final override func batch(_ x: Tensor) -> Tensor? { along(axes.ofExamples(x, name))(x) }

    /// A gradient or result with the axes, of size 1, where they disappeared.
    final func kept(_ dy: Tensor, _ x: Tensor) -> Tensor { dy.reshape(x.shape.reduced(axes, name)) }

    /// How many elements become one.
    final func length(_ x: Tensor) -> Int { x.shape.length(axes, name) }

    final func sum(_ x: Tensor) -> Tensor { x.sum(axes: axes, keepDims: keepDims) }
}

extension [Int]? {
    /// These axes of an example as axes of the batch; nil means all of the example's.
    fileprivate func ofExamples(_ batch: Tensor, _ operation: String) -> [Int] {
        guard let axes = self else { return Array(1..<Swift.max(batch.rank, 1)) }
        let example = batch.shape.removing(at: 0)
        return axes.map { example.axis($0, operation) + 1 }
    }
}

extension Shape {
    /// This shape with the reduced axes at size 1; nil means all.
    func reduced(_ axes: [Int]?, _ operation: String) -> Shape {
        guard let axes else { return Shape(repeating: 1, count: rank) }
        var result = self
        for axis in axes { result[self.axis(axis, operation)] = 1 }
        return result
    }

    /// Traps where an axis isn't there or is named twice.
    func requireAxes(_ axes: [Int]?, _ operation: String) {
        var named = AxisSet()
        for axis in axes ?? [] {
            let position = self.axis(axis, operation)
            if named.contains(position) {
                fail(operation, "axis \(position) is named twice in \(axes ?? [])")
            }
            named.insert(position)
        }
    }

    /// The product of the sizes of some axes, nil meaning all.
    func length(_ axes: [Int]?, _ operation: String) -> Int {
        guard let axes else { return elementCount }
        return axes.reduce(1) { $0 * self[axis($1, operation)] }
    }
}

extension NDArray {
    /// This array without `axes`, which have size 1.
    func dropping(_ axes: [Int]?, unless keepDims: Bool, _ operation: String) -> NDArray {
        if keepDims { return self }
        var kept = Shape()
        let dropped = (axes ?? Array(0..<rank)).map { shape.axis($0, operation) }
        for axis in 0..<rank where !dropped.contains(axis) { kept.append(shape[axis]) }
        return reshape(kept)
    }
}

extension Tensor {
    /// This tensor in a dtype in which sums of many elements neither overflow nor lose digits.
    final var wide: Tensor { dtype == .float64 ? self : cast(to: .float32) }

    /// This over `divisor`, 0 where that is 0.
    final func overNonzero(_ divisor: Tensor) -> Tensor {
        let isZero = divisor .== 0
        return (self / divisor.maskedFill(isZero, 1)).maskedFill(isZero, 0)
    }

    /// One divided by how many along `axes` are true, for those; 0 for others. This tensor is bool.
    final func shares(_ axes: [Int]?, _ dtype: DType) -> Tensor {
        let wide: DType = dtype == .float64 ? .float64 : .float32
        let counts = sum(axes: axes, keepDims: true).cast(to: wide)
        return (cast(to: wide) / counts).cast(to: dtype)
    }
}
