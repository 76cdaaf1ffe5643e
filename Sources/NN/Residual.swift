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

    public override func callAsFunction(_ x: Tensor) -> Tensor { self(x, ending: Ending()) }

    override var takesEnding: Bool { lastOfSequence != nil }

    /// The sequence that the module is and its last layer, if that can add up by itself.
    private var lastOfSequence: (sequence: Sequential, layer: Layer)? {
        guard let sequence = module as? Sequential, sequence.runsInOrder,
            let last = sequence.layers.last, last is BatchNorm
        else { return nil }
        return (sequence, last)
    }

    override func callAsFunction(_ x: Tensor, ending: Ending) -> Tensor {
        guard ending.added == nil, let (sequence, last) = lastOfSequence else {
            let change = named("module \(module.describe)") { module(x) }
            let base = base(x)
            requireShape(of: change, base, x)
            return ending.applied(to: base + change)
        }
        let inner = named("module \(module.describe)") {
            sequence.run(x, 0..<(sequence.count - 1))
        }
        let base = base(x)
        requireShape(of: inner, base, x)
        return named("module \(module.describe)") {
            named("\(sequence.name(at: sequence.count - 1)) \(last.describe)") {
                last(inner, ending: Ending(added: base, rectifies: ending.rectifies))
            }
        }
    }

    /// What the module's output is added to.
    private func base(_ x: Tensor) -> Tensor {
        shortcut.map { layer in named("shortcut \(layer.describe)") { layer(x) } } ?? x
    }

    private func requireShape(of change: Tensor, _ base: Tensor, _ x: Tensor) {
        if change.shape == base.shape { return }
        fail("Residual", "the module turns \(x.shape) into \(change.shape)")
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        let output = try ShapeError.located(in: "module") { try module.outputShape(for: input) }
        guard let shortcut else {
            if output == input { return input }
            throw ShapeError(
                layer: describe,
                problem: "the module turns \(input) into \(output); a residual needs equal shapes",
                remedy: "end it with a layer that makes \(input), or give a shortcut")
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
