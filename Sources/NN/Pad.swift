public import Autograd
public import Tensor

/// Elements around those of each example: zeros or another number, mirrored ones, the outermost, or
/// those of the other end.
public final class Pad: Layer {
    /// How many go before and after, for each of the last axes in order; a negative number cuts off
    /// as many.
    public let widths: [(before: Int, after: Int)]
    /// What they are.
    public let mode: PaddingMode
    /// The number of the constant mode.
    public let value: Double

    /// A layer that puts so much around the last axes, in order. Without widths it traps.
    public init(
        _ widths: [(before: Int, after: Int)], mode: PaddingMode = .constant, value: Double = 0
    ) {
        guard !widths.isEmpty else {
            fail("Pad", "there are no widths", hint: "one pair for each of the last axes")
        }
        self.widths = widths
        self.mode = mode
        self.value = value
    }

    /// A layer that puts as much at both ends of each of the last axes.
    public convenience init(
        _ width: Int, axes: Int, mode: PaddingMode = .constant, value: Double = 0
    ) {
        self.init(Array(repeating: (width, width), count: max(axes, 0)), mode: mode, value: value)
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        guard x.rank > widths.count else {
            fail("Pad", "\(x.shape) has no \(widths.count) axes after that of the batch")
        }
        return x.pad(widths, mode: mode, value: value)
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank >= widths.count else {
            throw ShapeError(
                layer: describe, problem: "the input \(input) should have \(widths.count) axes")
        }
        let first = input.rank - widths.count
        var sizes = Array(input)
        for (position, width) in widths.enumerated() {
            let size = input[first + position]
            let added = max(0, width.before, width.after)
            let most =
                switch mode {
                case .constant: Int.max
                case .replicate: size > 0 ? Int.max : 0
                case .reflect: size - 1
                // What is cut off at one end doesn't come again at the other.
                case .circular: size + min(0, width.before) + min(0, width.after)
                }
            let remedy: String? =
                switch mode {
                case .reflect: "reflections are smaller than the size; pad less, or replicate"
                case .circular: "turns are no longer than the size; pad less, or replicate"
                case .constant, .replicate: "cut off less"
                }
            let result = size + width.before + width.after
            guard added <= max(most, 0), result >= 0, size + min(0, width.before) >= 0 else {
                throw ShapeError(
                    layer: describe,
                    problem: "\(width.before) before and \(width.after) after don't fit size "
                        + "\(size) of the input \(input)",
                    remedy: remedy)
            }
            sizes[first + position] = result
        }
        return Shape(sizes)
    }

    public override var describe: String {
        let words = widths.map { $0 == $1 ? "\($0)" : "\($0)+\($1)" }.joined(separator: ", ")
        switch mode {
        case .constant: return "Pad(\(words)\(value == 0 ? "" : ", value: \(value)"))"
        default: return "Pad(\(words), \(mode))"
        }
    }
}
