import Autograd
import NN
import Tensor
import Testing

/// A loss with its definition for one element.
struct LossCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable (LossReduction) -> any Loss
    let expected: @Sendable (Double, Double) -> Double

    init(
        _ name: String, _ make: @escaping @Sendable (LossReduction) -> any Loss,
        _ expected: @escaping @Sendable (Double, Double) -> Double
    ) {
        testDescription = name
        self.make = make
        self.expected = expected
    }

    static let all: [LossCase] = [
        .init("MSE", { MeanSquaredError(reduction: $0) }) { ($0 - $1) * ($0 - $1) },
        .init("L1", { MeanAbsoluteError(reduction: $0) }) { abs($0 - $1) },
        .init("Huber", { Huber(reduction: $0) }) { huber($0 - $1, 1) },
        .init("Huber, delta 0.4", { Huber(delta: 0.4, reduction: $0) }) { huber($0 - $1, 0.4) },
        .init("BCE", { BinaryCrossEntropy(reduction: $0) }) { binary($0, $1, 1) },
        .init("BCE, weight 3", { BinaryCrossEntropy(positiveWeight: 3, reduction: $0) }) {
            binary($0, $1, 3)
        },
        .init("KL", { KLDivergence(reduction: $0) }) { $1 * (logarithm($1) - $0) },
    ]

    private static func huber(_ d: Double, _ delta: Double) -> Double {
        abs(d) <= delta ? d * d / 2 : delta * (abs(d) - delta / 2)
    }

    private static func binary(_ x: Double, _ y: Double, _ weight: Double) -> Double {
        let p = 1 / (1 + exponential(-x))
        return -weight * y * logarithm(p) - (1 - y) * logarithm(1 - p)
    }
}

@Suite("Losses of single elements")
struct ElementwiseLossTests {
    private let predictions = [[0.5, -1.2, 2.1], [0.3, 0.9, -0.4]]
    private let targets = [[0.2, 0.9, 0.4], [0.75, 0.1, 0.65]]

    @Test("agree with their definition under each reduction", arguments: LossCase.all)
    func definition(_ test: LossCase) {
        let (x, y) = (Tensor(predictions, .float64), Tensor(targets, .float64))
        let (flatX, flatY) = (predictions.flatMap { $0 }, targets.flatMap { $0 })
        let losses = flatX.indices.map { test.expected(flatX[$0], flatY[$0]) }
        let sum = losses.reduce(0, +)
        func value(_ reduction: LossReduction) -> Tensor {
            let loss = test.make(reduction)
            return loss(x, y)
        }
        expectClose(value(.none), losses)
        expectClose(value(.sum), [sum])
        expectClose(value(.mean), [sum / 6])
        expectClose(value(.batchMean), [sum / 2])
        #expect(value(.none).shape == [2, 3])
    }

    @Test("have the right gradients", arguments: LossCase.all)
    func gradients(_ test: LossCase) {
        let x = Tensor(predictions, .float64, requiresGrad: true)
        let y = Tensor(targets, .float64, requiresGrad: true)
        let loss = test.make(.none)
        let weights = Tensor([[1, 2, 3], [4, 5, 6]], .float64)
        expectGradients(by: [x, y]) { (loss(x, y) * weights).sum() }
    }

    @Test("take integer targets in the prediction's dtype")
    func integerTargets() {
        let x = Tensor([0.5, 2], requiresGrad: true)
        let loss = MeanSquaredError(reduction: .none)(x, Tensor([1, 4], .uint8))
        #expect(loss.dtype == .float32)
        #expect(loss.values(as: Float.self) == [0.25, 4])
    }

    @Test("binary cross-entropy keeps its precision at extreme logits")
    func extreme() {
        let x = Tensor([30, -30, 30, -30, 200, -200], requiresGrad: true)
        let y = Tensor([1, 0, 0, 1, 0, 1], .uint8)
        let loss = BinaryCrossEntropy(reduction: .none)(x, y)
        let tiny = 9.357622968839299e-14
        let found = loss.values(as: Double.self)
        #expect(abs(found[0] / tiny - 1) < 1e-5 && abs(found[1] / tiny - 1) < 1e-5)
        #expect(found[2...] == [30, 30, 200, 200])
        loss.sum().backward()
        #expect(x.grad?.data.isAllFinite == true)
    }

    @Test("KL divergence of equal distributions is 0, zero targets count nothing")
    func divergence() {
        let p = [[0.5, 0.5, 0], [0.1, 0.2, 0.7]]
        let logs = Tensor([[0.5, 0.5, 1e-30], [0.1, 0.2, 0.7]], .float64).log()
        expectClose(KLDivergence()(logs, Tensor(p, .float64)), [0], tolerance: 1e-15)
    }

    @Test("shapes that would broadcast stop with a sentence")
    func shapes() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = MeanSquaredError()(Tensor.zeros([4, 1]), Tensor.zeros([4]))
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(
            text.contains("MeanSquaredError: prediction [4, 1] and target [4] differ in shape"))
    }

    @Test("halves are squared and added up in float32", arguments: [DType.float16, .bfloat16])
    func halves(_ dtype: DType) {
        let (x, y) = (Tensor([300, 0, 0, 0], dtype, requiresGrad: true), Tensor.zeros([4], dtype))
        let loss = MeanSquaredError()(x, y)
        #expect(loss.dtype == dtype)
        expectClose(loss.cast(to: .float64), [22_500], tolerance: 0.005)
        loss.backward()
        #expect(x.grad?.values(as: Double.self) == [150, 0, 0, 0])
        let far = Huber(delta: 300)(Tensor([400, 0, 0, 0], dtype), y)
        expectClose(far.cast(to: .float64), [18_750], tolerance: 0.005)
        let (high, low) = (Tensor([60_000, 0, 0], dtype), Tensor([-60_000, 0, 0], dtype))
        expectClose(MeanAbsoluteError()(high, low).cast(to: .float64), [40_000], tolerance: 0.005)
    }
}
