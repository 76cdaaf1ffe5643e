internal import CKernels

// Reading and writing the rows of a table.
extension NDArray {
    /// This index as int64; what uint64 holds beyond it stays out of range.
    package var asIndex: NDArray {
        (dtype == .uint64 ? zip(.minimum, Scalar(Int.max)) : self).cast(to: .int64)
    }

    /// Rows of this table: the result has the index's shape followed by a row's.
    ///
    /// Indices lie in −n..<n, n being the number of rows; negative ones count from the end.
    package func gather(_ index: NDArray) -> NDArray {
        if rank == 0 { fail("gather", "a scalar has no rows to choose from") }
        var result = index.shape
        for axis in 1..<rank { result.append(shape[axis]) }
        let out = NDArray(uninitialized: result, dtype, on: backend)
        Kernel.gather.run(contiguous(), index.asIndex.contiguous(), into: out)
        return out
    }

    /// A table of `rows` rows into which this array's rows are added at `index`, in order; indices
    /// as those of `gather`.
    package func scatterAdd(_ index: NDArray, rows: Int) -> NDArray {
        scatter(.add, index, rows: rows, over: Scalar(0))
    }

    /// A table of `rows` rows of one number, with this array's rows written over it, or combined
    /// with it, at `index`, in order.
    package func scatter(
        _ rule: ScatterRule, _ index: NDArray, rows: Int, over start: Scalar
    ) -> NDArray {
        if index.rank > rank || Swift.zip(shape, index.shape).contains(where: { $0 != $1 }) {
            fail(rule.name, "an index of shape \(index.shape) doesn't fit items \(shape)")
        }
        var result: Shape = [rows]
        for axis in index.rank..<rank { result.append(shape[axis]) }
        let out = NDArray(uninitialized: result, dtype, on: backend)
        Kernel.fill(start).run(into: out)
        index.requirePlace(of: self, rule.name)
        if count > 0 {
            Kernel.scatter(rule).run(contiguous(), index.asIndex.contiguous(), into: out)
        }
        return out
    }
}
