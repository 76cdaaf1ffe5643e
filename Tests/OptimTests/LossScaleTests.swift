import Autograd
import NN
import Optim
import Tensor
import Testing

@Suite("The loss scale")
struct LossScaleTests {
    /// A parameter whose gradient is what is asked for.
    private struct Run {
        let w = Parameter(NDArray([1] as [Float], [1]))
        let optimizer: Optimizer
        let scale: LossScale

        init(_ scale: LossScale = LossScale(), _ make: (Parameter) -> Optimizer = { Adam($0) }) {
            self.scale = scale
            optimizer = make(w)
        }

        /// A step on a loss of slope `x`.
        @discardableResult
        func step(_ x: Tensor) -> Tensor {
            optimizer.zeroGrad()
            let loss = (w * x).sum()
            scale.scaled(loss).backward()
            scale.step(optimizer)
            return loss.detach()
        }

        func step(_ slope: Float) { step(Tensor([slope])) }

        var bits: [UInt32] {
            ([w.data] + optimizer.stateDictionary.filter { $0.name != "step" }.map(\.value))
                .flatMap { $0.values(as: Float.self).map(\.bitPattern) }
        }
    }

    @Test("begins at 65536, is halved by an overflow and doubled after 2000 steps without")
    func course() {
        let run = Run()
        #expect(run.scale.state == LossScale.State(scale: 65536, cleanSteps: 0))
        run.step(.infinity)
        #expect(run.scale.state == LossScale.State(scale: 32768, cleanSteps: 0))
        for _ in 0..<1999 { run.step(1) }
        #expect(run.scale.state == LossScale.State(scale: 32768, cleanSteps: 1999))
        run.step(1)
        #expect(run.scale.state == LossScale.State(scale: 65536, cleanSteps: 0))
        for _ in 0..<5 { run.step(1) }
        run.step(.nan)
        #expect(run.scale.state == LossScale.State(scale: 32768, cleanSteps: 0))
        #expect(run.optimizer.stepCount == 2005)
    }

    @Test("stays between 1 and 2³²")
    func limits() {
        let run = Run(LossScale(2))
        for _ in 0..<3 { run.step(.nan) }
        #expect(run.scale.state.scale == 1)
        let large = Run(LossScale(0x1p31, interval: 1))
        for _ in 0..<3 { large.step(0) }
        #expect(large.scale.state == LossScale.State(scale: 0x1p32, cleanSteps: 0))
    }

    @Test("a step with an overflow changes neither parameters, nor states, nor the count")
    func skips() {
        let makers: [(Parameter) -> Optimizer] = [
            { Adam($0, learningRate: 0.1) }, { SGD($0, learningRate: 0.1, momentum: 0.9) },
            { AdamW($0, learningRate: 0.1) }, { LAMB($0, learningRate: 0.1) },
            { NAdam($0, learningRate: 0.1) }, { RAdam($0, learningRate: 0.1) },
        ]
        for make in makers {
            let (run, plain) = (Run(LossScale(4), make), Run(LossScale(4), make))
            for slope in [1, .infinity, 0.5, .nan, -.infinity, 2] as [Float] {
                let (before, count) = (run.bits, run.optimizer.stepCount)
                run.step(slope)
                guard !slope.isFinite else {
                    plain.step(slope)
                    continue
                }
                #expect(run.bits == before)
                #expect(run.optimizer.stepCount == count)
            }
            // As if the steps that were skipped had never been: dividing by the scale is exact.
            #expect(run.bits == plain.bits)
            #expect(run.optimizer.stepCount == 3)
        }
    }

    @Test("gradients are those of the loss itself, for whoever clips or measures them")
    func unscales() {
        let run = Run()
        run.scale.scaled((run.w * Tensor([3] as [Float])).sum()).backward()
        #expect(run.w.grad?.values(as: Float.self) == [196_608])
        run.scale.unscale(run.optimizer)
        #expect(run.w.grad?.item == 3)
        run.scale.step(run.optimizer)
        #expect(run.w.grad?.item == 3)
        #expect(run.optimizer.stepCount == 1)
    }

    @Test("saves small gradients of float16")
    func underflow() {
        let x = Tensor([1e-3] as [Float])
        func gradient(_ scale: LossScale?) -> Double {
            let w = Parameter(NDArray([1] as [Float], [1, 1]))
            let y = autocast(.float16) { x.unsqueeze(0).matmul(w) }
            let loss = y.cast(to: .float32).sum() * 1e-5
            (scale?.scaled(loss) ?? loss).backward()
            scale?.unscale(SGD(w, learningRate: 1))
            return w.grad?.item ?? .nan
        }
        #expect(gradient(nil) == 0)
        #expect(abs(gradient(LossScale()) / 1e-8 - 1) < 0.01)
    }

