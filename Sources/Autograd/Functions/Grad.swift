public import Tensor

// Gradients as functions, in the manner of JAX: they take a function and give a function, nest to
// any order, and never touch `.grad`.
//
//     grad { x in x ** 5 }(x)                   // 5x⁴
//     grad(grad { x in (x ** 2).sum() })        // second derivatives
//     grad { (x: Tensor, w: Weights) in … }     // one gradient for each argument
//
// A result that is no scalar is summed first: the gradient is that of its sum.

/// The gradient of `f` by its argument, in the argument's structure; zeros where `f` doesn't depend
/// on a tensor.
@_disfavoredOverload
public func grad<Tree: TensorTree>(_ f: @escaping (Tree) -> Tensor) -> (Tree) -> Tree
where Tree.Mapped == Tree {
    { differentiated(f, at: $0).gradient }
}

/// The value of `f` and its gradient.
@_disfavoredOverload
public func valueAndGrad<Tree: TensorTree>(
    _ f: @escaping (Tree) -> Tensor
) -> (Tree) -> (value: Tensor, gradient: Tree) where Tree.Mapped == Tree {
    { differentiated(f, at: $0) }
}

/// The value of a function of one argument and its gradient.
func differentiated<Tree: TensorTree>(
    _ f: (Tree) -> Tensor, at argument: Tree
) -> (value: Tensor, gradient: Tree) where Tree.Mapped == Tree {
    let (tree, variables) = argument.withVariables()
    let result = Differentiation(by: variables, "grad") { f(tree) }
    return (result.value, tree.replacingLeaves(result.filled(variables)))
}

/// The value of `f` and its gradients by each argument, four or more. Call the function that it
/// gives on a line of its own.
@_disfavoredOverload
public func valueAndGrad<
    A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree, each Rest: TensorTree
>(
    _ f: @escaping (A, B, C, D, repeat each Rest) -> Tensor
) -> (A, B, C, D, repeat each Rest) -> (value: Tensor, gradients: (A, B, C, D, repeat each Rest))
where
    A.Mapped == A, B.Mapped == B, C.Mapped == C, D.Mapped == D,
    repeat (each Rest).Mapped == each Rest
{
    differentiated(f)
}

/// The gradients of `f` by each argument, four or more.
@_disfavoredOverload
public func grad<
    A: TensorTree, B: TensorTree, C: TensorTree, D: TensorTree, each Rest: TensorTree
>(
    _ f: @escaping (A, B, C, D, repeat each Rest) -> Tensor
) -> (A, B, C, D, repeat each Rest) -> (A, B, C, D, repeat each Rest)
where
    A.Mapped == A, B.Mapped == B, C.Mapped == C, D.Mapped == D,
    repeat (each Rest).Mapped == each Rest
{
    let both = differentiated(f)
    return { (a: A, b: B, c: C, d: D, rest: repeat each Rest) in
        both(a, b, c, d, repeat each rest).gradients
    }
}

/// The value of `f` and its gradients by each of its arguments.
func differentiated<each Tree: TensorTree>(
    _ f: @escaping (repeat each Tree) -> Tensor
) -> (repeat each Tree) -> (value: Tensor, gradients: (repeat each Tree))
where repeat (each Tree).Mapped == each Tree {
    { (arguments: repeat each Tree) in
        let parts = (repeat (each arguments).withVariables())
        var variables: [Tensor] = []
        for part in repeat (each parts).variables { variables += part }
        let result = Differentiation(by: variables, "grad") { f(repeat (each parts).tree) }
        var filled = result.filled(variables)[...]
        func take<T: TensorTree>(_ tree: T, _ count: Int) -> T where T.Mapped == T {
            defer { filled = filled.dropFirst(count) }
            return tree.replacingLeaves(Array(filled.prefix(count)))
        }
        return (result.value, (repeat take((each parts).tree, (each parts).variables.count)))
    }
}

/// The gradients of `f` by the arguments at the positions given, nil for the others, which are
/// constants.
@_disfavoredOverload
public func grad<each Tree: TensorTree>(
    _ f: @escaping (repeat each Tree) -> Tensor, arguments positions: Set<Int>
) -> (repeat each Tree) -> (repeat (each Tree)?) where repeat (each Tree).Mapped == each Tree {
    { (arguments: repeat each Tree) in
        var position = -1
        func part<T: TensorTree>(_ tree: T) -> (tree: T, variables: [Tensor])
        where T.Mapped == T {
            position += 1
            return positions.contains(position) ? tree.withVariables() : (tree, [])
        }
        let parts = (repeat part(each arguments))
        guard positions.allSatisfy({ (0...position).contains($0) }) else {
            fail("grad", "arguments \(positions.sorted()) of a function with \(position + 1)")
        }
        var variables: [Tensor] = []
        for part in repeat (each parts).variables { variables += part }
        let result = Differentiation(by: variables, "grad") { f(repeat (each parts).tree) }
        var filled = result.filled(variables)[...]
        var index = -1
        func take<T: TensorTree>(_ tree: T, _ count: Int) -> T? where T.Mapped == T {
            index += 1
            guard positions.contains(index) else { return nil }
            defer { filled = filled.dropFirst(count) }
            return tree.replacingLeaves(Array(filled.prefix(count)))
        }
        return (repeat take((each parts).tree, (each parts).variables.count))
    }
}

/// As `valueAndGrad`, for a function that returns something else beside the value to differentiate.
public func valueAndGradWithAux<Tree: TensorTree, Aux>(
    _ f: @escaping (Tree) -> (Tensor, Aux)
) -> (Tree) -> (value: Tensor, aux: Aux, gradient: Tree) where Tree.Mapped == Tree {
    { argument in
        var aux: Aux?
        let (value, gradient) = valueAndGrad { (tree: Tree) in
            let (value, extra) = f(tree)
            aux = extra
            return value
        }(argument)
        guard let aux else { fail("grad", "the function was not called") }
        return (value, aux, gradient)
    }
}

/// The n-th derivative of a function of one tensor, elementwise: the gradient of the gradient's
/// sum, and so on.
public func derivative(_ f: @escaping (Tensor) -> Tensor, order: Int = 1) -> (Tensor) -> Tensor {
    guard (0...1000).contains(order) else {
        fail("derivative", "there is no derivative of order \(order)", hint: "from 0 to 1000")
    }
    return (0..<order).reduce(f) { inner, _ in grad(inner) }
}
