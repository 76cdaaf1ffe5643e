package import Tensor

/// Why windows don't fit.
package struct PoolProblem: Error {
    package let text: String
}

/// How the window of a pooling moves.
package struct PoolMovement {
    package var kernel: PerAxis
    /// Steps between windows; nil for the window's size.
    package var stride: PerAxis?
    package var padding: Padding = 0
    package var dilation: PerAxis = 1
    /// Whether a last window may reach beyond the end.
    package var ceilMode = false
    /// Whether places around the input count in means.
    package var countsPadding = true
    /// What sums are divided by, whatever the window's size.
    package var divisor: Int?

    package init(
        _ kernel: PerAxis, stride: PerAxis? = nil, padding: Padding = 0, dilation: PerAxis = 1,
        ceilMode: Bool = false, countsPadding: Bool = true, divisor: Int? = nil
    ) {
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.ceilMode = ceilMode
        self.countsPadding = countsPadding
        self.divisor = divisor
    }

    /// The windows over axes of these sizes; throws where they don't fit. As PyTorch, padding is at
    /// most half a window, and no window begins behind the input.
    package func windows(
        over size: [Int], _ operation: String
    ) throws(PoolProblem) -> Pooling {
        let count = size.count
        let sizes = kernel.each(count, operation)
        let steps = (stride ?? kernel).each(count, operation)
        let spread = dilation.each(count, operation)
        guard (sizes + steps + spread).allSatisfy({ $0 > 0 && $0 < 1 << 31 }) else {
            throw PoolProblem(
                text: "a window \(sizes) with stride \(steps) and dilation \(spread): all must be "
                    + "positive, and none beyond 2³¹")
        }
        if let divisor, divisor < 1 || divisor >= 1 << 31 {
            throw PoolProblem(text: "the divisor \(divisor) is not from 1 to 2³¹")
        }
        guard size.allSatisfy({ $0 > 0 && $0 < 1 << 31 }) else {
            throw PoolProblem(text: "there are no windows in \(size)")
        }
        let ends = padding.each(size, kernel: sizes, stride: steps, dilation: spread, operation)
        var axes: [Pooling.Axis] = []
        for axis in 0..<count {
            let reach: Int = (sizes[axis] - 1) * spread[axis] + 1
            let (low, high) = (ends.low[axis], ends.high[axis])
            guard low >= 0, high >= 0, max(low, high) <= reach / 2 else {
                throw PoolProblem(
                    text: "padding \(ends.low), \(ends.high) is more than half of a window \(sizes)"
                )
            }
            guard size[axis] + low + high >= reach else {
                throw PoolProblem(
                    text: "a window \(sizes) with dilation \(spread) and padding \(ends.low), "
                        + "\(ends.high) doesn't fit into \(size)")
            }
            axes.append(
                windows(
                    over: size[axis], reach: reach, step: steps[axis], spread: spread[axis],
                    ends: (low, high), isFirst: axis == 0))
        }
        return Pooling(axes)
    }

    private func windows(
        over size: Int, reach: Int, step: Int, spread: Int, ends: (low: Int, high: Int),
        isFirst: Bool
    ) -> Pooling.Axis {
        let room: Int = size + ends.low + ends.high - reach
        var count = room / step + 1
        if ceilMode, room % step != 0, count * step < size + ends.low { count += 1 }
        let rule = Pooling.Rule(stride: step, padding: ends.low, reach: reach)
        var axis = Pooling.Axis(size: size, step: spread, rule: rule)
        for index in 0..<count {
            let start: Int = index * step - ends.low
            let stop = min(start + reach, size)
            // The first element of the window that lies inside.
            let skipped = start < 0 ? (spread - 1 - start) / spread * spread : 0
            let first = start + skipped
            let padded = min(start + reach, size + ends.high) - start
            let counted = countsPadding ? padded : max(0, stop - first)
            let share = divisor.map { isFirst ? $0 : 1 } ?? counted
            axis.append(first: min(first, size), end: stop, divisor: share)
        }
        return axis
    }

    /// As many windows along each axis as asked for, which cover it: window i of n over s elements
    /// goes from ⌊i s / n⌋ to ⌈(i + 1) s / n⌉.
    package static func adaptive(
        over size: [Int], to counts: PerAxis, _ operation: String
    ) throws(PoolProblem) -> Pooling {
        let counts = counts.each(size.count, operation)
        guard (size + counts).allSatisfy({ $0 > 0 && $0 < 1 << 31 }) else {
            throw PoolProblem(text: "\(counts) windows over \(size): all must be positive")
        }
        var axes: [Pooling.Axis] = []
        for (size, count) in zip(size, counts) {
            var axis = Pooling.Axis(size: size, step: 1)
            for index in 0..<count {
                let first: Int = index * size / count
                let end: Int = ((index + 1) * size + count - 1) / count
                axis.append(first: first, end: end, divisor: end - first)
            }
            axes.append(axis)
        }
        return Pooling(axes)
    }
}
