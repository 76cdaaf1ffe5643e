// Formulas as people write them, and mistakes in them. `scripts/test-formulas` has the compiler
// check this file with little patience: what is right must pass and what is wrong be told, well
// before the compiler gives up with "unable to type-check this expression in reasonable time".
import Autograd
import NN
import Tensor

let x = Tensor([1, 2])
let w = Tensor([3, 4])

// Right.
let polynomial = grad { (0.5 * $0 * (1 + 2 * $0)).sum() }
let longer = grad { (0.5 * $0 * (1 + 2 * $0) * ($0 - 1)).sum() }
let cubic = grad { ($0 ** 3 - 2 * $0 + 1).sum() }(x)
let two = grad { ($0 * $1 + 2 * $0).sum() }(x, w)
let three = grad { ($0 * $1 * $2 + 2 * $0).sum() }(x, w, x)
let second = grad(grad { ($0 ** 3 * 2 - 1 / $0).sum() })(x)
let gelu = 0.5 * (1 + (0.7978845608 * (x + 0.044715 * x ** 3)).tanh()) * x
let density = -(x ** 2) / (2 * w ** 2) - (2 * 3.14159 * w ** 2).log() * 0.5
let loss = valueAndGrad { ((x * $0 - w).square() + 0.1 * $0 * $0).mean() }(w)
let bends = jacobian { 2 * $0 * $0.sin() + $0 ** 2 / 3 }(x)
let valley = { (a: Tensor, b: Tensor) in (1 - a) ** 2 + 100 * (b - a ** 2) ** 2 }
let slopes = grad(valley)(x, w)
let opposite = [x, -x].map { -$0 }
let parts = x[0] * 2 + x[1] * 3 - w[0] / x[1] + 0.5 * w[1]

func change(_ x: Tensor, _ y: Tensor, _ rate: Double, _ i: Int) {
    x[0] .= 5
    x[0, 1] .= 2.5
    x[1...] .= rate
    x[x .> 0] .= 0
    x[0] += 1
    x[1...] *= y
    x[i] = y
    x[i] = y[i] + rate * (y[i - 1] - 2 * y[i] + y[i + 1]) - rate * (x[i - 1] - 2 * x[i] + x[i + 1])
    let row: Tensor = x[0]
    x[1] = row
}

// Wrong.
let typo = (2 * x + 1).sun()  // expected-error {{value of type 'Tensor' has no member 'sun'}}
let unknown = (1 - x) ** 2 + 100 * (z - x ** 2) ** 2  // expected-error {{cannot find 'z' in scope}}
// expected-error@+1 {{cannot convert value of type '[Int]' to expected argument type 'Tensor'}}
let literal = x * [1, 2]
let power = -x ** 2  // expected-error {{ambiguous use of operator '-'}}
let inside = grad { (-$0 ** 2).sum() }  // expected-error {{ambiguous use of operator '-'}}
// expected-error@+1 {{cannot convert value of type 'Tensor' to specified type 'Float'}}
let number: Float = (x * w).sum()
// expected-error@+1 {{contextual closure type '(Tensor, Tensor) -> Tensor' expects 2 arguments}}
let arguments = grad { ($0 * $1 * $2).sum() }(x, w)
