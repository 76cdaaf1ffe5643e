import Autograd
import Tensor
import Testing

@Suite("Operands that mean nothing")
struct RequirementTests {
    @Test("are refused where covariances are weighed")
    func covariances() async {
        let frequency = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([[1, 2], [3, 5]]).cov(frequencies: Tensor([1, -1], .int64)) }
        #expect(frequency.message.contains("cov: a frequency is not a whole number from 0 up"))
        let weight = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([[1, 2], [3, 5]]).cov(weights: Tensor([1, .nan] as [Float])) }
        #expect(weight.message.contains("cov: a weight is negative or not finite"))
    }

    @Test("are refused as probabilities and as parameters of a reduction")
    func others() async {
        let probability = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([0.5, 1.5]).bernoulli(using: Random(seed: 1)) }
        #expect(probability.message.contains("bernoulli: a probability is not in 0...1"))
        let correction = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([0.5, 1.5]).variance(correction: .nan) }
        #expect(correction.message.contains("the correction is NaN"))
        let order = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([0.5, 1.5]).norm(.nan) }
        #expect(order.message.contains("norm: the order is NaN"))
    }

    @Test("are not asked for in a batch and in a captured step, which have none to read")
    func elsewhere() {
        let p = Tensor([[0.0, 1], [1, 0]])
        let draw = { (p: Tensor) in p.bernoulli(using: Random(seed: 1)) }
        #expect(vmap(draw)(p).values() == [0, 1, 1, 0])
        let step = capture(draw)
        for _ in 0..<3 { #expect(step(p).values() == [0, 1, 1, 0]) }
        #expect(step.refusal == nil)
    }
}
