import NN
import Tensor
import Testing

@Suite("Numbers of losses that mean nothing")
struct LossNumberTests {
    @Test("are refused: weights below 0 or without a value, negative variances")
    func refused() async {
        let weight = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = CrossEntropy(classWeights: [1, -0.5]) }
        #expect(
            message(weight).contains(
                "CrossEntropy: a class weight is -0.5; weights are finite numbers from 0 up"))
        let positive = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = BinaryCrossEntropy(positiveWeights: [.nan]) }
        #expect(message(positive).contains("BinaryCrossEntropy: a positive weight is nan"))
        let variance = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = GaussianNLL()(Tensor([1.0]), Tensor([1.0]), variance: Tensor([-1.0])) }
        #expect(message(variance).contains("GaussianNLL: a variance is negative"))
        let epsilon = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = PoissonNLL(epsilon: -1) }
        #expect(message(epsilon).contains("PoissonNLL: epsilon is -1.0, not from 0 up"))
    }
}

/// What a program that was stopped said.
private func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}
