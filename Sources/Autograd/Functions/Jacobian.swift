public import Tensor

/// In which direction a Jacobian is computed.
public enum DifferentiationMode: Sendable {
    /// One backward pass for each element of the result: for few outputs.
    case reverse
    /// One forward pass for each element of the argument: for few inputs.
    case forward
}

/// The derivatives of every element of f(x) by every element of x: shape [f(x).shape…, x.shape…].
///
/// The cheaper direction is taken if none is named. The result can be differentiated further.
public func jacobian(
    _ f: @escaping (Tensor) -> Tensor, mode: DifferentiationMode? = nil
) -> (Tensor) -> Tensor {
    { x in
        let (value, pullback) = vjp(f, at: x)
        let shape = Shape(Array(value.shape) + Array(x.shape))
        if value.count == 0 || x.count == 0 { return .zeros(shape, value.dtype) }
        switch mode ?? (value.count <= x.count ? .reverse : .forward) {
        case .reverse:
            let rows = (0..<value.count).map { pullback(.unit($0, like: value)) }
            return Tensor.stack(rows).reshape(shape)
        case .forward:
            let columns = (0..<x.count).map { jvp(f, at: x, along: .unit($0, like: x)).tangent }
            return Tensor.stack(columns, axis: value.rank).reshape(shape)
        }
    }
}

/// The second derivatives of a scalar function: shape [x.shape…, x.shape…]. Forward over reverse.
public func hessian(_ f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
    jacobian(grad(f), mode: .forward)
}

/// The product of the Hessian of `f` at `point` with a vector, without the Hessian: the gradient's
/// derivative in that direction, forward over reverse. Pearlmutter, "Fast exact multiplication by
/// the Hessian", 1994.
public func hvp<Tree: TensorTree>(
    _ f: @escaping (Tree) -> Tensor, at point: Tree, along vector: Tree
) -> Tree where Tree.Mapped == Tree {
    jvp(grad(f), at: point, along: vector).tangent
}

extension Tensor {
    /// Zeros with a one at a position in row-major order.
    fileprivate static func unit(_ position: Int, like other: Tensor) -> Tensor {
        let index = Tensor([position], .int64)
        return index.oneHot(other.count, other.dtype).reshape(other.shape)
    }
}
