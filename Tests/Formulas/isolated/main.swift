// A script with functions that use its tensors, in a target that gives them to the main actor.
import Autograd
import NN
import Tensor

let weights = Tensor([1, 2, 3])

func loss(_ x: Tensor) -> Tensor { (x * weights).square().sum() }

struct Line {
    func callAsFunction(_ x: Tensor) -> Tensor { x * weights }
}

nonisolated final class Scale: Module {
    let factor: Parameter
    override init() {
        factor = Parameter(NDArray([2.0]))
        super.init()
    }
    func callAsFunction(_ x: Tensor) -> Tensor { x * factor }
}

nonisolated final class Doubling: Layer {
    override func callAsFunction(_ x: Tensor) -> Tensor { x + x }
}

print(Scale()(Doubling()(weights)))

let slopes = grad(loss)(weights)
let bends = hessian { loss($0) }(weights)
let pushed = jvp({ Line()($0) }, at: weights, along: weights)
print(slopes, bends, pushed)
