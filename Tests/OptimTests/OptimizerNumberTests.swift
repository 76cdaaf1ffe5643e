import NN
import Optim
import Tensor
import Testing

@Suite("Numbers of optimizers that mean nothing")
struct OptimizerNumberTests {
    @Test("are refused: rates, decays and epsilons below 0 or without a value")
    func refused() async {
        let rate = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = SGD(Parameter(NDArray([Float(1)])), learningRate: -0.1) }
        #expect(
            message(rate).contains("SGD: the learning rate is -0.1, not a number from 0 up"))
        let set = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { Adam(Parameter(NDArray([Float(1)]))).learningRate = .nan }
        #expect(message(set).contains("Adam: the learning rate is nan, not a number from 0 up"))
        let decay = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let parameter = Parameter(NDArray([Float(1)]))
            _ = Adam(ParameterGroup([("p", parameter)], weightDecay: -1))
        }
        #expect(message(decay).contains("Adam: the weight decay is -1.0"))
        let epsilon = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = RMSprop(Parameter(NDArray([Float(1)])), epsilon: -1e-8) }
        #expect(message(epsilon).contains("RMSprop: epsilon is -1e-08"))
    }
}
