public import Tensor

/// What `embeddingBag` makes of the rows of a bag.
public enum BagReduction: Sendable {
    /// The rows of a bag are added.
    case sum
    /// The sum of a bag's rows, over how many they are.
    case mean
    /// The largest element of a bag's rows in each column.
    case max
}

extension Tensor {
    /// The rows of this table [count, width] at the indices [...]: [..., width]. No gradient reaches the
    /// row `paddingIndex` of it.
    public final func embedding(_ index: Tensor, paddingIndex: Int? = nil) -> Tensor {
        guard rank == 2 else { fail("embedding", "shape \(shape) is no table [count, width]") }
        let rows = take(index)
        guard let paddingIndex else { return rows }
        let isPadding = self.isPadding(index, paddingIndex)
        return Tensor.where(isPadding, rows.detach(), rows)
    }

    /// The rows of this table [count, width] at each bag of indices [bags, size], made into one:
    /// [bags, width]. Those at `paddingIndex` don't count; a bag of nothing else is zero.
    ///
    /// - Parameter weights: a factor of each row, [bags, size], for sums only.
    public final func embeddingBag(
        _ index: Tensor, reduction: BagReduction = .mean, weights: Tensor? = nil,
        paddingIndex: Int? = nil
    ) -> Tensor {
        guard rank == 2, index.rank == 2 else {
            fail("embeddingBag", "a table \(shape) and bags \(index.shape): both need two axes")
        }
        if let weights, weights.shape != index.shape || reduction != .sum {
            fail(
                "embeddingBag", "weights \(weights.shape) for bags \(index.shape)",
                hint: "sums alone take weights, one for each index")
        }
        var rows = take(index)
        if let weights { rows = rows * weights.unsqueeze(-1) }
        let isPadding = paddingIndex.map { self.isPadding(index, $0) }
        if reduction == .max {
            if index.shape[1] == 0 { return rows.sum(axis: 1) }
            guard let isPadding else { return rows.max(axis: 1) }
            let best = Tensor.where(isPadding, -Double.infinity, rows).max(axis: 1)
            return Tensor.where(isPadding.all(axes: [1]), 0, best)
        }
        if let isPadding { rows = Tensor.where(isPadding, 0, rows) }
        let sum = rows.sum(axis: 1)
        if reduction == .sum { return sum }
        guard let isPadding else { return sum / Swift.max(index.shape[1], 1) }
        return sum / isPadding.logicalNot().sum(axis: 1).maximum(1)
    }

    /// Whether each index is that of padding: [..., 1].
    private func isPadding(_ index: Tensor, _ padding: Int) -> Tensor {
        let count = shape[0]
        let wanted = padding < 0 ? padding + count : padding
        guard (0..<count).contains(wanted) else {
            fail("embedding", "paddingIndex \(padding) is out of range for \(count) rows")
        }
        return (index.checkedIndex(below: count, "embedding") .== wanted).unsqueeze(-1)
    }
}
