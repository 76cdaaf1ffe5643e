internal import Tensor

/// Runs `body` under a name: sentences that end the program and reports on operations, of anomalies
/// and profiles, say where they were called. Names nest, as in `encoder › 2 Linear(784 → 512)`.
///
/// `Sequential` and the layers around layers name these. The name is evaluated only where it is said.
///
///     override func callAsFunction(_ x: Tensor) -> Tensor {
///         named("output") { output(named("hidden") { hidden(x).relu() }) }
///     }
public func named<R>(_ name: @autoclosure () -> String, _ body: () throws -> R) rethrows -> R {
    try Place.open(name, body)
}
