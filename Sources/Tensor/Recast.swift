/// y = x in the dtype that `autocast` has an operation take,  dx = dy, which the engine converts
/// back
final class Recast: UnaryOp {
    private let dtype: DType
    init(to dtype: DType) { self.dtype = dtype }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.cast(to: dtype) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension Tensor {
    /// This tensor in a dtype, where it is of one that `autocast` may change.
    package final func recast(_ dtype: DType) -> Tensor {
        self.dtype != dtype && self.dtype.isRecast ? Recast(to: dtype)(self) : self
    }
}
