import Autograd
import Tensor
import Testing

@Suite("Autocast")
struct AutocastTests {
    private static var random: Random { Random(seed: 3) }
    private static var x: Tensor { .normal([5, 7], using: Random(seed: 4)) }
    private static var weight: Tensor { .normal([4, 7], using: Random(seed: 5)) }
    private static var bias: Tensor { .normal([4], using: Random(seed: 6)) }

    /// A little network with a product, an elementwise function, a norm and a softmax.
    private static func network(_ x: Tensor, _ weight: Tensor) -> Tensor {
        let hidden = x.linear(weight, bias).tanh()
        return hidden.layerNorm().matmul(weight).logSoftmax().square().mean()
    }

    private func bits(_ tensor: Tensor?) -> [UInt32] {
        (tensor?.values(as: Float.self) ?? []).map(\.bitPattern)
    }

    @Test("holds in its scope, and the innermost counts")
    func scopes() {
        #expect(Autocast.precision == .float32)
        let plain = bits(Self.x.linear(Self.weight))
        autocast(.bfloat16) {
            #expect(Autocast.precision == .bfloat16)
            noGrad { #expect(Autocast.precision == .bfloat16) }
            autocast(.float16) { #expect(Autocast.precision == .float16) }
            let y = autocast(.float32) { Self.x.linear(Self.weight) }
            #expect(y.dtype == .float32 && bits(y) == plain)
            #expect(Autocast.precision == .bfloat16)
        }
        #expect(Autocast.precision == .float32)
    }

    @Test("holds in tasks that start inside, and there alone")
    func tasks() async {
        let inside = autocast(.bfloat16) {
            Task { Self.x.matmul(Self.weight.transpose()).dtype }
        }
        let outside = Task { Self.x.matmul(Self.weight.transpose()).dtype }
        #expect(await inside.value == .bfloat16)
        #expect(await outside.value == .float32)
    }

    @Test(
        "takes products of halves, added up in float32",
        arguments: [AutocastPrecision.bfloat16, .float16])
    func products(_ precision: AutocastPrecision) throws {
        let half = try #require(precision.half)
        let rounded = [Self.x, Self.weight, Self.bias].map {
            $0.cast(to: half).cast(to: .float32)
        }
        let expected = rounded[0].linear(rounded[1], rounded[2]).cast(to: half)
        let y = autocast(precision) { Self.x.linear(Self.weight, Self.bias) }
        #expect(y.dtype == half)
        #expect(bits(y) == bits(expected))
        let images = Tensor.normal([2, 3, 6, 6], using: Self.random)
        let kernel = Tensor.normal([4, 3, 3, 3], using: Self.random)
        let maps = autocast(precision) { images.conv2d(kernel) }
        let known = images.cast(to: half).cast(to: .float32)
            .conv2d(kernel.cast(to: half).cast(to: .float32)).cast(to: half)
        #expect(maps.dtype == half && bits(maps) == bits(known))
    }

    @Test("leaves float64 and integers alone")
    func others() {
        autocast(.bfloat16) {
            let wide = Self.x.cast(to: .float64)
            #expect(wide.matmul(wide.transpose()).dtype == .float64)
            #expect(wide.matmul(Self.weight.transpose()).dtype == .float64)
            #expect(wide.exp().dtype == .float64)
            let whole = Tensor([[1, 2], [3, 4]], .int32)
            #expect(whole.matmul(whole).values(as: Int32.self) == [7, 10, 15, 22])
        }
    }

    @Test("gives gradients in float32, the same wherever backward is called")
    func gradients() {
        func gradient(inside: Bool) -> [UInt32] {
            let (x, weight) = (Self.x.leaf(), Self.weight.leaf())
            let loss = autocast(.bfloat16) {
                let loss = Self.network(x, weight)
                if inside { loss.backward() }
                return loss
            }
            if !inside { loss.backward() }
            #expect(loss.dtype == .float32)
            #expect(x.grad?.dtype == .float32 && weight.grad?.dtype == .float32)
            return bits(x.grad) + bits(weight.grad)
        }
        let found = gradient(inside: true)
        #expect(found == gradient(inside: false))
        let exact = grad { Self.network($0, Self.weight) }(Self.x)
        let near = autocast(.bfloat16) { grad { Self.network($0, Self.weight) }(Self.x) }
        #expect(near.distance(exact.doubles) < 0.02)
        #expect(near.distance(exact.doubles) > 0)
        #expect(Array(found.prefix(Self.x.count)) == bits(near))
    }

    @Test("goes with grad, jvp and vmap in any order")
    func functions() {
        let f = { (x: Tensor) in autocast(.float16) { Self.network(x, Self.weight) } }
        let exact = { (x: Tensor) in Self.network(x, Self.weight) }
        let direction = Tensor.normal([5, 7], using: Random(seed: 8))
        let (value, tangent) = jvp(f, at: Self.x, along: direction)
        #expect(bits(value) == bits(f(Self.x)))
        let slope = (grad(f)(Self.x) * direction).sum()
        #expect(tangent.dtype == .float32)
        #expect(tangent.distance(slope.doubles) < 0.02)
        let second = grad { (x: Tensor) in (grad(f)(x) * direction).sum() }(Self.x)
        let known = grad { (x: Tensor) in (grad(exact)(x) * direction).sum() }(Self.x)
        #expect(second.dtype == .float32 && second.distance(known.doubles) < 0.1)

        let rows = Tensor.normal([3, 5, 7], using: Random(seed: 9))
        let together = vmap(grad(f))(rows)
        let apart = Tensor.stack((0..<3).map { grad(f)(rows[$0]) })
        #expect(together.distance(apart.doubles) < 0.01)
        let inside = autocast(.bfloat16) { vmap { $0.linear(Self.weight) }(rows) }
        #expect(inside.dtype == .bfloat16)
        #expect(bits(inside) == bits(autocast(.bfloat16) { rows.linear(Self.weight) }))
    }

    @Test("a checkpoint computes its inside again in the same precision")
    func checkpoints() {
        func gradients(_ body: (Tensor, Tensor) -> Tensor) -> [UInt32] {
            let (x, weight) = (Self.x.leaf(), Self.weight.leaf())
            autocast(.float16) { body(x, weight) }.backward()
            return bits(x.grad) + bits(weight.grad)
        }
        let plain = gradients { Self.network($0, $1) }
        let again = gradients { x, weight in checkpoint { Self.network($0, weight) }(x) }
        #expect(plain == again)
    }

    @Test("a custom gradient is of what the function computed")
    func customGradients() {
        let product = customGradient { (x: Tensor) in
            (x.linear(Self.weight), { $0.matmul(Self.weight) })
        }
        let x = Self.x.leaf()
        let y = autocast(.bfloat16) { product(x) }
        #expect(y.dtype == .bfloat16)
        #expect(autocast(.bfloat16) { noGrad { product(Self.x) } }.dtype == .bfloat16)
        y.sum().backward()
        #expect(x.grad?.dtype == .float32)
    }

    @Test("captured steps give their bits, and each precision has its own")
    func captured() {
        let step = capture { (x: Tensor) in
            let weight = Self.weight.leaf()
            let loss = Self.network(x, weight)
            loss.backward()
            return [loss.detach(), weight.grad ?? loss]
        }
        for round in 0..<4 {
            let x = Tensor.normal([5, 7], using: Random(seed: UInt64(round)))
            for precision in AutocastPrecision.allCases {
                let found = autocast(precision) { step(x) }
                let weight = Self.weight.leaf()
                let loss = autocast(precision) { Self.network(x, weight) }
                loss.backward()
                #expect(bits(found[0]) == bits(loss), "\(precision), round \(round)")
                #expect(bits(found[1]) == bits(weight.grad), "\(precision), round \(round)")
            }
        }
        #expect(step.refusal == nil && step.kernelCount != nil)
    }

    @Test("TF32 is float32 on the CPU")
    func tf32() {
        let (x, weight) = (Self.x.leaf(), Self.weight.leaf())
        let y = autocast(.tf32) { Self.network(x, weight) }
        #expect(bits(y) == bits(Self.network(x, weight)))
    }

    @Test("attention and recurrent layers round their inputs to the half, and once their results")
    func sequences() {
        let q = Tensor.normal([1, 2, 4, 3], using: Self.random)
        func attend(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
            .scaledDotProductAttention(query: x, key: x, value: x, mask: mask, isCausal: true)
        }
        let rounded = q.cast(to: .bfloat16).cast(to: .float32)
        let y = autocast(.bfloat16) { attend(q) }
        #expect(y.dtype == .bfloat16)
        #expect(bits(y) == bits(attend(rounded).cast(to: .bfloat16)))
        let mask = Tensor.normal([4, 4], using: Self.random)
        let biased = autocast(.bfloat16) { attend(q, mask: mask) }
        #expect(biased.dtype == .bfloat16)
        #expect(bits(biased) == bits(attend(rounded, mask: mask).cast(to: .bfloat16)))
    }
}
