internal import CKernels
import Tensor

/// Products of queries with those keys alone that they see: y = Σ aₖ bₖ over what is seen.
///
/// The three forms are the derivatives of one number, T(a, x, b) = Σ a_qk · (x_q · b_k) over the
/// pairs in which query q sees key k, by x, by a and by b; so the derivatives of each are the others:
///
/// - `taken`, y_q = Σₖ a_qk b_k:  da = paired(dy, b),  db = gathered(a, dy)
/// - `paired`, y_qk = x_q · b_k, 0 where q doesn't see k:  dx = taken(dy, b),  db = gathered(dy, x)
/// - `gathered`, y_k = Σ_q a_qk x_q:  da = paired(x, dy),  dx = taken(a, dy)
///
/// 0 · NaN is NaN, so in the rows of the right operand what isn't finite counts as 0, and as NaN for
/// those that are in a pair with the row. Nothing else that is hidden reaches a result, at any order.
///
/// Operands are bools [.., queries, keys], true for what is seen, and two of a [.., queries, keys],
/// x [.., queries, width] and b [.., keys, width], in this order. Leading axes broadcast.
final class SeenProduct: NaryOp {
    enum Form { case taken, paired, gathered }
    private let form: Form

    private init(_ form: Form) { self.form = form }

    static func taken(_ sees: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        SeenProduct(.taken)([sees, a, b])
    }
    static func paired(_ sees: Tensor, _ x: Tensor, _ b: Tensor) -> Tensor {
        SeenProduct(.paired)([sees, x, b])
    }
    static func gathered(_ sees: Tensor, _ a: Tensor, _ x: Tensor) -> Tensor {
        SeenProduct(.gathered)([sees, a, x])
    }

    override var saves: Saved { .inputs }

    override func forward(_ inputs: [NDArray]) -> NDArray {
        let (sees, left, right) = (inputs[0], inputs[1], inputs[2])
        let zero = NDArray.full([], 0, right.dtype, on: right.backend)
        let nan = NDArray.full([], Double.nan, right.dtype, on: right.backend)
        let isFinite = right.test(.isfinite)
        let rows = isFinite.select(right, zero)
        let isSound = isFinite.reduce(.all, axes: [-1], keepDims: true).transpose()
        if form == .paired {
            let products = left.matmul(rows.transpose())
            return sees.select(products.zip(.add, isSound.select(zero, nan)), zero)
        }
        let (pairs, shares) =
            form == .taken ? (sees, left) : (sees.transpose(), left.transpose())
        let products = pairs.select(shares, zero).matmul(rows)
        // Among bools, ≤ says that one implies the other.
        let meetsSound = pairs.compare(.le, isSound).reduce(.all, axes: [-1], keepDims: true)
        return products.zip(.add, meetsSound.select(zero, nan))
    }

    override func backward(_ dy: Tensor, inputs: [Tensor], y: Tensor) -> [Tensor?] {
        let (sees, left, right) = (inputs[0], inputs[1], inputs[2])
        let byLeft: () -> Tensor, byRight: () -> Tensor
        switch form {
        case .taken:
            byLeft = { SeenProduct.paired(sees, dy, right) }
            byRight = { SeenProduct.gathered(sees, left, dy) }
        case .paired:
            byLeft = { SeenProduct.taken(sees, dy, right) }
            byRight = { SeenProduct.gathered(sees, dy, left) }
        case .gathered:
            byLeft = { SeenProduct.paired(sees, right, dy) }
            byRight = { SeenProduct.taken(sees, left, dy) }
        }
        return [nil, left.needsGradient ? byLeft() : nil, right.needsGradient ? byRight() : nil]
    }

    override func tangents(_ tangents: [Tensor?], inputs: [Tensor], y: Tensor) -> Tensor? {
        let terms = [
            tangents[1].map { self([inputs[0], $0, inputs[2]]) },
            tangents[2].map { self([inputs[0], inputs[1], $0]) },
        ]
        return Dual.sum(terms, like: y)
    }

    override func batched(_ inputs: [Tensor], isBatched: [Bool]) -> Tensor? {
        self(Batched.aligned(inputs, isBatched))
    }
}
