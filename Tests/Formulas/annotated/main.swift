// A script with functions that use its tensors, each of which says so.
import Autograd
import Foundation
import Tensor

let weights = Tensor([1, 2, 3])
let start = Date()

@MainActor func loss(_ x: Tensor) -> Tensor { (x * weights).square().sum() }

@MainActor struct Line {
    func callAsFunction(_ x: Tensor) -> Tensor { x * weights }
}

let slopes = grad(loss)(weights)
let bends = hessian { loss($0) }(weights)
let inside = grad { (weights * $0).sum() }(weights)
let pushed = jvp({ Line()($0) }, at: weights, along: weights)
Thread.sleep(forTimeInterval: 0)
print(slopes, bends, inside, pushed, Date().timeIntervalSince(start))
