internal import Tensor

/// Runs `body` under a name: reports on the operations in it, of anomalies and profiles, say where
/// they were called. Names nest, as in `encoder › 2 Linear(784 → 512)`.
///
/// `Sequential` names its layers. The name is evaluated only while somebody watches.
///
///     override func callAsFunction(_ x: Tensor) -> Tensor {
///         named("output") { output(named("hidden") { hidden(x).relu() }) }
///     }
public func named<R>(_ name: @autoclosure () -> String, _ body: () throws -> R) rethrows -> R {
    guard Recording.mayBeObserved else { return try body() }
    let path = Scope.current.map { "\($0) › \(name())" } ?? name()
    return try Scope.$current.withValue(path, operation: body)
}

/// The names around the current code.
enum Scope {
    @TaskLocal static var current: String?
}
