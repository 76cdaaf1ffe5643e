internal import Autograd
public import Tensor

/// R² = 1 − Σ (x − y)² / Σ (y − ȳ)², the coefficient of determination, of each output over all
/// examples; the mean over the outputs.
///
/// As in scikit-learn, an output whose targets are all equal has 1 if it is predicted exactly and
/// else 0, and fewer than two examples give NaN.
public struct R2Score: PairMetric {
    /// A target that counts nothing; nil where all count.
    public let ignoredIndex: Int?

    /// The mean over all outputs, but for targets of `ignoredIndex`.
    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    /// `r2`, in configs and tables.
    public var name: String { "r2" }
    /// More is better.
    public var prefersHigher: Bool { true }

    /// The moments of targets and errors, in float64.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        Outputs.tally(prediction, target, name, ignoredIndex, value)
    }

    /// The mean of 1 − Σ (x − y)² / Σ (y − ȳ)² over the outputs; NaN of fewer than two examples.
    public func value(of numbers: [Double]) -> Double {
        Outputs.mean(numbers) { output in
            // Σ e² is the sum of squares about the mean and that of the mean.
            let missed = output.errorSquares + output.count * output.errorMean * output.errorMean
            return (missed, output.targetSquares)
        }
    }
}

/// 1 − Var(y − x) / Var(y) of each output over all examples; the mean over the outputs. Unlike R²
/// it forgives a constant error. Constant targets and few examples are treated as in R².
public struct ExplainedVariance: PairMetric {
    /// A target that counts nothing; nil where all count.
    public let ignoredIndex: Int?

    /// The mean over all outputs, but for targets of `ignoredIndex`.
    public init(ignoredIndex: Int? = nil) { self.ignoredIndex = ignoredIndex }
    /// `explainedVariance`, in configs and tables.
    public var name: String { "explainedVariance" }
    /// More is better.
    public var prefersHigher: Bool { true }

    /// The moments of targets and errors, in float64.
    public func callAsFunction(_ prediction: NDArray, _ target: NDArray) -> Tally {
        Outputs.tally(prediction, target, name, ignoredIndex, value)
    }

    /// The mean of 1 − Var(y − x) / Var(y) over the outputs; NaN of fewer than two examples.
    public func value(of numbers: [Double]) -> Double {
        Outputs.mean(numbers) { ($0.errorSquares, $0.targetSquares) }
    }
}

/// What metrics of variance know of each output.
private enum Outputs {
    struct Output {
        let count, targetSquares, errorMean, errorSquares: Double
    }

    /// The moments of targets and errors; all axes but the first are outputs.
    static func tally(
        _ prediction: NDArray, _ target: NDArray, _ name: String, _ ignoredIndex: Int?,
        _ measure: @escaping @Sendable ([Double]) -> Double
    ) -> Tally {
        let (x, y) = Pairs.wide(prediction, target, name)
        let rows = x.rank == 0 ? 1 : x.shape[0]
        let columns = x.rank == 0 ? 1 : x.shape.removing(at: 0).elementCount
        let (wanted, found) = (y.reshape([rows, columns]), x.reshape([rows, columns]))
        let isOut = ignoredIndex.map { wanted.equals(class: $0) }
        return Tally(
            moments: Moments.of([wanted, wanted - found], leavingOut: isOut), measure: measure)
    }

    /// The mean of 1 − missed / all over the outputs that have targets.
    static func mean(
        _ numbers: [Double], _ body: (Output) -> (missed: Double, all: Double)
    ) -> Double {
        let columns = numbers.count / 5
        let counted = (0..<columns).filter { numbers[$0] > 0 }
        guard !counted.isEmpty, counted.allSatisfy({ numbers[$0] >= 2 }) else { return .nan }
        var total = 0.0
        for column in counted {
            func number(_ row: Int) -> Double { numbers[row * columns + column] }
            let output = Output(
                count: number(0), targetSquares: number(2), errorMean: number(3),
                errorSquares: number(4))
            let (missed, all) = body(output)
            total += all != 0 ? 1 - missed / all : missed == 0 ? 1 : 0
        }
        return total / Double(counted.count)
    }
}
