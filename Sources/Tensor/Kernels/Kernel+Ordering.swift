internal import CKernels

extension Kernel {
    /// Kernels of rows along the last axis, all operands being contiguous. NaN counts as larger
    /// than any number; of equal elements the first comes first.
    package enum Ordering: Sendable {
        /// out = the places of a's elements in order, int64.
        case sort(descending: Bool)
        /// out = the places of the largest or smallest elements of a, as many as it has room for,
        /// the best first; int64.
        case top(largest: Bool)
        /// out[i] = a[b[i]] in each row; b is int64.
        case take
        /// out[i] = the place of the last of the largest or smallest elements of a up to i, int64.
        case runningExtreme(maximum: Bool)
        /// out[i] = b[i] + a[i] · out[i − 1], or out[i + 1] if `reversed`; floats.
        case recur(reversed: Bool)
        /// out[i] = how many elements of the sorted row of a lie below b[i], or at most at it if
        /// `right`; a may be one row for all. int64.
        case search(right: Bool)
        /// out[i] = how many elements of a lie from the edge b[i] up to b[i + 1], or at the last
        /// edge; the edges may be one row for all. float32 and float64; out is int64.
        case bins(Bins)
        /// out = the place of one element of each row of a, int64.
        case rank(Rank)
    }

    /// Where the edges of bins lie.
    package enum Bins: Sendable {
        /// Evenly between two, which are all that is given.
        case even
        /// Nearly evenly.
        case edges
        /// Anywhere.
        case any
    }

    /// An element of a row by its rank.
    package enum Rank: Sendable {
        /// The one that so many precede.
        case after(Int)
        /// The lower of two in the middle; the first NaN if there is one.
        case median
        /// The same of those that are not NaN.
        case nanMedian
    }
}

extension Kernel.Ordering {
    /// The name in messages and profiles.
    var name: String {
        switch self {
        case .sort: "sort"
        case .top: "topK"
        case .take: "takeAlong"
        case .runningExtreme(let maximum): maximum ? "running argmax" : "running argmin"
        case .recur: "recurrence"
        case .search: "searchSorted"
        case .bins: "histogram"
        case .rank(.after): "kthValue"
        case .rank: "median"
        }
    }

    var operandCount: Int {
        switch self {
        case .sort, .top, .runningExtreme, .rank: 1
        case .take, .recur, .search, .bins: 2
        }
    }

    /// Whether some operands end the program: an index out of range, edges that are no numbers.
    var mayFail: Bool {
        switch self {
        case .take, .bins: true
        case .sort, .top, .runningExtreme, .recur, .search, .rank: false
        }
    }
}

extension Kernel {
    func checkOrdering(_ ordering: Ordering, _ a: NDArray, _ b: NDArray, _ out: NDArray) {
        require(
            a.isContiguous && b.isContiguous && out.isContiguous && a.rank > 0 && out.rank > 0,
            "contiguous rows", [a, b, out])
        let (n, length) = (a.shape[a.rank - 1], out.shape[out.rank - 1])
        switch ordering {
        case .sort, .runningExtreme, .top, .rank:
            hasType(out, .int64)
            require(
                out.shape == a.shape.replacing(a.rank - 1, with: length) && length <= n,
                "a place for each element, or for the best", [a, out])
            require(n <= UInt32.max, "rows of fewer than 2³² elements", [a])
            if case .top = ordering { return }
            if case .rank(let rank) = ordering {
                var isThere = n > 0
                if case .after(let place) = rank { isThere = (0..<n).contains(place) }
                return require(isThere && length == 1, "one place in each row", [a, out])
            }
            require(length == n, "a place for each element", [a, out])
        case .take:
            hasType(b, .int64)
            agree(a, out)
            require(
                b.shape == out.shape && out.shape == a.shape.replacing(a.rank - 1, with: length),
                "an index for each row", [a, b, out])
        case .recur:
            agree(a, b)
            agree(a, out)
            require(
                a.dtype.isFloat && a.shape == out.shape && b.shape == out.shape,
                "floats of one shape", [a, b, out])
        case .search:
            hasType(out, .int64)
            agree(a, b)
            require(
                b.shape == out.shape
                    && (a.rank == 1 || out.shape == a.shape.replacing(a.rank - 1, with: length)),
                "values for one sorted row or for each", [a, b, out])
        case .bins(let bins):
            hasType(out, .int64)
            agree(a, b)
            let edges = b.shape[b.rank - 1]
            let leading = out.shape.removing(at: out.rank - 1)
            let needed = bins == .even ? 2 : length + 1
            require(
                (a.dtype == .float32 || a.dtype == .float64)
                    && a.shape.removing(at: a.rank - 1) == leading
                    && (b.rank == 1 || b.shape.removing(at: b.rank - 1) == leading)
                    && length > 0 && length < Int32.max && edges == needed,
                "rows of floats and edges of their bins", [a, b, out])
        }
    }
}

