internal import Autograd
internal import Tensor

// Initializers that keep the variance of activations or gradients from layer to layer. A weight is
// [outputs, inputs, kernel…]: fan-in = inputs · kernel elements, fan-out = outputs · the same.
extension Initializer {
    /// Which connections are counted.
    public enum Fan: String, Sendable, CaseIterable {
        /// Those that lead into an output: keeps the size of values on their way forward.
        case input
        /// Those that lead out of an input: keeps the size of gradients on their way back.
        case output
    }

    /// Uniform in ±1/√fan-in (LeCun et al., "Efficient BackProp", 1998): PyTorch's for linear
    /// layers.
    public static let fanInUniform = Initializer { shape, dtype, random in
        let bound = 1 / fans(shape, "fanInUniform").input.squareRoot()
        return random.uniform(shape, low: -bound, high: bound, dtype)
    }

    /// Uniform in ±gain √(3 / fan). He et al., "Delving deep into rectifiers", 2015.
    public static func kaimingUniform(
        _ fan: Fan = .input, nonlinearity: Nonlinearity = .relu
    ) -> Initializer {
        Initializer { shape, dtype, random in
            let bound = kaimingDeviation(shape, fan, nonlinearity) * 3.0.squareRoot()
            return random.uniform(shape, low: -bound, high: bound, dtype)
        }
    }

    /// Normal with deviation gain / √fan. He et al., "Delving deep into rectifiers", 2015.
    public static func kaimingNormal(
        _ fan: Fan = .input, nonlinearity: Nonlinearity = .relu
    ) -> Initializer {
        Initializer { shape, dtype, random in
            random.normal(
                shape, mean: 0, deviation: kaimingDeviation(shape, fan, nonlinearity), dtype)
        }
    }

    /// Uniform in ±gain √(6 / (fan-in + fan-out)). Glorot and Bengio, "Understanding the difficulty
    /// of training deep feedforward neural networks", 2010.
    public static func xavierUniform(gain: Double = 1) -> Initializer {
        Initializer { shape, dtype, random in
            let bound = xavierDeviation(shape, gain) * 3.0.squareRoot()
            return random.uniform(shape, low: -bound, high: bound, dtype)
        }
    }

    /// Normal with deviation gain √(2 / (fan-in + fan-out)). Glorot and Bengio, 2010.
    public static func xavierNormal(gain: Double = 1) -> Initializer {
        Initializer { shape, dtype, random in
            random.normal(shape, mean: 0, deviation: xavierDeviation(shape, gain), dtype)
        }
    }

    private static func kaimingDeviation(
        _ shape: Shape, _ fan: Fan, _ nonlinearity: Nonlinearity
    ) -> Double {
        let fans = fans(shape, "kaiming")
        return nonlinearity.gain / (fan == .input ? fans.input : fans.output).squareRoot()
    }

    private static func xavierDeviation(_ shape: Shape, _ gain: Double) -> Double {
        let fans = fans(shape, "xavier")
        return gain * (2 / (fans.input + fans.output)).squareRoot()
    }

    private static func fans(
        _ shape: Shape, _ operation: String
    ) -> (input: Double, output: Double) {
        guard shape.rank >= 2 else {
            fail(operation, "shape \(shape) has no fan-in; at least two axes are needed")
        }
        let kernel = Double(shape.dropFirst(2).reduce(1, *))
        return (Double(shape[1]) * kernel, Double(shape[0]) * kernel)
    }

    /// A matrix with orthonormal rows or columns, whichever are fewer, times `gain`; further axes
    /// count as columns. Saxe et al., "Exact solutions to the nonlinear dynamics of learning in
    /// deep linear neural networks", 2014.
    public static func orthogonal(gain: Double = 1) -> Initializer {
        Initializer { shape, dtype, random in
            guard shape.rank >= 2 else {
                fail("orthogonal", "shape \(shape) is no matrix; at least two axes are needed")
            }
            if shape.elementCount == 0 { return .full(shape, 0, dtype) }
            let rows = shape[0]
            let columns = shape.dropFirst().reduce(1, *)
            let (count, length) = (min(rows, columns), max(rows, columns))
            let drawn = random.normal([count, length], .float64)
            let matrix = (Tensor(orthonormalized(drawn)) * gain).data
            return (rows <= columns ? matrix : matrix.transpose()).cast(to: dtype)
                .contiguous().reshape(shape)
        }
    }

    /// The rows by Gram and Schmidt's method, in blocks: what a block shares with the rows before
    /// it is taken away by products of matrices. Twice, which is enough to make them orthogonal to
    /// rounding.
    ///
    /// Not by LAPACK, whose bits depend on the processor.
    private static func orthonormalized(_ rows: NDArray) -> NDArray {
        let (count, length) = (rows.shape[0], rows.shape[1])
        for start in stride(from: 0, to: count, by: 64) {
            let block = rows.slice(axis: 0, start: start, count: min(64, count - start))
            let earlier = rows.slice(axis: 0, start: 0, count: start)
            for _ in 0..<(start == 0 ? 1 : 2) {
                var rest = block
                if start > 0 {
                    let shared = block.matmul(earlier.transpose()).matmul(earlier)
                    rest = (Tensor(block) - Tensor(shared)).data
                }
                let basis = orthonormalized(
                    rest.values(as: Double.self), block.shape[0], length)
                block.assign(NDArray(basis, block.shape, on: rows.device))
            }
        }
        return rows
    }

    /// The same for few rows, one after the other.
    private static func orthonormalized(_ rows: [Double], _ count: Int, _ length: Int) -> [Double] {
        var rows = rows
        rows.withUnsafeMutableBufferPointer { values in
            for row in 0..<count {
                let own = row * length
                for _ in 0..<2 {
                    for earlier in 0..<row {
                        let other = earlier * length
                        var overlap = 0.0
                        for i in 0..<length { overlap += values[own + i] * values[other + i] }
                        for i in 0..<length { values[own + i] -= overlap * values[other + i] }
                    }
                    var square = 0.0
                    for i in 0..<length { square += values[own + i] * values[own + i] }
                    let norm = square.squareRoot()
                    for i in 0..<length { values[own + i] /= norm }
                }
            }
        }
        return rows
    }
}
