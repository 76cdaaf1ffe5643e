import Autograd
import NN
import StrictDevice
import Tensor
import Testing

@Suite("Layers, losses and metrics on a device that the host can't look into")
struct StrictLayerTests {
    @Test("layers train to the CPU's bits, after moving with their gradients")
    func layers() {
        func run(on device: Device) -> [[UInt8]] {
            let random = Random(seed: 3)
            let model = Sequential {
                Linear(6, 8, using: random)
                GELU()
                RMSNorm([8])
                Dropout(0.3, using: random)
                Residual(Checkpointed(Linear(8, 8, using: random)))
                Reshape([2, 4])
                Flatten()
                Linear(8, 3, using: random)
            }
            for parameter in model.parameters { parameter.grad = .ones(like: parameter) }
            model.to(device)
            let x = Tensor(Random(seed: 4).normal([5, 6]).on(device))
            let output = model(x)
            (output * output).sum().backward()
            #expect(model.parameters.allSatisfy { $0.device == device })
            #expect(model.parameters.allSatisfy { $0.grad?.device == device })
            return bits([output] + model.parameters.compactMap(\.grad))
        }
        #expect(run(on: StrictBackend.shared.device) == run(on: .cpu))
    }

    @Test("losses have the CPU's bits, and so have their gradients")
    func losses() {
        let classes: [any Loss] = [
            CrossEntropy(labelSmoothing: 0.1, ignoredIndex: 2, classWeights: [1, 2, 0.5]),
            CrossEntropy(), NegativeLogLikelihood(ignoredIndex: 1, classWeights: [1, 2, 0.5]),
            MultiMargin(ignoredIndex: 1, classWeights: [1, 2, 0.5]), Dice(ignoredIndex: 2),
            Focal(ignoredIndex: 1, classWeights: [1, 2, 0.5]),
        ]
        let numbers: [any Loss] = [
            MeanSquaredError(), MeanAbsoluteError(), Huber(delta: 0.1), BinaryCrossEntropy(),
            KLDivergence(), CrossEntropy(classWeights: [1, 2, 0.5]), Hinge(ignoredIndex: 0),
            Hinge(isSquared: true), SoftMargin(), HingeEmbedding(), SmoothL1(), LogCosh(), Dice(),
            QuantileLoss(0.9), CosineEmbedding(), PoissonNLL(isFull: true), BinaryFocal(),
            KLDivergence(logTarget: true),
            BinaryCrossEntropy(positiveWeights: [1, 2, 3], classWeights: [0, 1, 2]),
        ]
        let random = Random(seed: 5)
        let prediction = random.uniform([4, 3], low: -2, high: 0)
        let labels = NDArray([Int64(0), 2, 1, 1])
        let shares = Tensor(random.uniform([4, 3])).data
        func run(_ loss: any Loss, _ target: NDArray, on device: Device) -> [[UInt8]] {
            let x = Tensor(prediction.on(device), requiresGrad: true)
            let value = loss(x, Tensor(target.on(device)))
            value.backward()
            return bits([value] + [x.grad].compactMap { $0 })
        }
        let strict = StrictBackend.shared.device
        for loss in classes {
            #expect(run(loss, labels, on: strict) == run(loss, labels, on: .cpu))
        }
        for loss in numbers {
            #expect(run(loss, shares, on: strict) == run(loss, shares, on: .cpu))
        }
    }

    @Test("metrics have the CPU's values")
    func metrics() {
        let random = Random(seed: 6)
        let prediction = random.uniform([4, 3], low: -2, high: 2)
        let labels = NDArray([Int64(0), 2, 1, 1])
        let numbers = random.uniform([4, 3])
        let strict = StrictBackend.shared.device
        let cases: [(any Metric, NDArray)] = [
            (Accuracy(), labels), (Accuracy(ignoredIndex: 1), labels),
            (TopKAccuracy(2), labels), (SquaredError(), numbers), (AbsoluteError(), numbers),
            (Precision(ignoredIndex: 1), labels), (F1Score(.binary), numbers),
            (ConfusionMatrix(ignoredIndex: 1), labels), (Perplexity(), labels),
            (AreaUnderROC(), numbers), (R2Score(), numbers), (ExplainedVariance(), numbers),
            (AbsolutePercentageError(), numbers),
        ]
        for (metric, target) in cases {
            let far = metric(prediction.on(strict), target.on(strict))
            let near = metric(prediction, target)
            #expect((far + far).numbers == (near + near).numbers)
        }
    }

    private func bits(_ tensors: [Tensor]) -> [[UInt8]] {
        tensors.map { tensor in tensor.data.withUnsafeBytes { Array($0) } }
    }
}
