import FTConfig
public import NN
public import Tensor

/// A layer of a program's own that configs can name.
///
///     CustomLayer(
///         "sinusoid", "sin(f · (x Wᵀ + b)).",
///         [.int("units", min: 1, doc: "output features")]
///     ) { keys, input, random in
///         SinusoidLayer(input[input.rank - 1], keys.int("units"), using: random)
///     }
public struct CustomLayer: Sendable {
    let entry: Catalog<LayerPlace, Layer>.Entry

    /// - Parameters:
    ///   - name: its `type` in configs.
    ///   - summary: a sentence for `fttrain list layers`.
    ///   - make: makes it from its keys, the shape of one example that comes in, without the batch,
    ///     and the run's stream of random numbers, from which weights are drawn. What it throws is
    ///     told; `ConfigKeys.problem` names the place in the config.
    public init(
        _ name: String, _ summary: String, _ keys: [ConfigKey] = [],
        make: @escaping @Sendable (ConfigKeys, _ input: Shape, _ random: Random) throws -> Layer
    ) {
        entry = .init(name, summary, keys.map(\.field)) { value, place in
            try make(ConfigKeys(value: value), place.input, place.builder.random)
        }
    }
}

/// A loss of a program's own that configs can name.
public struct CustomLoss: Sendable {
    /// What the outputs of a model that it trains stand for: reports, predictions and metrics go by
    /// it.
    public enum Outputs: Sendable {
        /// Quantities, as targets are.
        case numbers
        /// Scores of classes, which softmax makes probabilities of; targets are classes.
        case classLogits
        /// Scores of yes or no, which the logistic function makes probabilities of.
        case answerLogits
        /// Probabilities of yes.
        case answerProbabilities
    }

    let entry: Catalog<Void, ChosenLoss>.Entry

    /// - Parameters:
    ///   - name: its `type` in configs.
    ///   - summary: a sentence for `fttrain list losses`.
    ///   - outputs: what the numbers stand for that the model gives.
    ///   - takesMixtures: whether a target may lie between two others, as mixup makes them: of
    ///     classes, shares in place of a class.
    ///   - make: makes it from its keys.
    public init(
        _ name: String, _ summary: String, _ keys: [ConfigKey] = [], outputs: Outputs = .numbers,
        takesMixtures: Bool = false,
        make: @escaping @Sendable (ConfigKeys) throws -> any Loss
    ) {
        let facts = LossFacts(outputs.meaning, takesMixtures: takesMixtures)
        entry = .init(name, summary, keys.map(\.field)) { value, _ in
            ChosenLoss(try make(ConfigKeys(value: value)), facts)
        }
    }
}

extension CustomLoss.Outputs {
    fileprivate var meaning: OutputMeaning {
        switch self {
        case .numbers: .numbers(.asGiven)
        case .classLogits: .classes(.logits)
        case .answerLogits: .answers(.logits)
        case .answerProbabilities: .answers(.probabilities)
        }
    }
}

extension LossFacts {
    fileprivate init(_ meaning: OutputMeaning, takesMixtures: Bool) {
        let shares: Shares
        if case .classes = meaning { shares = .ofClasses } else { shares = .ofNumbers }
        self.init(
            outputs: .are(meaning),
            shares: takesMixtures ? shares : .none(remedy: "train without mixup"))
    }
}
