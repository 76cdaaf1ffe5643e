import Autograd
import NN
import Tensor
import Testing

@Suite("Metrics")
struct MetricTests {
    private let logits = NDArray([1, 5, 3, 9, 2, 2, 0, 0, 4] as [Float], [3, 3])

    @Test("accuracy counts the examples whose largest logit is the target's")
    func accuracy() throws {
        #expect(Accuracy()(logits, NDArray([1, 0, 1])).average == Average(total: 2, count: 3))
        #expect(Accuracy()(logits, NDArray([1, 0, 2] as [UInt8])).value == 1)
        let soft = NDArray([0, 1, 0, 1, 0, 0, 1, 0, 0] as [Float], [3, 3])
        #expect(Accuracy()(logits, soft).average == Average(total: 2, count: 3))
        #expect(Accuracy()(NDArray([Float](), [0, 3]), NDArray([Int]())).value == 0)
    }

    @Test("top-k accuracy looks at the k largest logits, the first of equal ones first")
    func topK() {
        let targets = NDArray([2, 2, 1])
        #expect(TopKAccuracy(1)(logits, targets).average.total == 0)
        #expect(TopKAccuracy(2)(logits, targets).average.total == 1)
        #expect(TopKAccuracy(3)(logits, targets).average.total == 3)
        #expect(TopKAccuracy(2)(logits, NDArray([2, 1, 0])).average.total == 3)
    }

    @Test("binary accuracy takes logits")
    func binary() {
        let x = NDArray([2, -1, 0.5, 3, -2] as [Float])
        #expect(BinaryAccuracy()(x, NDArray([1, 0, 0, 1, 0])).value == 0.8)
    }

    @Test("errors are means over elements, and batches add up")
    func errors() {
        let x = NDArray([2, 4, 6] as [Float])
        let y = NDArray([2.5, 4, 5] as [Float])
        #expect(SquaredError()(x, y).value == 1.25 / 3)
        #expect(AbsoluteError()(x, y).value == 0.5)
        #expect(Average().value == 0)
        let both = SquaredError()(x, y) + SquaredError()(y, y)
        #expect(both.average == Average(total: 1.25, count: 6))
        let counted = Accuracy(ignoredIndex: 1)(logits, NDArray([1, 0, 1]))
        let all = Accuracy()(logits, NDArray([1, 0, 1]))
        #expect((counted + all).average == Average(total: 3, count: 4))
        #expect((all + counted + counted).average == Average(total: 4, count: 5))
    }

    @Test("targets of an ignored class are no examples")
    func ignored() {
        let targets = NDArray([-1, 0, 1, 2])
        let four = NDArray([1, 5, 3, 9, 2, 2, 0, 0, 4, 0, 0, 4] as [Float], [4, 3])
        #expect(Accuracy(ignoredIndex: -1)(four, targets).average == Average(total: 2, count: 3))
        #expect(Accuracy(ignoredIndex: 0)(four, targets).average == Average(total: 1, count: 3))
        let near = TopKAccuracy(2, ignoredIndex: -1)(four, targets).average
        #expect(near == Average(total: 2, count: 3))
        let none = NDArray([7, 7, 7, 7])
        #expect(Accuracy(ignoredIndex: 7)(four, none).average == Average())
        #expect(TopKAccuracy(3, ignoredIndex: 7)(four, none).value == 0)
        #expect(TopKAccuracy(3)(four, none).average == Average(total: 0, count: 4))
    }

    @Test("a NaN logit of the target is no hit, and axes before the classes are examples")
    func unusual() {
        let nan = NDArray([.nan, 1, 2] as [Double], [1, 3])
        #expect(TopKAccuracy(3)(nan, NDArray([0])).average.total == 0)
        let cube = logits.reshape([1, 3, 3])
        let targets = NDArray([1, 0, 2]).reshape([1, 3])
        #expect(Accuracy()(cube, targets).average == Average(total: 3, count: 3))
        #expect(TopKAccuracy(1)(cube, targets).average == Average(total: 3, count: 3))
    }

    @Test("nothing is read before the average is asked for")
    func late() {
        let metrics: [any Metric] = [
            Accuracy(ignoredIndex: 1), TopKAccuracy(2, ignoredIndex: 1), Accuracy(),
        ]
        let step = capture { (x: Tensor, labels: Tensor) in
            for metric in metrics { _ = metric(x.data, labels.data) }
            for metric in [BinaryAccuracy(), SquaredError(), AbsoluteError()] as [any Metric] {
                _ = metric(x.data, x.data)
            }
            return x * 2
        }
        let x = Tensor(logits)
        for _ in 0..<3 { _ = step(x, Tensor([1, 0, 1], .int64)) }
        #expect(step.refusal == nil)
    }

    @Test("check explains targets that don't fit")
    func check() throws {
        try Accuracy().check(prediction: [10], target: [], .uint8)
        try TopKAccuracy(5).check(prediction: [10], target: [10], .float32)
        try SquaredError().check(prediction: [3], target: [3], .float32)
        #expect(throws: ShapeError.self) {
            try Accuracy().check(prediction: [10], target: [], .float32)
        }
        #expect(throws: ShapeError.self) {
            try Accuracy().check(prediction: [], target: [], .int64)
        }
        #expect(throws: ShapeError.self) {
            try BinaryAccuracy().check(prediction: [1], target: [], .uint8)
        }
    }
}
