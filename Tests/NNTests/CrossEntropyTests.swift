import Autograd
import Glibc
import NN
import Tensor
import Testing

/// Everything that changes the cross-entropy of class targets.
struct CrossEntropyCase: Sendable, CustomTestStringConvertible {
    var smoothing = 0.0
    var ignored: Int?
    var weights: [Double]?
    var reduction = LossReduction.mean

    var testDescription: String {
        "smoothing \(smoothing), ignored \(ignored ?? -1), weights \(weights ?? []), \(reduction)"
    }

    static let all: [CrossEntropyCase] = LossReduction.allCases.flatMap { reduction in
        [0.0, 0.3].flatMap { smoothing in
            [nil, 2].flatMap { ignored in
                [nil, [0.5, 1, 2]].map { weights in
                    CrossEntropyCase(
                        smoothing: smoothing, ignored: ignored, weights: weights,
                        reduction: reduction)
                }
            }
        }
    }

    var loss: CrossEntropy {
        CrossEntropy(
            labelSmoothing: smoothing, ignoredIndex: ignored, classWeights: weights,
            reduction: reduction)
    }

    /// PyTorch's definition, one row after another.
    func expected(_ rows: [[Double]], _ targets: [Int]) -> [Double] {
        var total = 0.0
        let losses = zip(rows, targets).map { row, target in
            if target == ignored { return 0.0 }
            let logs = logSoftmax(row)
            let weight = weights?[target] ?? 1
            total += weight
            let even = logs.indices.reduce(0.0) { $0 - (weights?[$1] ?? 1) * logs[$1] }
            let spread = smoothing / Double(row.count) * even
            return -(1 - smoothing) * weight * logs[target] + spread
        }
        switch reduction {
        case .none: return losses
        case .sum: return [losses.reduce(0, +)]
        case .mean: return [losses.reduce(0, +) / total]
        case .batchMean: return [losses.reduce(0, +) / Double(rows.count)]
        }
    }
}

@Suite("Cross-entropy")
struct CrossEntropyTests {
    private let rows = [[0.5, -1, 2], [1, 1.5, -0.3], [-2, 0.1, 0.7], [3, -3, 0]]
    private let targets = [2, 0, 2, 1]

    private var logits: Tensor { Tensor(rows, .float64, requiresGrad: true) }

    @Test("is exact for extreme logits")
    func extreme() {
        let logits = Tensor([[30, 0, 0]], requiresGrad: true)
        let loss = CrossEntropy()(logits, Tensor([1], .int64))
        #expect(loss.item == 30)
        loss.backward()
        expectClose(logits.grad ?? loss, [1, -1, 0], tolerance: 1e-6)
        #expect(CrossEntropy()(Tensor([[-1000, 1000]]), Tensor([0], .int64)).item == 2000)
        #expect(CrossEntropy()(Tensor([[-1000, 1000]]), Tensor([1], .int64)).item == 0)
    }

    @Test("of class targets agrees with its definition", arguments: CrossEntropyCase.all)
    func classes(_ test: CrossEntropyCase) {
        let labels = Tensor(targets, .int64)
        let leaf = logits
        expectClose(test.loss(leaf, labels), test.expected(rows, targets))
        let weights = Tensor([1, 2, 3, 4], .float64)
        expectGradients(by: [leaf]) {
            let loss = test.loss(leaf, labels)
            return loss.rank == 0 ? loss : (loss * weights).sum()
        }
    }

    @Test("takes any integer dtype", arguments: [DType.uint8, .int8, .int32, .int64])
    func labelTypes(dtype: DType) {
        expectClose(
            CrossEntropy()(logits, Tensor(targets, dtype)),
            CrossEntropyCase().expected(rows, targets))
    }

    @Test("of one-hot probabilities is that of the classes", arguments: [0.0, 0.3])
    func oneHot(smoothing: Double) {
        let loss = CrossEntropy(labelSmoothing: smoothing)
        let labels = Tensor(targets, .int64)
        let leaf = logits
        let soft = loss(leaf, labels.oneHot(3, .float64))
        expectClose(soft, loss(leaf, labels))
        expectClose(loss(leaf, labels.oneHot(3, .uint8)), soft)
    }

