import Tensor

extension NDArray {
    /// Of one output an example [N, 1] a number each [N], where the targets of the model were that.
    func asTargets(_ predictor: Predictor) -> NDArray {
        rank == 2 && shape[1] == 1 && predictor.preprocessing.target.shape.isEmpty
            && !predictor.meaning.isOfClassAxis ? reshape([shape[0]]) : self
    }

    /// Classes [N, …] with `PredictionWriter.noClass` where an output of them isn't finite.
    ///
    /// - Parameter values: probabilities or scores [N, …] of each, along a last axis or one alone.
    func marking(_ values: NDArray) -> NDArray {
        let numbers = values.values(as: Double.self)
        if numbers.allSatisfy(\.isFinite) { return self }
        let width = max(numbers.count / max(count, 1), 1)
        let marked = self.values(as: Int.self).enumerated().map { place, value in
            numbers[place * width..<(place + 1) * width].allSatisfy(\.isFinite)
                ? value : PredictionWriter.noClass
        }
        return NDArray(marked, shape)
    }
}
