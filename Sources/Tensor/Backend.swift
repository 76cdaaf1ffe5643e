/// Everything a device must be able to do. Ops see arrays only; arrays call their backend.
///
/// Kernels may run asynchronously in the order they were issued; `copyOut` and `synchronize` wait.
/// Outputs are contiguous, freshly allocated on this backend, unless a parameter says otherwise.
public protocol Backend: AnyObject, Sendable {
    var device: Device { get }
    /// One line for a run's header: the device, its libraries and threads.
    var summary: String { get }
    /// What decides the last bits of results: processors and libraries for which this is the same
    /// compute the same bits.
    var arithmetic: String { get }
    var memory: MemoryStatistics { get }
    func resetPeakMemory()
    /// Where new arrays go that are made beside one of this backend's: itself, except for the
    /// stand-ins of `vmap`, which hold no elements.
    var home: any Backend { get }

    func allocate(byteCount: Int) -> UnsafeMutableRawPointer
    func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int)
    func copyIn(
        from host: UnsafeRawPointer, to memory: UnsafeMutableRawPointer, byteCount: Int)
    func copyOut(
        from memory: UnsafeRawPointer, to host: UnsafeMutableRawPointer, byteCount: Int)
    func synchronize()

    /// Copies with conversion; both sides may be strided.
    func copy(_ source: NDArray, into destination: NDArray)
    func fill(_ out: NDArray, with value: Double)
    func unary(_ op: UInt32, _ x: NDArray, into out: NDArray, _ p0: Double, _ p1: Double)
    func binary(_ op: UInt32, _ a: NDArray, _ b: NDArray, into out: NDArray, _ p0: Double)
    func compare(_ op: UInt32, _ a: NDArray, _ b: NDArray, into out: NDArray)
    func select(_ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray)
    /// Reduces the axes marked in `axes`; `out` has them with size 1.
    func reduce(_ op: Reduction, _ x: NDArray, axes: Shape, into out: NDArray)
    /// The index of the first extreme along the last axis; `x` contiguous, `out` int64.
    func argExtreme(maximum: Bool, _ x: NDArray, into out: NDArray)
    /// Running sum or product along the last axis; `x` contiguous.
    func scan(_ op: Reduction, _ x: NDArray, into out: NDArray)
    /// out = a · b for matrices [.., m, k] and [.., k, n] with equal batch axes (stride 0 where
    /// broadcast). With `bias` [n], added to every row, and `relu`, applied last.
    func matmul(_ a: NDArray, _ b: NDArray, bias: NDArray?, relu: Bool, into out: NDArray)
    func softmax(_ x: NDArray, logarithm: Bool, into out: NDArray)
    func softmaxBackward(_ y: NDArray, _ dy: NDArray, logarithm: Bool, into out: NDArray)
    func logSumExp(_ x: NDArray, into out: NDArray)
    /// out[i] = table[index[i]] along the first axis; `table` contiguous.
    func gather(_ table: NDArray, _ index: NDArray, into out: NDArray)
    /// out[index[i]] += x[i] along the first axis; `out` holds what is added to.
    func scatterAdd(_ x: NDArray, _ index: NDArray, into out: NDArray)

    func randomUniform(_ key: RandomKey, low: Double, high: Double, into out: NDArray)
    func randomNormal(_ key: RandomKey, mean: Double, deviation: Double, into out: NDArray)
    func randomWords(_ key: RandomKey, into out: NDArray)
    func dropout(_ x: NDArray, rate: Double, _ key: RandomKey, into out: NDArray)

    func step(_ rule: OptimizerRule, _ parameter: NDArray, gradient: NDArray, state: [NDArray])
    func sumOfSquares(_ x: NDArray) -> Double
    func isAllFinite(_ x: NDArray) -> Bool
}

extension Backend {
    public var home: any Backend { self }
}

/// Where in the random stream a call starts: see `Random`.
public struct RandomKey: Sendable, Hashable {
    public var seed: UInt64
    public var stream: UInt64
    public var block: UInt64

    public init(seed: UInt64, stream: UInt64, block: UInt64) {
        self.seed = seed
        self.stream = stream
        self.block = block
    }
}

/// One in-place update of a parameter by an optimizer, as a fused kernel. The formulas stand beside
/// each optimizer; `clip` multiplies the gradient first.
public enum OptimizerRule: Sendable {
    case sgd(rate: Double, momentum: Double, nesterov: Bool, decay: Double, clip: Double)
    case adam(
        rate: Double, beta1: Double, beta2: Double, epsilon: Double, correction1: Double,
        correction2: Double, decay: Double, decoupledDecay: Double, clip: Double)
    case rmsprop(
        rate: Double, alpha: Double, epsilon: Double, momentum: Double, decay: Double, clip: Double)
    case adagrad(rate: Double, epsilon: Double, decay: Double, clip: Double)
    case lion(rate: Double, beta1: Double, beta2: Double, decay: Double, clip: Double)
}
