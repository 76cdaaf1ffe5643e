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
///
/// - Parameter vectorized: all passes as one, by `vmap`: as fast as the hardware allows, at the
///   memory of as many passes. `f` itself need not be batchable, but the backward or tangent rule
///   of an operation of your own must be. If false, one pass after the other.
public func jacobian(
    _ f: @escaping (Tensor) -> Tensor, mode: DifferentiationMode? = nil, vectorized: Bool = true
) -> (Tensor) -> Tensor {
    { x in
        if mode == .forward, x.count > 0 { return jacobianColumns(f, x, vectorized) }
        let (value, pullback) = vjp(f, at: x)
        let shape = Shape(Array(value.shape) + Array(x.shape))
        if value.count == 0 || x.count == 0 {
            return Tensor(NDArray.full(shape, 0, value.dtype, on: value.data.backend))
        }
        if mode == nil, value.count > x.count { return jacobianColumns(f, x, vectorized) }
        let units = Tensor.units(like: value)
        let rows = vectorized ? vmap(pullback)(units) : .stack(units.rows.map(pullback))
        return rows.reshape(shape)
    }
}

/// The Jacobian by a forward pass for each element of `x`, which has some.
private func jacobianColumns(
    _ f: (Tensor) -> Tensor, _ x: Tensor, _ vectorized: Bool
) -> Tensor {
    let units = Tensor.units(like: x)
    let columns =
        vectorized
        ? jvp(f, at: x, alongRows: units).tangents
        : .stack(units.rows.map { jvp(f, at: x, along: $0).tangent })
    let shape = Shape(Array(columns.shape.dropFirst()) + Array(x.shape))
    return columns.moved(0, to: columns.rank - 1).reshape(shape)
}

/// The second derivatives of a scalar function: shape [x.shape…, x.shape…]. Forward over reverse.
public func hessian(
    _ f: @escaping (Tensor) -> Tensor, vectorized: Bool = true
) -> (Tensor) -> Tensor {
    jacobian(grad(f), mode: .forward, vectorized: vectorized)
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
    /// Zeros with a one at each position in turn: shape [count, shape…].
    fileprivate static func units(like other: Tensor) -> Tensor {
        let positions = Tensor(NDArray.range(0, other.count, on: other.data.backend.home))
        return (positions.unsqueeze(1) .== positions).cast(to: other.dtype)
            .reshape(other.shape.inserting(other.count, at: 0))
    }

    /// The slices along the first axis.
    fileprivate final var rows: [Tensor] { (0..<shape[0]).map { self[$0] } }
}
