// A script with functions that use its tensors, in a target that gives them to the main actor.
import Autograd
import Tensor

let weights = Tensor([1, 2, 3])

func loss(_ x: Tensor) -> Tensor { (x * weights).square().sum() }

struct Line {
    func callAsFunction(_ x: Tensor) -> Tensor { x * weights }
}

let slopes = grad(loss)(weights)
let bends = hessian { loss($0) }(weights)
let pushed = jvp({ Line()($0) }, at: weights, along: weights)
print(slopes, bends, pushed)
