import Tensor

/// One comparison of gradients with finite differences; see `checkGradients`.
struct GradientComparison {
    private let leaves: [Tensor]
    private let highestOrder: Int
    private let tolerance: Double
    private let samples: Int?
    private let countsKinks: Bool
    private let seed: UInt64
    private let isLeftOut: (Tensor, [Int]) -> Bool
    private let function: () -> Tensor

    init(
        of leaves: [Tensor], order: Int, tolerance: Double, samples: Int?, countsKinks: Bool,
        seed: UInt64, leavingOut: @escaping (Tensor, [Int]) -> Bool = { _, _ in false },
        _ function: @escaping () -> Tensor
    ) {
        guard order == 1 || order == 2 else {
            fail("checkGradients", "the order is \(order); 1 and 2 can be checked")
        }
        self.leaves = leaves
        highestOrder = order
        self.tolerance = tolerance
        self.samples = samples
        self.countsKinks = countsKinks
        self.seed = seed
        isLeftOut = leavingOut
        self.function = function
    }

    func run() -> GradientCheck {
        var parts: [GradientCheck.Part] = []
        var failures: [GradientCheck.Element] = []
        var kinks: [GradientCheck.Element] = []
        for order in 1...highestOrder {
            let weighted = WeightedFunction(by: leaves, order: order, seed: seed, function)
            let gradients = weighted.gradients()
            for (number, leaf) in leaves.enumerated() where leaf.dtype.isFloat {
                let analytic = gradients[number]?.values(as: Double.self)
                var worst: GradientCheck.Element?
                let positions = positions(in: leaf)
                for position in positions {
                    let slope = Slope(of: weighted, by: leaf, at: position)
                    let verdict = slope.compare(analytic?[position] ?? 0, tolerance)
                    let element = element(number, position, order, verdict)
                    if verdict.isKink { kinks.append(element) }
                    if verdict.isWrong { failures.append(element) }
                    if verdict.isKink && !verdict.isWrong { continue }
                    if worst.map({ $0.error < element.error }) ?? true { worst = element }
                }
                parts.append(
                    GradientCheck.Part(
                        name: name(number), shape: leaf.shape, order: order,
                        checked: positions.count, isReached: analytic != nil, worst: worst))
            }
        }
        return GradientCheck(
            tolerance: tolerance, parts: parts, failures: failures, kinks: kinks,
            countsKinks: countsKinks)
    }

    private func name(_ number: Int) -> String { leaves[number].label ?? "tensor \(number)" }

    private func element(
        _ number: Int, _ position: Int, _ order: Int, _ verdict: Slope.Verdict
    ) -> GradientCheck.Element {
        GradientCheck.Element(
            tensor: number, name: name(number),
            index: leaves[number].shape.index(at: position), order: order,
            analytic: verdict.analytic, numeric: verdict.numeric, slopes: verdict.slopes,
            error: verdict.error)
    }

    private func positions(in leaf: Tensor) -> [Int] {
        func isChecked(_ position: Int) -> Bool {
            !isLeftOut(leaf, leaf.shape.index(at: position))
        }
        guard let samples, samples < leaf.count else {
            return (0..<leaf.count).filter(isChecked)
        }
        let random = Random(seed: seed).fork("samples")
        let order = random.permutation(leaf.count).lazy.filter(isChecked)
        return order.prefix(max(0, samples)).sorted()
    }
}
