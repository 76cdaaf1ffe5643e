import Autograd
import Tensor
import Testing

@Suite("Brackets")
struct SubscriptTests {
    private let x = Tensor([0, 1, 2, 3, 4], .int64)

    private func picked(_ index: any TensorIndexConvertible) -> [Int] { x[index].values() }

    @Test("take ranges from either end, as Python does")
    func ranges() {
        #expect(picked(1..<3) == [1, 2])
        #expect(picked(1...3) == [1, 2, 3])
        #expect(picked(-2 ... -1) == [3, 4])
        #expect(picked(2...) == [2, 3, 4])
        #expect(picked((-2)...) == [3, 4])
        #expect(picked(..<2) == [0, 1])
        #expect(picked(...2) == [0, 1, 2])
        #expect(picked(...(-1)) == [0, 1, 2, 3, 4])
        #expect(picked(3..<99) == [3, 4])
        #expect(picked(9..<12) == [])
    }

    @Test("take steps forwards and backwards")
    func steps() {
        #expect(picked(.every(2)) == [0, 2, 4])
        #expect(picked(.every(-1)) == [4, 3, 2, 1, 0])
        #expect(picked(.every(-2, from: -2)) == [3, 1])
        #expect(picked(.every(-1, from: 3, to: 0)) == [3, 2, 1])
        #expect(picked(.every(2, from: 1, to: -1)) == [1, 3])
        #expect(picked(.every(.max)) == [0])
        #expect(picked(.every(.min)) == [4])
    }

    private func picked(_ index: TensorIndex) -> [Int] { x[index].values() }

    @Test("take positions, new axes and ellipses together")
    func together() {
        let cube = Tensor.arange(0, 24).reshape([2, 3, 4])
        #expect(cube[1, 2, 3].item == 23)
        #expect(cube[.ellipsis, -1].shape == [2, 3])
        #expect(cube[0, .new, .ellipsis].shape == [1, 3, 4])
        #expect(cube[.all, 1, .every(-3)].values() == [7, 4, 19, 16])
        #expect(cube[.all, Tensor([[2, 0]], .int64)].shape == [2, 1, 2, 4])
    }

    @Test("take a mask, and give one number to its elements")
    func masks() {
        let x = Tensor([-1, 2, -3, 4])
        expect(x[x .> 0], [2, 4])
        x[x .< 0] = Tensor(0)
        expect(x, [0, 2, 0, 4])
    }

    @Test("take lists of indices and axes made at run time")
    func lists() {
        let cube = Tensor.arange(0, 24).reshape([2, 3, 4])
        var indices = [any TensorIndexConvertible](repeating: 0, count: 2)
        #expect(cube[at: indices].values() == [0, 1, 2, 3])
        indices.append(1...2)
        #expect(cube[at: indices].values() == [1, 2])
        let axes = Array(0..<cube.rank)
        #expect(cube.flip(axes).values() == Array((0..<24).reversed()))
    }

    @Test("out of range stop the program with a sentence")
    func outOfRange() async {
        let position = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2, 3])[3]
        }
        #expect(position.message.contains("subscript: 3 is out of range for axis 0 of [3]"))
        let taken = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2, 3])[Tensor([0, -4], .int64)]
        }
        #expect(taken.message.contains("subscript: index -4 is out of range for size 3"))
    }

    @Test("of indices outside name the operation, the index and the size")
    func indicesOutside() async {
        let gathered = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([[1, 2, 3]]).gather(Tensor([[0, 3]], .int64), axis: 1)
        }
        #expect(gathered.message.contains("gather: index 3 is out of range for size 3"))
        let hot = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = vmap { (i: Tensor) in i.oneHot(4) }(Tensor([0, -5], .int64))
        }
        #expect(hot.message.contains("oneHot: index -5 is out of range for size 4"))
        let added = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2]).indexAdd(Tensor([2], .int64), Tensor([1.0]))
        }
        #expect(added.message.contains("indexAdd: index 2 is out of range for size 2"))
    }

    @Test("of negative indices count from the end of each example's own table")
    func negativesInBatches() {
        let tables = Tensor([[1, 2, 3], [4, 5, 6]])
        let own = Tensor([[-1, 0], [-3, -2]], .int64)
        let taken = vmap { (x: Tensor, i: Tensor) in x.take(i) }(tables, own)
        #expect(taken.values() == [Float(3), 1, 4, 5])
        let gathered = vmap { (x: Tensor, i: Tensor) in x.gather(i, axis: 0) }(tables, own)
        #expect(gathered.values() == [Float(3), 1, 4, 5])
        let added = vmap { (x: Tensor, i: Tensor) in x.indexAdd(i, Tensor([10, 20])) }(tables, own)
        #expect(added.values() == [Float(21), 2, 13, 14, 25, 6])
        let slopes = vmap { (x: Tensor, i: Tensor) in grad { $0.take(i).square().sum() }(x) }(
            tables, own)
        #expect(slopes.values() == [Float(2), 0, 6, 8, 10, 0])
    }

    @Test("replay with the indices that they are given")
    func captured() {
        let f = capture { (x: Tensor, i: Tensor) in
            (x.take(i) * i.oneHot(3)).sum() + x.gather(i, axis: 0).sum()
        }
        let x = Tensor([1, 2, 4])
        for index in [[0, 1, 2], [-1, -1, 0], [2, 1, -3]] {
            let i = Tensor(index, .int64)
            let expected = (x.take(i) * i.oneHot(3)).sum() + x.gather(i, axis: 0).sum()
            #expect(f(x, i).item == expected.item)
        }
        #expect(f.refusal == nil)
    }
}
