/// How rows are brought to the same scale.
package struct RowNorm: Sendable, Hashable {
    /// What is added to the variance, or to the mean square.
    package var epsilon: Double
    /// Whether they are brought to mean 0, too; else their mean square is what counts.
    package var isCentred: Bool

    package init(epsilon: Double, isCentred: Bool) {
        self.epsilon = epsilon
        self.isCentred = isCentred
    }
}

extension Kernel {
    func checkNormalize(_ a: NDArray, _ list: ArrayList, _ out: NDArray) {
        rows(a, out)
        require(a.dtype.isWide && a.shape == out.shape, "float32 or float64 alike", [a, out])
        require(list.arrays.count <= 2, "a weight and a bias at most", list.arrays)
        for array in list.arrays { checkRowWeight(array, a) }
    }

    func checkNormalizeBackward(_ a: NDArray, _ b: NDArray, _ list: ArrayList, _ out: NDArray) {
        logits(a, out)
        rows(b, out)
        require(a.shape == b.shape, "a gradient of the rows' shape", [a, b])
        guard let weight = list.arrays.first else { return alike(a, out) }
        checkRowWeight(weight, a)
        require(
            list.arrays.count == 1 && out.shape == [a.count + 2 * weight.count],
            "an output of the gradients by rows, weight and bias", [a, out])
    }

    private func checkRowWeight(_ weight: NDArray, _ rows: NDArray) {
        hasType(weight, rows.dtype)
        require(
            weight.isContiguous && weight.shape == [rows.shape[rows.rank - 1]],
            "a number for each element of a row", [weight, rows])
    }
}
