import FakeTensor
import Testing

/// Learning to learn sinusoids: the weights are trained so that one step of gradient descent on ten
/// points of a new wave fits it. The outer gradient goes through the inner step.
///
/// Finn et al., "Model-agnostic meta-learning for fast adaptation of deep networks", 2017.
@Suite("Meta-learning of sinusoids")
struct MAMLTests {
    private struct Task {
        let support, query: (x: Tensor, y: Tensor)

        /// Ten points each of a wave of random amplitude and phase.
        init(using random: Random) {
            let shape = random.uniform([2], .float64).values(as: Double.self)
            let (amplitude, phase) = (0.5 + 2 * shape[0], 3 * shape[1])
            func points() -> (x: Tensor, y: Tensor) {
                let x = Tensor.uniform([10, 1], low: -3, high: 3, .float64, using: random)
                return (x, amplitude * (x + phase).sin())
            }
            support = points()
            query = points()
        }
    }

    private func error(_ network: Layers, _ points: (x: Tensor, y: Tensor)) -> Tensor {
        (network(points.x) - points.y).square().mean()
    }

    /// The network after one inner step on a task.
    private func adapted(_ network: Layers, to task: Task, rate: Double = 0.05) -> Layers {
        let gradient = grad { (network: Layers) in error(network, task.support) }(network)
        return Layers(
            weights: zip(network.weights, gradient.weights).map { $0 - rate * $1 })
    }

    private func outerLoss(_ network: Layers, _ tasks: [Task]) -> Tensor {
        let errors = tasks.map { error(adapted(network, to: $0), $0.query) }
        return errors.dropFirst().reduce(errors[0]) { $0 + $1 } / Double(tasks.count)
    }

    @Test("the outer gradient goes through the inner step")
    func outerGradient() {
        let random = Random(seed: 1)
        let network = Layers([1, 8, 8, 1], using: random)
        let tasks = [Task(using: random), Task(using: random)]
        let gradient = grad { outerLoss($0, tasks) }(network)
        let direction = network.mapLeaves { Tensor.normal($0.shape, .float64, using: random) }
        func along(_ step: Double) -> Double {
            let moved = zip(network.weights, direction.weights).map { $0 + step * $1 }
            return outerLoss(Layers(weights: moved), tasks).item
        }
        let expected = (along(1e-5) - along(-1e-5)) / 2e-5
        let found = zip(gradient.weights, direction.weights)
            .reduce(0) { $0 + ($1.0 * $1.1).sum().item }
        #expect(abs(found - expected) < 1e-7 * abs(expected))
        // A gradient that stops at the inner step is another one.
        let stopped = tasks.map { task in
            let inner = adapted(network, to: task).mapLeaves { $0.detach() }
            let slope = grad { (n: Layers) in error(n, task.query) }(inner)
            return zip(slope.weights, direction.weights)
                .reduce(0) { $0 + ($1.0 * $1.1).sum().item } / 2
        }
        #expect(abs(stopped.reduce(0, +) - expected) > 1e-3 * abs(expected))
    }

    @Test("learns to fit new waves in one step")
    func learns() {
        let random = Random(seed: 2)
        let start = Layers([1, 20, 20, 1], using: random)
        let parameters = start.weights.map { Parameter($0.data.copy()) }
        let optimizer = Adam(parameters, learningRate: 0.01)
        for _ in 0..<150 {
            let tasks = (0..<4).map { _ in Task(using: random) }
            optimizer.zeroGrad()
            outerLoss(Layers(weights: parameters), tasks).backward()
            optimizer.step()
        }
        let unseen = (0..<20).map { _ in Task(using: random) }
        let trained = Layers(weights: parameters.map { $0.detach() })
        let before = outerLoss(start, unseen).item
        let after = outerLoss(trained, unseen).item
        #expect(after < 0.5 * before)
        // It is the inner step that fits a wave, not the weights by themselves.
        let unadapted = unseen.map { error(trained, $0.query).item }.reduce(0, +) / 20
        #expect(after < 0.6 * unadapted)
    }
}
