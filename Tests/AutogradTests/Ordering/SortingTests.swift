import Autograd
import Tensor
import Testing

@Suite("Sorting and choosing by rank")
struct SortingTests {
    private let withNaN = Tensor([3, .nan, 1, .nan, 2] as [Double])

    @Test("puts NaN last in ascending order and first in descending")
    func sortNaN() {
        let up = withNaN.sort()
        expect(up.values, [1, 2, 3, .nan, .nan])
        expect(up.indices, [2, 4, 0, 1, 3])
        let down = withNaN.sort(descending: true)
        expect(down.values, [.nan, .nan, 3, 2, 1])
        expect(down.indices, [1, 3, 0, 4, 2])
        expect(withNaN.topK(3).indices, [1, 3, 0])
        expect(withNaN.topK(3, largest: false).indices, [2, 4, 0])
        expect(withNaN.argSort(), [2, 4, 0, 1, 3])
    }

    @Test("keeps a dtype: halves, integers, bool")
    func dtypes() {
        for dtype in DType.allCases {
            let x = Tensor([[1, 0, 1], [0, 1, 0]], dtype)
            #expect(x.sort().values.dtype == dtype)
            expect(x.sort(descending: true).indices, [0, 2, 1, 1, 0, 2])
            expect(x.msort(), [0, 0, 0, 1, 1, 1])
            expect(x.topK(1, axis: 0).values, [1, 1, 1])
        }
    }

    @Test("takes a scalar for a row of one")
    func scalar() {
        let x = Tensor(3)
        #expect(x.sort().values.shape == [] && x.sort().indices.item == 0)
        #expect(x.topK(1).values.item == 3 && x.cummax().values.shape == [])
        #expect(x.median().item == 3 && x.median(axis: 0).indices.item == 0)
        #expect(x.kthValue(1).values.shape == [] && x.cumprod().item == 3)
        #expect(x.quantile([0, 1]).shape == [2] && x.quantile(0.5, axis: 0).shape == [])
    }

    @Test("takes axes without elements")
    func empty() {
        #expect(Tensor.zeros([0, 3]).sort(axis: 0).values.shape == [0, 3])
        #expect(Tensor.zeros([3, 0]).topK(0).values.shape == [3, 0])
        #expect(Tensor.zeros([0, 3]).median(axis: 1).values.shape == [0])
        #expect(Tensor.zeros([0]).median().item.isNaN)
        #expect(Tensor.zeros([3, 4]).topK(0, axis: 0).indices.shape == [0, 4])
    }

    @Test("chooses the lower median, and NaN if there is one")
    func median() {
        let x = Tensor([[4, 1, 3, 2], [1, 1, 0, 0]])
        expect(x.median(axis: 1).values, [2, 0])
        expect(x.median(axis: 1).indices, [3, 3])
        expect(x.median(axis: 0, keepDims: true).values, [1, 1, 0, 0])
        #expect(x.median(axis: 0, keepDims: true).values.shape == [1, 4])
        let nan = withNaN.median(axis: 0)
        #expect(nan.values.item.isNaN && nan.indices.item == 1)
        let numbers = withNaN.nanMedian(axis: 0)
        #expect(numbers.values.item == 2 && numbers.indices.item == 4)
        #expect(Tensor([Double.nan, .nan]).nanMedian().item.isNaN)
        #expect(Tensor([7, 5, 6, 9], .int64).median().item(as: Int.self) == 6)
        expect(withNaN.kthValue(3).values, [3])
    }

    @Test("sends the gradient of an extreme to the first that reaches it")
    func extremes() {
        let x = Tensor.leaf([[1, 5, 5], [2, 2, 0]])
        let largest = x.maxWithIndices(axis: 1)
        expect(largest.values, [5, 2])
        expect(largest.indices, [1, 0])
        expect(largest.values.sum().derivative(by: x), [0, 1, 0, 1, 0, 0])
        let smallest = x.minWithIndices(axis: 0, keepDims: true)
        #expect(smallest.values.shape == [1, 3])
        expect(smallest.indices, [0, 1, 1])
        expect(withNaN.minWithIndices(axis: 0).indices, [1])
    }

