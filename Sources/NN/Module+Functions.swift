public import Autograd
public import Tensor

// Gradients of functions of a module: by its parameters, under their dotted names.
//
//     let (loss, slopes) = valueAndGrad { (net: Net) in mse(net(x), y) }(net)
//     slopes["hidden.weight"]
//
// Frozen parameters have no entry; those that the function doesn't depend on have zeros.
//
// The parameters are leaves that require a gradient, so what is computed from them, gradients
// included, is recorded and can be differentiated further. Inside `noGrad` it isn't, which takes
// less memory: for a step of training that uses the gradient as it is.

/// A module is a tree of its parameters.
extension Module: TensorTree {
    /// A tensor for each parameter, under its dotted name.
    public final func mapLeaves(_ transform: (Tensor) -> Tensor) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for (name, parameter) in namedParameters { result[name] = transform(parameter) }
        return result
    }
}

/// The gradient of `loss` by the module's parameters. Their `grad` doesn't change.
@_disfavoredOverload
public func grad<Model: Module>(
    _ loss: @escaping (Model) -> Tensor
) -> (Model) -> [String: Tensor] {
    { valueAndGrad(loss)($0).gradient }
}

/// The value of `loss` and its gradient by the module's parameters.
@_disfavoredOverload
public func valueAndGrad<Model: Module>(
    _ loss: @escaping (Model) -> Tensor
) -> (Model) -> (value: Tensor, gradient: [String: Tensor]) {
    { module in
        let point = ModulePoint(module)
        let output = enableGrad { loss(module) }
        let upstream = [(tensor: output, seed: Tensor.ones(like: output))]
        let found = gradients(of: upstream, by: point.tensors, records: GradMode.isEnabled)
        return (GradMode.isEnabled ? output : output.withoutHistory, point.named(found))
    }
}

/// The value of `f` at the module's parameters, and the function u ↦ Jᵀu there, which may be called
/// again and again.
public func vjp<Model: Module, Output: TensorTree>(
    _ f: (Model) -> Output, at module: Model
) -> (value: Output, pullback: (Output) -> [String: Tensor]) where Output.Mapped == Output {
    let point = ModulePoint(module)
    let output = enableGrad { f(module) }
    let outputs = output.leaves
    let pullback = { (upstream: Output) -> [String: Tensor] in
        let seeds = upstream.leaves
        guard seeds.count == outputs.count else {
            fail("vjp", "\(seeds.count) upstream gradients for \(outputs.count) results")
        }
        let roots = zip(outputs, seeds).filter { $0.0.requiresGrad }
            .map { (tensor: $0, seed: $0.seed($1, "vjp")) }
        let found = gradients(
            of: roots, by: point.tensors, graph: .keep, records: GradMode.isEnabled)
        return point.named(found)
    }
    return (output, pullback)
}

/// The value of `f` at the module's parameters and its derivative in the direction `tangents`, in
/// which parameters without an entry stay where they are.
public func jvp<Model: Module, Output: TensorTree>(
    _ f: (Model) -> Output, at module: Model, along tangents: [String: Tensor]
) -> (value: Output, tangent: Output) where Output.Mapped == Output {
    let moving = ModulePoint.directions(module, tangents, "jvp")
    return Autograd.jvp(moving: moving, connects: GradMode.isEnabled) { f(module) }
}

/// The product of the Hessian of `loss` by the module's parameters with a vector: forward over
/// reverse, at the cost of a few gradients.
///
/// Parameters without an entry in `vector` count as zeros there.
public func hvp<Model: Module>(
    _ loss: @escaping (Model) -> Tensor, at module: Model, along vector: [String: Tensor]
) -> [String: Tensor] {
    let moving = ModulePoint.directions(module, vector, "hvp")
    return Autograd.jvp(moving: moving, connects: GradMode.isEnabled) { grad(loss)(module) }.tangent
}
