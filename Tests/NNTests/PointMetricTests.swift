import NN
import Tensor
import Testing

@Suite("Metrics of distributions and of several outputs")
struct PointMetricTests {
    /// The mean over the classes of the share of pairs in the right order, counted one by one.
    private func areas(_ logits: [[Double]], _ labels: [Int]) -> Double {
        let shares = logits.map { row in
            let total = row.reduce(0) { $0 + exponential($1) }
            return row.map { exponential($0) / total }
        }
        var areas: [Double] = []
        for index in shares[0].indices {
            let own = labels.indices.filter { labels[$0] == index }.map { shares[$0][index] }
            let rest = labels.indices.filter { labels[$0] != index }.map { shares[$0][index] }
            if own.isEmpty || rest.isEmpty { continue }
            let ahead = own.reduce(0.0) { sum, score in
                rest.reduce(sum) { $0 + (score > $1 ? 1 : score == $1 ? 0.5 : 0) }
            }
            areas.append(ahead / Double(own.count * rest.count))
        }
        return areas.reduce(0, +) / Double(areas.count)
    }

    @Test("the area of each class against the rest is that of pairs, added up over batches")
    func oneVsRest() {
        let logits = Random(seed: 5).normal([40, 4], .float64)
        let labels = (0..<40).map { $0 % 7 % 3 }
        let rows = (0..<40).map { row in
            logits.slice(axis: 0, start: row, count: 1).values(as: Double.self)
        }
        let metric = OneVsRestAUC()
        let whole = metric(logits, NDArray(labels))
        expectClose([whole.value], [areas(rows, labels)])
        #expect(metric.value(of: whole.numbers) == whole.value)
        let parts = [(0, 13), (13, 27)].map { start, count in
            metric(
                logits.slice(axis: 0, start: start, count: count),
                NDArray(Array(labels[start..<(start + count)])))
        }
        #expect((parts[0] + parts[1]).value == whole.value)
    }

    @Test("that area leaves out what is ignored, and is NaN of nothing or of NaN")
    func oneVsRestEdges() {
        let metric = OneVsRestAUC(ignoredIndex: 9)
        let logits = NDArray([2, 0, 0, 3, 1, 0] as [Double], [3, 2])
        #expect(metric(logits, NDArray([0, 1, 9])).value == 1)
        #expect(metric(logits, NDArray([1, 0, 9])).value == 0)
        #expect(metric(logits, NDArray([1, 1, 9])).value.isNaN)
        #expect(metric.value(of: []).isNaN)
        let odd = NDArray([.nan, 0, 0, 3, 1, 0] as [Double], [3, 2])
        #expect(metric(odd, NDArray([0, 1, 1])).value.isNaN)
    }

    @Test("the pinball loss is that of the loss itself")
    func pinball() throws {
        let x = NDArray([1, 2, 3, 4, 5, 6] as [Double], [2, 3])
        let y = NDArray([2.5, 4.5] as [Double])
        let metric = PinballError([0.1, 0.5, 0.9])
        let expected = (0.15 + 0.25 + 0.05 + 0.05 + 0.25 + 0.15) / 6
        expectClose([metric(x, y).value], [expected])
        try metric.check(prediction: [3], target: [], .float64)
        #expect(throws: ShapeError.self) {
            try metric.check(prediction: [2], target: [], .float64)
        }
    }

    @Test("metrics of numbers measure the means or one quantile")
    func points() throws {
        let x = NDArray([1, 2, 30, 40, 5, 6, 70, 80] as [Double], [2, 4])
        let y = NDArray([2, 2, 2, 2] as [Double], [2, 2])
        let mean = PointMetric(AbsoluteError(), at: .firstHalf)
        expectClose([mean(x, y).value], [(1 + 0 + 3 + 4) / 4])
        let median = PointMetric(RootMeanSquaredError(), at: .place(1, of: 4))
        let two = NDArray([1, 2] as [Double])
        expectClose([median(x, two).value], [(17.0 / 2).squareRoot()])
        expectClose([median(x, two.reshape([2, 1])).value], [(17.0 / 2).squareRoot()])
        #expect(mean.name == "meanAbsoluteError" && !mean.prefersHigher)
        try mean.check(prediction: [4], target: [2], .float64)
        try median.check(prediction: [4], target: [], .float64)
        for target in [[4], [1, 2]] as [Shape] {
            #expect(throws: ShapeError.self) {
                try mean.check(prediction: [4], target: target, .float64)
            }
        }
    }

    @Test("F1 of each output is the mean of their own scores")
    func perOutput() {
        let x = NDArray([1, -1, 1, 1, -1, -1, -1, 1, -1] as [Double], [3, 3])
        let y = NDArray([1, 0, 0, 1, 1, 0, 0, 1, 0], [3, 3])
        let metric = F1Score(.perOutput)
        // Of the outputs: 1; 2/3, one of two found; 0, one called and none there.
        expectClose([metric(x, y).value], [(1 + 2 / 3.0 + 0) / 3])
        expectClose(metric.perClass(metric(x, y)), [1, 2 / 3.0, 0])
        let ignoring = F1Score(.perOutput, ignoredIndex: 0)
        expectClose([ignoring(x, y).value], [(1 + 2 / 3.0) / 2])
        #expect(metric.outputsLeftOut(of: metric(x, y).numbers) == [])
        #expect(ignoring.outputsLeftOut(of: ignoring(x, y).numbers) == [2])
        // Where no output has a yes or is given one, there is no mean.
        let none = NDArray.full([3, 3], 0, .int64)
        #expect(metric(NDArray.full([3, 3], -1), none).value.isNaN)
        #expect(metric.name == "f1")
        #expect(throws: ShapeError.self) {
            try metric.check(prediction: [3], target: [], .int64)
        }
    }

    @Test("a sharper softplus is a line beyond its threshold")
    func softplus() {
        let x = Tensor([-1, 0.5, 3], .float64)
        let layer = Softplus(beta: 2, threshold: 4)
        let expected = [-1.0, 0.5].map { logarithm(1 + exponential(2 * $0)) / 2 } + [3]
        expectClose(layer(x), expected)
        #expect(layer.describe == "Softplus(beta: 2.0, threshold: 4.0)")
        #expect(Softplus().describe == "Softplus")
    }
}
