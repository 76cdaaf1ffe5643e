internal import Autograd
public import Tensor

/// y = x + module(x)
public final class Residual: Layer {
    /// What is added to the input.
    public let module: Layer

    /// A residual around a layer whose output has its input's shape; another one traps.
    public init(_ module: Layer) { self.module = module }

    /// A residual around a sequence.
    public convenience init(@SequentialBuilder layers: () -> [Layer]) {
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

    override func inner(for input: Shape) throws -> [InnerLayer] {
        [InnerLayer(name: "module", layer: module, input: input)]
    }

    public override var describe: String { "Residual" }
}
