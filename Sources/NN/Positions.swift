internal import Autograd
internal import Glibc
public import Tensor

/// x + a trained vector for each position: x [batch, positions, width].
public final class LearnedPositions: Layer {
    /// The vectors, [count, width].
    public let weight: Parameter

    /// Vectors for up to `count` positions.
    public init(
        _ count: Int, _ width: Int, initializer: Initializer = .normal(deviation: 0.02),
        dtype: DType = .float32, using random: Random
    ) {
        guard count > 0, width > 0 else {
            fail("LearnedPositions", "\(count) positions of width \(width); both must be positive")
        }
        weight = Parameter(initializer([count, width], dtype, random))
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor { self(x, from: 0) }

    /// Adds the vectors of the positions from `start` on.
    public func callAsFunction(_ x: Tensor, from start: Int) -> Tensor {
        guard x.rank >= 2, x.shape[x.rank - 1] == weight.shape[1],
            start >= 0, start <= weight.shape[0] - x.shape[x.rank - 2]
        else {
            fail(
                "LearnedPositions",
                "\(x.shape) from position \(start) doesn't fit vectors \(weight.shape)")
        }
        return x + weight.narrow(axis: 0, start: start, count: x.shape[x.rank - 2])
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        guard input.rank >= 2, input[input.rank - 1] == weight.shape[1],
            input[input.rank - 2] <= weight.shape[0]
        else {
            throw ShapeError(
                layer: describe,
                problem: "the input \(input) should be [up to \(weight.shape[0]), "
                    + "\(weight.shape[1])]")
        }
        return input
    }

    public override var describe: String {
        "LearnedPositions(\(weight.shape[0]), \(weight.shape[1]))"
    }
}

/// x + waves of each position: sin(p / 10000^(2i / width)) at even features 2i, the cosine at odd
/// ones.
///
/// Vaswani et al., "Attention Is All You Need", 2017, section 3.5.
public final class SinusoidalPositions: ShapePreservingLayer {
    /// A layer without parameters.
    public override init() {}

    public override func callAsFunction(_ x: Tensor) -> Tensor { self(x, from: 0) }

    /// Adds the waves of the positions from `start` on to x [.., positions, width].
    public func callAsFunction(_ x: Tensor, from start: Int) -> Tensor {
        guard x.rank >= 2 else {
            fail("SinusoidalPositions", "\(x.shape) has no positions; pass [.., positions, width]")
        }
        let (positions, width) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
        var waves: [Double] = []
        waves.reserveCapacity(positions * width)
        for position in 0..<positions {
            for feature in 0..<width {
                let power = Double(feature / 2 * 2) / Double(Swift.max(1, width))
                let angle = (Double(start) + Double(position)) / pow(10_000, power)
                waves.append(feature.isMultiple(of: 2) ? sin(angle) : cos(angle))
            }
        }
        let x = x.inFloats
        return x + Tensor(NDArray(waves, [positions, width])).to(x.device).cast(to: x.dtype)
    }
}

/// Turns pairs of features of queries and keys by angles that grow with the position, so that
/// scores depend on distances: features i and i + width / 2 by p · base^(−2i / width).
///
/// Su et al., "RoFormer", 2021; pairs lie half a width apart, as in GPT-NeoX and Llama.
public struct RotaryPositions: Sendable {
    /// What the wavelengths grow by.
    public let base: Double

    /// Wavelengths from 2π up to nearly 2π · base positions.
    public init(base: Double = 10_000) {
        guard base > 0 else { fail("RotaryPositions", "the base \(base) is not positive") }
        self.base = base
    }

    /// Turns x [batch, positions, heads, width], whose first position is `start`.
    public func callAsFunction(_ x: Tensor, from start: Int = 0) -> Tensor {
        guard x.rank == 4, x.shape[3].isMultiple(of: 2) else {
            fail("RotaryPositions", "\(x.shape) is not [batch, positions, heads, an even width]")
        }
        let x = x.inFloats
        let (positions, half) = (x.shape[1], x.shape[3] / 2)
        var (sines, cosines): ([Double], [Double]) = ([], [])
        for position in 0..<positions {
            for feature in 0..<half {
                let turns = pow(base, -Double(feature) / Double(half))
                let angle = (Double(start) + Double(position)) * turns
                sines.append(sin(angle))
                cosines.append(cos(angle))
            }
        }
        func table(_ values: [Double]) -> Tensor {
            Tensor(NDArray(values, [positions, 1, half])).to(x.device).cast(to: x.dtype)
        }
        let (sine, cosine) = (table(sines), table(cosines))
        let low = x.narrow(axis: 3, start: 0, count: half)
        let high = x.narrow(axis: 3, start: half, count: half)
        return .concat([low * cosine - high * sine, high * cosine + low * sine], axis: 3)
    }
}

extension Tensor {
    /// Itself, or integers as float32, so that waves aren't cut to integers.
    fileprivate final var inFloats: Tensor { dtype.isFloat ? self : cast(to: .float32) }
}
