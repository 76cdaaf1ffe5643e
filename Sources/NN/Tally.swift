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

    /// A sum and a count, as a tally holds them.
    init(_ numbers: [Double]) {
        let isMean = numbers.count == 2
        total = isMean ? numbers[0] : 0
        count = isMean ? Int(exactly: numbers[1].rounded()) ?? 0 : 0
    }

    /// The mean; 0 of nothing.
    public var value: Double { count == 0 ? 0 : total / Double(count) }
}

/// What batches add to a metric, kept on their device: it is read when `numbers` or `value` is
/// asked for, once for many batches.
public struct Tally {
    /// How tallies are added.
    private enum Rule {
        /// Number by number.
        case sums
        /// A count, means and sums of squares about them: see `Moments`.
        case moments
        /// One after the other.
        case examples
    }

    private let rule: Rule
    /// float64: one array, or one for each batch where examples are kept.
    private var parts: [Tensor]
    private var measure: @Sendable ([Double]) -> Double = { Average($0).value }

    private init(_ parts: [Tensor], _ rule: Rule) {
        self.parts = parts
        self.rule = rule
    }

    /// A sum and what to divide it by, known beforehand.
    ///
    /// - Parameter total: an array of one number.
    public init(total: NDArray, count: Int) {
        self.init(total: total, count: NDArray.full([], Double(count), .float64, on: total.backend))
    }

    /// A sum and what to divide it by.
    ///
    /// - Parameters:
    ///   - total: an array of one number.
    ///   - count: an array of one integer.
    public init(total: NDArray, count: NDArray) {
        let numbers = [total, count].map { Tensor($0.cast(to: .float64)).reshape([1]) }
        self.init([Tensor.concat(numbers)], .sums)
    }

    /// Numbers of any meaning that add up over batches, of the same shape in each, which `measure`
    /// is given in row-major order.
    public init(sums: NDArray, measure: @escaping @Sendable ([Double]) -> Double) {
        self.init([Tensor(sums.cast(to: .float64))], .sums)
        self.measure = measure
    }

    /// Numbers of each example, [examples, …], all of which are kept: `measure` is given those of
    /// all batches, one after the other.
    public init(examples: NDArray, measure: @escaping @Sendable ([Double]) -> Double) {
        // A copy: the batch's memory may be used again.
        let own = examples.dtype == .float64 ? examples.copy() : examples.cast(to: .float64)
        self.init([Tensor(own)], .examples)
        self.measure = measure
    }

    /// Rows as `Moments` makes them, [1 + 2 k, columns].
    init(moments: Tensor, measure: @escaping @Sendable ([Double]) -> Double) {
        self.init([moments], .moments)
        self.measure = measure
    }

    /// Numbers read before, to go on beside `other`, on its device; nil where they are none of its
    /// kind.
    package init?(_ numbers: [Double], like other: Tally) {
        guard let example = other.parts.first else { return nil }
        let shape: Shape
        if other.rule == .examples {
            let size = example.shape.removing(at: 0).elementCount
            guard size > 0, numbers.count.isMultiple(of: size) else { return nil }
            shape = example.shape.replacing(0, with: numbers.count / size)
        } else {
            guard numbers.count == example.count else { return nil }
            shape = example.shape
        }
        let array = NDArray(numbers, shape).on(example.data.backend)
        self.init([Tensor(array)], other.rule)
        measure = other.measure
    }

    /// This tally with another meaning of its numbers.
    func measured(by measure: @escaping @Sendable ([Double]) -> Double) -> Tally {
        var tally = self
        tally.measure = measure
        return tally
    }

    /// What both come to, for two tallies of one metric.
    public static func + (a: Tally, b: Tally) -> Tally {
        var sum = a
        switch a.rule {
        case .sums: sum.parts = [a.parts[0] + b.parts[0]]
        case .moments: sum.parts = [Moments.joined(a.parts[0], b.parts[0])]
        case .examples: sum.parts += b.parts
        }
        return sum
    }

    /// The numbers, read from the device.
    public var numbers: [Double] { parts.flatMap { $0.values(as: Double.self) } }

    /// What they come to, read from the device; 0 for the mean of nothing.
    public var value: Double { measure(numbers) }

    /// The sum and the count of a mean, read from the device.
    public var average: Average { Average(numbers) }
}

/// Counts, means and sums of squares about the means, for each column; joined without the loss of
/// digits that differences of large sums would bring. Chan, Golub and LeVeque, "Updating formulae
/// and a pairwise algorithm for computing sample variances", 1979.
enum Moments {
    /// The moments of some quantities [rows, columns]: a row of the count, then for each quantity a
    /// row of means and one of sums of squares about them. All float64.
    ///
    /// - Parameter isOut: true [rows, columns] where an element counts nothing; nil where all count.
    static func of(_ quantities: [Tensor], leavingOut isOut: Tensor? = nil) -> Tensor {
        if let isOut { return of(quantities, but: isOut) }
        let (rows, columns) = (quantities[0].shape[0], quantities[0].shape[1])
        var result = [
            Tensor(NDArray.full([1, columns], Double(rows), .float64, on: home(quantities)))
        ]
        for quantity in quantities {
            let mean =
                rows == 0
                ? quantity.sum(axis: 0, keepDims: true) : quantity.mean(axis: 0, keepDims: true)
            result += [mean, (quantity - mean).square().sum(axis: 0, keepDims: true)]
        }
        return Tensor.concat(result)
    }

    private static func of(_ quantities: [Tensor], but isOut: Tensor) -> Tensor {
        let count = isOut.logicalNot().cast(to: .float64).sum(axis: 0, keepDims: true)
        func sum(_ tensor: Tensor) -> Tensor {
            tensor.maskedFill(isOut, 0).sum(axis: 0, keepDims: true)
        }
        return Tensor.concat(
            [count]
                + quantities.flatMap { quantity in
                    let mean = sum(quantity) / count.maximum(1)
                    return [mean, sum((quantity - mean).square())]
                })
    }

    /// The moments of the rows of both.
    static func joined(_ a: Tensor, _ b: Tensor) -> Tensor {
        let (size, other) = (row(a, 0), row(b, 0))
        let both = size + other
        let share = other / both.maximum(1)
        var result = [both]
        for index in stride(from: 1, to: a.shape[0], by: 2) {
            let difference = row(b, index) - row(a, index)
            let between = difference.square() * size * share
            result += [
                row(a, index) + difference * share,
                row(a, index + 1) + row(b, index + 1) + between,
            ]
        }
        return Tensor.concat(result)
    }

    private static func row(_ rows: Tensor, _ index: Int) -> Tensor {
        rows.narrow(axis: 0, start: index, count: 1)
    }

    private static func home(_ tensors: [Tensor]) -> any Backend { tensors[0].data.backend }
}
