internal import CKernels
import Synchronization

// Rows of logits and their class labels, cut by rows. A label that is no class is found on the way.
extension CPUBackend {
    @inline(never)
    func labelWeights(
        _ target: LabelTarget, _ weights: ArrayList?, classes: Int, labels: NDArray,
        into out: NDArray
    ) {
        forRows(target, weights, classes, labels) { target, begin, end in
            kernels.label_weights(target, begin, end, out.dtype.rawValue, out.pointer)
        }
    }

    @inline(never)
    func crossEntropy(
        _ target: LabelTarget, _ weights: ArrayList?, _ x: NDArray, labels: NDArray,
        into out: NDArray
    ) {
        forRows(target, weights, x.shape[1], labels) { target, begin, end in
            if x.dtype.isWide {
                return kernels.cross_entropy(
                    target, begin, end, x.dtype.rawValue, x.pointer, out.pointer)
            }
            return forWideRows(target, begin, end, x, nil) { target, first, rows, wide, _ in
                kernels.cross_entropy(
                    target, 0, rows, DType.float32.rawValue, wide,
                    out.pointer + Int(first) * MemoryLayout<Float>.size)
            }
        }
    }

    @inline(never)
    func crossEntropyBackward(
        _ target: LabelTarget, _ weights: ArrayList?, _ x: NDArray, labels: NDArray, dy: NDArray,
        into out: NDArray
    ) {
        let stride: Int64 = dy.count == 1 ? 0 : 1
        forRows(target, weights, x.shape[1], labels) { target, begin, end in
            if x.dtype.isWide, out.dtype == x.dtype {
                return kernels.cross_entropy_backward(
                    target, begin, end, x.dtype.rawValue, x.pointer, dy.pointer, stride,
                    out.pointer)
            }
            return forWideRows(target, begin, end, x, out) { target, first, rows, wide, result in
                kernels.cross_entropy_backward(
                    target, 0, rows, DType.float32.rawValue, wide,
                    dy.pointer + Int(stride * first) * MemoryLayout<Float>.size, stride, result)
            }
        }
    }

    /// Calls `body` for a few rows at a time: with the labels from the first of them on, its number,
    /// how many there are, their logits in float32, and room for as many results, which then go to
    /// `out`. Gives the first row that is bad.
    private func forWideRows(
        _ target: UnsafePointer<ft_labels>, _ begin: Int64, _ end: Int64, _ x: NDArray,
        _ out: NDArray?,
        _ body: (
            UnsafePointer<ft_labels>, Int64, Int64, UnsafeRawPointer, UnsafeMutableRawPointer
        ) -> Int64
    ) -> Int64 {
        let n = x.shape[1]
        let step = max(1, min(Int(end - begin), (1 << 14) / max(n, 1)))
        var bad: Int64 = -1
        withUnsafeTemporaryAllocation(of: Float.self, capacity: (out == nil ? 1 : 2) * step * n) {
            room in
            guard let base = room.baseAddress else { return }
            let (logits, results) = (
                UnsafeMutableRawPointer(base),
                UnsafeMutableRawPointer(out == nil ? base : base + step * n)
            )
            for first in stride(from: Int(begin), to: Int(end), by: step) {
                let rows = min(step, Int(end) - first)
                var labels = target.pointee
                labels.labels += first
                let source = x.pointer + first * n * x.dtype.size
                convert(source, x.dtype, rows * n, .float32, into: logits)
                let found = withUnsafePointer(to: labels) {
                    body($0, Int64(first), Int64(rows), logits, results)
                }
                if found >= 0, bad < 0 { bad = Int64(first) + found }
                if let out {
                    let place = out.pointer + first * n * out.dtype.size
                    convert(results, .float32, rows * n, out.dtype, into: place)
                }
            }
        }
        return bad
    }

    private func forRows(
        _ target: LabelTarget, _ weights: ArrayList?, _ classes: Int, _ labels: NDArray,
        _ body: (UnsafePointer<ft_labels>, Int64, Int64) -> Int64
    ) {
        let values = labels.pointer.assumingMemoryBound(to: Int64.self)
        let byClass = weights?.arrays.first?.pointer.assumingMemoryBound(to: Double.self)
        var mean = 1.0
        if let byClass {
            mean = (0..<classes).reduce(0) { $0 + byClass[$1] } / Double(classes)
        }
        let rows = labels.count
        let labels = ft_labels(
            labels: values, classes: Int64(classes), weights: byClass, mean_weight: mean,
            smoothing: target.smoothing, ignores: target.ignored != nil,
            ignored: Int64(target.ignored ?? 0))
        withUnsafePointer(to: labels) { pointer in
            let firstBad = Atomic(Int.max)
            parallel(rows, grain: max(16, (1 << 14) / max(classes, 1) / 16 * 16)) { begin, end in
                let bad = body(pointer, begin, end)
                if bad >= 0 { firstBad.min(Int(bad), ordering: .relaxed) }
            }
            let bad = firstBad.load(ordering: .relaxed)
            if bad != .max {
                KernelFault.label(
                    values[bad], position: bad, classes: classes, loss: target.loss
                ).stop()
            }
        }
    }
}
