import Tensor
import Testing

/// A call with arguments that can't be, and what the program says when it stops.
private struct Door: Sendable {
    let sentence: String
    let open: @Sendable () -> Void

    init(_ sentence: String, _ open: @escaping @Sendable () -> Void) {
        self.sentence = sentence
        self.open = open
    }
}

private let numbers = NDArray([1.0, 2])
private let key = RandomKey(seed: 1, stream: 0, block: 0)

private let sizes = [
    Door("shape: [4611686018427387904] has more elements than an Int can count") {
        _ = Tensor.zeros([1 << 62])
    },
    Door("shape: [4611686018427387904, 4] has more elements than an Int can count") {
        _ = numbers.reshape([1 << 62, 4])
    },
    Door("shape: [-1] has a negative size") { _ = Tensor.ones([-1]) },
    Door("shape: 9 dimensions are more than the 8 supported") {
        _ = Shape(repeating: 1, count: 9)
    },
    Door("shape: there are no -1 dimensions") { _ = Shape(repeating: 1, count: -1) },
    Door("shape: axis 5 is out of range for shape [1, 2] (axes run from -2 to 1)") {
        let shape: Shape = [1, 2]
        _ = shape[5]
    },
    Door("shape: axis -1 is out of range for shape [1, 2]") {
        var shape: Shape = [1, 2]
        shape[-1] = 3
    },
    Door("shape: axis 0 is out of range for shape [] (a scalar has no axes)") {
        let shape: Shape = []
        _ = shape.removing(at: 0)
    },
    Door("shape: axis 4 is out of range for shape [1, 2]") {
        let shape: Shape = [1, 2]
        _ = shape.inserting(1, at: 4)
    },
    Door("promote: uint16 and int32 have no common dtype (cast one of them to the other's)") {
        _ = DType.promote(.uint16, .int32)
    },
    Door("eye: the size -1 is negative") { _ = Tensor.eye(-1) },
    Door("linspace: the count -1 is negative") { _ = Tensor.linspace(0, 1, count: -1) },
    Door("arange: the step is 0") { _ = Tensor.arange(0, 3, step: 0) },
    Door("arange: from -9223372036854775808 to 9223372036854775807 are more elements than") {
        _ = Tensor.arange(.min, .max)
    },
]

private let draws = [
    Door("permutation: the count -1 is negative") { _ = Random(seed: 1).permutation(-1) },
    Door("reserve: the number of blocks -1 is negative") {
        _ = Random(seed: 1).reserve(blocks: -1)
    },
    Door("integers: the range 3..<3 is empty") {
        _ = Tensor.integers([2], low: 3, high: 3, using: Random(seed: 1))
    },
    Door("are more integers than an Int can count") {
        _ = Tensor.integers([2], low: .min, high: .max, using: Random(seed: 1))
    },
    Door("integers: int8 can't hold all of 0..<1000") {
        _ = Tensor.integers([2], high: 1000, .int8, using: Random(seed: 1))
    },
    Door("integers: float16 can't hold all of 0..<2052") {
        _ = Tensor.integers([2], high: 2052, .float16, using: Random(seed: 1))
    },
    Door("uniform: there are no numbers from 2.0 up to 1.0") {
        _ = Random(seed: 1).uniform([2], low: 2, high: 1)
    },
    Door("uniform: there are no numbers from 0.0 up to nan") {
        _ = Random(seed: 1).uniform([2], high: .nan)
    },
    Door("normal: there is no distribution of mean 0.0 and deviation -1.0") {
        _ = Random(seed: 1).normal([2], deviation: -1)
    },
    Door("random: int64 is not a float dtype") { _ = Random(seed: 1).uniform([2], .int64) },
    Door("dropout: the rate 2.0 is not in 0..<1") { _ = numbers.dropout(rate: 2, key) },
    Door("dropout: the rate nan is not in 0..<1") { _ = numbers.dropout(rate: .nan, key) },
    Door("dropout: needs contiguous floats, not int64 [2]") {
        _ = NDArray([1, 2]).dropout(rate: 0.5, key)
    },
]

