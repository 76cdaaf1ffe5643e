/// Windows over the last axes of an array, up to three, and the elements of each.
package final class Pooling: Sendable {
    /// Windows that begin equally far apart: window i has what lies inside of the elements from
    /// i · stride − padding on, in steps, that are less than `reach` away.
    package struct Rule: Sendable {
        let stride: Int, padding: Int, reach: Int

        package init(stride: Int, padding: Int, reach: Int) {
            (self.stride, self.padding, self.reach) = (stride, padding, reach)
        }
    }

    /// The windows along one axis.
    package struct Axis: Sendable {
        /// How many elements it has.
        package let size: Int
        /// The distance of a window's elements.
        package let step: Int
        /// The first element of each window.
        package private(set) var first: [Int] = []
        /// Where each ends: no element of it lies there or beyond.
        package private(set) var end: [Int] = []
        /// What a sum over each is divided by for a mean, along this axis.
        package private(set) var divisor: [Int] = []

        /// By which they are chosen, if there is one.
        let rule: Rule?

        package init(size: Int, step: Int, rule: Rule? = nil) {
            self.size = size
            self.step = step
            self.rule = rule
        }

        package var count: Int { first.count }

        package mutating func append(first: Int, end: Int, divisor: Int) {
            self.first.append(first)
            self.end.append(max(first, end))
            self.divisor.append(divisor)
        }

        /// How many elements a window has.
        func taps(_ index: Int) -> Int { (end[index] - first[index] + step - 1) / step }
    }

    package let axes: [Axis]
    /// The results of the last axis whose windows have as many elements as any and begin equally
    /// far apart.
    let regular: Range<Int>
    /// How far apart those begin.
    let stride: Int

    package init(_ axes: [Axis]) {
        self.axes = axes
        let last = axes[axes.count - 1]
        let most = (0..<last.count).map(last.taps).max() ?? 0
        let low = (0..<last.count).first { last.taps($0) == most } ?? 0
        var high = min(low + 1, last.count)
        let stride = high < last.count ? last.first[high] - last.first[low] : 1
        while high < last.count, last.taps(high) == most,
            last.first[high] - last.first[high - 1] == stride
        {
            high += 1
        }
        self.stride = stride
        regular = stride > 0 && most > 0 ? low..<high : low..<low
    }

    package var rank: Int { axes.count }
    /// The sizes of the axes, and how many windows each has.
    package var sizes: [Int] { axes.map(\.size) }
    package var counts: [Int] { axes.map(\.count) }
    /// The most elements that a window has.
    var tapCount: Int {
        axes.reduce(1) { product, axis in
            product * ((0..<axis.count).map(axis.taps).max() ?? 0)
        }
    }

    /// All numbers in a row: of each axis the first elements, the ends and the divisors.
    var table: [Int64] {
        axes.flatMap { ($0.first + $0.end + $0.divisor).map(Int64.init) }
    }
}

/// What is made of windows.
package enum PoolPart: Sendable {
    /// The largest element of each window of a; of equal ones the first counts, NaN is the largest.
    case largest
    /// The elements of b, which is like a, where those of a are the largest.
    case pick
    /// The elements of b, one a window, added where those of a are the largest.
    case spread
    /// The mean of each window of a.
    case mean
    /// The elements of a, one a window, added to all elements of their windows in equal shares.
    case spreadMean
    /// Where the largest element of each window of a lies in its plane, in row-major order: int64,
    /// −1 where a window has none.
    case places

    /// Whether there is one element a window, rather than an array with windows.
    var isOfResults: Bool { self != .spread && self != .spreadMean }
    var operandCount: Int { self == .pick || self == .spread ? 2 : 1 }
    /// Whether integers and bool have it too.
    package var isOfAnyType: Bool { self == .largest || self == .places }

    var name: String {
        switch self {
        case .largest: "maxPool"
        case .pick: "maxPoolPick"
        case .spread: "maxPoolSpread"
        case .mean: "meanPool"
        case .spreadMean: "meanPoolSpread"
        case .places: "maxPoolPlaces"
        }
    }
}

extension Kernel {
    /// Arrays whose last axes have the sizes of the windows' axes, or their numbers.
    func checkPool(
        _ part: PoolPart, _ pooling: Pooling, _ a: NDArray, _ b: NDArray, _ out: NDArray
    ) {
        let arrays = part.operandCount == 2 ? [a, b, out] : [a, out]
        if part == .places { hasType(out, .int64) }
        for array in arrays {
            if part != .places { hasType(array, out.dtype) }
            let isKnown = array.dtype.isWide || part.isOfAnyType && !array.dtype.isFloat
            require(
                array.isContiguous && isKnown && array.rank >= pooling.rank,
                part.isOfAnyType ? "contiguous, no halves" : "contiguous float32 or float64",
                [array])
        }
        let lead = out.shape.dropLast(pooling.rank)
        func has(_ array: NDArray, windows: Bool) -> Bool {
            let sizes = windows ? pooling.sizes : pooling.counts
            return Array(array.shape) == lead + sizes
        }
        let fits =
            has(out, windows: !part.isOfResults) && has(a, windows: part != .spreadMean)
            && (part.operandCount == 1 || has(b, windows: part == .pick))
        require(fits, "arrays that fit the windows", arrays)
        let isInside = pooling.axes.allSatisfy { axis in
            axis.step > 0 && axis.first.allSatisfy { $0 >= 0 }
                && axis.end.allSatisfy { $0 <= axis.size }
        }
        require(
            isInside && (1...3).contains(pooling.rank)
                && pooling.sizes.reduce(1, *) <= Int(Int32.max),
            "windows of up to three axes inside planes of fewer than 2³¹ elements", arrays)
    }
}
