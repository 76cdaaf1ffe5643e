import Autograd
import Tensor
import Testing

/// x³ at 2: the slope is 12, its slope is 12, the slope of that is 6.
@Suite("A tape inside a function")
struct TapeInFunctionTests {
    private let two = Tensor.constant(2.0)

    /// The slope of x³, by a tape.
    private static func slope(_ x: Tensor) -> Tensor {
        let tape = GradientTape()
        tape.watch(x)
        let y = tape.record { x * x * x }
        return tape.gradient(of: y, by: x) ?? .zeros(like: x)
    }

    @Test("is differentiated by grad and derivative, of any order")
    func grads() {
        expect(Self.slope(two), [12])
        expect(grad(Self.slope)(two), [12])
        expect(grad(grad(Self.slope))(two), [6])
        expect(derivative(Self.slope, order: 2)(two), [6])
        let product = grad { (x: Tensor) in x * Self.slope(x) }
        expect(product(two), [12 + 24])
    }

    @Test("is differentiated by vjp, jacobian, linearize, jvp and hessian")
    func others() {
        let (value, pullback) = vjp(Self.slope, at: two)
        expect(value, [12])
        expect(pullback(Tensor.constant(1.0)), [12])
        let points = Tensor.constant([2.0, 3])
        expect(jacobian(Self.slope)(points), [12, 0, 0, 18])
        expect(jacobian(Self.slope, mode: .forward)(points), [12, 0, 0, 18])
        expect(jacobian(Self.slope, vectorized: false)(points), [12, 0, 0, 18])
        let (_, pushforward) = linearize(Self.slope, at: two)
        expect(pushforward(Tensor.constant(1.0)), [12])
        expect(jvp(Self.slope, at: two, along: Tensor.constant(1.0)).tangent, [12])
        expect(hessian { Self.slope($0).sum() }(two), [6])
        expect(hvp(Self.slope, at: two, along: Tensor.constant(2.0)), [12])
    }

    @Test("is differentiated through a checkpoint, and by an outer tape")
    func checkpoints() {
        expect(checkpoint(Self.slope)(two), [12])
        expect(grad { checkpoint(Self.slope)($0) }(two), [12])
        let x = Tensor.leaf(2.0)
        checkpoint(Self.slope)(x).backward()
        expect(x.grad, [12])
        let outer = GradientTape()
        outer.watch(two)
        let slope = outer.record { Self.slope(two) }
        expect(outer.gradient(of: slope, by: two), [12])
    }

    @Test("persistent, gives gradients that it can differentiate again, outside record too")
    func persistent() {
        let x = Tensor.constant(2.0)
        let tape = GradientTape(persistent: true)
        tape.watch(x)
        let y = tape.record { x * x * x }
        let first = tape.gradient(of: y, by: x)
        let second = first.flatMap { tape.gradient(of: $0, by: x) }
        let third = second.flatMap { tape.gradient(of: $0, by: x) }
        expect(first, [12])
        expect(second, [12])
        expect(third, [6])
        #expect(!x.requiresGrad)
        let plain = noGrad { tape.gradient(of: y, by: x) }
        #expect(plain?.requiresGrad == false)
    }

    @Test("leaves derivatives by constants of a checkpointed function to itself")
    func constantsInCheckpoint() {
        let three = Tensor.constant(3.0)
        let f = { (x: Tensor) in
            // d(y² x)/dy at 3, then x of it: 6x · x.
            x * grad { (y: Tensor) in y * y * x }(three)
        }
        expect(grad(f)(two), [24])
        expect(grad { checkpoint(f)($0) }(two), [24])
        let pulled = { (x: Tensor) in x * vjp({ $0 * $0 * x }, at: three).pullback(.ones(like: x)) }
        expect(grad { checkpoint(pulled)($0) }(two), [24])
        let pushed = { (x: Tensor) in
            x * linearize({ $0 * $0 * x }, at: three).pushforward(Tensor.constant(1.0))
        }
        expect(grad { checkpoint(pushed)($0) }(two), [24])
        let derived = { (x: Tensor) in
            let square = CustomOp(
                name: "square", forward: { $0 * $0 }, backward: { dy, x, _ in dy * x * 2 })
            return x * jvp({ square($0) * x }, at: three, along: Tensor.constant(1.0)).tangent
        }
        expect(grad { checkpoint(derived)($0) }(two), [24])
    }
}
