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
    /// The rows of this table [count, width] at the indices [...]: [..., width]. No gradient
    /// reaches the row `paddingIndex` of it.
    public final func embedding(_ index: Tensor, paddingIndex: Int? = nil) -> Tensor {
        guard rank == 2 else { fail("embedding", "shape \(shape) is no table [count, width]") }
        let rows = take(index, axis: 0, "embedding")
        guard let paddingIndex else { return rows }
        let isPadding = self.isPadding(index, paddingIndex, "embedding")
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
        var rows = take(index, axis: 0, "embeddingBag")
        let isPadding = paddingIndex.map { self.isPadding(index, $0, "embeddingBag") }
        if let weights {
            return Tensor.roundedOnce([rows, weights]) {
                let weighted = $0[0] * $0[1].unsqueeze(-1)
                return (isPadding.map { Tensor.where($0, 0, weighted) } ?? weighted).sum(axis: 1)
            }
        }
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

    /// The rows of this table [count, width] at each bag of indices, made into one: [bags, width].
    /// A bag is the part of the indices [n] from one of the `offsets` [bags], which ascend from 0,
    /// up to the next; one of nothing, or of nothing but `paddingIndex`, is zero.
    ///
    /// - Parameter weights: a factor of each row, [n], for sums only.
    public final func embeddingBag(
        _ index: Tensor, offsets: Tensor, reduction: BagReduction = .mean, weights: Tensor? = nil,
        paddingIndex: Int? = nil
    ) -> Tensor {
        guard rank == 2, index.rank == 1, offsets.rank == 1, offsets.dtype.isInteger else {
            fail(
                "embeddingBag",
                "a table \(shape), indices \(index.shape), \(offsets.dtype) offsets \(offsets.shape)",
                hint: "with offsets, indices have one axis")
        }
        if let weights, weights.shape != index.shape || reduction != .sum {
            fail(
                "embeddingBag", "weights \(weights.shape) for indices \(index.shape)",
                hint: "sums alone take weights, one for each index")
        }
        let rows = take(index, axis: 0, "embeddingBag")
        let bags = offsets.shape[0]
        var bag = offsets.bags(of: index.shape[0])
        if let paddingIndex {
            let isPadding = isPadding(index, paddingIndex, "embeddingBag")
            bag = Tensor.where(isPadding.squeeze(-1), bags, bag)
        }
        guard let weights else { return rows.bagged(bag, bags, reduction) }
        let place = bag
        return Tensor.roundedOnce([rows, weights]) {
            ($0[0] * $0[1].unsqueeze(-1)).bagged(place, bags, .sum)
        }
    }

    /// Which of the bags that begin here each of `count` items is in.
    private func bags(of count: Int) -> Tensor {
        let starts = asIndex, size = shape[0]
        let items = Tensor.arange(0, count, on: data.backend)
        if size == 0 { return .zeros(like: items) }
        let all = Tensor(NDArray.full([1], count, .int64, on: data.backend))
        let ends = Tensor.concat([starts.narrow(axis: 0, start: 1, count: size - 1), all])
        let first = starts.narrow(axis: 0, start: 0, count: 1)
        let flaws = (starts .<= ends).all().logicalAnd(first .== 0).logicalNot()
        let none = Requirement(
            "embeddingBag", "offsets must ascend from 0 to at most the number of indices"
        )(flaws.cast(to: .int64))
        return starts.searchSorted(items, right: true) - 1 + none
    }

    /// These rows joined by bag; those in the bag `bags` are dropped.
    private func bagged(_ bag: Tensor, _ bags: Int, _ reduction: BagReduction) -> Tensor {
        func kept(_ table: Tensor) -> Tensor { table.narrow(axis: 0, start: 0, count: bags) }
        let sizes = ScatterAdd.of(.full(like: bag, 1), bag, rows: bags + 1)
        let size = kept(sizes).unsqueeze(-1)
        if reduction == .max {
            let best = kept(ScatterExtreme(maximum: true, rows: bags + 1)(self, bag))
            return Tensor.where(size .== 0, 0, best)
        }
        let sum = kept(ScatterAdd.of(self, bag, rows: bags + 1))
        return reduction == .sum ? sum : sum / size.maximum(1)
    }

    /// Whether each index is that of padding: [..., 1].
    private func isPadding(
        _ index: Tensor, _ padding: Int, _ operation: StaticString
    ) -> Tensor {
        let count = shape[0]
        let wanted = padding < 0 ? padding + count : padding
        guard (0..<count).contains(wanted) else {
            fail("\(operation)", "paddingIndex \(padding) is out of range for \(count) rows")
        }
        return (index.checkedIndex(below: count, operation) .== wanted).unsqueeze(-1)
    }
}
