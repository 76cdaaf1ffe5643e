internal import Autograd
public import Tensor

/// Modules one after another, each on the output of the one before.
///
///     Sequential {
///         Linear(784, 512, using: random)
///         ReLU()
///         if rate > 0 { Dropout(rate, using: random) }
///         Linear(512, 10, using: random)
///     }
open class Sequential: Module {
    /// The modules in order.
    public final let layers: [Module]

    public init(_ layers: [Module]) {
        self.layers = layers
    }

    public convenience init(_ layers: Module...) {
        self.init(layers)
    }

    public convenience init(@SequentialBuilder layers: () -> [Module]) {
        self.init(layers())
    }

    /// The number of layers.
    public final var count: Int { layers.count }

    /// The layer at a position.
    public final subscript(index: Int) -> Module { layers[index] }

    open override func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        for (index, layer) in layers.enumerated() {
            x = named("\(index) \(layer.describe)") { layer(x) }
        }
        return x
    }

    open override func outputShape(for input: Shape) throws -> Shape {
        var shape = input
        for (index, layer) in layers.enumerated() {
            shape = try ShapeError.located(in: String(index)) { try layer.outputShape(for: shape) }
        }
        return shape
    }

    open override var describe: String { "Sequential(\(count) layers)" }

    /// The layers by their position: parameters are named `0.weight`, not `layers.0.weight`.
    open override var members: [(name: String, value: Any)] {
        let own = super.members.filter { $0.name != "layers" }
        return layers.enumerated().map { (String($0.offset), $0.element) } + own
    }
}

/// Lists the modules of a `Sequential`, with `if`, `switch`, `for` and availability checks.
@resultBuilder
public enum SequentialBuilder {
    public static func buildExpression(_ layer: Module) -> [Module] { [layer] }
    public static func buildExpression(_ layers: [Module]) -> [Module] { layers }
    public static func buildBlock() -> [Module] { [] }
    public static func buildPartialBlock(first: [Module]) -> [Module] { first }
    public static func buildPartialBlock(accumulated: [Module], next: [Module]) -> [Module] {
        accumulated + next
    }
    public static func buildOptional(_ layers: [Module]?) -> [Module] { layers ?? [] }
    public static func buildEither(first: [Module]) -> [Module] { first }
    public static func buildEither(second: [Module]) -> [Module] { second }
    public static func buildArray(_ parts: [[Module]]) -> [Module] { parts.flatMap { $0 } }
    public static func buildLimitedAvailability(_ layers: [Module]) -> [Module] { layers }
}
