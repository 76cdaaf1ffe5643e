import Autograd
import Tensor
import Testing

@Suite("Gradients as functions")
struct GradTests {
    let two = Tensor(2, .float64)

    @Test("nest to any order: x⁵ at 2")
    func nested() {
        let f = { (x: Tensor) in x ** 5 }
        #expect(grad(f)(two).item == 80)
        #expect(grad(grad(f))(two).item == 160)
        #expect(grad(grad(grad(f)))(two).item == 240)
        #expect(derivative(f, order: 4)(two).item == 240)
        #expect(derivative(f, order: 5)(two).item == 120)
        #expect(derivative(f, order: 6)(two).item == 0)
    }

    @Test("take dictionaries: a ** b")
    func dictionary() {
        let point = ["a": Tensor(3, .float64), "b": Tensor(2, .float64)]
        let power = { (p: [String: Tensor]) in
            p["a", default: Tensor(0)] ** p["b", default: Tensor(0)]
        }
        let slopes = grad(power)(point)
        #expect(slopes["a"]?.item == 6)
        #expect(abs((slopes["b"]?.item ?? 0) - 9.887510598) < 1e-8)
    }

    @Test("give one result for each argument")
    func arguments() {
        let f = { (w: Tensor, x: Tensor) in (w * x).sum() }
        let gradient = grad(f)
        let (dw, dx) = gradient(Tensor([1, 0.5]), Tensor([2, 3]))
        #expect(dw.values() == [Float(2), 3])
        #expect(dx.values() == [Float(1), 0.5])
        let atOnce = grad { (w: Tensor, x: Tensor) in (w * x).sum() }(
            Tensor([1, 0.5]), Tensor([2, 3]))
        #expect(atOnce.0.values() == [Float(2), 3])
        let ofThree = grad { (w: Tensor, x: Tensor, b: Tensor) in (w * x + b).sum() }
        let (_, _, db) = ofThree(Tensor([1, 0.5]), Tensor([2, 3]), Tensor(1))
        #expect(db.item == 2)
        let byX = grad(f, arguments: [1])
        let (first, second) = byX(Tensor([1, 0.5]), Tensor([2, 3]))
        #expect(first == nil)
        #expect(second?.values() == [Float(1), 0.5])
    }

    @Test("hand on what the function returns beside its value")
    func aux() {
        let f = { (x: Tensor) in ((x * x).sum(), "of \(x.count)") }
        let (value, aux, gradient) = valueAndGradWithAux(f)(Tensor([1, 2], .float64))
        #expect(value.item == 5 && aux == "of 2" && gradient.values() == [2.0, 4])
    }

    @Test("don't mix perturbations of nested calls")
    func perturbations() {
        // d/dx x · (d/dy (x + y)) = 1, and 2 where levels are confused.
        let outer = grad { (x: Tensor) in x * grad { (y: Tensor) in x + y }(Tensor(1, .float64)) }
        #expect(outer(Tensor(1, .float64)).item == 1)
        let forward = jvp(
            { (x: Tensor) in
                let one = Tensor(1, .float64)
                return x * jvp({ (y: Tensor) in x + y }, at: one, along: one).tangent
            }, at: Tensor(1, .float64), along: Tensor(1, .float64))
        #expect(forward.tangent.item == 1)
    }

    @Test("of second order through sums, products and broadcasting")
    func hessians() {
        let point = Tensor([1, 2], .float64)
        #expect(hessian { $0.sum() ** 2 }(point).values() == [2.0, 2, 2, 2])
        let a = Tensor([[2, 1], [1, 3]], .float64)
        #expect(hessian { $0.dot(a.matmul($0)) }(point).values() == [4.0, 2, 2, 6])
        #expect(hessian { ($0 ** 3).sum() }(point).values() == [6.0, 0, 0, 12])
        #expect(
            hvp({ ($0 ** 3).sum() }, at: point, along: Tensor([1, 1], .float64)).values() == [
                6.0, 12,
            ])
        let byReverse = jacobian(grad { ($0 ** 3).sum() }, mode: .reverse)(point)
        #expect(byReverse.values() == [6.0, 0, 0, 12])
    }

    @Test("leave .grad alone and connect to captured weights")
    func captured() {
        let w = Tensor([3.0], .float64, requiresGrad: true)
        let slope = grad { (x: Tensor) in w * x * x }(Tensor([2.0], .float64))
        #expect(slope.values() == [12.0])
        #expect(w.grad == nil)
        slope.backward()
        #expect(w.grad?.values() == [4.0])
    }

    @Test("forward mode: x sin x at 2")
    func forward() {
        let (value, tangent) = jvp({ $0 * $0.sin() }, at: two, along: Tensor(1, .float64))
        #expect(abs(value.item - 1.8185948537) < 1e-9)
        #expect(abs(tangent.item - 0.0770037537) < 1e-9)
        let (_, pushed) = linearize({ (x: Tensor) in x * x.sin() }, at: two)
        #expect(abs(pushed(Tensor(1, .float64)).item - 0.0770037537) < 1e-9)
        let both = jvp(grad { $0 * $0.sin() }, at: two, along: Tensor(1, .float64))
        let second = grad(grad { $0 * $0.sin() })(two)
        #expect(abs(both.tangent.item - second.item) < 1e-12)
    }
}
