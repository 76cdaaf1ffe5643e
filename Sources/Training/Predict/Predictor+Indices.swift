import FTSupport
import NN
import Tensor

extension Predictor {
    /// What to do about an outlier.
    static let outlierRemedy = "; correct the data"

    /// The first example of which an input is no row of the table that the model looks it up in, or
    /// no number that it can take, and what is wrong with it; nil where there is none.
    ///
    /// - Parameter inputs: [N, …] each, as the training data were stored.
    func outlier(in inputs: [NDArray]) throws -> (row: Int, problem: String)? {
        for (expected, array) in zip(preprocessing.inputs, inputs)
        where array.dtype == .float64 && expected.dtype != .float64 && expected.dtype.isFloat {
            if let (row, value) = array.firstRowBeyondFloat32() {
                return (row, "\(value) is beyond \(FloatRange.words)")
            }
        }
        guard !lookUps.isEmpty else { return nil }
        let batches = try batches(inputs)
        return outlier(inModelInputs: batches)
    }

    /// What is wrong with the numbers of one example that comes by itself; nil where it can be used.
    func problem(with inputs: [NDArray]) throws -> String? {
        for (input, array) in zip(preprocessing.inputs, inputs) {
            if let problem = Predictor.otherNumber(array, input) { return problem }
        }
        return try outlier(in: inputs).map { $0.problem + Predictor.outlierRemedy }
    }

    /// - Parameter inputs: as the model sees them.
    func outlier(inModelInputs inputs: [NDArray]) -> (row: Int, problem: String)? {
        var first: (row: Int, problem: String)?
        for (expected, array) in zip(preprocessing.inputs, inputs) where array.count > 0 {
            guard
                let use = lookUps.filter({ $0.input == expected.name })
                    .min(by: { $0.count < $1.count }),
                let outlier = use.domain.outlier(
                    in: array.values(as: Double.self), width: 1, ignoring: nil)
            else { continue }
            let row = outlier.index / (array.count / array.shape[0])
            guard first.map({ row < $0.row }) ?? true else { continue }
            first = (
                row,
                "an index is \(Format.number(outlier.value)), but \(use.words)"
            )
        }
        return first
    }
}
