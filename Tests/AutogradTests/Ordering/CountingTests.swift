import Autograd
import Tensor
import Testing

@Suite("Finding and counting values")
struct CountingTests {
    @Test("finds where values belong on either side of equals")
    func searchSorted() {
        let sorted = Tensor([1, 3, 5, 7])
        expect(sorted.searchSorted(Tensor([3, 6, 0, 8, .nan] as [Double])), [1, 3, 0, 4, 4])
        expect(sorted.searchSorted(Tensor([3, 6]), right: true), [2, 3])
        #expect(sorted.searchSorted(Tensor(4)).shape == [])
        let rows = Tensor([[1, 3], [2, 9]])
        expect(rows.searchSorted(Tensor([[2, 2, 4], [1, 2, 10]])), [1, 1, 2, 0, 0, 2])
        let mixed = Tensor([5, 1, 3])
        expect(mixed.searchSorted(Tensor([2, 4]), sorter: mixed.argSort()), [1, 2])
        expect(Tensor([1, 2], .int32).searchSorted(Tensor([1.5])), [1])
        expect(Tensor([0, 3, 3, 10]).bucketize(Tensor([0, 3])), [0, 1, 1, 2])
        expect(Tensor([0, 3, 3, 10]).bucketize(Tensor([0, 3]), right: true), [1, 2, 2, 2])
    }

