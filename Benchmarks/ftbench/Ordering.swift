import FakeTensor

/// Running extremes, medians and counts of normal numbers, in one row, in many and in long ones.
func benchmarkOrdering() {
    for shape in [[1_000_000], [4096, 64], [64, 4096]] {
        let x = Tensor(Random(seed: 1).normal(Shape(shape)))
        let work: [(name: String, run: () -> Void)] = [
            ("cummax", { _ = x.cummax() }), ("cummin", { _ = x.cummin() }),
            ("median", { _ = x.median(axis: -1) }), ("histc", { _ = x.histc(bins: 100) }),
            ("histogram", { _ = x.histogram(bins: 100) }),
        ]
        let times = medianMilliseconds(50, warmup: 10, turns: work.map(\.run))
        let size = shape.map { String($0) }.joined(separator: "x")
        for (part, time) in zip(work, times) { report("\(part.name) \(size)", "ms", time) }
    }
}
