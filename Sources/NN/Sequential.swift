internal import Autograd
internal import FTSupport
public import Tensor

/// Layers one after another, each on the output of the one before.
///
///     Sequential {
///         Linear(784, 512, using: random)
///         ReLU()
///         if rate > 0 { Dropout(rate, using: random) }
///         Linear(512, 10, using: random)
///     }
open class Sequential: Layer {
    /// The layers in order.
    public final let layers: [Layer]

    /// A sequence of listed layers; an empty one gives its input.
    ///
    /// Two blocks of one name trap.
    public init(_ layers: [Layer]) {
        self.layers = layers
        let names = layers.compactMap { ($0 as? Block)?.name }
        if Set(names).count < names.count {
            fail("Sequential", "two blocks of one name: \(names)")
        }
    }

    /// A sequence of the layers given.
    public convenience init(_ layers: Layer...) {
        self.init(layers)
    }

    /// A sequence of the layers that a closure lists, with `if`, `switch` and `for`.
    public convenience init(@SequentialBuilder layers: () -> [Layer]) {
        self.init(layers())
    }

    /// The number of layers.
    public final var count: Int { layers.count }

    /// The layer at a position.
    public final subscript(index: Int) -> Layer { layers[index] }

    /// What a layer is called here: by its position, or by its name if it is a block.
    final func name(at index: Int) -> String { (layers[index] as? Block)?.name ?? String(index) }

    /// Whether the layers are called one after another and nothing else is done.
    final var runsInOrder: Bool { type(of: self) == Sequential.self || self is Block }

    open override func callAsFunction(_ x: Tensor) -> Tensor {
        run(x, 0..<layers.count)
    }

    open override func outputShape(for input: Shape) throws -> Shape {
        var shape = input
        for (index, layer) in layers.enumerated() {
            shape = try ShapeError.located(in: name(at: index)) {
                try layer.outputShape(for: shape)
            }
        }
        return shape
    }

    override func inner(for input: Shape) throws -> [InnerLayer] {
        var shape = input
        return try layers.enumerated().map { index, layer in
            let inner = InnerLayer(name: name(at: index), layer: layer, input: shape)
            shape = try ShapeError.located(in: inner.name) { try layer.outputShape(for: shape) }
            return inner
        }
    }

    open override var describe: String { "Sequential(\(Format.count(count, "layer")))" }

    /// The layers by their position: parameters are named `0.weight`, not `layers.0.weight`.
    open override var members: [(name: String, value: Any)] {
        let own = super.members.filter { $0.name != "layers" }
        return layers.indices.map { (name(at: $0), layers[$0]) } + own
    }
}

/// Lists the layers of a `Sequential`, with `if`, `switch`, `for` and availability checks.
@resultBuilder
public enum SequentialBuilder {
    /// One layer in a line of its own.
    public static func buildExpression(_ layer: Layer) -> [Layer] { [layer] }
    /// Several layers in a line, such as those a function gives.
    public static func buildExpression(_ layers: [Layer]) -> [Layer] { layers }
    /// Modules that are no layers are refused with a sentence.
    @available(
        *, unavailable,
        message: "a Sequential takes Layers: make it a subclass of Layer, or call it from one"
    )
    public static func buildExpression(_ module: Module) -> [Layer] { [] }
    /// An empty list.
    public static func buildBlock() -> [Layer] { [] }
    /// The list begins.
    public static func buildPartialBlock(first: [Layer]) -> [Layer] { first }
    /// The list goes on.
    public static func buildPartialBlock(accumulated: [Layer], next: [Layer]) -> [Layer] {
        accumulated + next
    }
    /// `if` without `else`.
    public static func buildOptional(_ layers: [Layer]?) -> [Layer] { layers ?? [] }
    /// The first branch of `if` or `switch`.
    public static func buildEither(first: [Layer]) -> [Layer] { first }
    /// The other branches of `if` or `switch`.
    public static func buildEither(second: [Layer]) -> [Layer] { second }
    /// The rounds of `for`, one after the other.
    public static func buildArray(_ parts: [[Layer]]) -> [Layer] { parts.flatMap { $0 } }
    /// `if #available`.
    public static func buildLimitedAvailability(_ layers: [Layer]) -> [Layer] { layers }
}
