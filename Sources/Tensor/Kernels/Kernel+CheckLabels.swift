// What kernels of labels and of random numbers need.

extension Kernel {
    func checkLabelWeights(
        _ labels: NDArray, _ weights: ArrayList?, classes: Int, _ out: NDArray
    ) {
        require(out.shape == labels.shape && out.dtype.isWide, "a number a label", [labels, out])
        checkLabels(labels, weights, rows: labels.count, classes: classes, out)
    }

    func checkCrossEntropy(
        _ logits: NDArray, _ labels: NDArray, _ weights: ArrayList?, _ out: NDArray
    ) {
        require(
            logits.rank == 2 && out.count == logits.shape[0], "logits [rows, classes]",
            [logits, out])
        rows(logits, out)
        require(
            out.dtype == (logits.dtype.isWide ? logits.dtype : .float32),
            "losses of the logits' dtype, of halves in float32", [logits, out])
        checkLabels(labels, weights, rows: logits.shape[0], classes: logits.shape[1], out)
    }

    func checkCrossEntropyBackward(
        _ logits: NDArray, _ labels: NDArray, _ weights: ArrayList?, _ dy: NDArray, _ out: NDArray
    ) {
        require(
            logits.rank == 2 && out.shape == logits.shape
                && (dy.count == 1 || dy.count == logits.shape[0]),
            "logits [rows, classes] and a gradient a row", [logits, dy, out])
        rows(logits, out)
        require(
            dy.isContiguous && dy.dtype == (logits.dtype.isWide ? logits.dtype : .float32),
            "a contiguous gradient of the losses' dtype", [dy])
        checkLabels(labels, weights, rows: logits.shape[0], classes: logits.shape[1], out)
    }

    func checkDraw(_ draw: Draw, _ a: NDArray, _ out: NDArray) {
        if case .words = draw {
            require(
                out.isContiguous && out.dtype.size == 4, "contiguous words of 32 bits", [out])
        } else {
            require(out.isContiguous && out.dtype.isFloat, "contiguous floats", [out])
        }
        switch draw {
        case .words: break
        case .uniform(let low, let high):
            if !(low <= high) || !(high - low).isFinite {
                fail(name, "there are no numbers from \(low) up to \(high)")
            }
        case .normal(let mean, let deviation):
            if !(deviation >= 0) || mean.isNaN {
                fail(name, "there is no distribution of mean \(mean) and deviation \(deviation)")
            }
        case .dropout(let rate):
            agree(a, out)
            alike(a, out)
            require(a.isContiguous, "contiguous floats", [a])
            if !(rate >= 0 && rate < 1) { fail(name, "the rate \(rate) is not in 0..<1") }
        }
    }

    private func checkLabels(
        _ labels: NDArray, _ weights: ArrayList?, rows: Int, classes: Int, _ out: NDArray
    ) {
        hasType(labels, .int64)
        require(
            labels.isContiguous && labels.count == rows && out.isContiguous,
            "a label of each row, contiguous", [labels, out])
        guard let weights else { return }
        require(weights.arrays.count == 1, "one array of weights", weights.arrays)
        let array = weights.arrays[0]
        hasType(array, .float64)
        require(array.isContiguous && array.count == classes, "a weight of each class", [array])
    }
}
