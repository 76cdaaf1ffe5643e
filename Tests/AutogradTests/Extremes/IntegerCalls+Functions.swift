import Autograd
import Tensor

// Functions of functions, and hooks.

extension IntegerCall {
    static func functions() -> [IntegerCall] {
        let on = Operands()
        let x = on.cube
        let leaf = Tensor([1, 2], requiresGrad: true)
        return [
            IntegerCall("vmap") { value in _ = vmap({ $0 * 2 }, in: value)(x) },
            IntegerCall("vmap") { value in _ = vmap({ $0 * 2 }, out: value)(x) },
            IntegerCall("vmap") { value in _ = vmap({ $0 + $1 }, in: (0, value))(x, x) },
            IntegerCall("derivative") { value in
                _ = derivative({ $0.sin() }, order: value)(on.row.sum())
            },
            IntegerCall("checkGradients") { value in
                _ = checkGradients({ ($0 * $0).sum() }, at: Tensor([1, 2], .float64), order: value)
            },
            IntegerCall("checkGradients") { value in
                _ = checkGradients(
                    { ($0 * $0).sum() }, at: Tensor([1, 2], .float64), samples: value)
            },
            IntegerCall("removeHook") { value in leaf.removeHook(value) },
            IntegerCall("grad") { value in
                let slope = grad({ (a: Tensor, b: Tensor) in (a * b).sum() }, arguments: [value])
                _ = slope(leaf, leaf)
            },
        ]
    }
}
