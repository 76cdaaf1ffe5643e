internal import Autograd
public import Tensor

/// A mean that batches are added to.
public struct Average: Sendable, Equatable {
    /// The sum of what was measured.
    public var total: Double
    /// How much was measured.
    public var count: Int

    /// A mean of `count` measurements that add up to `total`.
    public init(total: Double = 0, count: Int = 0) {
        self.total = total
        self.count = count
    }

    /// The mean; 0 of nothing.
    public var value: Double { count == 0 ? 0 : total / Double(count) }
}

/// What batches add to a mean, kept on their device: it is read when `average` is asked for, once for
/// many batches.
public struct Tally {
    /// float64 [].
    private var total: Tensor
    /// What is known of the count without a look at the data, and the rest: int64 [].
    private var known: Int
    private var found: Tensor?

    /// A sum over so many that the host knows.
    ///
    /// - Parameter total: an array of one number.
    public init(total: NDArray, count: Int) {
        self.total = Tensor(total.cast(to: .float64))
        known = count
    }

    /// A sum over as many as the device counted.
    ///
    /// - Parameters:
    ///   - total: an array of one number.
    ///   - count: an array of one integer.
    public init(total: NDArray, count: NDArray) {
        self.init(total: total, count: 0)
        found = Tensor(count.cast(to: .int64))
    }

    /// A mean that goes on beside another one, on its device.
    package init(_ start: Average, beside other: Tally) {
        let backend = other.total.data.backend
        self.init(total: NDArray.full([], start.total, .float64, on: backend), count: start.count)
    }

    /// Two means joined into that of everything.
    public static func + (a: Tally, b: Tally) -> Tally {
        var sum = a
        sum.total = a.total + b.total
        sum.known += b.known
        if let other = b.found { sum.found = a.found.map { $0 + other } ?? other }
        return sum
    }

    /// The mean, read from the device; 0 of nothing.
    public var value: Double { average.value }

    /// The numbers, read from the device.
    public var average: Average {
        Average(
            total: total.item,
            count: known + (found.map { Int($0.item) } ?? 0))
    }
}
