import Autograd
import Tensor
import Testing

@Suite("Choosing and changing elements by tensors")
struct IndexingTests {
    private let square = Tensor.arange(0, 9).reshape([3, 3])

    @Test("reads several indices and masks together")
    func reading() {
        let rows = Tensor([0, 2], .int64)
        let columns = Tensor([1, -1], .int64)
        #expect(square[rows, columns].values() == [1, 8])
        #expect(square[rows.unsqueeze(1), columns].values() == [1, 2, 7, 8])
        #expect(square[Tensor([true, false, true], .bool)].shape == [2, 3])
        #expect(square[0, Tensor([true, false, true], .bool)].values() == [0, 2])
        #expect(square[Tensor([true, false, true], .bool), rows].values() == [0, 8])
        #expect(square[square .> 6].values() == [7, 8])
        let cube = Tensor.zeros([2, 3, 4, 5])
        #expect(cube[.all, rows.mod(2), columns].shape == [2, 2, 5])
        #expect(cube[rows.mod(2), .all, columns].shape == [2, 3, 5])
        #expect(cube[rows.mod(2), .new, columns].shape == [2, 1, 4, 5])
    }

    @Test("writes where it reads, whatever stands between the brackets")
    func places() {
        let x = Tensor.arange(0, 2 * 3 * 4 * 5).reshape([2, 3, 4, 5])
        let (pair, column) = (Tensor([1, -1], .int64), Tensor([[0], [2], [1]], .int64))
        let four = Tensor([0, 2, 1, -1], .int64)
        let mask = Tensor([[true, false, true], [false, true, true]], .bool)
        let all: [[any TensorIndexConvertible]] = [
            [.all, pair], [pair, column], [.all, pair, column], [pair, .all, column],
            [.every(-1), .new, pair, .every(-2), 3], [.ellipsis, column], [mask], [mask, 1, four],
            [1, .ellipsis, pair, 0..<3], [0, 1, pair, .new, 2...], [.ellipsis, .all, pair, -1],
            [.all, .all, pair, column], [pair, .every(2), .new, .all, column], [0, 1...2],
        ]
        for indices in all {
            let places = x[at: indices]
            #expect(x.positions(at: indices).shape == places.shape)
            #expect(x.positions(at: indices).values(as: Int.self) == places.values())
        }
        #expect(Tensor(7).positions(at: []).values(as: Int.self) == [0])
    }

    @Test("writing an element doesn't touch the others")
    func smallWrites() {
        let x = Tensor.zeros([300, 400])
        let counter = KernelCounter()
        counter.count { x[Tensor([299], .int64), Tensor([-1], .int64)] = Tensor(5) }
        #expect(x[299, 399].item == 5 && x.sum().item == 5)
        let bytes = counter.rows.filter { $0.key != "scatter" }.map(\.value.bytes)
        #expect(bytes.allSatisfy { $0 < 1000 })
    }

    @Test("writes at several indices in place, the last of equals staying")
    func writing() {
        let x = Tensor.zeros([3, 3])
        x[Tensor([0, 2, 0], .int64), Tensor([1, 2, 1], .int64)] = Tensor([1, 2, 3])
        expect(x, [0, 3, 0, 0, 0, 0, 0, 0, 2])
        x[Tensor([1], .int64)] = Tensor(7)
        expect(x, [0, 3, 0, 7, 7, 7, 0, 0, 2])
        x.transpose()[Tensor([0], .int64)] = Tensor([4, 5, 6])
        expect(x, [4, 3, 0, 5, 7, 7, 6, 0, 2])
        x[x .> 5] = Tensor([-1, -2, -3])
        expect(x, [4, 3, 0, 5, -1, -2, -3, 0, 2])
        x[0] += 1
        expect(x[0], [5, 4, 1])
        expect(Tensor(5).scatter(Tensor(0, .int64), Tensor(7), axis: 0), [7])
    }

