internal import Autograd
public import Tensor

/// y = x + module(x)
public final class Residual: Module {
    /// What is added to the input.
    public let module: Module

    public init(_ module: Module) { self.module = module }

    /// A residual around a sequence.
    public convenience init(@SequentialBuilder layers: () -> [Module]) {
        self.init(Sequential(layers()))
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let change = named("module \(module.describe)") { module(x) }
        guard change.shape == x.shape else {
            fail("Residual", "the module turns \(x.shape) into \(change.shape)")
        }
        return x + change
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        let output = try ShapeError.located(in: "module") { try module.outputShape(for: input) }
        guard output == input else {
            throw ShapeError(
                layer: describe,
                problem: "the module turns \(input) into \(output); a residual needs equal shapes")
        }
        return input
    }

    public override var describe: String { "Residual" }
}
