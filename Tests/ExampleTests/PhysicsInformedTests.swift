import FakeTensor
import Testing

/// A network that learns the solution of  u″ = −u,  u(0) = 0,  u′(0) = 1  from the equation alone:
/// second derivatives by the input stand in a loss whose gradient is taken by the weights.
@Suite("A physics-informed network")
struct PhysicsInformedTests {
    /// u(t) = t + t² N(t) meets both conditions whatever the network N is.
    private func solution(_ network: Sequential, _ t: Tensor) -> Tensor {
        t + t ** 2 * network(t)
    }

    /// Mean (u″ + u)².
    private func loss(_ network: Sequential, at t: Tensor) -> Tensor {
        let u = { (t: Tensor) in solution(network, t) }
        return (derivative(u, order: 2)(t) + u(t)).square().mean()
    }

    private func network() -> Sequential {
        let random = Random(seed: 2)
        return Sequential {
            Linear(1, 12, dtype: .float64, using: random)
            Tanh()
            Linear(12, 12, dtype: .float64, using: random)
            Tanh()
            Linear(12, 1, dtype: .float64, using: random)
        }
    }

    @Test("learns the sine from its differential equation")
    func sine() {
        let network = network()
        let inside = Tensor.linspace(0, 3, count: 24, .float64).unsqueeze(1)
        let optimizer = LBFGS(network, history: 20)
        let final = optimizer.step(iterations: 150) { loss(network, at: inside) }
        #expect(final < 1e-6)
        let between = Tensor.linspace(0, 3, count: 50, .float64).unsqueeze(1)
        let error = (solution(network, between) - between.sin()).abs().max().item
        #expect(error < 1e-3)
    }

    @Test("has the gradient by a weight that differences of the loss show")
    func gradient() {
        let network = network()
        let t = Tensor.linspace(0, 3, count: 5, .float64).unsqueeze(1)
        loss(network, at: t).backward()
        for parameter in network.parameters {
            let step = 1e-5
            let original = parameter.data
            let nudge = Tensor.zeros(like: parameter)
            nudge.data.withUnsafeMutableBytes { $0.storeBytes(of: step, as: Double.self) }
            parameter.data = (Tensor(original) + nudge).data
            let above = loss(network, at: t).item
            parameter.data = (Tensor(original) - nudge).data
            let below = loss(network, at: t).item
            parameter.data = original
            let expected = (above - below) / (2 * step)
            let found = parameter.grad?.values(as: Double.self)[0] ?? .nan
            #expect(abs(found - expected) < 1e-7 * max(1, abs(expected)))
        }
    }
}
