import NN

/// The loss that a config names, and what those must know of it who read what a model gives.
struct ChosenLoss {
    let loss: any Loss
    /// A target that counts nothing.
    let ignored: Int?
    let facts: LossFacts

    init(_ loss: any Loss, ignoring ignored: Int? = nil, _ facts: LossFacts = LossFacts()) {
        self.loss = loss
        self.ignored = ignored
        self.facts = facts
    }
}

/// What is true of a loss beside its numbers. Each entry of the catalog states its own.
struct LossFacts: Sendable {
    /// What the outputs of a model stand for that it trains.
    enum Outputs: Sendable {
        case are(OutputMeaning)
        /// Scores of classes where targets are classes, of yes or no where they are not.
        case asTargets(OutputMeaning.Score)
    }

    /// What becomes of it where a target is a mixture of two.
    enum Shares: Sendable {
        /// It takes numbers between two others, as those of quantities or of yes and no.
        case ofNumbers
        /// It takes shares of classes in place of a class.
        case ofClasses
        /// It takes a target for a class or a side, so that one between means something else; what
        /// to do instead.
        case none(remedy: String)
    }

    var outputs = Outputs.are(.numbers(.asGiven))
    var shares = Shares.ofNumbers
    /// Whether `classWeights` are those of outputs, each a question of its own.
    var weighsOutputs = false
    /// Why outputs stand beside no target of their own, so that none can be compared with one; nil
    /// where they can.
    var incomparable: String?

    /// Whether each output says yes or no by itself, whatever the targets.
    var areAnswers: Bool {
        if case .are(let meaning) = outputs { meaning.isOfAnswers } else { false }
    }
}

extension LossFacts {
    /// Of a loss that chooses among classes.
    static func classes(_ score: OutputMeaning.Score, takesShares: Bool = false) -> LossFacts {
        LossFacts(
            outputs: .are(.classes(score)),
            shares: takesShares ? .ofClasses : .none(remedy: "use crossEntropy"))
    }

    /// Of a loss of which side of 0 an output lies on.
    static func sides(_ score: OutputMeaning.Score) -> LossFacts {
        LossFacts(
            outputs: .are(.answers(score)), shares: .none(remedy: "use binaryCrossEntropy"))
    }

    /// Of a loss of probabilities of yes.
    static func answers(_ score: OutputMeaning.Score, weighsOutputs: Bool = false) -> LossFacts {
        LossFacts(outputs: .are(.answers(score)), weighsOutputs: weighsOutputs)
    }

    /// Of a loss of quantities.
    static func numbers(_ quantity: OutputMeaning.Quantity) -> LossFacts {
        LossFacts(outputs: .are(.numbers(quantity)))
    }

    /// Of a loss whose outputs stand beside no target of their own.
    static func incomparable(_ reason: String) -> LossFacts {
        LossFacts(shares: .none(remedy: "train without it"), incomparable: reason)
    }
}
