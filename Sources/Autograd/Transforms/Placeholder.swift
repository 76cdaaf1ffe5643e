import Tensor

/// Where the examples that a function inside `vmap` sees lie: arrays with a shape and a dtype but
/// without elements. Whoever reads one stops the program with a sentence, so that nothing is ever
/// computed on one example in place of all; new arrays are made on the backend of the batch.
final class Placeholder: Backend {
    let home: any Backend

    private init(home: any Backend) { self.home = home }

    /// An array without elements.
    static func array(_ shape: Shape, _ dtype: DType, beside backend: any Backend) -> NDArray {
        let placeholder = Placeholder(home: backend.home)
        // Never touched: every kernel of this backend fails before it looks.
        guard let nowhere = UnsafeMutableRawPointer(bitPattern: 64) else { placeholder.refuse() }
        let storage = Storage(
            wrapping: nowhere, byteCount: 0, backend: placeholder, owner: placeholder)
        return NDArray(
            storage: storage, dtype: dtype, shape: shape, strides: shape.contiguousStrides,
            offset: 0)
    }

    private func refuse(_ what: String = "the elements") -> Never {
        fail(
            "vmap", "\(what) of a single example were asked for, which only exist in the batch",
            hint: "inside vmap use tensor operations only; read values, item and sizes that depend "
                + "on values outside")
    }

    var device: Device { home.device }
    var summary: String { home.summary }
    var memory: MemoryStatistics { home.memory }
    func resetPeakMemory() { home.resetPeakMemory() }

    // New arrays, such as constants beside an example, are real ones.
    func allocate(byteCount: Int) -> UnsafeMutableRawPointer { home.allocate(byteCount: byteCount) }
    func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
        home.deallocate(pointer, byteCount: byteCount)
    }
    func copyIn(
        from host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int
    ) { home.copyIn(from: host, to: memory, byteCount: byteCount) }
    func synchronize() { home.synchronize() }
    func fill(_ out: NDArray, with value: Double) {
        if out.backend is Placeholder { refuse() }
        home.fill(out, with: value)
    }
    func randomUniform(_ key: RandomKey, low: Double, high: Double, into out: NDArray) {
        home.randomUniform(key, low: low, high: high, into: out)
    }
    func randomNormal(_ key: RandomKey, mean: Double, deviation: Double, into out: NDArray) {
        home.randomNormal(key, mean: mean, deviation: deviation, into: out)
    }
    func randomWords(_ key: RandomKey, into out: NDArray) { home.randomWords(key, into: out) }

    // Everything that reads elements.
    func copyOut(from memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int) {
        refuse()
    }
    func copy(_ source: NDArray, into destination: NDArray) { refuse() }
    func unary(_ op: UInt32, _ x: NDArray, into out: NDArray, _ p0: Double, _ p1: Double) {
        refuse()
    }
    func binary(_ op: UInt32, _ a: NDArray, _ b: NDArray, into out: NDArray, _ p0: Double) {
        refuse()
    }
    func compare(_ op: UInt32, _ a: NDArray, _ b: NDArray, into out: NDArray) { refuse() }
    func select(_ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray) { refuse() }
    func reduce(_ op: Reduction, _ x: NDArray, axes: Shape, into out: NDArray) { refuse() }
    func argExtreme(maximum: Bool, _ x: NDArray, into out: NDArray) { refuse() }
    func scan(_ op: Reduction, _ x: NDArray, into out: NDArray) { refuse() }
    func matmul(_ a: NDArray, _ b: NDArray, bias: NDArray?, relu: Bool, into out: NDArray) {
        refuse()
    }
    func softmax(_ x: NDArray, logarithm: Bool, into out: NDArray) { refuse() }
    func softmaxBackward(_ y: NDArray, _ dy: NDArray, logarithm: Bool, into out: NDArray) {
        refuse()
    }
    func logSumExp(_ x: NDArray, into out: NDArray) { refuse() }
    func gather(_ table: NDArray, _ index: NDArray, into out: NDArray) { refuse() }
    func scatterAdd(_ x: NDArray, _ index: NDArray, into out: NDArray) { refuse() }
    func dropout(_ x: NDArray, rate: Double, _ key: RandomKey, into out: NDArray) { refuse() }
    func step(_ rule: OptimizerRule, _ parameter: NDArray, gradient: NDArray, state: [NDArray]) {
        refuse()
    }
    func sumOfSquares(_ x: NDArray) -> Double { refuse() }
    func isAllFinite(_ x: NDArray) -> Bool { refuse() }
}
