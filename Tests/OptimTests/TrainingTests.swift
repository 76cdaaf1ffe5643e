import Autograd
import NN
import Optim
import Tensor
import Testing

/// A recurrent cell: no layer, for it takes and gives a state beside its input and output.
private final class Cell: Module {
    let input: Linear
    let memory: Linear
    let output: Linear

    init(using random: Random) {
        input = Linear(1, 8, using: random)
        memory = Linear(8, 8, bias: false, using: random)
        output = Linear(8, 1, using: random)
    }

    func callAsFunction(_ x: Tensor, _ state: Tensor) -> (y: Tensor, state: Tensor) {
        let next = (input(x) + memory(state)).tanh()
        return (output(next), next)
    }
}

@Suite("Training", .serialized)
struct TrainingTests {
    @Test("learns XOR", arguments: OptimizerCase.all)
    func xor(_ test: OptimizerCase) {
        let random = Random(seed: 2)
        let model = Sequential {
            Linear(2, 16, using: random)
            Tanh()
            Linear(16, 1, using: random)
        }
        let x = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
        let y = Tensor([[0], [1], [1], [0]])
        let optimizer = test.make(model)
        let loss = BinaryCrossEntropy()
        for _ in 0..<1500 {
            optimizer.zeroGrad()
            loss(model(x), y).backward()
            optimizer.step()
        }
        #expect(BinaryAccuracy()(model(x).data, y.data).value == 1)
        #expect(loss(model(x), y).item < 0.2)
    }

    /// Two arms of a spiral, 100 points each, and the class of each point.
    private func spiral() -> (Tensor, Tensor) {
        let t = Tensor.linspace(0.2, 1, count: 100)
        let angle = t * 6
        let arm = Tensor.stack([t * angle.cos(), t * angle.sin()], axis: 1)
        let labels = (Tensor.arange(0, 200) .>= 100).cast(to: .int64)
        return (Tensor.concat([arm, -arm]), labels)
    }

    private func trainOnSpiral(threads: Int) -> [[Float]] {
        let before = CPUBackend.shared.threads
        CPUBackend.shared.threads = threads
        defer { CPUBackend.shared.threads = before }
        let random = Random(seed: 5)
        let model = Sequential {
            Linear(2, 256, using: random)
            ReLU()
            Residual {
                Linear(256, 256, using: random)
                ReLU()
                Dropout(0.1, using: random)
            }
            Linear(256, 2, using: random)
        }
        let (x, y) = spiral()
        let optimizer = AdamW(model, learningRate: 3e-3)
        optimizer.clipping = .norm(1)
        let schedule = Schedule.cosine(3e-3, steps: 90).warmedUp(over: 10)
        let loss = CrossEntropy(labelSmoothing: 0.05)
        for step in 0..<100 {
            optimizer.learningRate = schedule(step)
            optimizer.zeroGrad()
            loss(model(x), y).backward()
            optimizer.step()
        }
        model.eval()
        #expect(Accuracy()(model(x).data, y.data).value > 0.95)
        return model.parameters.map { $0.values(as: Float.self) }
    }

    @Test("learns a spiral, to the same bits on one thread and on two")
    func spiralOnThreads() {
        #expect(trainOnSpiral(threads: 1) == trainOnSpiral(threads: 2))
    }

    @Test("a cell with a state learns to add up what it has seen")
    func recurrent() {
        let random = Random(seed: 3)
        let cell = Cell(using: random)
        let optimizer = Adam(cell, learningRate: 0.01)
        let x = Tensor.uniform([64, 6, 1], low: -0.5, high: 0.5, using: random)
        let sum = x.sum(axis: 1)
        func loss() -> Tensor {
            var (y, state) = (Tensor.zeros([64, 1]), Tensor.zeros([64, 8]))
            for step in 0..<6 { (y, state) = cell(x[0..., step], state) }
            return (y - sum).square().mean()
        }
        let before = loss().item
        for _ in 0..<200 {
            optimizer.zeroGrad()
            loss().backward()
            optimizer.step()
        }
        #expect(loss().item < before / 20)
        #expect(optimizer.namedParameters.map(\.name) == cell.namedParameters.map(\.name))
    }
}
