package import Tensor

/// One operation of the library: how to call it, where it is defined and what its gradient is.
///
/// The tests check every row against an independent reference, and its gradients against central
/// differences. A new operation is a class, a method and a row.
package struct OpRow: Sendable {
    /// The name of the method, with the arguments that matter.
    package let name: String
    /// The `Op` subclasses that the call exercises.
    package let classes: [String]
    /// What each operand may hold, away from poles.
    package let inputs: [OpInput]
    /// Examples of the operands' shapes, one list per example; the first is the usual case, the
    /// rest broadcast, or have one element or none.
    package let shapes: [[Shape]]
    /// Shapes that occupy several threads.
    package let large: [Shape]
    /// Whether the operation has a gradient, and of which kind.
    package let gradient: OpGradient
    /// Where its rule for forward mode comes from.
    package let tangent: OpTangent
    /// Whether `vmap` can run it.
    package let batching: OpBatching
    /// How many results on the way are rounded to the operands' dtype.
    package let roundings: Int
    /// Runs the operation.
    package let apply: @Sendable ([Tensor]) -> Tensor

    package init(
        name: String, classes: [String], inputs: [OpInput], shapes: [[Shape]], large: [Shape],
        gradient: OpGradient, tangent: OpTangent = .rule, batching: OpBatching = .rule,
        roundings: Int, apply: @escaping @Sendable ([Tensor]) -> Tensor
    ) {
        self.name = name
        self.classes = classes
        self.inputs = inputs
        self.shapes = shapes
        self.large = large
        self.gradient = gradient
        if case .none = gradient { self.tangent = .none } else { self.tangent = tangent }
        self.batching = batching
        self.roundings = roundings
        self.apply = apply
    }

    /// The number of operands.
    package var arity: Int { inputs.count }
    /// Whether `backward()` passes through it.
    package var isDifferentiable: Bool {
        if case .none = gradient { return false }
        return true
    }
}

extension OpRow: CustomStringConvertible {
    /// The row's name, which is what a failed test shows.
    package var description: String { name }
}

/// What an operand holds.
package enum OpInput: Sendable {
    /// Floats of a range in which the function is finite.
    case real(ClosedRange<Double>)
    /// Integers from −size up to but excluding size.
    case index(below: Int)
    /// Truth values.
    case bool
}

/// Whether an operation has a gradient.
package enum OpGradient: Sendable, Equatable {
    /// Yes, almost everywhere.
    case exact
    /// Yes, and it is zero almost everywhere.
    case zero
    /// No; the word says what the result is instead of a float: `bool` or `index`.
    case none(String)
}

/// How forward mode differentiates an operation.
package enum OpTangent: Sendable, Equatable {
    /// By rules of its classes.
    case rule
    /// By transposing backward, at twice the cost.
    case derived
    /// Not: it has no gradient.
    case none
}

/// Whether `vmap` can run an operation on a batch.
package enum OpBatching: Sendable, Equatable {
    /// Yes, in one pass, whichever operands are batched.
    case rule
    /// No, and it traps; the words say why.
    case none(String)
}

/// Every operation, by kind.
package enum OpTable {
    /// The rows of all subjects; the tests fail for an `Op` subclass that none of them names.
    package static let rows: [OpRow] =
        arithmetic + scalarArithmetic + exponential + trigonometric + rounding + activation
        + comparison + scalar
        + ordering + running + counting
        + reduction + softmax + losses + movement + slicing + joining + indexing + linear
        + convolution + pooling + upsampling + channels
        + attention + recurrence + changing + arranging + sampling + embeddings + products
        + distances
        + diagonals + equations + factors + spectra

    /// Shapes of one operand of any shape.
    static let anyShape: [[Shape]] = [[[3, 4]], [[]], [[1]], [[1, 1]], [[0]], [[2, 0, 3]]]

    /// Shapes of two operands that broadcast.
    static let broadcastShapes: [[Shape]] = [
        [[3, 4], [3, 4]], [[3, 1], [1, 4]], [[2, 1, 3], [4, 1]], [[4], [2, 3, 4]], [[], [3]],
        [[2, 2], []], [[], []], [[1], [1, 1]], [[0], [0]], [[2, 0, 3], [3]], [[0, 1], [2]],
    ]

    static func unary(
        _ name: String, _ classes: String..., over range: ClosedRange<Double> = -2...2,
        gradient: OpGradient = .exact, _ apply: @escaping @Sendable (Tensor) -> Tensor
    ) -> OpRow {
        OpRow(
            name: name, classes: classes, inputs: [.real(range)], shapes: anyShape,
            large: [[332, 307]], gradient: gradient, roundings: 1
        ) { apply($0[0]) }
    }

    static func binary(
        _ name: String, _ classes: String..., over left: ClosedRange<Double> = -2...2,
        _ right: ClosedRange<Double> = -2...2, gradient: OpGradient = .exact,
        _ apply: @escaping @Sendable (Tensor, Tensor) -> Tensor
    ) -> OpRow {
        OpRow(
            name: name, classes: classes, inputs: [.real(left), .real(right)],
            shapes: broadcastShapes, large: [[332, 307], [307]], gradient: gradient, roundings: 1
        ) { apply($0[0], $0[1]) }
    }

    /// A row of one operand with shapes of its own.
    static func shaped(
        _ name: String, _ classes: String..., shapes: [Shape], large: Shape = [332, 307],
        over range: ClosedRange<Double> = -2...2, gradient: OpGradient = .exact,
        batching: OpBatching = .rule, roundings: Int = 1,
        _ apply: @escaping @Sendable (Tensor) -> Tensor
    ) -> OpRow {
        OpRow(
            name: name, classes: classes, inputs: [.real(range)], shapes: shapes.map { [$0] },
            large: [large], gradient: gradient, batching: batching, roundings: roundings
        ) { apply($0[0]) }
    }

    /// A row of several operands with shapes of its own.
    static func several(
        _ name: String, _ classes: String..., inputs: [OpInput], shapes: [[Shape]],
        large: [Shape] = [], gradient: OpGradient = .exact, batching: OpBatching = .rule,
        roundings: Int = 1, _ apply: @escaping @Sendable ([Tensor]) -> Tensor
    ) -> OpRow {
        OpRow(
            name: name, classes: classes, inputs: inputs, shapes: shapes, large: large,
            gradient: gradient, batching: batching, roundings: roundings, apply: apply)
    }
}
