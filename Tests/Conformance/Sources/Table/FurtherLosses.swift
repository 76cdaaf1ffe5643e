import FakeTensor

// Losses of margins, pairs, distributions and sequences.
extension Entry {
    static let furtherLosses: [Entry] = margins + pairs + likelihoods + sequences

    private static let margins: [Entry] = [
        .op("nn.functional.soft_margin_loss", with: "target reduction") { a in
            try SoftMargin(reduction: a.reduction)(a.x, a.sides)
        },
        .op("nn.functional.hinge_embedding_loss", with: "target margin reduction") { a in
            let loss = HingeEmbedding(
                margin: try a.number("margin", or: 1), reduction: try a.reduction)
            return try loss(a.x, a.sides)
        },
        .op("nn.functional.multi_margin_loss", with: "target p margin weight reduction") { a in
            let loss = MultiMargin(
                margin: try a.number("margin", or: 1), isSquared: try a.int("p", or: 1) == 2,
                classWeights: try a.classWeights, reduction: try a.reduction)
            let (x, target) = try (a.x, a.tensor("target"))
            if x.rank == 0 { throw Inexpressible("one class without an axis") }
            // One example without an axis of them, or a row for a target with one.
            let isBare = x.rank == 1 && target.rank == 1
            return loss(isBare ? x.unsqueeze(0) : x, target)
        },
    ]

    private static let pairs: [Entry] = [
        .op("nn.functional.margin_ranking_loss", with: "other target margin reduction") { a in
            let loss = MarginRanking(
                margin: try a.number("margin", or: 0), reduction: try a.reduction)
            let (x, other) = try (a.x, a.tensor("other"))
            if x.shape != other.shape { throw Inexpressible("losses that broadcast") }
            return try loss(x, other, a.target)
        },
        .op(
            "nn.functional.triplet_margin_loss",
            with: "positive negative margin p eps swap reduction"
        ) { a in
            try a.only("eps", 1e-6)
            let loss = TripletMargin(
                margin: try a.number("margin", or: 1), order: try a.number("p", or: 2),
                swapsAnchor: try a.bool("swap"), reduction: try a.reduction)
            return try loss(
                anchor: a.x, positive: a.tensor("positive"), negative: a.tensor("negative"))
        },
        .op("nn.functional.cosine_embedding_loss", with: "other target margin reduction") { a in
            let loss = CosineEmbedding(
                margin: try a.number("margin", or: 0), reduction: try a.reduction)
            return try loss(a.x, a.tensor("other"), a.tensor("target"))
        },
    ]

    private static let likelihoods: [Entry] = [
        .op("nn.functional.binary_cross_entropy", with: "target weight reduction") { a in
            let loss = BinaryCrossEntropy(
                predictions: .probabilities, reduction: try a.reduction)
            guard let weights = try a.optionalTensor("weight") else {
                return try loss(a.x, a.target)
            }
            return try loss(a.x, a.target, weights: weights)
        },
        .op("nn.functional.poisson_nll_loss", with: "target log_input full eps reduction") { a in
            let loss = PoissonNLL(
                isLogarithm: try !a.has("log_input") || a.bool("log_input"),
                isFull: try a.bool("full"), epsilon: try a.number("eps", or: 1e-8),
                reduction: try a.reduction)
            return try loss(a.x, a.target)
        },
        .op("nn.functional.gaussian_nll_loss", with: "target var full eps reduction") { a in
            let loss = GaussianNLL(
                isFull: try a.bool("full"), epsilon: try a.number("eps", or: 1e-6),
                reduction: try a.reduction)
            let variance = try a.tensor("var")
            // One variance an example, whose axis may be left out there.
            let isShort = try variance.rank < a.x.rank && variance.rank > 0
            return try loss(
                a.x, a.target, variance: isShort ? variance.unsqueeze(-1) : variance)
        },
    ]

    private static let sequences: [Entry] = [
        .op(
            "nn.functional.ctc_loss",
            with: "targets input_lengths target_lengths blank reduction zero_infinity"
        ) { a in
            let loss = CTC(
                blank: try a.int("blank", or: 0), zeroesInfinity: try a.bool("zero_infinity"),
                reduction: try a.reduction)
            return try loss(
                a.x, a.tensor("targets"), lengths: a.lengths("input_lengths"),
                targetLengths: a.lengths("target_lengths"))
        }
    ]
}

extension Arguments {
    /// A target of 1 and −1.
    fileprivate var sides: Tensor {
        get throws {
            let target = try target
            if target.abs().values(as: Double.self).contains(where: { $0 != 1 }) {
                throw Inexpressible("targets between the sides")
            }
            return target
        }
    }

    fileprivate func lengths(_ name: String) throws -> Tensor {
        Tensor(try require(ints(name), name), .int64)
    }
}
