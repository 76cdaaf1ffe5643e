import Autograd
import NN
import Optim
import Tensor
import Testing

@Suite("Lookahead and averages of weights")
struct FollowerTests {
    /// A parameter that goes down by 0.1 with each step of `optimizer`.
    private func slide() -> (Parameter, SGD) {
        let parameter = Parameter(doubles: [1])
        parameter.grad = Tensor.ones([1], .float64)
        return (parameter, SGD(parameter, learningRate: 0.1))
    }

    @Test("Lookahead goes back part of the way")
    func lookahead() {
        let (parameter, sgd) = slide()
        let optimizer = Lookahead(sgd, steps: 2, share: 0.25)
        let found = (0..<5).flatMap { _ in
            optimizer.step()
            return parameter.doubles
        }
        // 0.9, 0.8 → 1 + ¼ (0.8 − 1) = 0.95;  0.85, 0.75 → 0.95 − ¼·0.2 = 0.9;  0.8
        expectClose(found, [0.9, 0.95, 0.85, 0.9, 0.8])
        #expect(sgd.stepCount == 5)
    }

    @Test("an average begins with the first values and follows")
    func average() {
        let (parameter, sgd) = slide()
        let average = WeightAverage(parameter, decay: 0.75)
        for _ in 0..<3 {
            sgd.step()
            average.update()
        }
        // 0.9;  0.9·¾ + 0.8·¼ = 0.875;  0.875·¾ + 0.7·¼ = 0.83125
        average.withAverage { expectClose(parameter.doubles, [0.83125]) }
        expectClose(parameter.doubles, [0.7])
        average.apply()
        expectClose(parameter.doubles, [0.83125])
        #expect(average.updateCount == 3)
    }

    @Test("with a warm-up the share that is kept grows")
    func warmUp() {
        let (parameter, sgd) = slide()
        let average = WeightAverage(parameter, decay: 0.2, warmUp: true)
        for _ in 0..<3 {
            sgd.step()
            average.update()
        }
        // 0.9;  0.9·2/11 + 0.8·9/11;  then 3/12 is more than 0.2
        let second = 0.9 * 2 / 11 + 0.8 * 9 / 11
        average.withAverage { expectClose(parameter.doubles, [second * 0.2 + 0.7 * 0.8]) }
    }

    @Test("without a decay it is the mean of all updates")
    func mean() {
        let (parameter, sgd) = slide()
        let average = WeightAverage(parameter, decay: nil)
        for _ in 0..<4 {
            sgd.step()
            average.update()
        }
        // (0.9 + 0.8 + 0.7 + 0.6) / 4
        average.withAverage { expectClose(parameter.doubles, [0.75]) }
    }

    @Test("values come back when the body throws, and in place")
    func throwing() {
        struct Failure: Error {}
        let (parameter, _) = slide()
        let average = WeightAverage(parameter)
        let view = parameter.detach()
        average.update()
        parameter.data.assign(NDArray([5] as [Double]))
        #expect(throws: Failure.self) {
            try average.withAverage {
                #expect(view.values(as: Double.self) == [1])
                throw Failure()
            }
        }
        #expect(view.values(as: Double.self) == [5])
    }

    /// A model that is trained with both.
    private final class Run {
        let model: Sequential
        let optimizer: Lookahead
        let average: WeightAverage

        init() {
            let random = Random(seed: 3)
            model = Sequential(Linear(4, 8, using: random), Tanh(), Linear(8, 2, using: random))
            optimizer = Lookahead(Adam(model, learningRate: 0.01), steps: 3)
            average = WeightAverage(model, decay: 0.5)
        }

        func step(_ x: Tensor, _ y: Tensor) -> Tensor {
            optimizer.zeroGrad()
            let loss = (model(x) - y).square().mean()
            loss.backward()
            optimizer.step()
            average.update()
            return loss
        }

        var state: [[Float]] {
            (model.stateDictionary + optimizer.stateDictionary + average.stateDictionary)
                .map { $0.value.values(as: Float.self) }
        }
    }

    @Test("a captured step looks and averages as the step itself does")
    func captured() {
        let (eager, captured) = (Run(), Run())
        let step = capture { (x: Tensor, y: Tensor) in captured.step(x, y) }
        let data = Random(seed: 9)
        for _ in 0..<11 {
            let (x, y) = (Tensor(data.normal([8, 4])), Tensor(data.normal([8, 2])))
            #expect(eager.step(x, y).item == step(x, y).item)
            #expect(eager.state == captured.state)
        }
        #expect(step.refusal == nil)
    }

    @Test("a resumed run has the bits of one that never stopped")
    func resume() throws {
        let (whole, first, second) = (Run(), Run(), Run())
        func train(_ run: Run, _ steps: Range<Int>) {
            for step in steps {
                let data = Random(seed: 9, position: UInt64(step) * 100)
                _ = run.step(Tensor(data.normal([8, 4])), Tensor(data.normal([8, 2])))
            }
        }
        train(whole, 0..<8)
        train(first, 0..<4)
        try second.model.load(first.model.stateDictionary)
        try second.optimizer.load(first.optimizer.stateDictionary)
        try second.average.load(first.average.stateDictionary)
        train(second, 4..<8)
        #expect(second.state == whole.state)
        let error = #expect(throws: StateError.self) {
            try second.optimizer.load(second.optimizer.base.stateDictionary)
        }
        #expect(error?.missing.contains("step") == true)
        #expect(second.state == whole.state)
    }
}
