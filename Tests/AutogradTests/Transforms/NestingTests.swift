import Autograd
import Tensor
import Testing

/// Every transformation of f(x) = Σ x³ w inside every other, in closed form.
@Suite("Transformations nest")
struct NestingTests {
    let x = Tensor([[1, 2], [3, 4]], .float64)
    let v = Tensor([[1, 0], [1, 2]], .float64)
    let cube = { (x: Tensor) in (x * x * x).sum() }

    /// a x^n, elementwise.
    private func power(_ a: Double, _ n: Int) -> [Double] { (x ** n * a).doubles }

    @Test("gradients in a batch, and in a batch of a batch")
    func perExample() {
        expect(vmap(grad(cube))(x), power(3, 2))
        expect(vmap(vmap(grad(cube)))(x), power(3, 2))
        expect(vmap(grad(grad(cube)))(x), power(6, 1))
    }

    @Test("a batch in a gradient, with gradients inside it")
    func through() {
        let cube = cube
        expect(grad { (x: Tensor) in vmap(cube)(x).sum() }(x), power(3, 2))
        expect(grad { (x: Tensor) in vmap(grad(cube))(x).sum() }(x), power(6, 1))
        expect(grad(grad { (x: Tensor) in vmap(cube)(x).sum() })(x), power(6, 1))
        expect(grad { (x: Tensor) in vmap(grad(grad(cube)))(x).sum() }(x), power(6, 0))
    }

    @Test("directional derivatives in a batch, and a batch in directional derivatives")
    func directions() {
        let cube = cube
        let inside = vmap { (x: Tensor, v: Tensor) in jvp(cube, at: x, along: v).tangent }(x, v)
        expect(inside, [3, 27 + 2 * 48])
        let outside = jvp(vmap(cube), at: x, along: v)
        expect(outside.tangent, [3, 27 + 2 * 48])
        expect(outside.value, [9, 91])
        expect(vmap { (x: Tensor, v: Tensor) in hvp(cube, at: x, along: v) }(x, v), [6, 0, 18, 48])
        expect(jvp(vmap(grad(cube)), at: x, along: v).tangent, [6, 0, 18, 48])
    }

    @Test("a gradient of a directional derivative, of the gradient too")
    func gradientOfForward() {
        let (cube, v) = (cube, v)
        expect(grad { (x: Tensor) in jvp(cube, at: x, along: v).tangent }(x), [6, 0, 18, 48])
        let third = grad { (x: Tensor) in jvp(grad(cube), at: x, along: v).tangent.sum() }(x)
        expect(third, [6, 0, 6, 12])
        let fourth = grad(grad { (x: Tensor) in jvp({ ($0 ** 4).sum() }, at: x, along: v).tangent })
        expect(fourth(x), [24, 0, 72, 192])
    }

    @Test("a gradient by what a gradient or a pullback is given")
    func captured() {
        let cube = cube
        let w = Tensor([2, 3], .float64)
        let byWeight = grad { (w: Tensor) in
            vmap(grad { (x: Tensor) in (x * x * w).sum() })(Tensor([[1, 2], [3, 4]], .float64))
        }(w)
        expect(byWeight, [8, 12])
        let (_, pullback) = vjp({ (x: Tensor) in x * x }, at: w)
        expect(grad { (u: Tensor) in pullback(u) }(w), [4, 6])
        expect(grad { (u: Tensor) in pullback(u * u) }(w), [16, 36])
        expect(jvp(pullback, at: w, along: w).tangent, [8, 18])
        expect(vmap(pullback)(x), [4, 12, 12, 24])
        expect(vmap { (w: Tensor) in grad(cube)(w * 2) }(x), power(12, 2))
    }

    @Test("without mixing levels")
    func levels() {
        // Σⱼ d/dy (x y²) at the yⱼ: 2 x Σ yⱼ; its derivative by x is 2 Σ yⱼ.
        let y = Tensor([1, 2, 3], .float64)
        let outer = { (x: Tensor) in vmap(grad { (y: Tensor) in x * y * y })(y).sum() }
        let ones = Tensor([1, 1], .float64)
        expect(vmap(grad(outer))(ones), [12, 12])
        expect(jvp(outer, at: Tensor(5, .float64), along: Tensor(1, .float64)).tangent, [12])
        let both = vmap { (x: Tensor) in
            jvp(
                { (t: Tensor) in vmap { (y: Tensor) in x * t * y }(y) }, at: x, along: x
            ).tangent
        }(Tensor([1, 2], .float64))
        expect(both, [1, 2, 3, 4, 8, 12])
    }

    @Test("around and inside a checkpoint")
    func checkpoints() {
        let w = Tensor([2, 3], .float64, requiresGrad: true)
        let f = { (x: Tensor) in (x * x * x * w).sum() }
        let kept = { (x: Tensor) in checkpoint(f, x) }
        for transform in [vmap(grad(kept)), grad { vmap(kept)($0) }, vmap(grad { kept($0) * 1 })] {
            expect(transform(x), (x * x * w * 3).doubles)
        }
        expect(jvp(kept, at: x, along: v).tangent, [jvp(f, at: x, along: v).tangent.item])
        expect(vmap(grad(grad { kept($0) }))(x), (x * w * 6).doubles)
        vmap(grad(kept))(x).sum().backward()
        expect(w.grad, (x * x * 3).sum(axis: 0).doubles)
        w.zeroGrad()
        grad { jvp(kept, at: $0, along: v).tangent }(x).sum().backward()
        expect(w.grad, (x * v * 6).sum(axis: 0).doubles)
    }

    @Test("around changes of the gradient")
    func shaping() {
        let square = { (x: Tensor) in (x * x).sum() }
        expect(vmap(grad { square($0.reverseGradient()) })(x), power(-2, 1))
        expect(vmap(grad { square($0.scaleGradient(by: 3)) })(x), power(6, 1))
        expect(vmap(grad { square($0.clipGradient(to: 5)) })(x), [2, 4, 5, 5])
        expect(vmap(grad { ($0.stopGradient() * $0).sum() })(x), power(1, 1))
        expect(jvp({ ($0.stopGradient() * $0).sum() }, at: x, along: v).tangent, [12])
    }

    @Test("with a tangent rule derived from backward")
    func derived() {
        let f = { (x: Tensor) in Cube()(x).sum() }
        expect(vmap { (x: Tensor, v: Tensor) in jvp(f, at: x, along: v).tangent }(x, v), [3, 123])
        expect(grad { (x: Tensor) in jvp(f, at: x, along: x).tangent }(x), power(9, 2))
        expect(hessian(f)(Tensor([1, 2], .float64)), [6, 0, 0, 12])
    }
}

/// x³ with backward and batching but without a tangent rule.
private final class Cube: UnaryOp {
    override func forward(_ x: NDArray) -> NDArray {
        let x = Tensor(x)
        return noGrad { x * x * x }.data
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * x * x * 3 }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}
