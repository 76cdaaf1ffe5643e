import Autograd
import Tensor
import Testing

@Suite("Operations by closure")
struct CustomClosureTests {
    let cube = CustomOp(
        name: "cube", forward: { x in x * x * x },
        backward: { dy, x, y in dy * x * x * 3 })

    let product = CustomOp(
        name: "product", forward: { a, b in a * b },
        backward: { dy, a, b, y in (dy * b, dy * a) },
        tangent: { da, db, a, b, y in
            let left = da.map { $0 * b }
            let right = db.map { $0 * a }
            return (left ?? Tensor.zeros(like: y)) + (right ?? Tensor.zeros(like: y))
        })

    @Test("are right for each of their calls")
    func reuse() {
        let (x, y) = (Tensor.leaf([1.0, 2]), Tensor.leaf([3.0]))
        let (a, b) = (cube(x), cube(y))
        b.sum().backward()
        a.sum().backward()
        expect(a, [1, 8])
        expect(x.grad, [3, 12])
        expect(y.grad, [27])
        cube(cube(x)).sum().backward()
        expect(x.grad, [3 + 9, 12 + 9 * 256])
    }

    @Test("have derivatives of every order")
    func orders() {
        let f = { [cube] (x: Tensor) in cube(x) }
        expect(derivative(f, order: 2)(.constant(2.0)), [12])
        expect(derivative(f, order: 3)(.constant(2.0)), [6])
        expect(hessian { [cube] in cube($0).sum() }(.constant([1.0, 2])), [6, 0, 0, 12])
    }

    @Test("sum gradients of the broadcast shape")
    func broadcast() {
        let (a, b) = (Tensor.leaf([[1.0], [2]]), Tensor.leaf([3.0, 4]))
        product(a, b).backward()
        expect(a.grad, [7, 7])
        expect(b.grad, [3, 3])
    }

    @Test("take any number of tensors, and compute the gradients that are needed")
    func many() {
        let total = CustomOp(
            name: "total", forward: { (inputs: [Tensor]) in inputs.reduce(Tensor(0)) { $0 + $1 } },
            backward: { dy, inputs, y in inputs.map { $0.needsGradient ? dy : nil } })
        let (a, b) = (Tensor.leaf([1.0]), Tensor.leaf([2.0]))
        total([a, Tensor.constant([5.0]), b, b]).backward()
        expect(a.grad, [1])
        expect(b.grad, [2])
    }

    @Test("have a forward mode: by their tangent rule, or derived from backward")
    func tangents() {
        let one = Tensor.constant(1.0)
        let derived = jvp({ [cube] in cube($0) }, at: Tensor.constant(2.0), along: one)
        expect(derived.value, [8])
        expect(derived.tangent, [12])
        let ruled = jvp(
            { [product] in product($0, $0.sin()) }, at: Tensor.constant(2.0), along: one)
        expect(ruled.tangent, [0.0770037537], within: 1e-9)
        let wrong = CustomOp(
            name: "identity", forward: { $0 }, backward: { dy, _, _ in dy },
            tangent: { dx, _, _ in dx * 7 })
        expect(jvp({ wrong($0) }, at: one, along: one).tangent, [7])
    }

    @Test("without backward stop the program with their name when asked for a gradient")
    func opaque() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let op = CustomOp(name: "opaque", forward: { $0.exp() })
            op(Tensor.leaf(1.0)).backward()
        }
        #expect(result.message.contains("opaque: this operation has no gradient"))
    }

    @Test("flagged as not differentiable give constants")
    func flagged() {
        let sign = CustomOp(name: "sign", isDifferentiable: false, forward: { $0.sign() })
        let x = Tensor.leaf([-2.0, 3])
        let y = sign(x)
        #expect(!y.requiresGrad)
        (y * x).sum().backward()
        expect(x.grad, [-1, 1])
        let tangent = jvp({ sign($0) }, at: x.detach(), along: .constant([1.0, 1])).tangent
        expect(tangent, [0, 0])
    }

    @Test("of another number of tensors than given stop the program")
    func arity() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let op = CustomOp(name: "unary", forward: { $0.exp() })
            _ = op(Tensor(1.0), Tensor(2.0))
        }
        #expect(result.message.contains("unary: 2 tensors were given to an operation of 1"))
    }

    @Test("in a chain of 200,000 don't overflow the stack")
    func longChain() {
        let next = CustomOp(name: "next", forward: { $0 + 1 }, backward: { dy, _, _ in dy })
        let x = Tensor.leaf(1.0)
        (0..<200_000).reduce(x) { y, _ in next(y) }.backward()
        expect(x.grad, [1])
        _ = (0..<200_000).reduce(x) { y, _ in next(y) }
    }
}

