import CKernels
import Tensor
import Testing

/// What a view should show: a shape and elements in row-major order.
private struct Model {
    var shape: [Int]
    var values: [Int]

    /// The element at each index of a new shape is the one at `source(index)`.
    func rearranged(_ newShape: [Int], _ source: ([Int]) -> [Int]) -> Model {
        let indices = newShape.reduce([[]]) { prefixes, size in
            prefixes.flatMap { prefix in (0..<size).map { prefix + [$0] } }
        }
        return Model(
            shape: newShape,
            values: indices.map { index in
                values[zip(shape, source(index)).reduce(0) { $0 * $1.0 + $1.1 }]
            })
    }

    func permuted(_ order: [Int]) -> Model {
        rearranged(order.map { shape[$0] }) { index in
            var source = index
            for (place, axis) in order.enumerated() { source[axis] = index[place] }
            return source
        }
    }

    func resized(_ axis: Int, _ count: Int, _ source: (Int) -> Int) -> Model {
        var newShape = shape
        newShape[axis] = count
        return rearranged(newShape) { index in
            var moved = index
            moved[axis] = source(index[axis])
            return moved
        }
    }
}

/// An array and what it should show.
private struct Pair {
    var array: NDArray
    var model: Model

    func permuted(_ order: [Int]) -> Pair {
        Pair(array: array.permute(order), model: model.permuted(order))
    }

    func sliced(_ axis: Int, dropping: Int, step: Int) -> Pair {
        let size = model.shape[axis]
        let count = max(size - dropping, 0)
        let start = step > 0 ? size - count : count - 1
        return Pair(
            array: array.slice(axis: axis, start: start, count: count, step: step),
            model: model.resized(axis, count) { start + step * $0 })
    }

    func expanded(_ axis: Int) -> Pair {
        let model = model.resized(axis, 2) { _ in 0 }
        return Pair(array: array.expand(to: Shape(model.shape)), model: model)
    }

    func flipped(_ axis: Int) -> Pair {
        let size = model.shape[axis]
        return Pair(
            array: array.flip(axis), model: model.resized(axis, size) { size - 1 - $0 })
    }

    func reshaped(_ shape: [Int]) -> Pair {
        Pair(array: array.reshape(Shape(shape)), model: Model(shape: shape, values: model.values))
    }
}

@Suite("Views")
struct ViewTests {
    private static func counting(_ shape: Shape) -> NDArray {
        NDArray.range(0, shape.elementCount).reshape(shape)
    }

    @Test("show the right elements after any twenty changes of view", arguments: 0..<200)
    func anySequence(_ seed: Int) {
        var random = Random(seed: UInt64(seed))
        var pair = Pair(
            array: Self.counting([2, 3, 4]), model: Model(shape: [2, 3, 4], values: Array(0..<24)))
        for _ in 0..<20 {
            pair = step(pair, &random)
            #expect(Array(pair.array.shape) == pair.model.shape)
            #expect(pair.array.values(as: Int.self) == pair.model.values)
            #expect(pair.array.contiguous().values(as: Int.self) == pair.model.values)
        }
    }

    private func step(_ pair: Pair, _ random: inout Random) -> Pair {
        let shape = pair.model.shape
        let count = pair.model.values.count
        if shape.isEmpty { return pair.reshaped([1]) }
        let axis = Int.random(in: shape.indices, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return pair.permuted(random.permutation(shape.count))
        case 1 where shape[axis] > 1:
            let isForward = Bool.random(using: &random)
            return pair.sliced(axis, dropping: 1, step: isForward ? 1 : -1)
        case 2 where shape.count < 5:
            var longer = shape
            longer.insert(1, at: axis)
            return pair.reshaped(longer)
        case 3 where shape[axis] == 1 && count < 60: return pair.expanded(axis)
        case 4:
            let divisors = (1...count).filter { count % $0 == 0 }
            let first = divisors[Int.random(in: divisors.indices, using: &random)]
            return pair.reshaped([first, count / first, 1])
        default: return pair.flipped(axis)
        }
    }

    @Test("share storage with what they view; reshaping copies only where strides can't")
    func sharing() {
        let x = Self.counting([3, 4])
        #expect(x.reshape([2, 6]).storage === x.storage)
        #expect(x.transpose().storage === x.storage)
        #expect(x.transpose().reshape([12]).storage !== x.storage)
        #expect(x.transpose().reshape([2, 2, 3]).storage === x.storage)
        #expect(x.slice(axis: 1, start: 0, count: 2).reshape([3, 2, 1]).storage === x.storage)
        #expect(x.slice(axis: 1, start: 0, count: 2).reshape([6]).storage !== x.storage)
        #expect(x.expand(to: [2, 3, 4]).storage === x.storage)
        #expect(x.contiguous().storage === x.storage)
        #expect(x.copy().storage !== x.storage)
    }

    @Test("have the strides of their arrangement")
    func strides() {
        #expect(Self.counting([3, 4]).strides == [4, 1])
        #expect(Self.counting([2, 2, 2]).strides == [4, 2, 1])
        #expect(Self.counting([]).strides == [])
        let cube = NDArray.range(1, 9).reshape([2, 2, 2]).permute([1, 2, 0])
        #expect(cube.values(as: Int.self) == [1, 5, 2, 6, 3, 7, 4, 8])
        #expect(cube.strides == [2, 1, 4])
        #expect(!cube.isContiguous && cube.permute([2, 0, 1]).isContiguous)
    }

    @Test("of nothing are fine")
    func empty() {
        let x = NDArray(uninitialized: [2, 0, 3], .float32, on: CPUBackend.shared)
        #expect(x.permute([2, 1, 0]).reshape([0, 7]).shape == [0, 7])
        #expect(x.flip(1).values(as: Float.self) == [])
        let sums = x.reduce(.sum, axes: [1], keepDims: true)
        #expect(sums.values(as: Float.self) == [0, 0, 0, 0, 0, 0])
        #expect(x.expand(to: [4, 2, 0, 3]).count == 0)
    }

    @Test("change when what they view is assigned to, also from itself")
    func assignment() {
        let x = Self.counting([4])
        let tail = x.slice(axis: 0, start: 1, count: 3)
        tail.assign(x.slice(axis: 0, start: 0, count: 3))
        #expect(x.values(as: Int.self) == [0, 0, 1, 2])
        x.assign(NDArray([7.9]))
        #expect(tail.values(as: Int.self) == [7, 7, 7])
    }

    @Test("of axes that don't fit stop the program with a sentence")
    func mistakes() async {
        let permuted = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = NDArray.range(0, 6).reshape([2, 3]).permute([0, 0])
        }
        #expect(permuted.message.contains("permute: axis 0 is named twice in [0, 0]"))
        let squeezed = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = NDArray.range(0, 6).reshape([2, 3]).squeeze(0)
        }
        #expect(squeezed.message.contains("squeeze: axis 0 of shape [2, 3] has size 2, not 1"))
        let reshaped = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = NDArray.range(0, 6).reshape([4])
        }
        #expect(reshaped.message.contains("reshape: [6] has 6 elements, [4] has 4"))
    }
}

extension Optional<ExitTest.Result> {
    /// What a process that ended wrote to its standard error.
    var message: String {
        map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
    }
}
