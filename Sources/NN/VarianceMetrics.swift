internal import Autograd
public import Tensor

/// R² = 1 − Σ (x − y)² / Σ (y − ȳ)², the coefficient of determination, of each output over all
/// examples; the mean over the outputs.
///
/// An output whose targets are all equal, or fewer than two, has none: there is nothing to explain.
/// The mean leaves it out, and is NaN where no output is left.
public struct R2Score: PairMetric, MeanOverOutputs {
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

    /// The mean of 1 − Σ (x − y)² / Σ (y − ȳ)² over the outputs whose targets vary; NaN without any.
    public func value(of numbers: [Double]) -> Double {
        Outputs.mean(numbers) { output in
            // Σ e² is the sum of squares about the mean and that of the mean.
            let missed = output.errorSquares + output.count * output.errorMean * output.errorMean
            return (missed, output.targetSquares)
        }
    }

    /// `all targets are equal`.
    public static let reasonForNoValue = Outputs.reason

    /// The outputs whose targets are all equal, or fewer than two.
    public func outputsLeftOut(of numbers: [Double]) -> [Int] { Outputs.constant(numbers) }
}

/// 1 − Var(y − x) / Var(y) of each output over all examples; the mean over the outputs. Unlike R²
/// it forgives a constant error. Constant targets and few examples are treated as in R².
public struct ExplainedVariance: PairMetric, MeanOverOutputs {
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

    /// The mean of 1 − Var(y − x) / Var(y) over the outputs whose targets vary; NaN without any.
    public func value(of numbers: [Double]) -> Double {
        Outputs.mean(numbers) { ($0.errorSquares, $0.targetSquares) }
    }

    /// `all targets are equal`.
    public static let reasonForNoValue = Outputs.reason

    /// The outputs whose targets are all equal, or fewer than two.
    public func outputsLeftOut(of numbers: [Double]) -> [Int] { Outputs.constant(numbers) }
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

    static let reason = "all targets are equal"

    /// The outputs whose targets don't vary, but by how their mean is rounded.
    static func constant(_ numbers: [Double]) -> [Int] {
        let columns = numbers.count / 5
        return (0..<columns).filter { column in
            let (count, mean) = (numbers[column], numbers[columns + column])
            let rounding = mean * 0x1p-50
            return count < 2 || numbers[2 * columns + column] <= count * rounding * rounding
        }
    }

    /// The mean of 1 − missed / all over the outputs whose targets vary.
    static func mean(
        _ numbers: [Double], _ body: (Output) -> (missed: Double, all: Double)
    ) -> Double {
        let columns = numbers.count / 5
        let constant = Set(constant(numbers))
        let counted = (0..<columns).filter { !constant.contains($0) }
        guard !counted.isEmpty else { return .nan }
        var total = 0.0
        for column in counted {
            func number(_ row: Int) -> Double { numbers[row * columns + column] }
            let output = Output(
                count: number(0), targetSquares: number(2), errorMean: number(3),
                errorSquares: number(4))
            let (missed, all) = body(output)
            total += 1 - missed / all
        }
        return total / Double(counted.count)
    }
}
