import Autograd
import Glibc
import Tensor
import Testing

/// Runs `body` on a thread of 128 KiB of stack.
private func onSmallStack(_ body: @escaping () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 128 << 10)
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Body(run: body)).toOpaque()
    let status = pthread_create(
        &thread, &attributes,
        { argument in
            if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
            return nil
        }, box)
    precondition(status == 0)
    pthread_join(thread, nil)
}

private final class Body {
    let run: () -> Void
    init(run: @escaping () -> Void) { self.run = run }
}

private func draw(_ shape: Shape, _ dtype: DType) -> Tensor {
    Tensor(Random(seed: 5).normal(shape, dtype), requiresGrad: true)
}

/// What needs memory on the way, forward and backward.
private func compute(_ dtype: DType) -> Double {
    let square = draw([64, 64], dtype)
    let definite = square.matmul(square.transpose()) + Tensor.eye(64, dtype) * 64
    let images = draw([2, 8, 20, 20], dtype)
    let (queries, keys) = (draw([2, 2, 70, 24], dtype), draw([2, 2, 70, 24], dtype))
    let attended = Tensor.scaledDotProductAttention(
        query: queries, key: keys, value: keys, isCausal: true)
    let parts: [Tensor] = [
        draw([300, 500], dtype).matmul(draw([500, 130], dtype)).tanh(),
        draw([5, 40], dtype).transpose().matmul(draw([5, 700], dtype)).tanh(),
        images.conv2d(draw([16, 8, 3, 3], dtype), stride: 2, padding: 1),
        images.convTranspose2d(draw([8, 4, 3, 3], dtype), stride: 2),
        attended,
        square.sort().values, draw([3, 4000], dtype).sort(axis: 0).values,
        square.sum(axis: 0), square.variance(axis: 1), square.softmax(), square.logSumExp(axis: 0),
        square.cumsum(), definite.cholesky(), definite.inverse(), definite.solve(square),
        definite.eigh().values, definite.svd().s, definite.qr().r, definite.determinant().log(),
        definite.matrixExponential() * 1e-300, square.cdist(square),
        draw([2, 70_000], dtype).mean(),
        square.crossEntropy(labels: Tensor.arange(64)),
    ]
    let total = parts.reduce(Tensor(0.0, dtype)) { $0 + ($1 * $1).mean() }
    total.backward()
    return total.item
}

/// Ends the process with 0 if a thread with little stack computes what others do.
private func compare(_ dtype: DType) -> Never {
    var small = 0.0
    onSmallStack { small = compute(dtype) }
    exit(small == compute(dtype) && small.isFinite ? 0 : 1)
}

@Suite("Threads with little stack")
struct SmallStackTests {
    @Test("compute what others do")
    func sameResults() async {
        await #expect(processExitsWith: .success) { compare(.float32) }
        await #expect(processExitsWith: .success) { compare(.float64) }
    }
}
