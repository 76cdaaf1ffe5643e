package import Tensor

/// An operation that applies one scalar function of elementwise.h to each element.
package class ElementwiseUnaryOp: UnaryOp {
    override init() {}

    /// The function that is applied.
    var kernel: UnaryFunction { fail(name, "names no kernel") }
    /// The function's parameters.
    var p0: Double { 0 }
    var p1: Double { 0 }

    package final override func forward(_ x: NDArray) -> NDArray { x.map(kernel, p0, p1) }

    /// Each element depends on one: the Jacobian is diagonal, and forward mode is backward.
    package final override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        backward(dx, x: x, y: y)
    }

    package final override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// An operation that applies one scalar function of elementwise.h to pairs of elements. Its
/// Jacobians are diagonal up to broadcasting, so `jvp` and `vmap` need no further rules.
package class ElementwiseBinaryOp: BinaryOp {
    override init() {}

    /// The function that is applied.
    var kernel: BinaryFunction { fail(name, "names no kernel") }
    var p0: Double { 0 }

    package final override func forward(_ a: NDArray, _ b: NDArray) -> NDArray {
        a.zip(kernel, b, p0)
    }

    package final override func forwardUnrecorded(
        _ a: consuming Tensor, _ b: consuming Tensor
    ) -> NDArray {
        Tensor.zipReusing(kernel, a, b, p0)
    }

    package final override func tangent(
        _ da: Tensor?, _ db: Tensor?, a: Tensor, b: Tensor, y: Tensor
    ) -> Tensor? {
        let left = da.map { backwardLeft($0, a: a, b: b, y: y) }
        let right = db.map { backwardRight($0, a: a, b: b, y: y) }
        return Dual.sum([left, right], like: y)
    }

    package final override func batch(
        _ a: Tensor, _ b: Tensor, isBatched: (a: Bool, b: Bool)
    ) -> Tensor? {
        apply(Batched.aligned([a, b], [isBatched.a, isBatched.b]))
    }
}

/// An operation that applies one scalar function of elementwise.h to each element and a number,
/// which has the tensor's dtype.
package class ElementwiseScalarOp: UnaryOp {
    let number: Scalar
    init(_ number: Scalar) { self.number = number }

    /// The function that is applied.
    var kernel: BinaryFunction { fail(name, "names no kernel") }
    /// Whether the number is the first operand.
    var isFirst: Bool { false }

    package final override func forward(_ x: NDArray) -> NDArray {
        x.zip(kernel, number, isFirst: isFirst)
    }

    package final override func forwardUnrecorded(_ x: consuming Tensor) -> NDArray {
        var operand = x
        guard let data = Tensor.takeData(&operand) else { return forward(operand.data) }
        return data.zipReusing(kernel, number, isFirst: isFirst)
    }

    /// The Jacobian is diagonal, as that of `ElementwiseUnaryOp`.
    package final override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        backward(dx, x: x, y: y)
    }

    package final override func batch(_ x: Tensor) -> Tensor? { self(x) }
}
