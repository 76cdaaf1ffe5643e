import NN
import Tensor
import Testing

@Suite("Metrics")
struct MetricTests {
    private let logits = NDArray([1, 5, 3, 9, 2, 2, 0, 0, 4] as [Float], [3, 3])

    @Test("accuracy counts the examples whose largest logit is the target's")
    func accuracy() throws {
        #expect(Accuracy()(logits, NDArray([1, 0, 1])) == Average(total: 2, count: 3))
        #expect(Accuracy()(logits, NDArray([1, 0, 2] as [UInt8])).value == 1)
        let soft = NDArray([0, 1, 0, 1, 0, 0, 1, 0, 0] as [Float], [3, 3])
        #expect(Accuracy()(logits, soft) == Average(total: 2, count: 3))
        #expect(Accuracy()(NDArray([Float](), [0, 3]), NDArray([Int]())).value == 0)
    }

    @Test("top-k accuracy looks at the k largest logits, the first of equal ones first")
    func topK() {
        let targets = NDArray([2, 2, 1])
        #expect(TopKAccuracy(1)(logits, targets).total == 0)
        #expect(TopKAccuracy(2)(logits, targets).total == 1)
        #expect(TopKAccuracy(3)(logits, targets).total == 3)
        #expect(TopKAccuracy(2)(logits, NDArray([2, 1, 0])).total == 3)
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
        var sum = Average()
        #expect(sum.value == 0)
        sum += Average(total: 3, count: 4)
        sum += Average(total: 0, count: 2)
        #expect(sum.value == 0.5)
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
