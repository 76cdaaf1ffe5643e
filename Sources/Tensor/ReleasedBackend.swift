/// Where the elements of a tensor are after `backward(graph: .destroy)`: nowhere. Whatever would
/// read or write them traps with a sentence.
final class ReleasedBackend: Backend {
    static let shared = ReleasedBackend()

    // Something for `Storage` to point at; never read or written.
    private let placeholder: UInt

    private init() {
        placeholder = UInt(
            bitPattern: UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64))
    }

    var storage: Storage {
        guard let pointer = UnsafeMutableRawPointer(bitPattern: placeholder) else { gone() }
        return Storage(wrapping: pointer, byteCount: 0, backend: self, owner: self)
    }

    func gone() -> Never {
        fail(
            "Tensor", "the elements of this tensor were given back by backward(graph: .destroy)",
            hint: "use .prune to keep the elements of tensors that you hold")
    }

    var device: Device { .cpu }
    var summary: String { "released" }
    var memory: MemoryStatistics { MemoryStatistics() }
    func resetPeakMemory() {}
    func allocate(byteCount: Int) -> UnsafeMutableRawPointer { gone() }
    func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) { gone() }
    func copyIn(from host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int) {
        gone()
    }
    func copyOut(from memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int) {
        gone()
    }
    func synchronize() {}
    func copy(_ source: NDArray, into destination: NDArray) { gone() }
    func fill(_ out: NDArray, with value: Double) { gone() }
    func unary(_ op: UInt32, _ x: NDArray, into out: NDArray, _ p0: Double, _ p1: Double) { gone() }
    func binary(_ op: UInt32, _ a: NDArray, _ b: NDArray, into out: NDArray, _ p0: Double) {
        gone()
    }
    func compare(_ op: UInt32, _ a: NDArray, _ b: NDArray, into out: NDArray) { gone() }
    func select(_ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray) { gone() }
    func reduce(_ op: Reduction, _ x: NDArray, axes: Shape, into out: NDArray) { gone() }
    func argExtreme(maximum: Bool, _ x: NDArray, into out: NDArray) { gone() }
    func scan(_ op: Reduction, _ x: NDArray, into out: NDArray) { gone() }
    func matmul(_ a: NDArray, _ b: NDArray, bias: NDArray?, relu: Bool, into out: NDArray) {
        gone()
    }
    func softmax(_ x: NDArray, logarithm: Bool, into out: NDArray) { gone() }
    func softmaxBackward(_ y: NDArray, _ dy: NDArray, logarithm: Bool, into out: NDArray) { gone() }
    func logSumExp(_ x: NDArray, into out: NDArray) { gone() }
    func gather(_ table: NDArray, _ index: NDArray, into out: NDArray) { gone() }
    func scatterAdd(_ x: NDArray, _ index: NDArray, into out: NDArray) { gone() }
    func randomUniform(_ key: RandomKey, low: Double, high: Double, into out: NDArray) { gone() }
    func randomNormal(_ key: RandomKey, mean: Double, deviation: Double, into out: NDArray) {
        gone()
    }
    func randomWords(_ key: RandomKey, into out: NDArray) { gone() }
    func dropout(_ x: NDArray, rate: Double, _ key: RandomKey, into out: NDArray) { gone() }
    func step(_ rule: OptimizerRule, _ parameter: NDArray, gradient: NDArray, state: [NDArray]) {
        gone()
    }
    func sumOfSquares(_ x: NDArray) -> Double { gone() }
    func isAllFinite(_ x: NDArray) -> Bool { gone() }
}

extension NDArray {
    /// An array of this shape and dtype whose elements are gone.
    package var released: NDArray { NDArray(releasing: self) }

    /// Traps if the elements are gone. A released array is never contiguous, so only the paths for
    /// strided operands have to ask.
    func requireElements() {
        if storage.backend === ReleasedBackend.shared { ReleasedBackend.shared.gone() }
    }
}