    @Test("finds the most frequent, the smallest of several, and where it is last")
    func mode() {
        let x = Tensor([[1, 2, 2, 1, 3], [5, 4, 4, 5, 5], [3, 2, 1, 0, 9]])
        let mode = x.mode()
        expect(mode.values, [1, 5, 0])
        expect(mode.indices, [3, 4, 3])
        #expect(x.mode(axis: 0, keepDims: true).values.shape == [1, 5])
    }

    @Test("finds the rank of a quantile among more elements than a float32 can count")
    func manyElements() {
        let count = 1 << 24 + 3
        let x = Tensor.zeros([count])
        x[count - 2..<count] = Tensor([1, 2])
        let fraction = Double(count - 2) / Double(count - 1)
        #expect(x.quantile(fraction, interpolation: .nearest).item == 1)
    }

    @Test("interpolates quantiles in five ways")
    func quantiles() {
        let x = Tensor([[0, 10, 20, 30], [1, 1, 1, 5]], .float64)
        func at(_ interpolation: QuantileInterpolation) -> Tensor {
            x.quantile(0.5, axis: 1, interpolation: interpolation)
        }
        expect(at(.linear), [15, 1])
        expect(at(.lower), [10, 1])
        expect(at(.higher), [20, 1])
        expect(at(.nearest), [20, 1])
        expect(at(.midpoint), [15, 1])
        expect(x.quantile([0, 0.9, 1], axis: 1), [0, 1, 27, 3.8, 30, 5])
        #expect(x.quantile([0, 1], axis: 0, keepDims: true).shape == [2, 1, 4])
        #expect(x.quantile([0, 1], axis: 1, keepDims: true).shape == [2, 2, 1])
        #expect(x.quantile(0.5, keepDims: true).shape == [1, 1])
        #expect(x.quantile([], axis: 1).shape == [0, 2])
        #expect(x.quantile(Tensor(0.5, .float64), axis: 1).shape == [2])
    }

    @Test("gives NaN quantiles of NaN, unless they are ignored, and the right infinities")
    func quantilesOfNaN() {
        let x = Tensor([[1, .nan, 3], [.nan, .nan, .nan], [1, 2, 4]] as [[Double]], .float64)
        expect(x.quantile(0.5, axis: 1), [.nan, .nan, 2])
        expect(x.nanQuantile(0.5, axis: 1), [2, .nan, 2])
        expect(x.nanQuantile([0, 1], axis: 1), [1, .nan, 1, 3, .nan, 4])
        let infinite = Tensor([1, .infinity, .infinity] as [Double])
        expect(infinite.quantile([0, 0.5, 1]), [1, .infinity, .infinity])
    }

    @Test("gives a quantile a gradient by its fraction")
    func fraction() {
        let q = Tensor.leaf(0.4)
        expect(Tensor.constant([1, 4, 2]).quantile(q).derivative(by: q), [2])
        let x = Tensor([1, .nan, 4] as [Double], .float64)
        expect(x.nanQuantile(q).derivative(by: q), [3])
    }

    @Test("refuses ranks and fractions that there aren't")
    func refusals() async {
        let rank = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([1, 2]).kthValue(3) }
        expectSentence(rank, "kthValue: k is 3, not one of 1 to 2 along axis -1")
        let count = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([1, 2]).topK(3) }
        expectSentence(count, "topK: 3 elements can't be chosen of 2 along axis -1")
        let fraction = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([1, 2]).quantile(1.5) }
        expectSentence(fraction, "quantile: 1.5 is no fraction")
        let empty = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor.zeros([2, 0]).median(axis: 1) }
        expectSentence(empty, "median: an axis of size 0 has no elements to choose from")
    }

    @Test("can be captured: choosing the best reads nothing on the host")
    func captured() {
        let best = capture { (x: Tensor) in
            x.topK(2).values + x.sort().values.narrow(axis: 1, start: 0, count: 2)
                + x.median(axis: 1, keepDims: true).values + x.quantile(0.5)
        }
        let expected: [Double] = [11.5, 11.5, 8.5, 8.5]
        for shift in [0.0, 1, 2] {
            let x = Tensor([[1, 5, 3], [2, 0, 4]], .float64) + shift
            expect(best(x), expected.map { $0 + 4 * shift })
        }
        #expect(best.kernelCount != nil)
    }
}
