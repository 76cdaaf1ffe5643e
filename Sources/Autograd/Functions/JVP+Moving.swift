package import Tensor

/// The value of `body` and its derivative in a direction: that in which each of the `tensors`, used
/// where they are and not as arguments, moves by its tangent.
///
/// - Parameter connects: whether the results depend, for a derivative of theirs, on those tensors
///   that require a gradient.
package func jvp<Output: TensorTree>(
    moving tensors: [(tensor: Tensor, tangent: Tensor)], connects: Bool, _ body: () -> Output
) -> (value: Output, tangent: Output) where Output.Mapped == Output {
    let level = TraceLevel.next()
    let duals = tensors.map { tensor, tangent in
        guard tangent.shape == tensor.shape else {
            fail("jvp", "a tangent of shape \(tangent.shape) for one of \(tensor.shape)")
        }
        let primal = connects && tensor.requiresGrad ? Identity()(tensor) : tensor.withoutHistory
        return Dual(level: level, primal: primal, tangent: tangent.cast(to: tensor.dtype))
    }
    let previous = zip(tensors, duals).map { $0.tensor.exchangeTrace($1) }
    defer {
        for (pair, trace) in zip(tensors, previous).reversed() {
            _ = pair.tensor.exchangeTrace(trace)
        }
    }
    return Dual.parts(of: body(), level: level)
}
