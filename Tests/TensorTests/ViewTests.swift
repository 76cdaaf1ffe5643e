import Tensor
import Testing

/// What a view should show: a shape and elements in row-major order.
private struct Model {
    var shape: [Int]
    var values: [Int]

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
}

@Suite("Views")
struct ViewTests {
    private static func counting(_ shape: Shape) -> NDArray {
        NDArray.range(0, shape.elementCount).reshape(shape)
    }

    @Test("show the right elements after any twenty changes of view", arguments: 0..<200)
    func anySequence(_ seed: Int) {
        let random = Random(seed: UInt64(seed))
        var array = Self.counting([2, 3, 4])
        var model = Model(shape: [2, 3, 4], values: Array(0..<24))
        for _ in 0..<20 {
            (array, model) = step(array, model, random)
            #expect(Array(array.shape) == model.shape)
            #expect(array.values(as: Int.self) == model.values)
            #expect(array.contiguous().values(as: Int.self) == model.values)
        }
    }

    private func step(_ x: NDArray, _ m: Model, _ random: Random) -> (NDArray, Model) {
        let rank = m.shape.count
        var random = random
        let axis = rank == 0 ? 0 : Int.random(in: 0..<rank, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0:
            let order = random.permutation(rank)
            let shape = order.map { m.shape[$0] }
            return (
                x.permute(order),
                m.rearranged(shape) { index in
                    var source = index
                    for (place, axis) in order.enumerated() { source[axis] = index[place] }
                    return source
                }
            )
        case 1 where rank > 0 && m.shape[axis] > 0:
            let size = m.shape[axis]
            let step = Bool.random(using: &random) ? -1 : 1
            let count = Int.random(in: max(1, size - 1)...size, using: &random)
            let start = step > 0 ? size - count : count - 1
            var shape = m.shape
            shape[axis] = count
            return (
                x.slice(axis: axis, start: start, count: count, step: step),
                m.rearranged(shape) { index in
                    var source = index
                    source[axis] = start + step * index[axis]
                    return source
                }
            )
        case 2 where rank < 5:
            var shape = m.shape
            shape.insert(1, at: axis)
            return (x.unsqueeze(axis), Model(shape: shape, values: m.values))
        case 3 where rank > 0 && m.shape[axis] == 1:
            var shape = m.shape
            if m.values.count > 60 {
                shape.remove(at: axis)
                return (x.squeeze(axis), Model(shape: shape, values: m.values))
            }
            shape[axis] = 2
            return (
                x.expand(to: Shape(shape)),
                m.rearranged(shape) { index in
                    var source = index
                    source[axis] = 0
                    return source
                }
            )
        case 4:
            let count = m.values.count
            let divisors = (1...max(count, 1)).filter { count % $0 == 0 }
            let first = divisors[Int.random(in: 0..<divisors.count, using: &random)]
            let shape = [first, count / first, 1]
            return (x.reshape(Shape(shape)), Model(shape: shape, values: m.values))
        case 5 where rank > 0:
            return (
                x.flip(axis),
                m.rearranged(m.shape) { index in
                    var source = index
                    source[axis] = m.shape[axis] - 1 - index[axis]
                    return source
                }
            )
        default: return (x, m)
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
        #expect(x.sum(to: [2, 1, 3]).values(as: Float.self) == [0, 0, 0, 0, 0, 0])
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
