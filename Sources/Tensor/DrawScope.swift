import Synchronization

/// A transformation of batches inside which each example draws numbers of its own: draws there have
/// an axis for the examples in front and are lifted to stand for one of them.
package final class DrawScope {
    private let size: Int
    private let lift: (Tensor) -> Tensor
    private let outer: DrawScope?

    @TaskLocal private static var scoped: ThreadScope<DrawScope>?
    private static let open = Atomic(0)

    private init(_ size: Int, _ outer: DrawScope?, _ lift: @escaping (Tensor) -> Tensor) {
        self.size = size
        self.outer = outer
        self.lift = lift
    }

    private static var current: DrawScope? {
        open.load(ordering: .relaxed) == 0 ? nil : scoped?.value
    }

    /// Whether draws differ from example to example.
    package static var isOpen: Bool { current != nil }

    /// Runs `body` with draws for `size` examples, of which `lift` makes one.
    package static func with<R>(
        size: Int, lift: @escaping (Tensor) -> Tensor, _ body: () throws -> R
    ) rethrows -> R {
        let scope = DrawScope(size, current, lift)
        open.add(1, ordering: .relaxed)
        defer { open.subtract(1, ordering: .relaxed) }
        return try ThreadScope.open(scope, in: $scoped, body)
    }

    /// A draw of a shape, or one for each example.
    static func draw(_ shape: Shape, _ make: (Shape) -> NDArray) -> Tensor {
        guard let innermost = current else { return Tensor(make(shape)) }
        var scopes: [DrawScope] = []
        var next: DrawScope? = innermost
        while let scope = next {
            scopes.append(scope)
            next = scope.outer
        }
        let whole = scopes.reduce(shape) { $0.inserting($1.size, at: 0) }
        return scopes.reversed().reduce(Tensor(make(whole))) { $1.lift($0) }
    }
}
