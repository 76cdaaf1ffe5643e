public import Tensor

/// y = condition ? a : b,  da = dy where the condition holds,  db = dy where it doesn't
final class Where: BinaryOp {
    let condition: NDArray
    init(_ condition: NDArray) { self.condition = condition }
    override var attributeVersion: UInt32 { condition.storage.version }
    override var saves: Saved { .nothing }
    override func forward(_ a: NDArray, _ b: NDArray) -> NDArray { condition.select(a, b) }
    override func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        Where(condition)(dy, dy.constant(0))
    }
    override func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        Where(condition)(dy.constant(0), dy)
    }
}

extension Tensor {
    /// Elements of `a` where `condition` is true, else of `b`; all three broadcast.
    public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        let (a, b) = a.dtype == .bool && b.dtype == .bool ? (a, b) : promoted(a, b)
        return Where(condition.data.cast(to: .bool))(a, b)
    }

    /// This tensor with `value` where `mask` is true.
    public final func maskedFill(_ mask: Tensor, _ value: some TensorScalar) -> Tensor {
        Tensor.where(mask, constant(value), self)
    }

    /// The elements on and below the diagonal `offset` of the last two axes, zero above.
    public final func tril(_ offset: Int = 0) -> Tensor { triangle(lower: true, offset) }

    /// The elements on and above the diagonal `offset` of the last two axes, zero below.
    public final func triu(_ offset: Int = 0) -> Tensor { triangle(lower: false, offset) }

    private func triangle(lower: Bool, _ offset: Int) -> Tensor {
        guard rank >= 2 else { fail(lower ? "tril" : "triu", "shape \(shape) is no matrix") }
        let rows = Tensor.arange(0, shape[rank - 2]).unsqueeze(1)
        let difference = Tensor.arange(0, shape[rank - 1]) - rows
        let kept = lower ? difference .<= offset : difference .>= offset
        return Tensor.where(kept, self, Tensor(NDArray.full([], 0, dtype, on: data.backend)))
    }
}
