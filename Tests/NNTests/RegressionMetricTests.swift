import NN
import Tensor
import Testing

/// The numbers are scikit-learn 1.9's.
@Suite("Metrics of numbers")
struct RegressionMetricTests {
    /// Nine examples of two outputs.
    private let predictions = NDArray(
        [
            1.08, 1.04, 0.16, 1.61, -0.28, -0.14, 0.8, -0.55, 2.16, 1.02, 2.18, -0.03, -0.38,
            0.17, 0.73, -0.59, 0.38, -0.02,
        ] as [Double], [9, 2])
    private let targets = NDArray(
        [
            2.03, 0.77, 0.88, 1.35, -0.36, -0.42, 0.62, -0.49, 2.87, 1.09, 2.73, 0.62, 0.03,
            0.25, 0.92, -1.23, 0.98, -0.72,
        ] as [Double], [9, 2])

    /// The metric of all examples at once, which has to be that of batches added up.
    private func value(_ metric: some Metric) -> Double {
        let whole = metric(predictions, targets).value
        for size in [1, 4] {
            var sum: Tally?
            for start in stride(from: 0, to: 9, by: size) {
                let count = min(size, 9 - start)
                let batch = metric(
                    predictions.slice(axis: 0, start: start, count: count),
                    targets.slice(axis: 0, start: start, count: count))
                sum = sum.map { $0 + batch } ?? batch
            }
            expectClose([sum?.value ?? .nan], [whole])
        }
        return whole
    }

    @Test("R², explained variance and relatives of the mean error")
    func values() {
        expectClose([value(R2Score())], [0.7382109290147054])
        expectClose([value(ExplainedVariance())], [0.8344976175323278])
        expectClose([value(RootMeanSquaredError())], [0.4936485479456907])
        expectClose([value(AbsolutePercentageError())], [1.1661391375919001])
    }

    @Test("constant targets and single examples have no value; zeros follow scikit-learn")
    func edges() {
        func both(_ x: [Double], _ y: [Double]) -> [Double] {
            [
                R2Score()(NDArray(x), NDArray(y)).value,
                ExplainedVariance()(NDArray(x), NDArray(y)).value,
            ]
        }
        for x in [[2, 2, 3], [2, 2, 2], [3, 3, 3]] as [[Double]] {
            #expect(both(x, [2, 2, 2]).allSatisfy { $0.isNaN })
        }
        // Whose mean is rounded.
        let tenths = [Double](repeating: 0.1, count: 30)
        #expect(both(tenths.map { $0 + 1 }, tenths).allSatisfy { $0.isNaN })
        #expect(both([3], [2]).allSatisfy { $0.isNaN })
        #expect(both([], []).allSatisfy { $0.isNaN })
        let share = AbsolutePercentageError()(NDArray([1.0, 1]), NDArray([0.0, 2]))
        #expect(share.value == 2251799813685248)
    }

    @Test("a target that is ignored counts nothing, in any output and batch")
    func ignored() {
        let x = NDArray([0.5, 9, 2, 1, 9, 4, 3, .nan] as [Double], [4, 2])
        let y = NDArray([1, -1, 2, 3, -1, 5, 4, -1] as [Double], [4, 2])
        let metrics: [(any Metric, Double)] = [
            (AbsoluteError(ignoredIndex: -1), 4.5 / 5), (SquaredError(ignoredIndex: -1), 1.25),
            (RootMeanSquaredError(ignoredIndex: -1), 1.25.squareRoot()),
            (AbsolutePercentageError(ignoredIndex: -1), (0.5 + 2.0 / 3 + 0.2 + 0.25) / 5),
            (R2Score(ignoredIndex: -1), (1 - 1.25 / (14.0 / 3) + 1 - 5.0 / 2) / 2),
            (
                ExplainedVariance(ignoredIndex: -1),
                (1 - 0.5 / (14.0 / 3) + 1 - 0.5 / 2) / 2
            ),
        ]
        for (metric, expected) in metrics {
            expectClose([metric(x, y).value], [expected])
            let parts = (0..<2).map { part in
                metric(
                    x.slice(axis: 0, start: 2 * part, count: 2),
                    y.slice(axis: 0, start: 2 * part, count: 2))
            }
            expectClose([(parts[0] + parts[1]).value], [expected])
        }
        // Of two outputs the one whose targets are all equal is left out.
        let tally = R2Score()(NDArray([1.0, 5, 2, 7], [2, 2]), NDArray([1.0, 6, 3, 6], [2, 2]))
        #expect(tally.value == 0.5 && R2Score().outputsLeftOut(of: tally.numbers) == [1])
        // An output without targets is none.
        let some = R2Score(ignoredIndex: -1)(
            NDArray([1.0, 5, 3, 5], [2, 2]), NDArray([1.0, -1, 3, -1], [2, 2]))
        #expect(some.value == 1)
        let none = NDArray([-1.0, -1])
        #expect(AbsoluteError(ignoredIndex: -1)(none, none).value == 0)
        #expect(R2Score(ignoredIndex: -1)(none, none).value.isNaN)
    }

    @Test("no digits are lost where targets are large beside their differences")
    func large() {
        let y = (0..<6).map { 1e8 + Double($0) }
        let x = zip(y, [0.5, -0.5, 0.5, -0.5, 0.5, 0.5]).map { $0 + $1 }
        for metric in [R2Score(), ExplainedVariance()] as [any Metric] {
            let batches = (0..<3).map { index in
                metric(
                    NDArray(Array(x[(2 * index)..<(2 * index + 2)])),
                    NDArray(Array(y[(2 * index)..<(2 * index + 2)])))
            }
            let expected = metric is R2Score ? 0.9142857142857143 : 0.9238095238095239
            expectClose([(batches[0] + batches[1] + batches[2]).value], [expected])
        }
    }
}