extension NDArray {
    /// The places of the elements along the last axis in order: int64.
    package func order(descending: Bool) -> NDArray {
        let out = NDArray(uninitialized: shape, .int64, on: backend)
        Kernel.ordering(.sort(descending: descending)).run(contiguous(), into: out)
        return out
    }

    /// The places of the `count` largest or smallest elements along the last axis: int64.
    package func top(_ count: Int, largest: Bool) -> NDArray {
        let out = NDArray(
            uninitialized: shape.replacing(rank - 1, with: count), .int64, on: backend)
        Kernel.ordering(.top(largest: largest)).run(contiguous(), into: out)
        return out
    }

    /// The elements at `index` in each row along the last axis.
    package func takeAlong(_ index: NDArray) -> NDArray {
        let out = NDArray(uninitialized: index.shape, dtype, on: backend)
        Kernel.ordering(.take).run(contiguous(), index.contiguous(), into: out)
        return out
    }

    /// Rows of zeros, `size` long, with this array's rows added at `index` along the last axis.
    package func addAlong(_ index: NDArray, size: Int) -> NDArray {
        let result = shape.replacing(rank - 1, with: size)
        index.requirePlace(of: self, "addAlong")
        if count == 0 { return .full(result, Scalar(0), dtype, on: backend) }
        let rows = count / shape[rank - 1]
        let starts = NDArray.range(0, rows * size, step: size, on: backend)
        let flat = index.zip(.add, starts.reshape(shape.replacing(rank - 1, with: 1)))
        return reshape([count])
            .scatterAdd(flat.reshape([count]), rows: rows * size).reshape(result)
    }

    /// Where the last extreme so far stands along the last axis: int64.
    package func runningExtreme(maximum: Bool) -> NDArray {
        let out = NDArray(uninitialized: shape, .int64, on: backend)
        Kernel.ordering(.runningExtreme(maximum: maximum)).run(contiguous(), into: out)
        return out
    }

    /// The place of one element of each row along the last axis, which stays with size 1: int64.
    package func place(of rank: Kernel.Rank) -> NDArray {
        let out = NDArray(
            uninitialized: shape.replacing(self.rank - 1, with: 1), .int64, on: backend)
        Kernel.ordering(.rank(rank)).run(contiguous(), into: out)
        return out
    }

    /// How many elements along the last axis lie in each of `count` bins: int64.
    package func counts(_ count: Int, between edges: NDArray, _ bins: Kernel.Bins) -> NDArray {
        let out = NDArray(
            uninitialized: shape.replacing(rank - 1, with: count), .int64, on: backend)
        Kernel.ordering(.bins(bins)).run(contiguous(), edges.contiguous(), into: out)
        return out
    }

    /// y[i] = terms[i] + this[i] · y[i − 1] along the last axis, or y[i + 1] if `reversed`.
    package func recur(_ terms: NDArray, reversed: Bool) -> NDArray {
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        Kernel.ordering(.recur(reversed: reversed))
            .run(contiguous(), terms.contiguous(), into: out)
        return out
    }

    /// How many elements of these sorted rows lie below each value, or at most at it: int64.
    package func search(_ values: NDArray, right: Bool) -> NDArray {
        let out = NDArray(uninitialized: values.shape, .int64, on: backend)
        Kernel.ordering(.search(right: right)).run(contiguous(), values.contiguous(), into: out)
        return out
    }
}