    @Test("captured steps skip, count and adapt as they do uncaptured")
    func captured() {
        let (plain, run) = (Run(LossScale(interval: 3)), Run(LossScale(interval: 3)))
        let step = capture { (x: Tensor) in run.step(x) }
        for index in 0..<40 {
            let x = Tensor([index % 7 == 5 ? Float.infinity : Float(index % 4) - 1])
            plain.step(x)
            _ = step(x)
            #expect(run.scale.state == plain.scale.state, "step \(index)")
            #expect(run.bits == plain.bits, "step \(index)")
            if index % 5 == 0 { #expect(run.optimizer.stepCount == plain.optimizer.stepCount) }
        }
        #expect(run.optimizer.stepCount == plain.optimizer.stepCount)
        #expect(step.refusal == nil && step.kernelCount != nil)
    }

    @Test("a step has the numbers of those that counted, though nobody asks which did")
    func late() {
        let makers: [(Parameter) -> Optimizer] = [
            { Adam($0, learningRate: 0.1) }, { LAMB($0, learningRate: 0.1) },
            { NAdam($0, learningRate: 0.1) }, { RAdam($0, learningRate: 0.1) },
            { SGD($0, learningRate: 0.1) },
        ]
        for make in makers {
            let run = Run(LossScale(4), make)
            let (replayed, plain) = (Run(LossScale(4), make), Run(LossScale(4), make))
            let step = capture { (x: Tensor) in replayed.step(x) }
            var counted = 0
            // More than may stay open, with overflows alone and in a row.
            for index in 0..<40 {
                let isLost = [0, 5, 6, 7, 20, 38, 39].contains(index)
                let slope = isLost ? Float.infinity : Float(index % 5) - 1.5
                run.step(slope)
                _ = step(Tensor([slope]))
                if isLost { continue }
                plain.step(slope)
                counted += 1
                // Asks after each step, so that the next has one row of numbers alone.
                #expect(plain.optimizer.stepCount == counted)
            }
            #expect(run.bits == plain.bits)
            #expect(replayed.bits == plain.bits)
            #expect(run.optimizer.stepCount == counted)
            #expect(replayed.optimizer.stepCount == counted)
        }
    }

    @Test("what is told of a step isn't asked of the device, and counts once")
    func told() {
        let (run, plain) = (Run(LossScale(4)), Run(LossScale(4)))
        var counted = 0
        for index in 0..<20 {
            let isLost = index % 3 == 1
            run.step(isLost ? .infinity : 1)
            if !isLost {
                plain.step(1)
                counted += 1
            }
            let launched = run.optimizer.launchedSteps
            #expect(launched == index + 1 && run.optimizer.isOpen(step: launched))
            if index > 0, (index - 1) % 5 != 0 {
                // The one before, for the last is still under way.
                run.optimizer.settle(step: launched - 1, counts: (index - 1) % 3 != 1)
                #expect(!run.optimizer.isOpen(step: launched - 1))
                run.optimizer.settle(step: launched - 1, counts: false)
            }
            // At times the last one, too, so that nothing is open.
            if index % 5 == 0 { run.optimizer.settle(step: launched, counts: !isLost) }
        }
        #expect(run.bits == plain.bits)
        #expect(run.optimizer.stepCount == counted)
        #expect(!run.optimizer.isOpen(step: 20))
    }

    @Test("goes on from its state")
    func state() {
        let (run, other) = (Run(), Run(LossScale(8)))
        for slope in [1, .nan, 1, 1] as [Float] { run.step(slope) }
        other.scale.state = run.scale.state
        #expect(other.scale.state == LossScale.State(scale: 32768, cleanSteps: 2))
    }

    @Test("refuses what is no scale")
    func mistakes() async {
        await #expect(processExitsWith: .failure) { _ = LossScale(0.5) }
        await #expect(processExitsWith: .failure) { _ = LossScale(interval: 0) }
    }

    @Test("refuses to divide gradients twice, or those of a second optimizer")
    func twice() async {
        let again = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let run = Run()
            run.scale.scaled(run.w.sum()).backward()
            run.scale.unscale(run.optimizer)
            run.scale.unscale(run.optimizer)
        }
        let text = String(decoding: again?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("these gradients were divided by the scale already"))
        let other = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let run = Run()
            run.step(1)
            run.scale.step(SGD(run.w, learningRate: 1))
        }
        let sentence = String(decoding: other?.standardErrorContent ?? [], as: UTF8.self)
        #expect(sentence.contains("LossScale: it serves another optimizer already"))
    }
}
