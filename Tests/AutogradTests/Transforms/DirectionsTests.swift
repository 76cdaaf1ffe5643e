import Autograd
import Synchronization
import Tensor
import Testing

@Suite("Several directions at once")
struct DirectionsTests {
    @Test("give the derivative along each, one by one or in one pass", arguments: [true, false])
    func several(vectorized: Bool) {
        let x = Tensor([1, 2, 3], .float64)
        let f = { (x: Tensor) in [x * x, x.sum()] }
        let directions = [[1, 0, 0], [0, 1, 0], [1, 1, 1]].map { Tensor($0, .float64) }
        let (value, tangents) = jvp(f, at: x, along: directions, vectorized: vectorized)
        expect(value[0], [1, 4, 9])
        expect(value[1], [6])
        #expect(tangents.count == 3)
        expect(tangents[0][0], [2, 0, 0])
        expect(tangents[1][0], [0, 4, 0])
        expect(tangents[2][0], [2, 4, 6])
        expect(tangents[2][1], [3])
    }

    @Test("run the function once")
    func once() {
        var calls = 0
        let x = Tensor([1, 2], .float64)
        let f = { (x: Tensor) -> Tensor in
            calls += 1
            return x.exp()
        }
        let (_, tangents) = jvp(f, at: x, along: [x, x * 2, x * 3])
        #expect(calls == 1)
        #expect(tangents.count == 3)
    }

    @Test("need no batching rule of the function's operations, only of their tangents")
    func unbatchable() {
        let x = Tensor([1, 2], .float64)
        let f = { (x: Tensor) in Doubling()(x) * x }
        let (_, tangents) = jvp(f, at: x, along: [x, -x])
        expect(tangents[0], [4, 16])
        expect(tangents[1], [-4, -16])
        expect(jacobian(f)(x), [4, 0, 0, 8])
        expect(jacobian(f, mode: .forward)(x), [4, 0, 0, 8])
    }

    @Test("make Jacobians and Hessians, vectorized or not", arguments: [true, false])
    func jacobians(vectorized: Bool) {
        let a = Tensor([[2, 1], [1, 3]], .float64)
        let f = { (x: Tensor) in a.matmul(x).tanh() * x.sum() }
        let x = Tensor([0.1, -0.3], .float64)
        let reverse = jacobian(f, mode: .reverse, vectorized: vectorized)(x)
        let forward = jacobian(f, mode: .forward, vectorized: vectorized)(x)
        #expect(reverse.shape == [2, 2])
        #expect(forward.distance(reverse.doubles) < 1e-15)
        for column in 0..<2 {
            let unit = Tensor(column == 0 ? [1, 0] : [0, 1], .float64)
            expect(forward[.all, column], jvp(f, at: x, along: unit).tangent.doubles)
        }
        let quadratic = { (x: Tensor) in x.dot(a.matmul(x)) * x.sum() }
        let second = hessian(quadratic, vectorized: vectorized)(x)
        expect(second, [2.6, 0.6, 0.6, -2.8].map { $0 }, within: 10)
        #expect(second.distance(jacobian(grad(quadratic), mode: .reverse)(x).doubles) < 1e-14)
        #expect(jacobian(f, vectorized: vectorized)(x.reshape([2, 1])[.all, 0]).shape == [2, 2])
    }

    @Test("of a Hessian take the function once, all together")
    func calls() {
        let calls = Mutex(0)
        let second = hessian { (x: Tensor) in
            calls.withLock { $0 += 1 }
            return (x ** 3).sum()
        }
        expect(second(Tensor([1, 2], .float64)), [6, 0, 0, 12])
        #expect(calls.withLock { $0 } == 1)
        let empty = jacobian({ $0 * 2 }, mode: .forward)(Tensor.zeros([0, 3]))
        #expect(empty.shape == [0, 3, 0, 3])
    }

    @Test("of a Jacobian that is differentiated again", arguments: [true, false])
    func higher(vectorized: Bool) {
        let x = Tensor([1, 2], .float64)
        let cubes = { (x: Tensor) in x * x * x }
        for mode in [DifferentiationMode.forward, .reverse] {
            let squared = { (x: Tensor) in
                jacobian(cubes, mode: mode, vectorized: vectorized)(x).square().sum()
            }
            expect(grad(squared)(x), [36, 288])
        }
    }

    @Test("trap where there are none")
    func none() async {
        expectSentence(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = jvp({ (x: Tensor) in x }, at: Tensor(1), along: [])
            }, "jvp: there are no directions")
    }
}

/// 2x, whose rules say nothing about batches of x itself.
private final class Doubling: UnaryOp {
    override func forward(_ x: NDArray) -> NDArray { noGrad { (Tensor(x) * 2).data } }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor { dy * 2 }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? { dx * 2 }
}
