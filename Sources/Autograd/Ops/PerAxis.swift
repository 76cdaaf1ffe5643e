import Tensor

// How windows move: numbers for all axes or for each of them.

/// One number for all axes, or one for each.
public struct PerAxis: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    let values: [Int]

    /// The same number for all axes.
    public init(_ value: Int) { values = [value] }
    /// A number for each axis, the outermost first.
    public init(_ values: [Int]) { self.values = values }
    /// The same number for all axes.
    public init(integerLiteral value: Int) { values = [value] }
    /// A number for each axis, the outermost first.
    public init(arrayLiteral elements: Int...) { values = elements }

    /// The numbers of `rank` axes; traps where there is another number of them.
    package func each(_ rank: Int, _ operation: String) -> [Int] {
        if values.count == 1 { return Array(repeating: values[0], count: rank) }
        if values.count != rank {
            fail(operation, "\(values) for \(rank) axes", hint: "give one number, or one an axis")
        }
        return values
    }
}

/// How much is put around an input before a window moves over it.
public enum Padding: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    /// As much at both ends of an axis.
    case both(PerAxis)
    /// Each end by itself.
    case ends(low: [Int], high: [Int])
    /// As much as gives the output the size of the input at stride 1, divided by the stride and
    /// rounded up at others; an odd element goes to the far end.
    case same
    /// Nothing.
    public static let valid = Padding.both(0)

    /// As much at both ends of every axis.
    public init(integerLiteral value: Int) { self = .both(PerAxis(value)) }
    /// As much at both ends, one number an axis.
    public init(arrayLiteral elements: Int...) { self = .both(PerAxis(elements)) }

    /// What stands before and behind each axis.
    package func each(
        _ input: [Int], kernel: [Int], stride: [Int], dilation: [Int], _ operation: String
    ) -> (low: [Int], high: [Int]) {
        switch self {
        case .both(let amount):
            let each = amount.each(input.count, operation)
            return (each, each)
        case .ends(let low, let high):
            if low.count != input.count || high.count != input.count {
                fail(operation, "padding \(low) and \(high) for \(input.count) axes")
            }
            return (low, high)
        case .same:
            let total = input.indices.map { axis in
                let steps = input[axis] / stride[axis] + (input[axis] % stride[axis] > 0 ? 1 : 0)
                let first = (kernel[axis] - 1).times(dilation[axis]).plus(1)
                let reach = (steps - 1).times(stride[axis]).plus(first)
                return Swift.max(0, reach - input[axis])
            }
            return (total.map { $0 / 2 }, total.map { $0 - $0 / 2 })
        }
    }
}

/// How a kernel moves over its input, along any number of axes.
package struct KernelMovement {
    package let stride: PerAxis
    package let padding: Padding
    package let dilation: PerAxis
    package let groups: Int

    package init(stride: PerAxis, padding: Padding, dilation: PerAxis, groups: Int) {
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
    }
}
