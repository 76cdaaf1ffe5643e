import FTSupport
import Tensor

/// Examples for which a model gave NaN or infinities, as it does for numbers that its dtype can't
/// hold.
package final class UnsoundRows {
    /// The first of them, by its place in what is predicted.
    package private(set) var first: Int?
    /// How many there are, and of how many.
    package private(set) var (count, all) = (0, 0)

    /// Looks at the outputs of some examples.
    func look(at values: NDArray, of examples: [Int]) {
        let numbers = values.values(as: Double.self)
        let width = numbers.count / max(examples.count, 1)
        all += examples.count
        for (row, example) in examples.enumerated()
        where !numbers[row * width..<(row + 1) * width].allSatisfy(\.isFinite) {
            first = first ?? example
            count += 1
        }
    }

    /// A sentence on them; nil if there are none.
    ///
    /// - Parameters:
    ///   - written: what stands in place of what is predicted.
    ///   - name: says which example the first is.
    package func sentence(written: String, _ name: (Int) -> String) -> String? {
        first.map { first in
            let which = count > 1 ? "the first is \(name(first))" : name(first)
            return "the model's outputs are infinite or no number for \(Format.grouped(count)) of "
                + "\(Format.count(all, "example")) (\(which)), and \(written); look for values "
                + "beyond those of its data"
        }
    }
}

extension PredictionWriter.Form {
    /// What stands where outputs aren't finite.
    ///
    /// - Parameter areClasses: whether classes, or yes and no, are predicted beside numbers.
    func unsound(areClasses: Bool) -> String {
        switch self {
        case .csv, .tsv:
            areClasses
                ? "their predictions are left empty, beside the numbers as inf or nan"
                : "inf or nan is written for them"
        case .jsonl: "null is written for them"
        case .npy: "inf or nan is written for them"
        case .h5:
            areClasses
                ? "\(PredictionWriter.noClass) is written for them as a prediction, beside the numbers "
                    + "as inf or nan"
                : "inf or nan is written for them"
        }
    }
}
