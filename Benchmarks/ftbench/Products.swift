import COpenBLAS
import FakeTensor

/// float32 products on one thread, in turn with OpenBLAS's, in GFLOP/s.
func benchmarkProducts() {
    let sizes: [(m: Int, n: Int, k: Int, turned: (a: Bool, b: Bool))] = [
        (128, 512, 784, (false, true)), (512, 784, 128, (true, false)),
        (256, 256, 256, (false, false)), (64, 576, 288, (false, false)),
        (100, 300, 300, (false, false)), (64, 64, 64, (false, true)),
        (33, 47, 1000, (false, false)), (1024, 1024, 1024, (false, false)),
        (2048, 384, 1536, (false, true)), (64, 2, 64, (false, true)),
    ]
    onOneThread {
        for size in sizes { product(size.m, size.n, size.k, size.turned) }
    }
}

private func product(_ m: Int, _ n: Int, _ k: Int, _ turned: (a: Bool, b: Bool)) {
    let random = Random(seed: 1)
    let a = random.normal(turned.a ? [k, m] : [m, k])
    let b = random.normal(turned.b ? [n, k] : [k, n])
    let (left, right) = (turned.a ? a.transpose() : a, turned.b ? b.transpose() : b)
    let (x, y): ([Float], [Float]) = (a.values(), b.values())
    var c = [Float](repeating: 0, count: m * n)
    let work = 2e-6 * Double(m) * Double(n) * Double(k)
    let inner = max(1, Int(0.2 / work))
    let times = medianMilliseconds(
        min(200, max(9, Int(4000 / work))), warmup: 3,
        turns: [
            { for _ in 0..<inner { _ = left.matmul(right) } },
            {
                for _ in 0..<inner {
                    cblas_sgemm(
                        CblasRowMajor, turned.a ? CblasTrans : CblasNoTrans,
                        turned.b ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), 1,
                        x, blasint(turned.a ? m : k), y, blasint(turned.b ? k : n), 0, &c,
                        blasint(n))
                }
            },
        ])
    let name =
        "product \(m)x\(n)x\(k)\(turned.a ? ", A turned" : "")\(turned.b ? ", B turned" : "")"
    report(name, "GFLOP/s", work * Double(inner) / times[0])
    note("\(name): \(ratio(times[1], times[0])) times as fast as OpenBLAS")
}

/// Convolutions of 64 images on one thread: the output, and the gradients by input and weight.
func benchmarkConvolutions() {
    let cases: [(channels: Int, features: Int, size: Int, stride: Int, padding: Int)] = [
        (32, 64, 26, 1, 0), (16, 16, 32, 1, 1), (32, 32, 16, 1, 1), (64, 64, 8, 1, 1),
        (16, 32, 32, 2, 1),
    ]
    onOneThread {
        let random = Random(seed: 1)
        for item in cases {
            let x = Tensor(random.normal([64, item.channels, item.size, item.size]))
            let weight = Tensor(random.normal([item.features, item.channels, 3, 3]))
            let name = "conv2d 3x3, \(item.channels) to \(item.features), \(item.size)x\(item.size)"
            let apply = { (x: Tensor, weight: Tensor) in
                x.conv2d(
                    weight, stride: PerAxis(item.stride), padding: .both(PerAxis(item.padding)))
            }
            let (y, pullback) = vjp({ apply($0, weight) }, at: x)
            let (_, byWeight) = vjp({ apply(x, $0) }, at: weight)
            let times = medianMilliseconds(
                15, warmup: 2,
                turns: [{ _ = apply(x, weight) }, { _ = pullback(y) }, { _ = byWeight(y) }])
            for (part, time) in zip(["", ", by input", ", by weight"], times) {
                report(name + part, "ms", time)
            }
        }
    }
}

private func onOneThread(_ body: () -> Void) {
    let threads = CPUBackend.shared.threads
    CPUBackend.shared.threads = 1
    body()
    CPUBackend.shared.threads = threads
}