    @Test("of probabilities is −Σ w q ln softmax", arguments: LossReduction.allCases)
    func probabilities(reduction: LossReduction) {
        let q = [[0.2, 0.3, 0.5], [1, 0, 0], [0.1, 0.1, 0.8], [0, 0.5, 0.5]]
        let weights = [0.5, 1, 2]
        let losses = zip(rows, q).map { row, q in
            let logs = logSoftmax(row)
            return (0..<3).reduce(0.0) { $0 - weights[$1] * q[$1] * logs[$1] }
        }
        let sum = losses.reduce(0, +)
        let expected: [LossReduction: [Double]] = [
            .none: losses, .sum: [sum], .mean: [sum / 4], .batchMean: [sum / 4],
        ]
        let loss = CrossEntropy(classWeights: weights, reduction: reduction)
        let (leaf, target) = (logits, Tensor(q, .float64, requiresGrad: true))
        expectClose(loss(leaf, target), expected[reduction] ?? [])
        expectGradients(by: [leaf, target]) { loss(leaf, target).square().sum() }
    }

    @Test("takes more axes, and single examples; classes come last")
    func axes() {
        let flat = CrossEntropy(reduction: .none)(logits, Tensor(targets, .int64))
        let labels = Tensor([[2, 0], [2, 1]], .int64)
        let shaped = CrossEntropy(reduction: .none)(logits.reshape([2, 2, 3]), labels)
        #expect(shaped.shape == [2, 2])
        expectClose(shaped, flat.values(as: Double.self))
        let one = CrossEntropy()(Tensor(rows[0], .float64), Tensor(2, .int64))
        expectClose(one, [flat.values(as: Double.self)[0]])
        let smoothed = CrossEntropy(labelSmoothing: 0.1, reduction: .none)
        #expect(smoothed(logits.reshape([2, 2, 3]), labels).shape == [2, 2])
    }

    @Test("ignores a target that is no class, and nothing of it reaches the gradient")
    func ignored() {
        let leaf = logits
        let loss = CrossEntropy(ignoredIndex: -100)(leaf, Tensor([2, -100, 2, -100], .int64))
        loss.backward()
        let gradient = leaf.grad?.values(as: Double.self) ?? []
        #expect(gradient[3..<6].allSatisfy { $0 == 0 } && gradient[9...].allSatisfy { $0 == 0 })
        #expect(gradient[0] != 0)
        leaf.grad = nil
        let nothing = CrossEntropy(ignoredIndex: 0)(leaf, Tensor([0, 0, 0, 0], .int64))
        nothing.backward()
        #expect(nothing.item == 0)
        #expect(leaf.grad?.values(as: Double.self).allSatisfy { $0 == 0 } == true)
    }

    @Test("selects ignored rows out, whatever they hold", arguments: [0, 0.1])
    func ignoredInfinities(_ smoothing: Double) {
        let x = Tensor(
            [[1, 2, 3], [Double.infinity, 1, 2], [Double.nan, 0, 0], [3, 1, -Double.infinity]],
            .float64,
            requiresGrad: true)
        let labels = Tensor([0, 9, 9, 9], .int64)
        let loss = CrossEntropy(labelSmoothing: smoothing, ignoredIndex: 9)
        let f = { (x: Tensor) in loss(x, labels) }
        let alone = CrossEntropy(labelSmoothing: smoothing)
        let first = { (x: Tensor) in alone(x, Tensor([0], .int64)) }
        #expect(f(x).item == first(x[0..<1]).item)
        let gradient = grad(f)(x.detach()).values(as: Double.self)
        #expect(Array(gradient[0..<3]) == grad(first)(x.detach()[0..<1]).values())
        #expect(gradient[3...].allSatisfy { $0 == 0 })
        let curvature = hvp(f, at: x.detach(), along: Tensor.ones(like: x)).values(as: Double.self)
        #expect(curvature[3...].allSatisfy { $0 == 0 })
    }

