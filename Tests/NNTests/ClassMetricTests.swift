import Autograd
import NN
import Tensor
import Testing

/// The numbers are scikit-learn 1.9's.
@Suite("Metrics of classes")
struct ClassMetricTests {
    /// 24 examples, five classes, of which 3 occurs in neither targets nor predictions.
    private let logits = NDArray(
        [
            5.4, -5.1, 0.8, -10.1, -0.9, -0.4, -4.0, 0.8, -10.7, 6.6, 0.5, -0.7, 0.7, -10.3,
            -2.1, -0.8, 1.0, 0.8, -7.1, -0.4, 0.0, 3.1, 2.4, -10.0, -0.4, 1.1, 3.9, -0.5, -9.5,
            3.3, -1.8, 0.7, 1.8, -7.8, 0.2, 1.3, -4.4, 2.0, -10.9, -3.3, 0.6, 1.4, 0.4, -11.2,
            0.1, -0.1, 4.1, 1.5, -8.6, 2.2, -0.4, -0.6, 1.2, -7.8, -0.4, -0.3, 0.5, -5.0, -7.6,
            1.0, -3.3, 1.4, -1.9, -7.5, -4.1, -1.8, 2.7, 2.3, -13.3, -1.0, 0.7, 0.1, 3.2, -11.4,
            0.7, -0.8, 2.8, -0.0, -9.7, -3.4, 3.4, 2.8, 1.5, -6.7, 0.7, -1.3, -0.3, -1.6, -6.3,
            -2.9, 0.1, -0.6, 0.4, -7.8, -2.5, -3.5, 1.3, 2.4, -7.5, 0.4, -0.6, 0.6, 0.8, -7.4,
            -1.6, 1.6, -0.2, 1.1, -8.6, 5.1, 3.0, 4.3, -4.1, -9.7, -1.2, 1.1, -3.3, 2.3, -6.9,
            -2.6,
        ] as [Double], [24, 5])
    private let labels = NDArray([
        0, 2, -1, 2, 2, 4, 1, -1, 2, 1, 1, 0, 1, -1, 1, 0, 1, 1, 0, 1, 2, 0, 1, 1,
    ])

    /// The metric of all examples at once, which has to be that of batches added up.
    private func value(_ metric: some Metric) -> Double {
        let whole = metric(logits, labels)
        for size in [1, 7] {
            var sum: Tally?
            for start in stride(from: 0, to: 24, by: size) {
                let count = min(size, 24 - start)
                let batch = metric(
                    logits.slice(axis: 0, start: start, count: count),
                    labels.slice(axis: 0, start: start, count: count))
                sum = sum.map { $0 + batch } ?? batch
            }
            #expect(sum?.numbers == whole.numbers)
            #expect(sum?.value == whole.value)
        }
        #expect(metric.value(of: whole.numbers) == whole.value)
        return whole.value
    }

    @Test("precision, recall and F1 in each average")
    func averages() {
        let averages: [ClassAverage] = [
            .macro, .micro, .weighted, .of(0), .of(1), .of(2), .of(3), .of(4),
        ]
        let third = 1 / 3.0
        let precisions = [
            0.2718253968253968, 0.2857142857142857, 0.36470143613000755, 0.5, 4 / 9.0, 1 / 7.0, 0,
            0,
        ]
        let recalls = [0.2, 0.2857142857142857, 0.2857142857142857, 0.2, 0.4, 0.2, 0, 0]
        let f1s = [
            0.21835839598997492, 0.2857142857142857, 0.3082110036997254, 2 / 7.0, 8 / 19.0,
            third / 2, 0, 0,
        ]
        for (index, average) in averages.enumerated() {
            expectClose([value(Precision(average, ignoredIndex: -1))], [precisions[index]])
            expectClose([value(Recall(average, ignoredIndex: -1))], [recalls[index]])
            expectClose([value(F1Score(average, ignoredIndex: -1))], [f1s[index]])
        }
        let metric = F1Score(ignoredIndex: -1)
        expectClose(metric.perClass(metric(logits, labels)), Array(f1s[3...]))
        let names = averages.prefix(4).map { F1Score($0).name }
        #expect(names == ["f1", "f1Micro", "f1Weighted", "f1Class0"])
    }

