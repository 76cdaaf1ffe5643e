import FakeTensor
import Glibc
import Testing

/// Differential equations whose right side is learned: gradients go through the Runge-Kutta steps
/// of the solver.
@Suite("A neural differential equation")
struct NeuralODETests {
    /// y after `steps` steps of the classical fourth-order method for y′ = f(y).
    private func integrate(
        _ f: (Tensor) -> Tensor, from start: Tensor, time: Double, steps: Int
    ) -> [Tensor] {
        let h = time / Double(steps)
        var path = [start]
        for _ in 0..<steps {
            let y = path[path.count - 1]
            let k1 = f(y)
            let k2 = f(y + h / 2 * k1)
            let k3 = f(y + h / 2 * k2)
            let k4 = f(y + h * k3)
            path.append(y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
        }
        return path
    }

    private let rotation = Tensor([[0, 1], [-1, 0]], .float64)

    @Test("a gradient through the solver is the solution of the adjoint equation")
    func adjoint() {
        // y′ = A y turns the plane by the angle 1; the gradient of y₁(1) + y₂(1) by y(0) is the
        // vector (1, 1) turned back.
        let sum = { (start: Tensor) in
            let path = integrate({ rotation.matmul($0) }, from: start, time: 1, steps: 50)
            return path[50].sum()
        }
        let gradient = grad(sum)(Tensor([0.3, -2], .float64))
        expect(gradient, [cos(1) - sin(1), sin(1) + cos(1)], within: 1e-8)
    }

    @Test("the equation of a pendulum is learned from a swing")
    func pendulum() {
        let truth = { (y: Tensor) in Tensor.stack([y[1], -y[0].sin()]) }
        let start = Tensor([1, 0], .float64)
        let swing = Tensor.stack(integrate(truth, from: start, time: 4, steps: 20))
        let random = Random(seed: 1)
        let network = Sequential {
            Linear(2, 12, dtype: .float64, using: random)
            Tanh()
            Linear(12, 2, dtype: .float64, using: random)
        }
        let loss = {
            let path = integrate({ network($0) }, from: start, time: 4, steps: 20)
            return (Tensor.stack(path) - swing).square().mean()
        }
        let before = loss().item
        let optimizer = LBFGS(network, history: 20)
        let after = optimizer.step(iterations: 100, loss)
        #expect(before > 0.1 && after < 1e-4)
        // What was learned is the equation, not only the path: −sin at an angle on the way.
        let learned = network(Tensor([0.5, -0.6], .float64))
        #expect(learned.shape == [2])
        #expect(abs(learned.values(as: Double.self)[0] + 0.6) < 0.2)
    }
}
