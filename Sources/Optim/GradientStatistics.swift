internal import Autograd
internal import Tensor

/// What the gradient of one parameter looks like.
public struct GradientStatistics: Sendable, Equatable {
    /// The parameter's name.
    public let name: String
    /// The number of elements.
    public let count: Int
    /// √Σ g², NaN or infinite if an element is.
    public let norm: Double
    /// The largest absolute value, NaN if an element is.
    public let largest: Double
    /// Elements that are NaN, infinite or zero.
    public let trouble: Trouble
    /// √Σ p² of the parameter itself, for comparison.
    public let parameterNorm: Double

    /// Nil if the parameter has no gradient.
    init?(_ name: String, _ parameter: Parameter) {
        guard let gradient = parameter.grad?.detach() else { return nil }
        self.name = name
        count = gradient.count
        norm = gradient.data.sumOfSquares.squareRoot()
        largest = gradient.count == 0 ? 0 : gradient.abs().max().item
        trouble = Trouble(in: gradient.data)
        parameterNorm = parameter.data.sumOfSquares.squareRoot()
    }
}

extension ParameterSource {
    /// The statistics of every gradient that there is, in the order of the parameters.
    public var gradientStatistics: [GradientStatistics] {
        parameterGroups.flatMap(\.parameters).compactMap { GradientStatistics($0, $1) }
    }

    /// The names of the trainable parameters that have no gradient: the loss doesn't depend on
    /// them.
    public var parametersWithoutGradient: [String] {
        parameterGroups.flatMap(\.parameters)
            .filter { $0.parameter.requiresGrad && $0.parameter.grad == nil }.map(\.name)
    }
}
