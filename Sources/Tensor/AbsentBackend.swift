/// Where the elements of arrays lie that have only a shape and a dtype: nowhere. Whoever reads or
/// writes them stops the program with a sentence, so that nothing is ever computed from elements
/// that aren't there. New arrays beside such a one are real, on its `home`.
package final class AbsentBackend: Backend {
    /// Why there are no elements.
    package enum Reason: Sendable {
        /// `backward(graph: .destroy)` gave them back.
        case released
        /// The array stands for one example of a batch inside `vmap`.
        case example
    }

    package let home: any Backend
    package let reason: Reason

    init(_ reason: Reason, home: any Backend) {
        self.reason = reason
        self.home = home
    }

    func refuse() -> Never {
        switch reason {
        case .released:
            fail(
                "Tensor",
                "the elements of this tensor were given back by backward(graph: .destroy)",
                hint: "use .prune to keep the elements of tensors that you hold")
        case .example:
            fail(
                "vmap",
                "the elements of a single example were asked for, which only exist in the batch",
                hint: "inside vmap use tensor operations only; read values, item and sizes that "
                    + "depend on values outside")
        }
    }

    package var device: Device { home.device }
    package var summary: String { home.summary }
    package var arithmetic: String { home.arithmetic }
    package var memory: MemoryStatistics { home.memory }
    package func resetPeakMemory() { home.resetPeakMemory() }
    package func synchronize() { home.synchronize() }

    // Making an array needs no elements that exist.
    package func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        home.allocate(byteCount: byteCount)
    }
    package func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
        home.deallocate(pointer, byteCount: byteCount)
    }
    package func copyIn(
        from host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int
    ) { home.copyIn(from: host, to: memory, byteCount: byteCount) }
    package func fill(_ out: NDArray, with value: Double) {
        out.requireElements()
        home.fill(out, with: value)
    }
    package func randomUniform(
        _ key: RandomKey, low: Double, high: Double, into out: NDArray
    ) { home.randomUniform(key, low: low, high: high, into: out) }
    package func randomNormal(
        _ key: RandomKey, mean: Double, deviation: Double, into out: NDArray
    ) { home.randomNormal(key, mean: mean, deviation: deviation, into: out) }
    package func randomWords(_ key: RandomKey, into out: NDArray) {
        home.randomWords(key, into: out)
    }

    // Everything that reads elements.
    package func copyOut(
        from memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int
    ) { refuse() }
    package func copy(_ source: NDArray, into destination: NDArray) { refuse() }
    package func unary(
        _ op: UInt32, _ x: NDArray, into out: NDArray, _ p0: Double, _ p1: Double
    ) { refuse() }
    package func binary(
        _ op: UInt32, _ a: NDArray, _ b: NDArray, into out: NDArray, _ p0: Double
    ) { refuse() }
    package func compare(_ op: UInt32, _ a: NDArray, _ b: NDArray, into out: NDArray) { refuse() }
    package func select(
        _ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray
    ) { refuse() }
    package func reduce(_ op: Reduction, _ x: NDArray, axes: Shape, into out: NDArray) {
        refuse()
    }
    package func argExtreme(maximum: Bool, _ x: NDArray, into out: NDArray) { refuse() }
    package func scan(_ op: Reduction, _ x: NDArray, into out: NDArray) { refuse() }
    package func matmul(
        _ a: NDArray, _ b: NDArray, bias: NDArray?, relu: Bool, into out: NDArray
    ) { refuse() }
    package func softmax(_ x: NDArray, logarithm: Bool, into out: NDArray) { refuse() }
    package func softmaxBackward(
        _ y: NDArray, _ dy: NDArray, logarithm: Bool, into out: NDArray
    ) { refuse() }
    package func logSumExp(_ x: NDArray, into out: NDArray) { refuse() }
    package func gather(_ table: NDArray, _ index: NDArray, into out: NDArray) { refuse() }
    package func scatterAdd(_ x: NDArray, _ index: NDArray, into out: NDArray) { refuse() }
    package func dropout(_ x: NDArray, rate: Double, _ key: RandomKey, into out: NDArray) {
        refuse()
    }
    package func step(
        _ rule: OptimizerRule, _ parameter: NDArray, gradient: NDArray, state: [NDArray]
    ) { refuse() }
    package func sumOfSquares(_ x: NDArray) -> Double { refuse() }
    package func isAllFinite(_ x: NDArray) -> Bool { refuse() }
}

extension NDArray {
    /// Why this array has no elements; nil if it has.
    package var absence: AbsentBackend.Reason? {
        storage.isOwned ? nil : (storage.backend as? AbsentBackend)?.reason
    }

    /// Traps if there are no elements. Such an array is never contiguous, so only the paths for
    /// strided operands have to ask.
    func requireElements() {
        if !storage.isOwned, let absent = storage.backend as? AbsentBackend { absent.refuse() }
    }
}
