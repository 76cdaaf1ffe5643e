public import Tensor

/// A way to fill a new parameter.
///
/// The random ones draw from the stream they are given, in float32 or float64.
public struct Initializer: Sendable {
    private let fill: @Sendable (Shape, DType, Random) -> NDArray

    /// An initializer of one's own: a function of shape, dtype and stream.
    public init(_ fill: @escaping @Sendable (Shape, DType, Random) -> NDArray) {
        self.fill = fill
    }

    /// A new array of this shape and dtype.
    public func callAsFunction(_ shape: Shape, _ dtype: DType, _ random: Random) -> NDArray {
        fill(shape, dtype, random)
    }

    /// 0 everywhere.
    public static let zeros = constant(0)
    /// 1 everywhere.
    public static let ones = constant(1)

    /// `value` everywhere.
    public static func constant(_ value: Double) -> Initializer {
        Initializer { shape, dtype, _ in .full(shape, value, dtype) }
    }

    /// Uniform in [low, high).
    public static func uniform(low: Double, high: Double) -> Initializer {
        Initializer { $2.uniform($0, low: low, high: high, $1) }
    }

    /// A normal distribution.
    public static func normal(mean: Double = 0, deviation: Double = 1) -> Initializer {
        Initializer { $2.normal($0, mean: mean, deviation: deviation, $1) }
    }

    /// A normal distribution without what lies further than `cutoff` deviations from the mean.
    public static func truncatedNormal(
        mean: Double = 0, deviation: Double = 1, cutoff: Double = 2
    ) -> Initializer {
        guard cutoff >= 0.5 else {
            fail("truncatedNormal", "a cutoff of \(cutoff) deviations is below 0.5")
        }
        return Initializer { shape, dtype, random in
            var kept: [Double] = []
            while kept.count < shape.elementCount {
                let missing = shape.elementCount - kept.count
                let drawn = random.normal([missing], .float64).values(as: Double.self)
                for z in drawn where z.magnitude <= cutoff { kept.append(mean + z * deviation) }
            }
            return NDArray(kept, shape).cast(to: dtype)
        }
    }
}

/// What follows a layer, which says by how much its weights are to be larger.
public enum Nonlinearity: Sendable, Equatable {
    /// Nothing.
    case linear
    /// max(x, 0), which loses half of the variance.
    case relu
    /// The hyperbolic tangent.
    case tanh
    /// 1 / (1 + e⁻ˣ).
    case sigmoid
    /// x where positive, else slope · x.
    case leakyRelu(slope: Double)

    /// √2 for ReLU and √(2 / (1 + slope²)) for leaky ReLU (He et al. 2015); 5/3 for tanh, as
    /// PyTorch has it; else 1.
    public var gain: Double {
        switch self {
        case .linear, .sigmoid: 1
        case .relu: 2.0.squareRoot()
        case .tanh: 5.0 / 3
        case .leakyRelu(let slope): (2 / (1 + slope * slope)).squareRoot()
        }
    }
}
