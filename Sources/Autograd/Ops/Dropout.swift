public import Tensor

/// y = x / (1 − rate) where an element is kept, else 0,  dx = dy by the same mask.
///
/// The mask is a function of the key, so it is drawn again in the backward pass, not stored.
/// Srivastava et al., "Dropout", 2014.
final class Dropout: UnaryOp {
    let rate: Double
    let key: RandomKey
    init(_ rate: Double, _ key: RandomKey) {
        self.rate = rate
        self.key = key
    }
    override var saves: Saved { .nothing }
    override func forward(_ x: NDArray) -> NDArray { x.dropout(rate: rate, key) }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        Dropout(rate, key)(dy)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { self(dx) }
    /// One key, one mask: that of a single example, for all of them.
    override func batch(_ x: Tensor) -> Tensor? {
        let example = NDArray.full(x.shape.removing(at: 0), 1, x.dtype, on: x.data.backend)
        return self(Tensor(example)).weighing(x)
    }
}

extension Tensor {
    /// Each element zero with probability `rate` in 0..<1, otherwise scaled by 1 / (1 − rate).
    /// Inside `vmap` all examples share one mask, unless its randomness is `.different`.
    public final func dropout(_ rate: Double, using random: Random) -> Tensor {
        guard rate >= 0, rate < 1 else { fail("dropout", "the rate \(rate) is not in 0..<1") }
        if rate == 0 { return copy() }
        if DrawScope.isOpen {
            let isKept = Tensor.uniform(shape, .float32, using: random, on: data.backend) .>= rate
            return Tensor.where(isKept, floating / (1 - rate), 0)
        }
        return Dropout(rate, random.reserve(blocks: (count + 3) / 4))(floating)
    }
}
