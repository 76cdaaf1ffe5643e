import FakeTensor

// Losses; classes stand on the last axis here, on axis 1 there.
extension Entry {
    static let losses: [Entry] = [
        elementwiseLoss("nn.functional.mse_loss") { MeanSquaredError(reduction: try $0.reduction) },
        elementwiseLoss("nn.functional.l1_loss") {
            MeanAbsoluteError(reduction: try $0.reduction)
        },
        elementwiseLoss("nn.functional.huber_loss", with: " delta weight") { a in
            if a.has("weight") { throw Inexpressible("weight") }
            return Huber(delta: try a.number("delta", or: 1), reduction: try a.reduction)
        },
        .op("nn.functional.smooth_l1_loss", with: "target reduction beta") { a in
            let beta = try a.number("beta", or: 1)
            if beta == 0 { throw Inexpressible("beta 0") }
            let loss = Huber(delta: beta, reduction: try a.reduction)
            return loss(try a.x, try a.target) / beta
        },
        elementwiseLoss("nn.functional.kl_div", with: " log_target") { a in
            if try a.bool("log_target") { throw Inexpressible("log_target") }
            return KLDivergence(reduction: try a.reduction)
        },
        elementwiseLoss(
            "nn.functional.binary_cross_entropy_with_logits", with: " weight pos_weight"
        ) { a in
            if a.has("weight") { throw Inexpressible("weight") }
            let positive = try a.optionalTensor("pos_weight")
            if let positive, positive.count != 1 { throw Inexpressible("pos_weight of classes") }
            return BinaryCrossEntropy(
                positiveWeight: positive?.item ?? 1, reduction: try a.reduction)
        },
        .op(
            "nn.functional.cross_entropy",
            with: "target weight ignore_index reduction label_smoothing"
        ) { a in
            let loss = CrossEntropy(
                labelSmoothing: try a.number("label_smoothing", or: 0),
                ignoredIndex: try a.int("ignore_index", or: -100),
                classWeights: try a.classWeights, reduction: try a.reduction)
            let target = try a.tensor("target")
            return loss(try a.x.classesLast, target.dtype.isFloat ? target.classesLast : target)
        },
        .op("nn.functional.nll_loss", with: "target weight ignore_index reduction") { a in
            let loss = NegativeLogLikelihood(
                ignoredIndex: try a.int("ignore_index", or: -100),
                classWeights: try a.classWeights, reduction: try a.reduction)
            return loss(try a.x.classesLast, try a.tensor("target"))
        },
    ]

    private static func elementwiseLoss(
        _ name: String, with more: String = "",
        _ make: @escaping @Sendable (Arguments) throws -> any Loss
    ) -> Entry {
        .op(name, with: "target reduction" + more) { a in
            try make(a).callAsFunction(a.x, a.target)
        }
    }
}

extension Arguments {
    /// PyTorch's word for how losses are joined.
    var reduction: LossReduction {
        get throws {
            let word = string("reduction") ?? "mean"
            if word == "batchmean" { return .batchMean }
            return try require(LossReduction(rawValue: word), "reduction \(word)")
        }
    }

    /// The target, of the same shape.
    var target: Tensor {
        get throws {
            let target = try tensor("target")
            if try target.shape != x.shape { throw Inexpressible("losses that broadcast") }
            return target
        }
    }

    /// Weights of classes, which are numbers here.
    var classWeights: [Double]? {
        get throws {
            guard let weight = try optionalTensor("weight") else { return nil }
            if weight.requiresGrad { throw Inexpressible("a gradient by class weights") }
            return weight.values(as: Double.self)
        }
    }
}

extension Tensor {
    /// Axis 1 moved to the end.
    fileprivate var classesLast: Tensor {
        rank < 3 ? self : permute([0] + Array(2..<rank) + [1])
    }
}
