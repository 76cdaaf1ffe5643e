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