@Suite("A gradient of one's own")
struct CustomGradientTests {
    let softplus = customGradient { (x: Tensor) in
        let e = x.exp()
        return ((e + 1).log(), { dy in dy * e / (e + 1) })
    }

    @Test("takes the place of the derived one")
    func replaces() {
        let straight = customGradient { (x: Tensor) in (x.round(), { dy in dy * 3 }) }
        let x = Tensor.leaf([0.4, 1.6])
        let y = straight(x)
        expect(y, [0, 2])
        y.backward()
        expect(x.grad, [3, 3])
        expect(straight(Tensor.constant([2.6])), [3])
    }

    @Test("has derivatives through what the pullback captured")
    func orders() {
        let point = Tensor.constant([-1.0, 0, 2])
        let s = point.sigmoid()
        let f = { [softplus] (x: Tensor) in softplus(x) }
        expect(f(point), (point.exp() + 1).log().doubles)
        expect(grad(f)(point), s.doubles, within: 1e-12)
        expect(derivative(f, order: 2)(point), (s * (1 - s)).doubles, within: 1e-12)
        expect(
            derivative(f, order: 3)(point), (s * (1 - s) * (1 - s * 2)).doubles, within: 1e-12)
        let x = Tensor.leaf([-1.0, 0, 2])
        expect(
            softplus(x).derivative(by: x).derivative(by: x), (s * (1 - s)).doubles, within: 1e-12)
    }

    @Test("is the one of forward mode too, and of forward over reverse")
    func forward() {
        let point = Tensor.constant([-1.0, 2])
        let ones = Tensor.constant([1.0, 1])
        let doubled = customGradient { (x: Tensor) in (x * 1, { dy in dy * x * 2 }) }
        expect(jvp({ doubled($0) }, at: point, along: ones).tangent, [-2, 4])
        expect(hvp({ doubled($0).sum() }, at: point, along: ones), [2, 2])
        let s = point.sigmoid()
        let f = { [softplus] (x: Tensor) in softplus(x).sum() }
        expect(hvp(f, at: point, along: ones), (s * (1 - s)).doubles, within: 1e-12)
    }

    @Test("takes trees")
    func trees() {
        let product = customGradient { (p: [String: Tensor]) in
            let (a, b) = (p["a", default: Tensor(0)], p["b", default: Tensor(0)])
            return (a * b, { dy in ["a": dy * b * 10, "b": dy * a] })
        }
        let slopes = grad(product)(["a": .constant(2.0), "b": .constant(5.0)])
        expect(slopes["a"], [50])
        expect(slopes["b"], [2])
    }

    @Test("refuses captured tensors that would get no gradient")
    func captured() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let w = Tensor.leaf([3.0, 4])
            let scaled = customGradient { (x: Tensor) in (x * w, { dy in dy * w }) }
            _ = scaled(Tensor.leaf([1.0, 2]))
        }
        #expect(result.message.contains("uses a tensor [2] that requires a gradient and is no arg"))
    }
}

@Suite("Gradients are shaped")
struct GradientShapingTests {
    @Test("by clipping: upstream [-5, 10, 0.5] → [-1, 1, 0.5]")
    func clip() {
        let x = Tensor.leaf([1.0, 2, 3])
        let y = x.clipGradient(to: 1)
        expect(y, [1, 2, 3])
        y.backward(.constant([-5, 10, 0.5]))
        expect(x.grad, [-1, 1, 0.5])
    }

    @Test("by scaling and reversing, in forward mode as well")
    func scale() {
        let x = Tensor.leaf([1.0, 2])
        (x.scaleGradient(by: 0.5) * x.reverseGradient()).sum().backward()
        // 0.5 x − x
        expect(x.grad, [-0.5, -1])
        let point = Tensor.constant([1.0, 2])
        let tangent = jvp(
            { $0.reverseGradient() * 3 }, at: point, along: .constant([1.0, 1])
        ).tangent
        expect(tangent, [-3, -3])
    }

    @Test("by stopping")
    func stop() {
        let x = Tensor.leaf([2.0])
        (x * x.stopGradient()).backward()
        expect(x.grad, [2])
        let f = { (x: Tensor) in (x.stopGradient() * x * x).sum() }
        expect(grad(f)(.constant([3.0])), [18])
        expect(jvp(f, at: .constant([3.0]), along: .constant([1.0])).tangent, [18])
    }

    @Test("to the second order")
    func second() {
        let f = { (x: Tensor) in (x * x * x).scaleGradient(by: 2) }
        expect(derivative(f, order: 2)(.constant(2.0)), [24])
    }
}