    @Test("refuses rows that don't fit")
    func refusal() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor.zeros([2, 3]).searchSorted(Tensor.zeros([3, 3])) }
        expectSentence(result, "searchSorted: rows [2, 3] don't fit values [3, 3]")
    }

    @Test("lists different elements with their places and counts")
    func unique() {
        let x = Tensor([[3, 1, 2], [1, 3, 3]], .int64)
        let unique = x.unique()
        #expect(unique.values.dtype == .int64)
        expect(unique.values, [1, 2, 3])
        expect(unique.inverse, [2, 0, 1, 0, 2, 2])
        #expect(unique.inverse.shape == [2, 3])
        expect(unique.counts, [2, 1, 3])
        let floats = Tensor([3, .nan, 1, .nan, -0.0, 0, 1] as [Double]).unique()
        expect(floats.values, [0, 1, 3, .nan, .nan])
        expect(floats.inverse, [2, 3, 1, 4, 0, 0, 1])
        expect(floats.counts, [2, 2, 1, 1, 1])
        #expect(Tensor.zeros([0, 2]).unique().values.shape == [0])
        #expect(Tensor.zeros([0, 2]).unique().inverse.shape == [0, 2])
        expect(Tensor([1, 0, 1], .bool).unique().values, [0, 1])
    }

    @Test("lists different slices in lexicographic order")
    func uniqueSlices() {
        let x = Tensor([[2, 1, 2, 1], [0, 5, 0, 4]])
        let columns = x.unique(axis: 1)
        expect(columns.values, [1, 1, 2, 4, 5, 0])
        expect(columns.inverse, [2, 1, 2, 0])
        expect(columns.counts, [1, 1, 2])
        let rows = Tensor([[1, 2], [0, 9], [1, 2]]).unique(axis: 0)
        expect(rows.values, [0, 9, 1, 2])
        expect(rows.inverse, [1, 0, 1])
        #expect(Tensor.zeros([3, 0]).unique(axis: 0).values.shape == [1, 0])
    }

    @Test("joins equal neighbours")
    func uniqueConsecutive() {
        let runs = Tensor([1, 1, 2, 2, 1, 3]).uniqueConsecutive()
        expect(runs.values, [1, 2, 1, 3])
        expect(runs.inverse, [0, 0, 1, 1, 2, 3])
        expect(runs.counts, [2, 2, 1, 1])
    }

    @Test("sends the gradient of a different element to the first that equals it")
    func uniqueGradient() {
        let x = Tensor.leaf([3, 1, 3])
        let weights = Tensor.constant([10, 100])
        expect((x.unique().values * weights).sum().derivative(by: x), [100, 10, 0])
    }

    @Test("counts in equal bins, the last with its end, and nothing outside")
    func histc() {
        let x = Tensor([1, 2, 3, 4, .nan, .infinity] as [Double])
        let counts = x.histc(bins: 4, range: 1...4)
        #expect(counts.dtype == .float32)
        expect(counts, [1, 1, 1, 1])
        expect(Tensor([2, 2]).histc(bins: 4), [0, 0, 2, 0])
        expect(Tensor.zeros([0]).histc(bins: 3), [0, 0, 0])
        expect(Tensor([1, 2, 1]).histc(bins: 4, range: 0...3), [0, 2, 1, 0])
        #expect(Tensor([1, 2, 1]).histc().shape == [100])
    }

    @Test("no range that isn't finite is counted in")
    func histogramRange() async {
        let nan = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([1, .nan, 2] as [Double]).histc() }
        let text = String(decoding: nan?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("histc: the range from nan to nan is not finite in float32"))
        let wide = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([1, 2]).histogram(bins: 3, range: 0...1e39) }
        let sentence = String(decoding: wide?.standardErrorContent ?? [], as: UTF8.self)
        let words = "histogram: the range from 0.0 to 1e+39 is not finite in float32"
        #expect(sentence.contains(words))
        let x = Tensor([1, .nan, -.infinity, 3] as [Double])
        expect(x.histogram(bins: 2, range: 0...4).counts, [1, 1])
    }

    @Test("counts between edges, by weight, and as a density")
    func histogram() {
        let even = Tensor([1, 2, 3, 4], .float64).histogram(bins: 4, density: true)
        expect(even.counts, [1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3])
        expect(even.edges, [1, 1.75, 2.5, 3.25, 4])
        let point = Tensor([2, 2], .float64).histogram(bins: 3)
        expect(point.counts, [0, 2, 0])
        expect(point.edges, [1.5, 11.0 / 6, 13.0 / 6, 2.5])
        let none = Tensor.zeros([0], .float64).histogram(bins: 2)
        expect(none.counts, [0, 0])
        expect(none.edges, [0, 0.5, 1])
        let edges = Tensor([0, 1, 5], .float64)
        let x = Tensor([0, 0.5, 1, 5, 6, -1] as [Double], .float64)
        expect(x.histogram(edges: edges).counts, [2, 2])
        let weights = Tensor([1, 2, 4, 8, 16, 32], .float64)
        expect(x.histogram(edges: edges, weights: weights).counts, [3, 12])
    }

    @Test("counts in every example of a batch, each in a range of its own")
    func batched() {
        let x = Tensor([[1, 2, 3], [10, 20, 30]])
        expect(vmap { (x: Tensor) in x.histogram(bins: 2).counts }(x), [1, 2, 1, 2])
        expect(vmap { (x: Tensor) in x.histc(bins: 3) }(x), [1, 1, 1, 1, 1, 1])
        let edges = Tensor([[0, 2, 4], [0, 10, 30]])
        expect(
            vmap { (edges: Tensor) in Tensor([1, 2, 3]).histogram(edges: edges).counts }(edges),
            [1, 2, 3, 0])
        expect(Tensor([1.5, 2.5], .float16).histc(bins: 2, range: 1...3), [1, 1])
    }

    @Test("stops where the elements leave no range to count in")
    func noRange() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([1, .nan] as [Float]).histc(bins: 3) }
        expectSentence(result, "histc: the range from nan to nan is not finite in float32")
    }

    @Test("counts small numbers, as many as there are")
    func bincount() {
        let x = Tensor([1, 1, 3], .int64)
        #expect(x.bincount().dtype == .int64)
        expect(x.bincount(), [0, 2, 0, 1])
        expect(x.bincount(minLength: 6), [0, 2, 0, 1, 0, 0])
        expect(x.bincount(weights: Tensor([0.5, 0.5, 1])), [0, 1, 0, 1])
        #expect(x.bincount(weights: Tensor([1, 2, 3], .int64)).dtype == .float64)
        expect(Tensor.zeros([0], .int64).bincount(minLength: 3), [0, 0, 0])
        #expect(Tensor.zeros([0], .int64).bincount().shape == [0])
    }

    @Test("refuses to count negative numbers")
    func negative() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([1, -2], .int64).bincount() }
        expectSentence(result, "bincount: -2 is below 0")
    }

    @Test("tells which elements are among others")
    func isIn() {
        let x = Tensor([[1, 2], [3, .nan]] as [[Double]])
        expect(x.isIn(Tensor([3, 1, .nan] as [Double])), [1, 0, 1, 0])
        #expect(x.isIn(Tensor([1])).shape == [2, 2] && x.isIn(Tensor([1])).dtype == .bool)
        expect(Tensor([1, 2], .int64).isIn(Tensor([2.0, 2.5])), [0, 1])
    }

    @Test("can be captured where the result's size is known")
    func captured() {
        let counts = capture { (x: Tensor) in
            x.histogram(bins: 2, range: 0...4).counts + x.histc(bins: 2)
                + x.isIn(Tensor([1])).sum() + x.bucketize(Tensor([2])).sum()
        }
        for (shift, expected) in [(0.0, [6.0, 6]), (1, [6, 7]), (0, [6, 6])] {
            expect(counts(Tensor([0, 1, 2, 4]) + shift), expected)
        }
        #expect(counts.kernelCount != nil)
    }
}
