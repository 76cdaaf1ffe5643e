internal import CKernels
internal import NN
internal import Tensor

/// Arrays that follow parameters, whether these have gradients or not: f = a f + b p, then p = f
/// where c > 0. A captured step goes on with the numbers a, b and c of each step.
final class Follower: Optimizer {
    private var following: (_ step: Int) -> [Double] = { _ in [1, 0, 0] }

    convenience init(
        _ source: some ParameterSource, slot: String, following: @escaping (Int) -> [Double]
    ) {
        self.init(source, rule: .follow, learningRate: 0, weightDecay: 0, slots: [slot])
        self.following = following
    }

    override func numbers(rate: Double, decay: Double, step: Int) -> [Double] { following(step) }

    override func gradient(of parameter: Parameter) -> NDArray? { parameter.data }
    override func takesPart(_ parameter: Parameter) -> Bool { true }

    /// Sets what follows to the parameters themselves.
    func start() {
        for index in entries.indices {
            entries[index].state = [entries[index].parameter.data.copy()]
        }
    }

    /// Sets the parameters to what follows them.
    func apply() {
        for entry in entries {
            for state in entry.state { entry.parameter.data.assign(state) }
        }
    }
}
