internal import CKernels
import Tensor

/// y = Π x,  dx = dy · the product of the other elements, also where some are zero
final class Prod: AxesOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray {
        x.reduce(.product, axes: axes, keepDims: keepDims)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        kept(dy, x) * Prod.ofOthers(x, axes)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        sum(dx.wide * Prod.ofOthers(x, axes).wide).cast(to: x.dtype)
    }
    override func along(_ axes: [Int]?) -> AxesOp { Prod(axes, keepDims: keepDims) }

    /// For each element the product of the others along the reduced axes.
    private static func ofOthers(_ x: Tensor, _ axes: [Int]?) -> Tensor {
        let all = Array(0..<x.rank)
        let reduced = Set((axes ?? all).map { x.shape.axis($0, "prod") })
        let order = all.filter { !reduced.contains($0) } + all.filter { reduced.contains($0) }
        let n = reduced.reduce(1) { $0 * x.shape[$1] }
        let rows = x.permute(order).reshape([x.count / Swift.max(n, 1), n])
        let moved = Shape(order.map { x.shape[$0] })
        var inverse = [Int](repeating: 0, count: order.count)
        for (position, axis) in order.enumerated() { inverse[axis] = position }
        return ProductOfOthers()(rows.wide).cast(to: x.dtype).reshape(moved).permute(inverse)
    }
}

/// yᵢ = Π xⱼ over j ≠ i along the last axis,  dxⱼ = Σ dyᵢ Π xₖ over i ≠ j and k ≠ i, j: the
/// Jacobian is symmetric
final class ProductOfOthers: UnaryOp {
    override var autocast: AutocastRule { .float32 }
    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray { x.productOfOthers() }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        ProductOfOthers.slopes(along: dy, x)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        ProductOfOthers.slopes(along: dx, x)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }

    /// A tree of pairs, each node with its product and that product's derivative by ε, the elements
    /// being x + ε v. On the way down a node hands its two children the product, and derivative, of
    /// all that lies outside them, times those of the other child.
    private static func slopes(along v: Tensor, _ x: Tensor) -> Tensor {
        let axis = x.rank - 1
        let n = x.shape[axis]
        var width = 1
        while width < n { width *= 2 }
        let widths = [(before: 0, after: width - n)]
        var (product, slope) = (x.pad(widths, value: 1), v.pad(widths))
        var pairs: [(product: Tensor, slope: Tensor)] = []
        while width > 1 {
            width /= 2
            let shape = x.shape.replacing(axis, with: width).appending(2)
            let pair = (product: product.reshape(shape), slope: slope.reshape(shape))
            pairs.append(pair)
            let (a, b) = (pair.product[.ellipsis, 0], pair.product[.ellipsis, 1])
            slope = pair.slope[.ellipsis, 0] * b + a * pair.slope[.ellipsis, 1]
            product = a * b
        }
        (product, slope) = (.ones(like: product), .zeros(like: slope))
        for pair in pairs.reversed() {
            let (other, otherSlope) = (pair.product.flip(-1), pair.slope.flip(-1))
            let outside = product.unsqueeze(-1)
            let shape = x.shape.replacing(axis, with: pair.product.shape[axis] * 2)
            slope = (slope.unsqueeze(-1) * other + outside * otherSlope).reshape(shape)
            product = (outside * other).reshape(shape)
        }
        return slope.narrow(axis: axis, start: 0, count: n)
    }
}
