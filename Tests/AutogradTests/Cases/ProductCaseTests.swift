import Autograd
import Tensor
import Testing

@Suite("Gradients of products")
struct ProductCaseTests {
    @Test("are those of the definition with zeros, to the third order", arguments: 0..<4)
    func zeros(_ count: Int) {
        var values = [2.0, 3, -1, 0.5]
        for position in 0..<count { values[position] = 0 }
        let x = Tensor.constant(values)
        let slow = { (x: Tensor) in x[0] * x[1] * x[2] * x[3] }
        let fast = { (x: Tensor) in x.prod() }
        expect(grad(fast)(x), grad(slow)(x).doubles)
        expect(hessian(fast)(x), hessian(slow)(x).doubles)
        let weights = Tensor.constant([1.0, -2, 3, 0.5])
        let third = { (f: @escaping (Tensor) -> Tensor) in
            grad { (x: Tensor) in (hvp(f, at: x, along: weights) * weights).sum() }(x)
        }
        expect(third(fast), third(slow).doubles)
        expect(
            jvp(fast, at: x, along: weights).tangent,
            jvp(slow, at: x, along: weights).tangent.doubles)
    }

    @Test("reach each element of strided, batched and empty operands")
    func layouts() {
        let x = Tensor.constant([[1.0, 2, 0], [4, 5, 6]])
        expect(grad { $0.prod(axis: 0).sum() }(x), [4, 5, 6, 1, 2, 0])
        expect(grad { $0.transpose().prod(axis: 1).sum() }(x), [4, 5, 6, 1, 2, 0])
        expect(grad { $0.flip(1).prod(axis: 1).sum() }(x), [0, 0, 2, 30, 24, 20])
        expect(vmap(grad { (row: Tensor) in row.prod() })(x), [0, 0, 2, 30, 24, 20])
        expect(grad { $0.prod(axes: [1, 0]) }(x), [0, 0, 240, 0, 0, 0])
        let empty = Tensor.zeros([0, 3], .float64)
        #expect(grad { $0.prod(axis: 0).sum() }(empty).shape == [0, 3])
        #expect(grad { $0.prod(axis: 1).sum() }(empty).shape == [0, 3])
        expect(grad { $0.prod() }(Tensor.constant(7.0)), [1])
    }

    @Test("neither overflow nor vanish where the product does")
    func extremes() {
        expect(grad { $0.prod() }(Tensor.constant([1e200, 1e200])), [1e200, 1e200], within: 1e-15)
        let tiny = grad { $0.prod() }(Tensor.constant([1e-200, 1e-200]))
        expect(tiny * 1e200, [1, 1])
        let narrow = grad { $0.prod() }(Tensor([1e30, 1e30, 1e-30]))
        expect(narrow, [1, 1, .infinity], within: 1e-6)
        let half = grad { $0.prod() }(Tensor([300, 300, 0.5], .float16))
        expect(half, [150, 150, .infinity])
        let infinite = grad { $0.prod() }(Tensor.constant([Double.infinity, 2, 3]))
        expect(infinite, [6, .infinity, .infinity])
    }
}
