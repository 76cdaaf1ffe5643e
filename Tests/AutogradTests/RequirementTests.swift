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

    @Test("are refused as edges of a histogram")
    func edges() async {
        let descent = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([0.5, 1.5]).histogram(edges: Tensor([0, 2, 1])) }
        #expect(descent.message.contains("histogram: edges must ascend"))
        let nothing = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([0.5, 1.5]).histogram(edges: Tensor([0, .nan, 1] as [Double])) }
        #expect(nothing.message.contains("histogram: edges must ascend"))
        // Edges that are equal have nothing between them.
        let counts = Tensor([0.5, 1.5]).histogram(edges: Tensor([0, 1, 1, 2])).counts
        #expect(counts.values() == [1, 0, 1])
    }

    @Test("are refused as parameters of a reduction")
    func others() async {
        let correction = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([0.5, 1.5]).variance(correction: .nan) }
        #expect(correction.message.contains("the correction is NaN"))
        let order = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([0.5, 1.5]).norm(.nan) }
        #expect(order.message.contains("norm: the order is NaN"))
    }
}
