import Tensor

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
            let sizes = random.uniform(
                tensor.shape, low: 0.5, high: 1.5, .float64, on: tensor.data.backend)
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
