import Autograd
import NN
import Tensor
import Testing

/// What a loss ignores or weighs 0 is selected out: it may hold anything. The numbers are PyTorch's
/// unless noted.
@Suite("Losses of what does not count")
struct MaskedLossTests {
    private let infinity = Double.infinity

    @Test("an ignored row may hold infinities or NaN", arguments: [-Double.infinity, .nan])
    func ignoredRow(_ value: Double) {
        let logits = Tensor([[value, 1, 2], [0, 1, 2]], .float64)
        let target = Tensor([-1, 2], .int64)
        expectClose(CrossEntropy(ignoredIndex: -1)(logits, target), [0.4076059644443804])
        let likelihood = NegativeLogLikelihood(ignoredIndex: -1)
        #expect(likelihood(logits, target).item == -2)
        let gradient = grad { likelihood($0, target) }(logits)
        #expect(gradient.values() == [0.0, 0, 0, 0, 0, -1])
    }

    @Test("an ignored row reaches no derivative of any order, nor a tangent")
    func ignoredDerivatives() {
        let rows = Tensor([[.nan, 1, infinity], [0.3, 1, -0.5]], .float64)
        let target = Tensor([-1, 2], .int64)
        let loss = CrossEntropy(labelSmoothing: 0.1, ignoredIndex: -1)
        let f = { (x: Tensor) in loss(x, target) }
        let alone = { (x: Tensor) in
            CrossEntropy(labelSmoothing: 0.1)(x, Tensor([2], .int64))
        }
        let weights = Tensor([[1, 2, 3]], .float64)
        func second(_ f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
            { x in (grad(f)(x) * weights).sum() }
        }
        func third(_ f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
            { x in (grad(second(f))(x) * weights * weights).sum() }
        }
        for (all, one) in [(f, alone), (second(f), second(alone)), (third(f), third(alone))] {
            let found = grad(all)(rows).values(as: Double.self)
            #expect(found[0..<3].allSatisfy { $0 == 0 })
            expectClose(Array(found[3...]), grad(one)(rows[1..<2]).values(as: Double.self))
        }
        let tangent = jvp(f, at: rows, along: rows).tangent
        expectClose(tangent, [jvp(alone, at: rows[1..<2], along: rows[1..<2]).tangent.item])
    }

    @Test("a class of weight 0 is not an ignored one")
    func zeroWeight() {
        let logits = Tensor([[1, 2, 0.5], [3, 0.4, 0]], .float64, requiresGrad: true)
        let target = Tensor([0, 1], .int64)
        func loss(_ reduction: LossReduction) -> Tensor {
            CrossEntropy(
                labelSmoothing: 0.1, classWeights: [0, 0.3, 2], reduction: reduction)(
                    logits, target)
        }
        expectClose(loss(.none), [0.13560160678160912, 0.968541871430635])
        expectClose(loss(.sum), [1.1041434782122441])
        expectClose(loss(.mean), [1.1041434782122441 / 0.3])
        expectGradients(by: [logits]) { loss(.mean) }
        // By hand: a weight of 0 takes an infinite logarithm out, and NaN is not hidden.
        let plain = CrossEntropy(classWeights: [0, 1], reduction: .none)
        let rows = Tensor([[-infinity, 0], [.nan, 0]], .float64)
        let found = plain(rows, Tensor([0, 0], .int64)).values(as: Double.self)
        #expect(found[0] == 0 && found[1].isNaN)
    }

    @Test("smoothing of 1 spreads all of the target")
    func fullSmoothing() {
        let logits = Tensor([[1, 2, 0.5]], .float64, requiresGrad: true)
        let loss = CrossEntropy(labelSmoothing: 1)
        let logs = logSoftmax([1, 2, 0.5])
        expectClose(loss(logits, Tensor([0], .int64)), [-logs.reduce(0, +) / 3])
        expectGradients(by: [logits]) { loss(logits, Tensor([0], .int64)) }
    }

    @Test("the mean of nothing is 0, and so are its gradient and its weight")
    func nothing() throws {
        let logits = Tensor([[.nan, 1], [2, infinity]], .float64)
        let target = Tensor([5, 5], .int64)
        let losses: [any Loss] = [
            CrossEntropy(ignoredIndex: 5), NegativeLogLikelihood(ignoredIndex: 5),
            CrossEntropy(labelSmoothing: 0.1, ignoredIndex: 5, classWeights: [1, 2]),
        ]
        for loss in losses {
            #expect(loss(logits, target).item == 0)
            #expect(loss.weight(logits, target)?.item == 0)
            let gradient = grad { loss($0, target) }(logits)
            #expect(gradient.values() == [0.0, 0, 0, 0])
        }
    }

    @Test("a probability of 0 of a masked logit counts nothing")
    func zeroProbability() {
        let x = Tensor([[-infinity, 0]], .float64)
        let y = Tensor([[0, 1]], .float64)
        #expect(KLDivergence()(x, y).item == 0)
        #expect(grad { KLDivergence()($0, y) }(x).values() == [0.0, -1])
        #expect(CrossEntropy()(x, y).item == 0)
        #expect(grad { CrossEntropy()($0, y) }(x).values() == [0.0, 0])
        let weighed = CrossEntropy(classWeights: [0, 2])
        #expect(weighed(x, Tensor([[0.5, 0.5]], .float64)).item == 0)
    }

    @Test("an infinite logit on the target's side loses nothing")
    func infiniteLogit() {
        let x = Tensor([infinity, -infinity], .float64)
        let loss = BinaryCrossEntropy(positiveWeight: 3, reduction: .none)
        #expect(loss(x, Tensor([1, 0])).values() == [0.0, 0])
        #expect(grad { loss($0, Tensor([1, 0])).sum() }(x).values() == [0.0, 0])
        #expect(loss(x, Tensor([0, 1])).values() == [infinity, infinity])
    }
}
