import Tensor

/// The value of `f` at `point`, and the function u ↦ Jᵀu there, which may be called again and
/// again.
///
/// `u` has the structure of the value, the result that of `point`.
public func vjp<Input: TensorTree, Output: TensorTree>(
    _ f: (Input) -> Output, at point: Input
) -> (value: Output, pullback: (Output) -> Input)
where Input.Mapped == Input, Output.Mapped == Output {
    let (output, tree, variables) = point.recorded(f)
    let outputs = output.leaves
    let pullback = { (upstream: Output) -> Input in
        let seeds = upstream.leaves
        guard seeds.count == outputs.count else {
            fail("vjp", "\(seeds.count) upstream gradients for \(outputs.count) results")
        }
        let roots = zip(outputs, seeds).filter { $0.0.requiresGrad }
            .map { (tensor: $0, seed: $0.seed($1, "vjp")) }
        let pulled = gradients(of: roots, by: variables, graph: .keep)
        return tree.replacingLeaves(zip(pulled, variables).map { $0 ?? .zeros(like: $1) })
    }
    return (output, pullback)
}
