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
            kernels.cross_entropy(
                target, begin, end, x.dtype.rawValue, x.pointer, out.pointer)
        }
    }

    @inline(never)
    func crossEntropyBackward(
        _ target: LabelTarget, _ weights: ArrayList?, _ x: NDArray, labels: NDArray, dy: NDArray,
        into out: NDArray
    ) {
        let stride: Int64 = dy.count == 1 ? 0 : 1
        forRows(target, weights, x.shape[1], labels) { target, begin, end in
            kernels.cross_entropy_backward(
                target, begin, end, x.dtype.rawValue, x.pointer, dy.pointer, stride, out.pointer)
        }
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
