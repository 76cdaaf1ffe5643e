public import Tensor

/// What a model says of examples.
public struct Predictions: Sendable {
    /// Of classes their probabilities [N, …, classes]; of yes or no the probability of yes [N, …];
    /// of quantities their values [N, …], in the units of the data. Scores where a loss such as a
    /// margin gives no probabilities.
    public let values: NDArray
    /// The most probable class, or 1 for yes, int64 [N, …]; nil for quantities.
    public let classes: NDArray?
    /// The names of the classes; empty where they have none.
    public let classNames: [String]
    /// What the several quantities, or answers, of an example are called; empty where they have no
    /// names.
    public let outputNames: [String]
    /// The words for 0 and 1 of each answer; empty where these are no and yes.
    public let answerWords: [[String]]
    /// Whether `values` are probabilities.
    public let areProbabilities: Bool

    /// How many examples.
    public var count: Int { values.shape[0] }

    /// Whether all of `values` are finite.
    package var areFinite: Bool { values.values(as: Double.self).allSatisfy(\.isFinite) }

    /// The names of the predicted classes, for models that give one class for each example; their
    /// numbers where they have no names.
    public var labels: [String] {
        guard let classes else { return [] }
        return classes.values(as: Int.self).map(name)
    }

    /// What one of an example's several outputs is called.
    package func outputName(_ place: Int) -> String {
        outputNames.indices.contains(place) ? outputNames[place] : "\(place)"
    }

    /// The word that an answer is, where it has one.
    package func answer(_ place: Int, _ value: Int) -> String? {
        guard answerWords.indices.contains(place), answerWords[place].indices.contains(value)
        else { return nil }
        return answerWords[place][value]
    }

    /// What a class is called.
    package func name(_ place: Int) -> String {
        classNames.indices.contains(place) ? classNames[place] : "\(place)"
    }
}
