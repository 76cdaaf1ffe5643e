public import Tensor

// `grad` of two and three arguments, and of tensors alone: the compiler tries those first, so that
// it need not guess what `$0` is in `grad { (0.5 * $0 * (1 + 2 * $0)).sum() }`, which takes it
// seconds.

/// The gradients of `f` by its two arguments.
@_disfavoredOverload
public func grad<First: TensorTree, Second: TensorTree>(
    _ f: @escaping (First, Second) -> Tensor
) -> (First, Second) -> (First, Second)
where First.Mapped == First, Second.Mapped == Second {
    let both = differentiated(f)
    return { both($0, $1).gradients }
}

/// The value of `f` and its gradients by its two arguments.
@_disfavoredOverload
public func valueAndGrad<First: TensorTree, Second: TensorTree>(
    _ f: @escaping (First, Second) -> Tensor
) -> (First, Second) -> (value: Tensor, gradients: (First, Second))
where First.Mapped == First, Second.Mapped == Second {
    differentiated(f)
}

/// The gradients of `f` by its three arguments.
@_disfavoredOverload
public func grad<First: TensorTree, Second: TensorTree, Third: TensorTree>(
    _ f: @escaping (First, Second, Third) -> Tensor
) -> (First, Second, Third) -> (First, Second, Third)
where First.Mapped == First, Second.Mapped == Second, Third.Mapped == Third {
    let both = differentiated(f)
    return { both($0, $1, $2).gradients }
}

/// The value of `f` and its gradients by its three arguments.
@_disfavoredOverload
public func valueAndGrad<First: TensorTree, Second: TensorTree, Third: TensorTree>(
    _ f: @escaping (First, Second, Third) -> Tensor
) -> (First, Second, Third) -> (value: Tensor, gradients: (First, Second, Third))
where First.Mapped == First, Second.Mapped == Second, Third.Mapped == Third {
    differentiated(f)
}

/// The gradient of `f` by its tensor.
public func grad(_ f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
    { differentiated(f, at: $0).gradient }
}

/// The value of `f` and its gradient by its tensor.
public func valueAndGrad(
    _ f: @escaping (Tensor) -> Tensor
) -> (Tensor) -> (value: Tensor, gradient: Tensor) {
    { differentiated(f, at: $0) }
}

/// The gradients of `f` by its two tensors.
public func grad(_ f: @escaping (Tensor, Tensor) -> Tensor) -> (Tensor, Tensor) -> (Tensor, Tensor)
{
    let both = differentiated(f)
    return { both($0, $1).gradients }
}

/// The value of `f` and its gradients by its two tensors.
public func valueAndGrad(
    _ f: @escaping (Tensor, Tensor) -> Tensor
) -> (Tensor, Tensor) -> (value: Tensor, gradients: (Tensor, Tensor)) {
    differentiated(f)
}

/// The gradients of `f` by its three tensors.
public func grad(_ f: @escaping (Tensor, Tensor, Tensor) -> Tensor) -> (Tensor, Tensor, Tensor) -> (
    Tensor, Tensor, Tensor
) {
    let both = differentiated(f)
    return { both($0, $1, $2).gradients }
}

/// The value of `f` and its gradients by its three tensors.
public func valueAndGrad(
    _ f: @escaping (Tensor, Tensor, Tensor) -> Tensor
) -> (Tensor, Tensor, Tensor) -> (value: Tensor, gradients: (Tensor, Tensor, Tensor)) {
    differentiated(f)
}
