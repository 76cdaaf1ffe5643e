public import Tensor

/// y = condition ? a : b,  da = dy where the condition holds,  db = dy where it doesn't
final class Where: NaryOp {
    static func of(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        Where()([condition, a, b])
    }

    override var saves: Saved { .first }
    override func forward(_ inputs: [NDArray]) -> NDArray { inputs[0].select(inputs[1], inputs[2]) }
    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let zero = dy.constant(0)
        return [
            nil, inputs[1].needsGradient ? Where.of(inputs[0], dy, zero) : nil,
            inputs[2].needsGradient ? Where.of(inputs[0], zero, dy) : nil,
        ]
    }
    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        Where.of(inputs[0], tangents[1] ?? y.constant(0), tangents[2] ?? y.constant(0))
    }
    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        let aligned = Batched.aligned(inputs, isBatched)
        return Where.of(aligned[0], aligned[1], aligned[2])
    }
}

extension Tensor {
    /// Elements of `a` where `condition` is true, else of `b`; all three broadcast.
    public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        let (a, b) = a.dtype == .bool && b.dtype == .bool ? (a, b) : promoted(a, b, "where")
        return Where.of(condition.cast(to: .bool), a, b)
    }

    /// Elements of `a` where `condition` is true, else a number, in the dtype that arithmetic gives
    /// them.
    public static func `where`(
        _ condition: Tensor, _ a: Tensor, _ b: some TensorScalar
    ) -> Tensor {
        let (a, n) = a.adopted(b, "where")
        return Where.of(condition.cast(to: .bool), a, a.constant(n))
    }
    /// A number where `condition` is true, else elements of `b`, in the dtype that arithmetic gives
    /// them.
    public static func `where`(
        _ condition: Tensor, _ a: some TensorScalar, _ b: Tensor
    ) -> Tensor {
        let (b, n) = b.adopted(a, "where")
        return Where.of(condition.cast(to: .bool), b.constant(n), b)
    }

    /// This tensor with `value` where `mask` is true. Bool stays bool if the value is 0 or 1.
    public final func maskedFill(_ mask: Tensor, _ value: some TensorScalar) -> Tensor {
        if Shape.broadcast(shape, mask.shape) == nil {
            fail("maskedFill", "a mask \(mask.shape) doesn't broadcast with \(shape)")
        }
        let n = value.asScalar
        if dtype == .bool, n == Scalar(0) || n == Scalar(1) {
            let truth = Tensor(NDArray.full([], n, .bool, on: data.backend))
            return Tensor.where(mask, truth, self)
        }
        return Tensor.where(mask, constant(value, for: "maskedFill"), self)
    }

    /// This tensor of bool with `value` where `mask` is true.
    public final func maskedFill(_ mask: Tensor, _ value: Bool) -> Tensor {
        maskedFill(mask, value ? 1 : 0)
    }

    /// The elements on and below the diagonal `offset` of the last two axes, zero above.
    public final func tril(_ offset: Int = 0) -> Tensor { triangle(lower: true, offset) }

    /// The elements on and above the diagonal `offset` of the last two axes, zero below.
    public final func triu(_ offset: Int = 0) -> Tensor { triangle(lower: false, offset) }

    private func triangle(lower: Bool, _ offset: Int) -> Tensor {
        guard rank >= 2 else { fail(lower ? "tril" : "triu", "shape \(shape) is no matrix") }
        let rows = Tensor.arange(0, shape[rank - 2], on: data.backend).unsqueeze(1)
        let difference = Tensor.arange(0, shape[rank - 1], on: data.backend) - rows
        let kept = lower ? difference .<= offset : difference .>= offset
        return Tensor.where(kept, self, Tensor(NDArray.full([], 0, dtype, on: data.backend)))
    }
}