    @Test("sends gradients through what is written and through what stays")
    func gradients() {
        let (byX, byValues) = grad { (x: Tensor, v: Tensor) in
            let y = x.indexPut([Tensor([0, 2, 0], .int64)], v)
            return (y * Tensor([1, 10, 100])).sum()
        }(Tensor([1, 2, 3]), Tensor([4, 5, 6]))
        expect(byX, [0, 10, 0])
        expect(byValues, [0, 100, 1])
        var total = Tensor(0)
        let slope = grad { (x: Tensor) in
            total = x * 2
            total += x
            total *= 3
            return total
        }(Tensor(1.0))
        #expect(slope.item == 9)
    }

    @Test("keeps integers and bool as they are")
    func integers() {
        let index = Tensor([0, 0, 1], .int64)
        for dtype in DType.allCases where dtype.isInteger {
            let x = Tensor([7, 2, 3], dtype)
            let items = Tensor([3, 4, 9], dtype)
            func made(_ by: ScatterReduction, _ includingSelf: Bool = true) -> [Int] {
                let y = x.scatterReduce(
                    index, items, axis: 0, by: by, includingSelf: includingSelf)
                #expect(y.dtype == dtype)
                return y.values()
            }
            #expect(made(.sum) == [14, 11, 3])
            #expect(made(.prod) == [84, 18, 3])
            #expect(made(.max) == [7, 9, 3])
            #expect(made(.min) == [3, 2, 3])
            #expect(made(.mean) == [4, 5, 3])
            #expect(made(.mean, false) == [3, 9, 3])
            #expect(made(.max, false) == [4, 9, 3])
        }
        let x = Tensor([-128, 127], .int8)
        let y = x.scatterReduce(index[..<2], Tensor([-1, 5], .int8), axis: 0, by: .max)
        #expect(y.values() == [5, 127])
        let flags = Tensor([false, false, true], .bool)
        let added = flags.scatterAdd(index, Tensor([true, true, true], .bool), axis: 0)
        #expect(added.dtype == .bool && added.values() == [true, true, true])
        let larger = flags.scatterReduce(
            index, Tensor([false, true, false], .bool), axis: 0, by: .max, includingSelf: false)
        #expect(larger.values() == [true, false, true])
    }

    @Test("lets NaN win extremes and equals share the gradient, the tensor's own among them")
    func extremes() {
        let index = Tensor([0, 0, 1, 1], .int64)
        let items = Tensor([2, 2, .nan, 1] as [Float])
        let largest = Tensor([2, 0]).scatterReduce(index, items, axis: 0, by: .max)
        expect(largest, [2, .nan])
        let (own, byItems) = grad { (x: Tensor, v: Tensor) in
            x.scatterReduce(index, v, axis: 0, by: .max).sum()
        }(Tensor([2, 0]), Tensor([2, 2, 3, 1]))
        expect(own, [1.0 / 3, 0], within: 1e-7)
        expect(byItems, [1.0 / 3, 1.0 / 3, 1, 0], within: 1e-7)
    }

    @Test("replays with the indices that it is given")
    func captured() {
        let f = capture { (x: Tensor, i: Tensor, v: Tensor) in
            let put = x.indexPut([i, i], v) * x[i, i].sum()
            return put.scatterReduce(put.argmax(axis: 1).unsqueeze(1), x, axis: 1, by: .max).sum()
        }
        let x = Tensor([[1, 2], [3, 4]])
        for index in [[0, 1], [1, 1], [-1, 0]] {
            let (i, v) = (Tensor(index, .int64), Tensor([5, 6]))
            let put = x.indexPut([i, i], v) * x[i, i].sum()
            let expected = put.scatterReduce(
                put.argmax(axis: 1).unsqueeze(1), x, axis: 1, by: .max
            ).sum()
            #expect(f(x, i, v).item == expected.item)
        }
        #expect(f.refusal == nil)
    }

    @Test("stops with a sentence where shapes don't fit")
    func misfits() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([3, 3])[Tensor([0, 1], .int64), Tensor([0, 1, 2], .int64)]
        }
        expectSentence(result, "subscript: indices of shapes [2], [3] don't broadcast")
        let mask = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([3, 3])[Tensor([true, false], .bool)]
        }
        expectSentence(mask, "subscript: a mask of [2] doesn't fit axis 0 of [3, 3]")
        let source = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor.zeros([3]).scatter(Tensor([0, 1], .int64), Tensor([1]), axis: 0)
        }
        expectSentence(source, "scatter: source [1] has too few for index [2]")
    }
}
