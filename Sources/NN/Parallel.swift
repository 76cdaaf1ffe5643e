internal import Autograd
public import Tensor

/// Branches side by side on one input, their outputs joined.
///
///     Parallel(.concat) {
///         Linear(8, 4, using: random)
///         Sequential { Linear(8, 16, using: random); ReLU() }
///     }
///
/// A branch without layers, `Identity()`, gives the input itself.
public final class Parallel: Layer {
    /// The layers that each get the input.
    public let branches: [Layer]
    /// How their outputs become one.
    public let join: Join

    /// Traps where there are no branches.
    public init(_ join: Join, _ branches: [Layer]) {
        guard !branches.isEmpty else { fail("Parallel", "there are no branches to join") }
        self.join = join
        self.branches = branches
    }

    /// Each layer that is listed is a branch.
    public convenience init(_ join: Join, @SequentialBuilder branches: () -> [Layer]) {
        self.init(join, branches())
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let outputs = branches.enumerated().map { index, branch in
            named("\(index) \(branch.describe)") { branch(x) }
        }
        return join(outputs)
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        let outputs = try branches.enumerated().map { index, branch in
            try ShapeError.located(in: String(index)) { try branch.outputShape(for: input) }
        }
        return try join.outputShape(for: outputs, in: describe)
    }

    override func inner(for input: Shape) throws -> [InnerLayer] {
        branches.enumerated().map { InnerLayer(name: String($0), layer: $1, input: input) }
    }

    public override var describe: String { "Parallel(\(branches.count) branches, \(join))" }

    /// The branches by their position: parameters are named `0.weight`, not `branches.0.weight`.
    public override var members: [(name: String, value: Any)] {
        branches.enumerated().map { (String($0), $1) }
    }
}
