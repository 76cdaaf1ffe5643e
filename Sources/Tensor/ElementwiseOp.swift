/// An operation that applies one scalar function of elementwise.h to each element.
open class ElementwiseUnaryOp: UnaryOp {
    /// The kernel: the raw value of an `FT_UNARY_…` constant.
    open var kernel: UInt32 { fail(name, "names no kernel") }
    /// The kernel's parameters.
    open var p0: Double { 0 }
    open var p1: Double { 0 }

    public final override func forward(_ x: NDArray) -> NDArray { x.map(kernel, p0, p1) }

    /// Each element depends on one: the Jacobian is diagonal, and forward mode is backward.
    public final override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        backward(dx, x: x, y: y)
    }

    public final override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// An operation that applies one scalar function of elementwise.h to pairs of elements. Its
/// Jacobians are diagonal up to broadcasting, so `jvp` and `vmap` need no further rules.
open class ElementwiseBinaryOp: BinaryOp {
    /// The kernel: the raw value of an `FT_BINARY_…` constant.
    open var kernel: UInt32 { fail(name, "names no kernel") }
    open var p0: Double { 0 }

    public final override func forward(_ a: NDArray, _ b: NDArray) -> NDArray {
        a.zip(kernel, b, p0)
    }

    package final override func forwardUnrecorded(
        _ a: consuming Tensor, _ b: consuming Tensor
    ) -> NDArray {
        var left = a
        if let data = Tensor.takeData(&left) { return data.zipReusing(kernel, b.data, p0) }
        var right = b
        if let data = Tensor.takeData(&right) { return left.data.zip(kernel, reusing: data, p0) }
        return left.data.zip(kernel, right.data, p0)
    }
}

extension Tensor {
    /// The elements of a tensor that nobody else can see any more, so that their storage may be
    /// overwritten; nil if somebody can.
    package static func takeData(_ tensor: inout Tensor) -> NDArray? {
        guard isKnownUniquelyReferenced(&tensor), tensor.ctx == nil, !tensor.requiresGrad else {
            return nil
        }
        let data = tensor.data
        tensor.data = NDArray.nothing
        return data
    }
}

extension Tensor {
    /// Whether nobody else can see this tensor or its storage.
    package static func isUnshared(_ tensor: inout Tensor) -> Bool {
        isKnownUniquelyReferenced(&tensor) && tensor.data.storage.isOwned
            && isKnownUniquelyReferenced(&tensor.data.storage)
    }
}

extension NDArray {
    fileprivate static let nothing = NDArray(uninitialized: [0], .float32, on: CPUBackend.shared)
}