    @Test("counts a class of weight 0, which is not ignored")
    func zeroWeight() {
        // PyTorch: cross_entropy(x, [0, 1], weight=[0, 2], label_smoothing=0.2)
        let x = Tensor([[1, 0], [0, 1]], .float64)
        let loss = CrossEntropy(labelSmoothing: 0.2, classWeights: [0, 2])
        let (near, far) = (log(1 + exp(-1.0)), log(1 + exp(1.0)))
        let expected = (0.1 * 2 * far + 0.8 * 2 * near + 0.1 * 2 * near) / 2
        expectClose(loss(x, Tensor([0, 1], .int64)), [expected])
    }

    @Test(
        "of half precision logits is float32, and their gradient is half",
        arguments: [DType.float16, .bfloat16])
    func halves(dtype: DType) {
        let leaf = Tensor([[1, 0]], dtype, requiresGrad: true)
        let loss = CrossEntropy()(leaf, Tensor([0], .int64))
        #expect(loss.dtype == .float32)
        expectClose(loss, [0.3132616875182228], tolerance: 1e-6)
        loss.backward()
        #expect(leaf.grad?.dtype == dtype)
    }

    @Test(
        "NLL of logSoftmax is cross-entropy",
        arguments: CrossEntropyCase.all.filter { $0.smoothing == 0 })
    func nll(_ test: CrossEntropyCase) {
        let loss = NegativeLogLikelihood(
            ignoredIndex: test.ignored, classWeights: test.weights, reduction: test.reduction)
        let leaf = Tensor(rows.map(logSoftmax), .float64, requiresGrad: true)
        let labels = Tensor(targets, .int64)
        expectClose(loss(leaf, labels), test.expected(rows, targets))
        expectGradients(by: [leaf], second: false) { loss(leaf, labels).sum() }
    }

    @Test("a target out of range stops with a sentence")
    func outOfRange() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = CrossEntropy()(Tensor.zeros([2, 3]), Tensor([0, 3], .int64))
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("CrossEntropy: target 3 at position 1 is no class of 0..<3"))
        let likelihood = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = NegativeLogLikelihood()(Tensor.zeros([2, 3]), Tensor([0, -1], .int64))
        }
        let words = String(decoding: likelihood?.standardErrorContent ?? [], as: UTF8.self)
        #expect(words.contains("NegativeLogLikelihood: target -1 at position 1 is no class"))
    }

    @Test("check accepts what can be computed and explains what can't")
    func check() throws {
        let loss = CrossEntropy()
        try loss.check(prediction: [10], target: [], .uint8)
        try loss.check(prediction: [10], target: [10], .float32)
        try loss.check(prediction: [5, 10], target: [5], .int64)
        try NegativeLogLikelihood().check(prediction: [10], target: [], .uint8)
        func text(_ loss: any Loss, _ prediction: Shape, _ target: Shape, _ dtype: DType) -> String?
        {
            let error = #expect(throws: ShapeError.self) {
                try loss.check(prediction: prediction, target: target, dtype)
            }
            return error?.description
        }
        #expect(
            text(loss, [10], [], .float32)
                == "CrossEntropy: the model gives [10] an example, which float32 targets [] don't "
                + "fit; integer classes or probabilities are needed")
        #expect(
            text(loss, [], [], .int64)
                == "CrossEntropy: the model gives one number an example, no logits")
        #expect(
            text(CrossEntropy(classWeights: [1]), [10], [], .int64)
                == "CrossEntropy: 1 class weights for the 10 classes of the model")
        #expect(
            text(NegativeLogLikelihood(), [10], [10], .float32)
                == "NegativeLogLikelihood: the model gives [10] an example, which float32 targets "
                + "[10] don't fit; integer classes are needed")
        #expect(
            text(MeanSquaredError(), [10], [], .float32)
                == "MeanSquaredError: the model gives [10] an example, the targets are []")
    }
}