private let arrays = [
    Door("array: 2 values can't fill shape [3]") { _ = NDArray([1.0, 2], [3]) },
    Door("slice: 2 elements from 0 in steps of 0 leave axis 0 of [2]") {
        _ = numbers.slice(axis: 0, start: 0, count: 2, step: 0)
    },
    Door("slice: 2 elements from 1 in steps of 9223372036854775807 leave axis 0 of [2]") {
        _ = numbers.slice(axis: 0, start: 1, count: 2, step: .max)
    },
    Door("slice: 2 elements from -1 in steps of 2 leave axis 0 of [2]") {
        _ = numbers.slice(axis: 0, start: -1, count: 2, step: 2)
    },
    Door("gather: index 5 at position 0 is out of range for 2 rows") {
        _ = numbers.gather(NDArray([5]))
    },
    Door("gather: index -3 at position 1 is out of range for 2 rows") {
        _ = numbers.gather(NDArray([-2, -3]))
    },
    Door("scatterAdd: index 3 at position 0 is out of range for 3 rows") {
        _ = numbers.scatterAdd(NDArray([3, 0]), rows: 3)
    },
    Door("scatterAdd: an index of shape [1] doesn't fit items [2]") {
        _ = numbers.scatterAdd(NDArray([0]), rows: 3)
    },
    Door("matmul: needs a contiguous bias of a number a column") {
        _ = numbers.reshape([1, 2]).matmul(numbers.reshape([2, 1]), bias: numbers)
    },
    Door("matmul: float32 [2, 3, 4] × float32 [5, 6] don't fit (the last axis of the first") {
        _ = NDArray.full([2, 3, 4], 1, .float32).matmul(NDArray.full([5, 6], 1, .float32))
    },
    Door("matmul: float32 [2, 3] × float64 [3, 2] (cast one of them)") {
        _ = NDArray.full([2, 3], 1, .float32).matmul(NDArray.full([3, 2], 1, .float64))
    },
    Door("matmul: the batch axes [2] and [3] of [2, 3, 4] × [3, 4, 5] don't broadcast") {
        _ = NDArray.full([2, 3, 4], 1, .float32).matmul(NDArray.full([3, 4, 5], 1, .float32))
    },
    Door("matmul: [2] × [2]: both must have two axes or more") { _ = numbers.matmul(numbers) },
    Door("softmaxBackward: needs arrays of one shape, not float64 [1], float64 [2]") {
        _ = numbers.softmaxBackward(NDArray([1.0]), logarithm: false)
    },
    Door("logSoftmaxBackward: operands have dtypes float32 and float64") {
        _ = numbers.softmaxBackward(NDArray([Float(1), 2]), logarithm: true)
    },
    Door("softmax: needs contiguous rows of float32 or float64, not int64 [2]") {
        _ = NDArray([1, 2]).softmax(logarithm: false)
    },
    Door("logSumExp: needs rows with elements") { _ = NDArray.full([2, 0], 1.0).logSumExp() },
    Door("argmax: needs rows with elements") {
        _ = NDArray.full([2, 0], 1.0).argExtreme(maximum: true)
    },
    Door("argmin: a scalar has no axis to choose along") {
        _ = NDArray.full([], 1.0).argExtreme(maximum: false)
    },
    Door("where: needs bool, not float64 [2]") { _ = numbers.select(numbers, numbers) },
    Door("assign: values of shape [3] don't fit [2]") {
        numbers.copy().assign(NDArray([1.0, 2, 3]))
    },
    Door(
        "assign: of these 3 elements of shape [3], some are the same in memory (write to a copy())"
    ) {
        NDArray([1.0]).expand(to: [3]).assign(NDArray([1.0, 2, 3]))
    },
    Door("withUnsafeMutableBytes: needs a contiguous array on the CPU") {
        numbers.flip(0).withUnsafeMutableBytes { _ in }
    },
]

private let doors = sizes + draws + arrays

@Suite("Arguments that can't be")
struct DoorTests {
    @Test("stop the program with a sentence", arguments: doors.indices)
    func sentences(_ index: Int) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [index] in doors[index].open() }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains(doors[index].sentence), "\(text)")
    }

    @Test("are told from those at the edge")
    func edges() {
        #expect(
            Tensor.arange(.max - 3, .max, step: 2).values(as: Int.self) == [.max - 3, .max - 1])
        #expect(Tensor.arange(5, -5, step: .min).values(as: Int.self) == [5])
        #expect(Tensor.arange(3, 0).shape == [0])
        #expect(Tensor.arange(3).values(as: Int.self) == [0, 1, 2])
        #expect(Tensor.arange(0).shape == [0] && Tensor.arange(2, .float32).dtype == .float32)
        #expect(Tensor.eye(0).shape == [0, 0])
        #expect(Tensor.linspace(0, 1, count: 0).shape == [0])
        #expect(Random(seed: 1).permutation(0) == [])
        #expect(NDArray.full([0, 2], 1.0).argExtreme(maximum: true).shape == [0])
        #expect(NDArray.full([2, 0], 1.0).softmax(logarithm: true).shape == [2, 0])
        #expect(Shape([1, 2]).inserting(3, at: 2) == [1, 2, 3])
        #expect(NDArray.full([0], 1.0).reshape([0, 1 << 62, 4]).count == 0)
        let random = Random(seed: 1, position: .max)
        let values = random.uniform([8]).values(as: Float.self)
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 } && random.position == 1)
        #expect(numbers.dropout(rate: 0, key).values(as: Double.self) == [1, 2])
        #expect(Random(seed: 1).uniform([1], low: 2, high: 2).scalar == 2)
    }

    @Test("integers are exact in any range", arguments: [1 << 53, 1 << 53 + 1, 1 << 60, .max])
    func wideIntegers(_ span: Int) {
        let drawn = Tensor.integers([4000], low: -5, high: span - 5, using: Random(seed: 3))
            .values(as: Int.self)
        #expect(drawn.allSatisfy { $0 >= -5 && $0 < span - 5 })
        #expect(Set(drawn).count == 4000)
        let odd = drawn.count { !$0.isMultiple(of: 2) }
        #expect(abs(odd - 2000) < 200)
        let middle = drawn.count { $0 < span / 2 }
        #expect(abs(middle - 2000) < 200)
    }

    @Test("integers reach every number of a dtype")
    func narrowIntegers() {
        for (dtype, low, high) in [(DType.int8, -128, 128), (.uint8, 0, 256), (.float16, 0, 2049)] {
            let drawn = Tensor.integers(
                [30_000], low: low, high: high, dtype, using: Random(seed: 4))
            #expect(Set(drawn.values(as: Int.self)).count == high - low)
        }
    }
}
