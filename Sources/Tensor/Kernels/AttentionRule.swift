/// How queries attend to keys.
package struct AttentionRule: Sendable, Hashable {
    /// What scores are multiplied by.
    package var scale: Double
    /// Query i sees the keys up to i + reach; nil if it sees all.
    package var reach: Int?
    /// Whether the gradients of queries, keys and values lie side by side for each position,
    /// [examples, positions, 3, heads, width], and not one after the other.
    package var isInterleaved = false
    /// What a GPU may round the factors of its products to, and the shares and slopes between them;
    /// sums are float32. A CPU rounds nothing. Where that is a half, operands and output may be of
    /// it: what is made in float32 is rounded once.
    package var factors = AutocastPrecision.float32

    package init(scale: Double, reach: Int? = nil, isInterleaved: Bool = false) {
        self.scale = scale
        self.reach = reach
        self.isInterleaved = isInterleaved
    }

    /// The gradients by queries, keys and values as views of the array that holds all three.
    func gradients(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, in out: NDArray
    ) -> (q: NDArray, k: NDArray, v: NDArray) {
        var place = out.offset
        func next(_ array: NDArray) -> NDArray {
            let width = array.shape[2] * array.shape[3]
            let row = isInterleaved ? 3 * width : width
            defer { place += isInterleaved ? width : array.count }
            return out.view(
                array.shape, [array.shape[1] * row, row, array.shape[3], 1], offset: place)
        }
        return (next(q), next(k), next(v))
    }

    /// Whether queries, keys and values are of one number of examples and of fitting heads.
    fileprivate static func fit(_ q: Shape, _ k: Shape, _ v: Shape) -> Bool {
        q[0] == k[0] && k[0] == v[0] && k[1] == v[1] && k[2] == v[2] && q[3] == k[3]
            && (q[2] == k[2] || k[2] > 0 && q[2] > 0 && q[2].isMultiple(of: k[2]))
    }
}

extension Kernel {
    /// The operands of attention: queries [examples, positions, heads, width], keys and values
    /// alike, each row of which is contiguous, and the lists' arrays.
    func checkAttention(
        _ rule: AttentionRule, _ q: NDArray, _ k: NDArray, _ v: NDArray, mask: NDArray?,
        gradient: NDArray?, _ out: NDArray
    ) {
        let rows = [q, k, v] + (gradient.map { [$0] } ?? [])
        for array in rows {
            hasType(array, out.dtype)
            require(
                array.rank == 4 && (array.shape[3] <= 1 || array.strides[3] == 1),
                "four axes, the last contiguous", [array])
        }
        require(
            (out.dtype.isWide || out.dtype == rule.factors.half) && out.isContiguous,
            "float32, float64 or the factors' half, contiguous", [out])
        require(
            AttentionRule.fit(q.shape, k.shape, v.shape), "queries, keys and values that fit",
            [q, k, v])
        let result = q.shape.replacing(3, with: v.shape[3])
        if let gradient {
            require(gradient.shape == result, "a gradient of the output's shape", [gradient, v])
            require(
                out.count == q.count + k.count + v.count, "room for three gradients",
                [out, q, k, v])
            if rule.isInterleaved {
                require(
                    q.shape == k.shape && k.shape == v.shape,
                    "queries, keys and values of one shape", [q, k, v])
            }
        } else {
            require(out.shape == result, "an output like queries and values", [out, q, v])
        }
        if let mask { checkMask(mask, q, k) }
    }

    private func checkMask(_ mask: NDArray, _ q: NDArray, _ k: NDArray) {
        hasType(mask, .bool)
        require(
            mask.shape == [q.shape[0], q.shape[2], q.shape[1], k.shape[1]],
            "a mask [examples, heads, queries, keys]", [mask, q, k])
    }
}
