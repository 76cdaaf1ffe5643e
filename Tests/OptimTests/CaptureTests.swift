import Autograd
import NN
import Optim
import Tensor
import Testing

@Suite("A captured step of an optimizer")
struct CapturedStepTests {
    /// An optimizer and how it limits gradients.
    struct Kind: Sendable, CustomTestStringConvertible {
        let optimizer: OptimizerCase
        var clipping = Clipping.none
        var testDescription: String { "\(optimizer.testDescription), clipping \(clipping)" }

        static let adam = OptimizerCase(testDescription: "Adam", slots: ["m", "v"]) {
            Adam($0, learningRate: 0.01)
        }
        static let all =
            OptimizerCase.all.map { Kind(optimizer: $0) } + [
                Kind(optimizer: adam, clipping: .norm(0.1)),
                Kind(optimizer: adam, clipping: .value(0.01)),
            ]
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
            optimizer = kind.optimizer.make(model)
            optimizer.clipping = kind.clipping
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
        arguments: Kind.all)
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

    @Test("may clip the gradients by norm itself")
    func clipping() {
        let kind = Kind(optimizer: Kind.adam)
        let (eager, captured, optimized) = (
            Run(kind), Run(kind), Run(Kind(optimizer: Kind.adam, clipping: .norm(0.1)))
        )
        func clipped(_ run: Run, _ x: Tensor, _ y: Tensor) -> [Tensor] {
            run.optimizer.zeroGrad()
            let loss = (run.model(x) - y).square().mean()
            loss.backward()
            let norm = run.model.parameters.clipGradients(toNorm: 0.1)
            run.optimizer.step()
            return [loss, norm]
        }
        let step = capture { (x: Tensor, y: Tensor) in clipped(captured, x, y) }
        let data = Random(seed: 9)
        for index in 0..<6 {
            let (x, y) = (Tensor(data.normal([8, 4])), Tensor(data.normal([8, 2])))
            let expected = clipped(eager, x, y).map(\.item)
            #expect(step(x, y).map(\.item) == expected)
            #expect(eager.weights == captured.weights)
            #expect(expected[1] > 0.1)
            if index > 0 { continue }
            _ = optimized.step(x, y)
            #expect(optimized.optimizer.gradientNorm == expected[1])
        }
        #expect(step.refusal == nil && step.kernelCount != nil)
    }

    @Test("is recorded anew when parameters are frozen")
    func freezing() {
        let kind = Kind(optimizer: Kind.adam)
        let (eager, captured) = (Run(kind), Run(kind))
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

    @Test("is recorded anew when the model or the optimizer is loaded")
    func loading() throws {
        let kind = Kind(optimizer: Kind.adam)
        let (eager, captured) = (Run(kind), Run(kind))
        let step = capture { (x: Tensor, y: Tensor) in captured.step(x, y) }
        let data = Random(seed: 9)
        let start = (model: eager.model.stateDictionary, optimizer: eager.optimizer.stateDictionary)
        for index in 0..<12 {
            for run in [eager, captured] {
                if index == 5 { try run.model.load(start.model) }
                if index == 8 { try run.optimizer.load(start.optimizer) }
            }
            let (x, y) = (Tensor(data.normal([8, 4])), Tensor(data.normal([8, 2])))
            #expect(eager.step(x, y).item == step(x, y).item)
            #expect(eager.weights == captured.weights)
        }
        #expect(step.refusal == nil)
    }
}
