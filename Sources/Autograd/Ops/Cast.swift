public import Tensor

/// y = x in another dtype,  dx = dy in x's. The engine converts gradients back.
final class Cast: UnaryOp {
    let dtype: DType
    init(to dtype: DType) { self.dtype = dtype }
    override var saves: Saved { .nothing }
    override var isDifferentiable: Bool { dtype.isFloat }
    override func forward(_ x: NDArray) -> NDArray { x.cast(to: dtype) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy.cast(to: x.dtype) }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// y = x on another device,  dx = dy on x's
final class Move: UnaryOp {
    let backend: any Backend
    init(to backend: any Backend) { self.backend = backend }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.on(backend) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        Move(to: x.data.backend.home)(dy)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension Tensor {
    /// The elements converted to `dtype`; see `NDArray.cast(to:)` for the rules.
    public final func cast(to dtype: DType) -> Tensor {
        dtype == self.dtype ? self : Cast(to: dtype)(self)
    }

    /// The elements on another device; gradients flow back to this one.
    public final func to(_ device: Device) -> Tensor { to(device.backend) }

    package final func to(_ backend: any Backend) -> Tensor {
        backend === data.backend ? self : Move(to: backend)(self)
    }

    /// This tensor if its elements are floats, otherwise as float32.
    package final var floating: Tensor { dtype.isFloat ? self : cast(to: .float32) }

    /// This tensor, or its int32 form if bool: what arithmetic is done on.
    final var arithmetic: Tensor { dtype == .bool ? cast(to: .int32) : self }

    /// A number in the dtype that `adopt` gives it, as a tensor.
    final func constant(
        _ number: some TensorScalar, for operation: String = "number"
    ) -> Tensor {
        let (whole, n) = adopted(number, operation)
        return Tensor(NDArray.full([], n, whole.dtype, on: data.backend))
    }

    /// Gives a tensor and a number one dtype, the tensor's; but bool counts as int32, and integers
    /// become float32 beside a fraction, or if `toFloat`. An integer that the dtype can't hold
    /// traps, in the name of the operation.
    static func adopt(
        _ number: some TensorScalar, by x: inout Tensor, _ operation: String,
        toFloat: Bool = false
    ) -> Scalar {
        let n = number.asScalar
        if x.dtype.isFloat { return n }
        if toFloat || !n.isInteger {
            x = x.cast(to: .float32)
            return n
        }
        x = x.arithmetic
        guard n.fits(x.dtype) else {
            fail(operation, "\(n) does not fit \(x.dtype)", hint: "cast the tensor first")
        }
        return n
    }

    /// This tensor and a number in one dtype.
    final func adopted(_ number: some TensorScalar, _ operation: String) -> (Tensor, Scalar) {
        var x = self
        let n = Tensor.adopt(number, by: &x, operation)
        return (x, n)
    }

    /// Both tensors in their common dtype, bool as int32. Where there is none, that traps in the
    /// name of the operation.
    static func promoted(
        _ a: Tensor, _ b: Tensor, _ operation: String, toFloat: Bool = false
    ) -> (Tensor, Tensor) {
        var (a, b) = (a, b)
        promote(&a, &b, operation, toFloat: toFloat)
        return (a, b)
    }

    /// The same for the operands of `op`, but where `autocast` is about to cast them.
    static func promoted(
        _ a: Tensor, _ b: Tensor, for op: Op, _ operation: String, toFloat: Bool = false
    ) -> (Tensor, Tensor) {
        let casts = op.autocast == .half && Autocast.precision.half != nil
        if casts, a.dtype.isRecast, b.dtype.isRecast { return (a, b) }
        return promoted(a, b, operation, toFloat: toFloat)
    }

    static func promote(
        _ a: inout Tensor, _ b: inout Tensor, _ operation: String, toFloat: Bool = false
    ) {
        if a.dtype == b.dtype, a.dtype.isFloat { return }
        var common = DType.promote(a.dtype, b.dtype, operation)
        if toFloat, !common.isFloat { common = .float32 }
        if common == .bool { common = .int32 }
        if a.dtype != common { a = a.cast(to: common) }
        if b.dtype != common { b = b.cast(to: common) }
    }
}
