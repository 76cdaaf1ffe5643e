import Glibc
import Tensor

/// One comparison of gradients with finite differences; see `checkGradients`.
struct GradientComparison {
    private let leaves: [Tensor]
    private let highestOrder: Int
    private let tolerance: Double
    private let samples: Int?
    private let countsKinks: Bool
    private let seed: UInt64
    private let function: () -> Tensor

    init(
        of leaves: [Tensor], order: Int, tolerance: Double, samples: Int?, countsKinks: Bool,
        seed: UInt64, _ function: @escaping () -> Tensor
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
        guard let samples, samples < leaf.count else { return Array(0..<leaf.count) }
        let random = Random(seed: seed).fork("samples")
        return random.permutation(leaf.count).prefix(max(0, samples)).sorted()
    }
}

/// Σ weight · f, or for the second order Σ weight · gradient of that, as a function of the leaves'
/// present elements.
final class WeightedFunction {
    private let leaves: [Tensor]
    private let variables: [Tensor]
    private let order: Int
    private let seed: UInt64
    private let function: () -> Tensor
    /// The value, and the sum of the magnitudes of its terms, at the leaves' own elements.
    private(set) var value = 0.0
    private(set) var magnitude = 0.0
    /// The rounding error of the dtype that the function computes in.
    private(set) var epsilon = Double.ulpOfOne

    init(by leaves: [Tensor], order: Int, seed: UInt64, _ function: @escaping () -> Tensor) {
        self.leaves = leaves
        variables = leaves.filter { $0.dtype.isFloat }
        self.order = order
        self.seed = seed
        self.function = function
        let terms = terms()
        value = terms.reduce(0, +)
        magnitude = terms.reduce(0) { $0 + $1.magnitude }
        guard value == evaluate() || value.isNaN else {
            fail(
                "checkGradients", "the function gives different values for the same input",
                hint: "switch dropout off, or rewind its random stream in the function")
        }
    }

    func evaluate() -> Double { terms().reduce(0, +) }

    /// The gradients by the leaves, nil for those that the value doesn't depend on.
    func gradients() -> [Tensor?] {
        let roots = enableGrad { outputs(isRecorded: true) }
        var found = Autograd.gradients(of: roots, by: variables)[...]
        return leaves.map { leaf in
            guard leaf.dtype.isFloat, let gradient = found.popFirst() else { return nil }
            return gradient
        }
    }

    private func terms() -> [Double] {
        outputs(isRecorded: false).flatMap { output, weight in
            zip(output.values(as: Double.self), weight.values(as: Double.self)).map { $0 * $1 }
        }
    }

    /// What is differentiated, with the weights of its elements.
    private func outputs(isRecorded: Bool) -> [(tensor: Tensor, seed: Tensor)] {
        let random = Random(seed: seed).fork("weights")
        func weights(_ tensor: Tensor) -> Tensor {
            // Away from 0, so that each element counts.
            let sizes = random.uniform(tensor.shape, low: 0.5, high: 1.5, .float64)
            return Tensor(sizes.cast(to: tensor.dtype))
        }
        if order == 1 {
            let result = isRecorded ? function() : noGrad(function)
            guard result.dtype.isFloat else {
                fail("checkGradients", "the function's result is \(result.dtype), not a float")
            }
            epsilon = result.dtype.roundingError
            return [(result, result.count == 1 ? .ones(like: result) : weights(result))]
        }
        let result = enableGrad(function)
        let upstream = result.count == 1 ? Tensor.ones(like: result) : weights(result)
        let found = enableGrad {
            Autograd.gradients(of: [(result, upstream)], by: variables, records: isRecorded)
        }
        return zip(found, variables).map { gradient, variable in
            let weight = weights(variable)
            return (gradient ?? .zeros(like: variable), weight)
        }
    }
}

extension DType {
    /// The distance from 1 to the next number.
    fileprivate var roundingError: Double {
        switch self {
        case .float64: Double.ulpOfOne
        case .float16: Double(Float16.ulpOfOne)
        case .bfloat16: 1.0 / 128
        default: Double(Float.ulpOfOne)
        }
    }
}
