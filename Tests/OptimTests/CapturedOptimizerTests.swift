import Autograd
import NN
import Optim
import Tensor
import Testing

@Suite("Optimizers in captured functions that do more, or less, than a step")
struct CapturedOptimizerTests {
    /// A parameter and its optimizer.
    private struct Run {
        let w = Parameter(doubles: [1])
        let optimizer: Optimizer
        init(_ make: (Parameter) -> Optimizer = { SGD($0, learningRate: 1) }) {
            optimizer = make(w)
        }
        /// A step on a loss of slope 1.
        func step(_ x: Tensor) -> Tensor {
            optimizer.zeroGrad()
            let loss = (w * x).sum()
            loss.backward()
            optimizer.step()
            return loss
        }
    }

    /// Makes steps as they are and captured, from the same start: parameters must be the same to
    /// the bit, and the captured function not be replayed for the reason given, if any.
    private func check(
        _ refusal: String?, _ new: () -> Run = { Run() },
        sourceLocation: SourceLocation = #_sourceLocation,
        between: (Run, Int) -> Void = { _, _ in }, _ step: @escaping (Run, Tensor) -> Tensor
    ) {
        let (plain, run) = (new(), new())
        let captured = capture { (x: Tensor) in step(run, x) }
        for index in 0..<12 {
            for run in [plain, run] { between(run, index) }
            let x = Tensor([Double(index % 4) - 1], .float64)
            let (expected, result) = (step(plain, x), captured(x))
            #expect(
                expected.values(as: Double.self) == result.values(), sourceLocation: sourceLocation)
            #expect(run.w.doubles == plain.w.doubles, sourceLocation: sourceLocation)
        }
        let said = captured.refusal
        if let refusal {
            #expect(
                said?.contains(refusal) == true, "\(said ?? "nil")", sourceLocation: sourceLocation)
        } else {
            #expect(said == nil && captured.kernelCount != nil, sourceLocation: sourceLocation)
        }
    }

    @Test("use the gradients that are there")
    func outerGradients() {
        let kinds: [(Parameter) -> Optimizer] = [
            { SGD($0, learningRate: 1) }, { Adam($0, learningRate: 0.1) },
        ]
        for make in kinds {
            check(
                "a gradient from before it that it uses is another one", { Run(make) },
                between: { run, index in
                    run.optimizer.zeroGrad()
                    (run.w * Double(index)).sum().backward()
                },
                { run, x in
                    run.optimizer.step()
                    return x * 2
                })
        }
    }

    @Test("use gradients that another captured function left, and those put in their place")
    func innerGradients() {
        func weights(captured: Bool) -> [Double] {
            let run = Run()
            let slope = { (x: Tensor) -> Tensor in
                run.optimizer.zeroGrad()
                (run.w * run.w * x).sum().backward()
                return x
            }
            let change = { (x: Tensor) in
                run.optimizer.step()
                return x
            }
            let (first, second) = (capture(slope), capture(change))
            return (0..<12).flatMap { index in
                let x = Tensor([0.1 * Double(index)], .float64)
                _ = captured ? first(x) : slope(x)
                if index == 7 { [run.w].scaleGradients(by: 0.5) }
                _ = captured ? second(x) : change(x)
                return run.w.doubles
            }
        }
        #expect(weights(captured: true) == weights(captured: false))
    }

    @Test("are set before the step, not in it")
    func rates() {
        check("sets the learning rate") { run, x in
            run.optimizer.learningRate = 0.5
            return run.step(x)
        }
        check("how many steps") { run, x in
            let schedule = Schedule { Double($0 + 1) }
            run.optimizer.learningRate = schedule(run.optimizer.stepCount)
            return run.step(x)
        }
        check("how many steps") { run, x in
            let noise = GradientNoise(scale: 1, seed: 1)
            run.optimizer.zeroGrad()
            (run.w * x).sum().backward()
            noise.add(to: run.optimizer.parameters, step: run.optimizer.stepCount)
            run.optimizer.step()
            return x * 1
        }
    }

    @Test("are asked for their learning rate, which may change")
    func rateReadings() {
        let descend = { (run: Run, x: Tensor) -> Tensor in
            run.w.zeroGrad()
            (run.w * x).sum().backward()
            let rate = run.optimizer.learningRate
            noGrad { if let grad = run.w.grad { run.w.assign(run.w - grad * rate) } }
            return x * 1
        }
        let halve = { (run: Run, index: Int) in
            if index % 4 == 3 { run.optimizer.learningRate *= 0.5 }
        }
        check(nil, between: halve, descend)
    }

    @Test("read parameters that they change")
    func readings() {
        check("reads the values of a tensor that it changes") { run, x in
            let before = run.w.item
            _ = run.step(x)
            return x * before
        }
    }

    @Test("begin with parameters that were frozen")
    func thawing() {
        let frozen = { () -> Run in
            Run {
                $0.requiresGrad = false
                return Adam($0, learningRate: 0.1)
            }
        }
        let thaw = { (run: Run, index: Int) in if index == 4 { run.w.requiresGrad = true } }
        let step = { (run: Run, x: Tensor) -> Tensor in
            run.optimizer.zeroGrad()
            let loss = (run.w * x * Tensor([1], .float64, requiresGrad: true)).sum()
            loss.backward()
            run.optimizer.step()
            return loss
        }
        check(nil, frozen, between: thaw, step)
    }

    @Test("and modules, whose tangents are asked for around a captured function")
    func tangents() {
        let model = Linear(2, 1, using: Random(seed: 1))
        model.freeze()
        let f = capture { (x: Tensor) in model(x) }
        let x = Tensor([[1, 2]])
        for _ in 0..<3 { _ = f(x) }
        #expect(f.kernelCount != nil)
        let along = ["weight": Tensor([[3, 4]]), "bias": Tensor([5])]
        #expect(jvp({ (_: Linear) in f(x) }, at: model, along: along).tangent.item == 16)
        #expect(f.refusal == nil)
    }

    @Test("switch their modules between training and evaluation")
    func modes() {
        final class Scaled: Layer {
            override func callAsFunction(_ x: Tensor) -> Tensor { isTraining ? x * 2 : x * 3 }
        }
        let layer = Scaled()
        let f = capture { (x: Tensor) in layer(x) }
        for index in 0..<9 {
            if index % 3 == 2 { if index % 2 == 0 { layer.eval() } else { layer.train() } }
            #expect(f(Tensor([1.0])).item == (layer.isTraining ? 2 : 3))
        }
        #expect(f.refusal == nil)
    }
}
