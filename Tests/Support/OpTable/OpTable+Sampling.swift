import Autograd
import Tensor

// Rows of random choices, each from a stream that starts anew, and of tables of embeddings.
extension OpTable {
    private static let real = OpInput.real(-2...2)
    private static let weights: [Shape] = [[3, 4], [4], [1, 1], [0, 4]]

    private static let draws: [Shape] = [[3, 4], [], [1], [0], [200]]

    private static func random() -> Random { Random(seed: 7) }

    static let sampling: [OpRow] = [
        shaped(
            "bernoulli", "Compare", "Cast", shapes: [[3, 4], [], [1], [0]], over: 0...1,
            gradient: .none("float")
        ) { $0.bernoulli(using: random()) },
        shaped(
            "multinomial", "Top", shapes: weights, over: 0.1...1, gradient: .none("index")
        ) { $0.multinomial($0.shape[$0.rank - 1], using: random()) },
        shaped(
            "multinomial with replacement", "CumSum", "Search", shapes: weights, over: 0.1...1,
            gradient: .none("index")
        ) { $0.multinomial(5, withReplacement: true, using: random()) },
        shaped("poisson", "PoissonDraw", shapes: draws, over: 0...40, gradient: .none("float")) {
            $0.poisson(using: random())
        },
        shaped("gamma", "LogGammaDraw", shapes: draws, over: 0.1...4, gradient: .none("float")) {
            $0.detach().cast(to: .float64).gamma(using: random())
        },
        several(
            "gamma slope", "LogGammaSlope", inputs: [.real(0.25...5), .real(-2...2)],
            shapes: [[[3, 4], [3, 4]], [[], []], [[0], [0]]], gradient: .none("float")
        ) {
            let operands = $0.map { $0.detach().cast(to: .float64) }
            return InnerOps.logGammaSlope(operands[0], operands[1])
        },
        several(
            "beta", "LogGammaDraw", inputs: [.real(0.1...4), .real(0.1...4)],
            shapes: [[[3, 4], [3, 4]], [[3, 1], [4]], [[], [2]], [[0], [1]]],
            gradient: .none("float")
        ) { $0[0].detach().cast(to: .float64).beta($0[1].detach(), using: random()) },
        shaped(
            "dirichlet", "LogGammaDraw", shapes: [[3, 4], [1], [0, 3]], over: 0.1...4,
            gradient: .none("float")
        ) { $0.detach().cast(to: .float64).dirichlet(using: random()) },
        shaped("shuffled", "Order", "Gather", "ScatterAdd", shapes: [[5, 2], [1, 1], [0, 2]]) {
            $0.shuffled(using: random())
        },
        shaped("choice", "Top", "Gather", "ScatterAdd", shapes: [[5, 2], [3, 1], [4, 0]]) {
            $0.choice(3, withReplacement: false, using: random())
        },
    ]

    private static let fives = OpInput.index(below: 5)

    private static func bag(
        _ name: String, _ reduction: BagReduction, paddingIndex: Int? = nil
    ) -> OpRow {
        several(
            name, "Gather", "ScatterAdd", inputs: [real, fives],
            shapes: [[[5, 3], [4, 3]], [[5, 1], [1, 1]], [[5, 2], [0, 3]]], roundings: 3
        ) { $0[0].embeddingBag($0[1], reduction: reduction, paddingIndex: paddingIndex) }
    }

    static let embeddings: [OpRow] = [
        several(
            "embedding", "Gather", "ScatterAdd", inputs: [real, fives],
            shapes: [[[5, 3], [2, 4]], [[5, 1], []], [[5, 2], [0]]], large: [[5, 307], [400]]
        ) { $0[0].embedding($0[1]) },
        bag("embeddingBag sum", .sum, paddingIndex: 3),
        bag("embeddingBag mean", .mean),
        bag("embeddingBag mean without padding", .mean, paddingIndex: -2),
        bag("embeddingBag max", .max, paddingIndex: 1),
        several(
            "embeddingBag weighted", "Gather", "ScatterAdd", inputs: [real, fives, real],
            shapes: [[[5, 3], [4, 3], [4, 3]], [[5, 2], [0, 3], [0, 3]]], roundings: 3
        ) { $0[0].embeddingBag($0[1], reduction: .sum, weights: $0[2]) },
        offsets("embeddingBag offsets sum", "ScatterAdd", .sum, paddingIndex: 3),
        offsets("embeddingBag offsets mean", "ScatterAdd", .mean),
        offsets("embeddingBag offsets max", "ScatterExtreme", .max, paddingIndex: 1),
        several(
            "embeddingBag offsets weighted", "Gather", "ScatterAdd", inputs: [real, fives, real],
            shapes: [[[5, 3], [7], [7]], [[5, 2], [5], [5]]], roundings: 3
        ) {
            $0[0].embeddingBag($0[1], offsets: starts($0[0]), reduction: .sum, weights: $0[2])
        },
    ]

    private static func offsets(
        _ name: String, _ join: String, _ reduction: BagReduction, paddingIndex: Int? = nil
    ) -> OpRow {
        several(
            name, "Gather", "Requirement", join, inputs: [real, fives],
            shapes: [[[5, 3], [7]], [[5, 1], [4]], [[5, 2], [9]]], roundings: 3
        ) {
            $0[0].embeddingBag(
                $0[1], offsets: starts($0[0]), reduction: reduction, paddingIndex: paddingIndex)
        }
    }

    /// Four bags, the second empty.
    private static func starts(_ table: Tensor) -> Tensor {
        Tensor(NDArray([0, 2, 2, 4], on: table.data.backend))
    }
}
