// What kernels of labels and of random numbers need.

extension Kernel {
    func checkLabelled(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray) {
        switch self {
        case .labelWeights(_, let weights, let classes):
            require(out.shape == a.shape && out.dtype.isWide, "a number a label", [a, out])
            checkLabels(a, weights, rows: a.count, classes: classes, out)
        case .crossEntropy(_, let weights):
            require(a.rank == 2 && out.count == a.shape[0], "logits [rows, classes]", [a, out])
            logits(a, out)
            checkLabels(b, weights, rows: a.shape[0], classes: a.shape[1], out)
        case .crossEntropyBackward(_, let weights):
            require(
                a.rank == 2 && out.shape == a.shape && (c.count == 1 || c.count == a.shape[0]),
                "logits [rows, classes] and a gradient a row", [a, c, out])
            logits(a, out)
            agree(a, c)
            require(c.isContiguous, "a contiguous gradient", [c])
            checkLabels(b, weights, rows: a.shape[0], classes: a.shape[1], out)
        default: break
        }
    }

    func checkDraw(_ a: NDArray, _ out: NDArray) {
        require(out.isContiguous && out.dtype.isFloat, "contiguous floats", [out])
        switch self {
        case .uniform(_, let low, let high):
            if !(low <= high) || !(high - low).isFinite {
                fail(name, "there are no numbers from \(low) up to \(high)")
            }
        case .normal(_, let mean, let deviation):
            if !(deviation >= 0) || mean.isNaN {
                fail(name, "there is no distribution of mean \(mean) and deviation \(deviation)")
            }
        case .dropout(_, let rate):
            agree(a, out)
            alike(a, out)
            require(a.isContiguous, "contiguous floats", [a])
            if !(rate >= 0 && rate < 1) { fail(name, "the rate \(rate) is not in 0..<1") }
        default: break
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
        if array.backend !== out.backend { failPlace(array, out) }
        require(array.isContiguous && array.count == classes, "a weight of each class", [array])
    }
}
