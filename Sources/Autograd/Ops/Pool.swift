import Tensor

// The largest elements and the means of windows. Of equal elements the first is the largest, and a
// NaN is the largest of all. Integers and truth values keep their dtype.

/// y = max x over each window,  dx = dy where x is the largest
final class MaxPool: UnaryOp {
    private let pooling: Pooling
    init(_ pooling: Pooling) { self.pooling = pooling }

    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray { x.pooled(.largest, pooling) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        MaxPoolMove(pooling, isTransposed: true)(x, dy)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        MaxPoolMove(pooling)(x, dx)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// Where the largest element of each window lies in its plane: no gradient.
final class MaxPoolPlaces: UnaryOp {
    private let pooling: Pooling
    init(_ pooling: Pooling) { self.pooling = pooling }

    override var isDifferentiable: Bool { false }
    override func forward(_ x: NDArray) -> NDArray { x.pooled(.places, pooling) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

/// z = u where x is the largest of a window,  du = dz there, 0 elsewhere;  dx = 0. Or the transpose
/// of that: u, one a window, added where x is the largest.
final class MaxPoolMove: BinaryOp {
    private let pooling: Pooling
    private let isTransposed: Bool
    init(_ pooling: Pooling, isTransposed: Bool = false) {
        self.pooling = pooling
        self.isTransposed = isTransposed
    }

    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray, _ u: NDArray) -> NDArray {
        x.pooled(isTransposed ? .spread : .pick, pooling, u)
    }
    override func backwardLeft(_ dz: Tensor, a x: Tensor, b u: Tensor, y: Tensor) -> Tensor {
        .zeros(like: x)
    }
    override func backwardRight(_ dz: Tensor, a x: Tensor, b u: Tensor, y: Tensor) -> Tensor {
        MaxPoolMove(pooling, isTransposed: !isTransposed)(x, dz)
    }
    override func tangent(
        _ da: Tensor?, _ db: Tensor?, a x: Tensor, b u: Tensor, y: Tensor
    ) -> Tensor? {
        db.map { self(x, $0) } ?? .zeros(like: y)
    }
    override func batch(_ x: Tensor, _ u: Tensor, isBatched: (a: Bool, b: Bool)) -> Tensor? {
        apply(Batched.spread([x, u], [isBatched.a, isBatched.b]))
    }
}

/// y = Σ x / n over each window, or the transpose of that, which is its gradient
final class MeanPool: UnaryOp {
    private let pooling: Pooling
    private let isTransposed: Bool
    init(_ pooling: Pooling, isTransposed: Bool = false) {
        self.pooling = pooling
        self.isTransposed = isTransposed
    }

    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray {
        x.pooled(isTransposed ? .spreadMean : .mean, pooling)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        MeanPool(pooling, isTransposed: !isTransposed)(dy)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

extension NDArray {
    /// What `part` makes of the windows of this array and another; halves in float32.
    fileprivate func pooled(_ part: PoolPart, _ pooling: Pooling, _ other: NDArray? = nil)
        -> NDArray
    {
        let wide: DType = dtype.isFloat && dtype != .float64 ? .float32 : dtype
        let lead = shape.dropLast(pooling.rank)
        let spreads = part == .spread || part == .spreadMean
        let sizes = spreads ? pooling.sizes : pooling.counts
        let result: DType = part == .places ? .int64 : wide
        let out = NDArray(uninitialized: Shape(lead + sizes), result, on: backend)
        let kernel = Kernel.pool(part, pooling)
        let a = cast(to: wide).contiguous()
        if let other {
            kernel.run(a, other.cast(to: wide).contiguous(), into: out)
        } else {
            kernel.run(a, into: out)
        }
        return part == .places ? out : out.cast(to: dtype)
    }
}
