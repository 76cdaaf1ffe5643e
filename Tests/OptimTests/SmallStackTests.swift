import Autograd
import Glibc
import NN
import Optim
import Tensor
import Testing

/// Work for a thread with little stack.
private enum Work: CaseIterable {
    case step, convolution, attention, recurrence, algebra, graph

    func run() {
        switch self {
        case .step: trainStep()
        case .convolution: convolve()
        case .attention: attend()
        case .recurrence: recur()
        case .algebra: solve()
        case .graph: pullThroughGraph()
        }
    }

    private func trainStep() {
        let random = Random(seed: 1)
        let model = Sequential(
            Linear(600, 64, using: random), ReLU(), Dropout(0.5, using: random),
            Linear(64, 10, using: random))
        let optimizer = Adam(model.parameters, learningRate: 1e-3)
        let step = capture { (x: Tensor, y: Tensor) in
            optimizer.zeroGrad()
            let loss = CrossEntropy()(model(x), y)
            loss.backward()
            optimizer.step()
            return loss
        }
        let x = Tensor.normal([64, 600], using: random)
        for _ in 0..<4 { _ = step(x, Tensor.arange(64).mod(10)).item }
    }

    private func convolve() {
        let random = Random(seed: 1)
        let model = Sequential(
            Conv2d(3, 40, kernel: 3, padding: 1, using: random), BatchNorm2d(40), ReLU(),
            MaxPool2d(2), Conv2d(40, 16, kernel: 5, using: random))
        model(Tensor.normal([4, 3, 32, 32], using: random)).square().sum().backward()
    }

    private func attend() {
        let layer = SelfAttention(64, heads: 4, isCausal: true, using: Random(seed: 1))
        let f = { (x: Tensor) in layer(x).square().sum() }
        let x = Tensor.normal([2, 100, 64], using: Random(seed: 2))
        _ = hvp(f, at: x, along: x)
        _ = jvp(f, at: x, along: x)
    }

    private func recur() {
        let layer = LSTM(64, 64, layers: 2, using: Random(seed: 1))
        layer(Tensor.normal([4, 50, 64], using: Random(seed: 2))).sum().backward()
    }

    private func solve() {
        let x = Tensor.normal([90, 90], .float64, using: Random(seed: 1))
        _ = grad { (x: Tensor) in x.solve(x.transpose()).sum() }(x)
        _ = (x.svd(), x.matmul(x.transpose()).eigh(), x.qr(), x.sort())
    }

    private func pullThroughGraph() {
        let x = Tensor([1, 2], requiresGrad: true)
        var y = x
        for _ in 0..<200_000 { y = y * 1.00001 }
        y.sum().backward()
    }
}

/// Runs on a thread of its own with a stack of so many bytes, and waits for it.
private func run(onStackOf bytes: Int, _ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    guard pthread_attr_setstacksize(&attributes, bytes) == 0 else { exit(3) }
    var thread = pthread_t()
    let status = pthread_create(
        &thread, &attributes,
        { raw in
            if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    guard status == 0 else { exit(4) }
    pthread_join(thread, nil)
}

@Suite("A thread with a small stack")
struct SmallStackTests {
    @Test("512 KiB are enough for training, derivatives and a graph of 200,000 nodes")
    func enough() async {
        await #expect(processExitsWith: .success) {
            for work in Work.allCases { run(onStackOf: 512 << 10) { work.run() } }
        }
    }
}