    @Test("balanced accuracy, perplexity and the confusion matrix")
    func others() {
        expectClose([value(BalancedAccuracy(ignoredIndex: -1))], [0.2])
        let confusion = ConfusionMatrix(ignoredIndex: -1)
        #expect(
            confusion.matrix(confusion(logits, labels)) == [
                [1, 1, 1, 0, 2], [1, 4, 5, 0, 0], [0, 3, 1, 0, 1], [0, 0, 0, 0, 0],
                [0, 1, 0, 0, 0],
            ])
        expectClose([value(confusion)], [6 / 21.0])
        let perplexity = Perplexity(ignoredIndex: -1)(logits, labels)
        expectClose([perplexity.value], [6.243774691483237])
        let first = Perplexity(ignoredIndex: -1)(
            logits.slice(axis: 0, start: 0, count: 3), labels.slice(axis: 0, start: 0, count: 3))
        let rest = Perplexity(ignoredIndex: -1)(
            logits.slice(axis: 0, start: 3, count: 21), labels.slice(axis: 0, start: 3, count: 21))
        expectClose([(first + rest).value], [6.243774691483237])
    }

    @Test("a label that is no class is missed by whatever was chosen")
    func noClass() {
        let two = NDArray([2, 0, 0, 2] as [Float], [2, 2])
        let odd = NDArray([0, 7])
        #expect(Precision(.micro)(two, odd).value == 0.5)
        #expect(Recall(.micro)(two, odd).value == 1)
        #expect(ConfusionMatrix().matrix(ConfusionMatrix()(two, odd)) == [[1, 0], [0, 0]])
    }

    private let scores = NDArray(
        [
            -0.2, -0.8, 2.0, 0.7, -0.3, 0.0, 0.5, -0.2, -0.9, 0.5, 2.5, 0.3, -0.1, -1.2, -1.3,
            1.0, 0.9, 0.0, 0.8, 0.1,
        ] as [Double])
    private let sides = NDArray([0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0])

    @Test("single logits: precision, recall, F1, confusion and the area under the curve")
    func binary() {
        expectClose([Precision(.binary)(scores, sides).value], [0.4])
        expectClose([Recall(.binary)(scores, sides).value], [4 / 7.0])
        expectClose([F1Score(.binary)(scores, sides).value], [8 / 17.0])
        let confusion = ConfusionMatrix(isBinary: true)
        #expect(confusion.matrix(confusion(scores, sides)) == [[7, 6], [3, 4]])
        expectClose([AreaUnderROC()(scores, sides).value], [0.6703296703296704])
        let first = AreaUnderROC()(
            scores.slice(axis: 0, start: 0, count: 6), sides.slice(axis: 0, start: 0, count: 6))
        let rest = AreaUnderROC()(
            scores.slice(axis: 0, start: 6, count: 14), sides.slice(axis: 0, start: 6, count: 14))
        expectClose([(first + rest).value], [0.6703296703296704])
    }

    @Test("two logits of classes give the area of their difference, and more say what to write")
    func twoLogits() throws {
        let values = scores.values(as: Double.self)
        let both = values.flatMap { [-$0 / 2, $0 / 2] }
        let logits = NDArray(both, [20, 2])
        expectClose([AreaUnderROC()(logits, sides).value], [0.6703296703296704])
        let bytes = sides.cast(to: .uint8)
        expectClose([AreaUnderROC()(logits.cast(to: .float32), bytes).value], [0.6703296703296704])
        let ignoring = NDArray(sides.values(as: Int64.self).map { $0 == 1 ? 1 : $0 } + [-1])
        let longer = NDArray(both + [9, 0], [21, 2])
        expectClose(
            [AreaUnderROC(ignoredIndex: -1)(longer, ignoring).value], [0.6703296703296704])
        try AreaUnderROC().check(prediction: [2], target: [], .uint8)
        let cases: [(metric: any Metric, remedy: String)] = [
            (AreaUnderROC(), "\"average\": \"macro\""), (BinaryAccuracy(), "\"accuracy\""),
            (F1Score(.binary), "\"class\": 1"), (ConfusionMatrix(isBinary: true), "\"binary\" out"),
        ]
        for (metric, remedy) in cases {
            let error = #expect(throws: ShapeError.self) {
                try metric.check(prediction: [3], target: [], .uint8)
            }
            #expect(error?.remedy?.contains(remedy) == true)
        }
    }

    /// As `roc_auc_score` of scikit-learn 1.9.1 with `average="macro"` and `"micro"`.
    @Test("of several outputs it is the mean of their areas, over those that have one")
    func outputAreas() {
        let x = NDArray(
            [
                0.1, 0.4, 0.35, 0.8, 0.9, 0.4, 0.2, 0.65, 0.05, 0.35, 0.6, 0.3, 0.35, 0.2, 0.7, 0.9,
            ] as [Double], [8, 2])
        let y = NDArray([0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1], [8, 2])
        let mean = AreaUnderROC(perOutput: true)
        expectClose([mean(x, y).value], [0.6614583333333334])
        expectClose([AreaUnderROC()(x, y).value], [0.6825396825396826])
        let parts = [(0, 3), (3, 5)].map { start, count in
            mean(
                x.slice(axis: 0, start: start, count: count),
                y.slice(axis: 0, start: start, count: count))
        }
        expectClose([(parts[0] + parts[1]).value], [0.6614583333333334])
        let ignoring = NDArray([0, 1, 1, 0, -1, 1, 0, 1, 1, 0, 0, -1, 0, 0, 1, 1], [8, 2])
        expectClose(
            [AreaUnderROC(ignoredIndex: -1, perOutput: true)(x, ignoring).value],
            [(0.5416666666666666 + 0.75) / 2])
        let alone = NDArray([0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1], [8, 2])
        expectClose([mean(x, alone).value], [0.65625])
        #expect(mean(x, NDArray.full([8, 2], 1)).value.isNaN)
    }

    @Test("the area under the curve where it is extreme, tied, ignoring or nothing")
    func areas() {
        func area(_ x: [Double], _ y: [Int], ignoring: Int? = nil) -> Double {
            AreaUnderROC(ignoredIndex: ignoring)(NDArray(x), NDArray(y)).value
        }
        #expect(area([1, 2, 3, 4], [0, 0, 1, 1]) == 1)
        #expect(area([1, 2, 3, 4], [1, 1, 0, 0]) == 0)
        #expect(area([1, 1, 1, 1], [1, 0, 0, 1]) == 0.5)
        #expect(area([-.infinity, .infinity], [0, 1]) == 1)
        #expect(area([1, 2, 3, 4, 0], [0, 0, 1, 1, -1], ignoring: -1) == 1)
        #expect(area([1, 2], [1, 1]).isNaN)
        #expect(area([], []).isNaN)
        #expect(area([1, .nan, 2], [0, 1, 1]).isNaN)
        #expect(F1Score(.binary, ignoredIndex: 0)(NDArray([1.0, 2]), NDArray([0, 0])).value == 0)
        let some = BinaryAccuracy(ignoredIndex: -1)(NDArray([1.0, -2, 3]), NDArray([1, 1, -1]))
        #expect(some.average == Average(total: 1, count: 2))
    }

    @Test("of nothing are 0, and explain what doesn't fit")
    func nothing() {
        let none = NDArray([Int](repeating: -1, count: 24))
        for metric in [
            Precision(ignoredIndex: -1), Recall(.weighted, ignoredIndex: -1),
            F1Score(.micro, ignoredIndex: -1), BalancedAccuracy(ignoredIndex: -1),
            ConfusionMatrix(ignoredIndex: -1),
        ] as [any Metric] {
            #expect(metric(logits, none).value == 0)
            #expect(throws: ShapeError.self) {
                try metric.check(prediction: [5], target: [], .float32)
            }
        }
        #expect(Perplexity(ignoredIndex: -1)(logits, none).value == 1)
        #expect(throws: ShapeError.self) {
            try F1Score(.of(5)).check(prediction: [5], target: [], .int64)
        }
        #expect(throws: ShapeError.self) {
            try F1Score(.binary).check(prediction: [5], target: [], .int64)
        }
    }

    @Test("are computed without a look at the data")
    func captured() {
        let metrics: [any Metric] = [
            Precision(ignoredIndex: -1), Recall(.micro), F1Score(.of(2), ignoredIndex: -1),
            BalancedAccuracy(), ConfusionMatrix(ignoredIndex: -1), Perplexity(ignoredIndex: -1),
        ]
        let others: [any Metric] = [
            AreaUnderROC(ignoredIndex: -1), R2Score(), ExplainedVariance(), F1Score(.binary),
            RootMeanSquaredError(), AbsolutePercentageError(), BinaryAccuracy(ignoredIndex: 0),
        ]
        let step = capture { (x: Tensor, labels: Tensor) in
            for metric in metrics { _ = metric(x.data, labels.data) }
            for metric in others { _ = metric(x.data, x.data) + metric(x.data, x.data) }
            return x * 2
        }
        for _ in 0..<3 { _ = step(Tensor(logits), Tensor(labels)) }
        #expect(step.refusal == nil)
    }
}
