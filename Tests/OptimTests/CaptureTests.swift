import Autograd
import NN
import Optim
import Tensor
import Testing

@Suite("A captured step of an optimizer")
struct CapturedStepTests {
    enum Kind: CaseIterable, Sendable {
        case sgd, nesterov, adam, adamW, rmsprop, adagrad, lion, clippedByNorm, clippedByValue

        func make(_ model: Module) -> Optimizer {
            switch self {
            case .sgd: SGD(model, learningRate: 0.1)
            case .nesterov: SGD(model, learningRate: 0.1, momentum: 0.9, nesterov: true)
            case .adam: Adam(model, learningRate: 0.01)
            case .adamW: AdamW(model, learningRate: 0.01)
            case .rmsprop: RMSprop(model, momentum: 0.5)
            case .adagrad: Adagrad(model)
            case .lion: Lion(model)
            case .clippedByNorm, .clippedByValue: Adam(model, learningRate: 0.01)
            }
        }
    }

    /// A model with dropout, its optimizer and a step.
    private final class Run {
        let random = Random(seed: 5)
        let model: Sequential
        let optimizer: Optimizer
        init(_ kind: Kind) {
            model = Sequential(
                Linear(4, 16, using: random), Tanh(), Dropout(0.3, using: random),
                Linear(16, 2, using: random))
            optimizer = kind.make(model)
            if kind == .clippedByNorm { optimizer.clipping = .norm(0.1) }
            if kind == .clippedByValue { optimizer.clipping = .value(0.01) }
        }
        func step(_ x: Tensor, _ y: Tensor) -> Tensor {
            optimizer.zeroGrad()
            let loss = (model(x) - y).square().mean()
            loss.backward()
            optimizer.step()
            return loss
        }
        var weights: [[Float]] { model.parameters.map { $0.values() } }
    }

    @Test(
        "goes on as the step itself does, with new batches, rates and masks",
        arguments: Kind.allCases)
    func bits(_ kind: Kind) {
        let (eager, captured) = (Run(kind), Run(kind))
        let step = capture { (x: Tensor, y: Tensor) in captured.step(x, y) }
        let data = Random(seed: 9)
        for index in 0..<12 {
            // The last is a short batch.
            let size = index == 7 ? 3 : 8
            let (x, y) = (Tensor(data.normal([size, 4])), Tensor(data.normal([size, 2])))
            for optimizer in [eager.optimizer, captured.optimizer] {
                optimizer.learningRate = 0.01 / Double(1 + index)
            }
            #expect(eager.step(x, y).item == step(x, y).item)
            #expect(eager.weights == captured.weights)
            #expect(eager.optimizer.stepCount == captured.optimizer.stepCount)
            #expect(eager.optimizer.gradientNorm == captured.optimizer.gradientNorm)
        }
        #expect(step.refusal == nil)
        let (left, right) = (eager.optimizer.stateDictionary, captured.optimizer.stateDictionary)
        for (a, b) in zip(left, right) {
            #expect(a.name == b.name && a.value.values(as: Float.self) == b.value.values())
        }
    }

    @Test("is recorded anew when parameters are frozen")
    func freezing() {
        let (eager, captured) = (Run(.adam), Run(.adam))
        let step = capture { (x: Tensor, y: Tensor) in captured.step(x, y) }
        let data = Random(seed: 9)
        for index in 0..<9 {
            if index == 4 { for run in [eager, captured] { run.model[0].freeze() } }
            if index == 6 { for run in [eager, captured] { run.model[0].unfreeze() } }
            let (x, y) = (Tensor(data.normal([8, 4])), Tensor(data.normal([8, 2])))
            #expect(eager.step(x, y).item == step(x, y).item)
            #expect(eager.weights == captured.weights)
        }
        #expect(step.refusal == nil)
    }
}
