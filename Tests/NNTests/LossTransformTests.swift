import Autograd
import Foundation
import NN
import Tensor
import Testing

@Suite("Losses under jvp and vmap")
struct LossTransformTests {
    private let logits = Tensor(
        [
            [[0.5, -1, 2], [1, 1.5, -0.3]], [[-2, 0.1, 0.7], [3, -3, 0]],
            [[0.2, 0.4, -0.6], [1, -2, 0.3]],
        ], .float64)
    private let targets = Tensor([[2, 0], [2, 1], [1, 0]], .int64)

    @Test(
        "cross-entropy has a tangent dual to its gradient, and batches",
        arguments: CrossEntropyCase.all)
    func crossEntropy(_ example: CrossEntropyCase) {
        let loss = example.loss
        let x = logits[0]
        let target = targets[1]
        let direction = Tensor([[1, -2, 0.5], [0.3, 2, -1]], .float64)
        let tangent = jvp({ loss($0, target) }, at: x, along: direction).tangent
        let gradient = grad { loss($0, target) }(x)
        let pulled = (gradient * direction).sum().item
        #expect(abs(tangent.sum().item - pulled) < 1e-12)

        let shared = vmap { (x: Tensor) in loss(x, target) }(logits)
        let eachShared = (0..<3).map { loss(logits[$0], target) }
        expectClose(shared, eachShared.flatMap { $0.values(as: Double.self) })

        let own = vmap { (x: Tensor, target: Tensor) in loss(x, target) }(logits, targets)
        let eachOwn = (0..<3).map { loss(logits[$0], targets[$0]) }
        expectClose(own, eachOwn.flatMap { $0.values(as: Double.self) })

        let slopes = vmap { (x: Tensor, target: Tensor) in grad { loss($0, target) }(x) }(
            logits, targets)
        let eachSlope = (0..<3).map { index in grad { loss($0, targets[index]) }(logits[index]) }
        expectClose(slopes, eachSlope.flatMap { $0.values(as: Double.self) })
    }

    @Test(
        "the negative log-likelihood batches, with targets shared or of its own",
        arguments: CrossEntropyCase.all.filter { $0.smoothing == 0 })
    func likelihood(_ example: CrossEntropyCase) {
        let loss = NegativeLogLikelihood(
            ignoredIndex: example.ignored, classWeights: example.weights,
            reduction: example.reduction)
        let logarithms = logits.logSoftmax()
        let own = vmap { (x: Tensor, target: Tensor) in loss(x, target) }(logarithms, targets)
        let each = (0..<3).map { loss(logarithms[$0], targets[$0]) }
        expectClose(own, each.flatMap { $0.values(as: Double.self) })
        let shared = vmap { (x: Tensor) in loss(x, targets[1]) }(logarithms)
        let eachShared = (0..<3).map { loss(logarithms[$0], targets[1]) }
        expectClose(shared, eachShared.flatMap { $0.values(as: Double.self) })
    }

    @Test("per-example gradients of a classifier by its weights add up to those of the batch")
    func perExample() {
        let weights = Tensor([[1, -1], [0.5, 2], [-0.3, 0.7]], .float64)
        let inputs = Tensor([[1, 2], [0.1, -1], [3, 0.4], [-2, 1]], .float64)
        let labels = Tensor([0, 2, 1, 1], .int64)
        let loss = CrossEntropy(reduction: .sum)
        let each = vmap { (x: Tensor, label: Tensor) in
            grad { (w: Tensor) in loss(x.linear(w), label) }(weights)
        }(inputs, labels)
        #expect(each.shape == [4, 3, 2])
        let all = grad { (w: Tensor) in loss(inputs.linear(w), labels) }(weights)
        expectClose(each.sum(axis: 0), all.values(as: Double.self))
    }

    @Test("per-example gradients of a module, checkpointed or not", arguments: [false, true])
    func modules(isCheckpointed: Bool) {
        let random = Random(seed: 6)
        let hidden = Linear(2, 4, using: random)
        let model = Sequential {
            if isCheckpointed { Checkpointed(hidden) } else { hidden }
            Tanh()
            Linear(4, 3, using: random)
        }
        let inputs = Tensor.normal([5, 2], using: random)
        let labels = Tensor([0, 2, 1, 1, 0], .int64)
        let loss = CrossEntropy()
        let each = vmap { (x: Tensor, label: Tensor) in
            grad { (model: Sequential) in loss(model(x), label) }(model)
        }(inputs, labels)
        #expect(each.count == 4)
        for index in 0..<5 {
            let alone = grad { (model: Sequential) in loss(model(inputs[index]), labels[index]) }
            for (name, gradient) in alone(model) {
                let own = each[name].map { $0[index] }
                #expect(own?.shape == gradient.shape)
                expectClose(
                    own ?? Tensor(0), gradient.values(as: Double.self), tolerance: 1e-6)
            }
        }
    }

    @Test("a class that doesn't exist traps in a batch too")
    func wrongClass() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = vmap { (x: Tensor, target: Tensor) in CrossEntropy()(x, target) }(
                Tensor([[1, 2], [3, 4]]), Tensor([0, 2], .int64))
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("CrossEntropy: target 2 at position 1 is no class of 0..<2"))
    }
}
