public import Autograd
public import Tensor

/// Larger, or smaller, images: [batch, channels, sizes…] with other sizes.
public final class Upsample: Layer {
    /// The sizes of the result.
    public enum Target: Sendable, Hashable {
        /// These, one number for all axes or one for each.
        case size([Int])
        /// As many times the input's, rounded down, by one number for all axes or one for each.
        case factor([Double])
    }

    /// What sizes come out.
    public let target: Target
    /// What stands between the elements.
    public let mode: UpsampleMode

    /// A layer that multiplies the sizes of all axes beside channels, or of each by a factor of its
    /// own.
    public convenience init(by factors: Double..., mode: UpsampleMode = .nearest) {
        self.init(.factor(factors), mode: mode)
    }

    /// A layer whose results have these sizes beside channels, or one for all axes.
    public convenience init(to sizes: Int..., mode: UpsampleMode = .nearest) {
        self.init(.size(sizes), mode: mode)
    }

    /// A layer for listed sizes or factors, which trap where they aren't positive.
    public init(_ target: Target, mode: UpsampleMode = .nearest) {
        let isPositive =
            switch target {
            case .size(let sizes): !sizes.isEmpty && sizes.allSatisfy { $0 > 0 }
            case .factor(let factors):
                !factors.isEmpty && factors.allSatisfy { $0 > 0 && $0.isFinite }
            }
        guard isPositive else { fail("Upsample", "\(target)", hint: "all must be positive") }
        self.target = target
        self.mode = mode
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        guard x.rank > 2 else {
            fail("Upsample", "\(x.shape) has no batch, channels and further axes")
        }
        switch target {
        case .size(let sizes): return x.upsample(to: each(sizes, x.rank - 2), mode)
        case .factor(let factors): return x.upsample(by: each(factors, x.rank - 2), mode)
        }
    }

    private func each<Number>(_ numbers: [Number], _ axes: Int) -> [Number] {
        if numbers.count == 1 { return Array(repeating: numbers[0], count: axes) }
        if numbers.count != axes {
            fail("Upsample", "\(numbers) for \(axes) axes", hint: "give one number, or one an axis")
        }
        return numbers
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        let axes = input.rank - 1
        let count =
            switch target {
            case .size(let sizes): sizes.count
            case .factor(let factors): factors.count
            }
        let isPossible = (1...3).contains(axes) && (count == 1 || count == axes)
        guard isPossible, input.allSatisfy({ $0 > 0 }) else {
            let wanted = count == 1 ? "one to three more axes" : "\(count) more axes"
            throw ShapeError(
                layer: describe, problem: "the input \(input) should have channels and \(wanted)")
        }
        let sizes: [Double] =
            switch target {
            case .size(let sizes): each(sizes, axes).map { Double($0) }
            case .factor(let factors):
                zip(input.dropFirst(), each(factors, axes)).map { Double($0) * $1 }
            }
        guard sizes.allSatisfy({ $0 >= 1 }) else {
            throw ShapeError(
                layer: describe, problem: "a size of the input \(input) becomes 0",
                remedy: "give a larger factor")
        }
        guard sizes.allSatisfy({ $0 < 0x1p31 }) else {
            throw ShapeError(
                layer: describe, problem: "a size of the input \(input) becomes 2³¹ or more",
                remedy: "give a smaller factor")
        }
        return Shape([input[0]] + sizes.map { Int($0) })
    }

    public override var describe: String {
        let words =
            switch target {
            case .size(let sizes): "to: " + sizes.map { "\($0)" }.joined(separator: "×")
            case .factor(let factors): "by: " + factors.map { "\($0)" }.joined(separator: "×")
            }
        switch mode {
        case .nearest: return "Upsample(\(words))"
        case .linear(let alignCorners):
            return "Upsample(\(words), linear\(alignCorners ? ", corners aligned" : ""))"
        }
    }
}

/// Channels as pixels: [batch, c · f², height, width] becomes [batch, c, height · f, width · f].
/// Shi et al., 2016.
public final class PixelShuffle: Layer {
    /// f, by which the image becomes larger.
    public let factor: Int

    /// A layer that makes images so many times larger; a factor below 1 traps.
    public init(_ factor: Int) {
        guard factor > 0, factor < 1 << 16 else { fail("PixelShuffle", "the factor \(factor)") }
        self.factor = factor
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor { x.pixelShuffle(factor) }

    public override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank == 3, input[0] % (factor * factor) == 0 else {
            throw ShapeError(
                layer: describe,
                problem:
                    "the input \(input) should have a multiple of \(factor * factor) channels, "
                    + "height and width")
        }
        return [input[0] / (factor * factor), input[1] * factor, input[2] * factor]
    }

    public override var describe: String { "PixelShuffle(\(factor))" }
}

/// Pixels as channels: [batch, c, height, width] becomes [batch, c · f², height / f, width / f].
public final class PixelUnshuffle: Layer {
    /// f, by which the image becomes smaller.
    public let factor: Int

    /// A layer that makes images so many times smaller; a factor below 1 traps.
    public init(_ factor: Int) {
        guard factor > 0, factor < 1 << 16 else { fail("PixelUnshuffle", "the factor \(factor)") }
        self.factor = factor
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor { x.pixelUnshuffle(factor) }

    public override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank == 3, input[1] % factor == 0, input[2] % factor == 0 else {
            throw ShapeError(
                layer: describe,
                problem: "the input \(input) should have channels, and a height and width that "
                    + "\(factor) divides")
        }
        return [input[0] * factor * factor, input[1] / factor, input[2] / factor]
    }

    public override var describe: String { "PixelUnshuffle(\(factor))" }
}
