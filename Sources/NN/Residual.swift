internal import Autograd
public import Tensor

/// y = x + module(x), or shortcut(x) + module(x)
public final class Residual: Layer {
    /// What is added to the input.
    public let module: Layer

    /// What the input becomes before, where it isn't added as it is.
    public let shortcut: Layer?

    /// A residual around a layer whose output has its input's shape, or that of the shortcut's;
    /// another one traps.
    public init(_ module: Layer, shortcut: Layer? = nil) {
        self.module = module
        self.shortcut = shortcut
    }

    /// A residual around a sequence.
    public convenience init(@SequentialBuilder layers: () -> [Layer]) {
        self.init(Sequential(layers()))
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        let change = named("module \(module.describe)") { module(x) }
        let base = shortcut.map { layer in
            named("shortcut \(layer.describe)") { layer(x) }
        }
        guard change.shape == (base ?? x).shape else {
            fail("Residual", "the module turns \(x.shape) into \(change.shape)")
        }
        return (base ?? x) + change
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        let output = try ShapeError.located(in: "module") { try module.outputShape(for: input) }
        guard let shortcut else {
            if output == input { return input }
            throw ShapeError(
                layer: describe,
                problem: "the module turns \(input) into \(output); a residual needs equal shapes")
        }
        let base = try ShapeError.located(in: "shortcut") { try shortcut.outputShape(for: input) }
        if output == base { return output }
        throw ShapeError(
            layer: describe,
            problem: "the module turns \(input) into \(output), and the shortcut into \(base)")
    }

    override func inner(for input: Shape) throws -> [InnerLayer] {
        [InnerLayer(name: "module", layer: module, input: input)]
            + (shortcut.map { [InnerLayer(name: "shortcut", layer: $0, input: input)] } ?? [])
    }

    public override var describe: String { "Residual" }
}
