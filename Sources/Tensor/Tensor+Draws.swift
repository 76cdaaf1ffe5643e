// Tensors of random numbers. The numbers are a function of the stream and its position alone, and
// nothing is read on the host, so that a captured step draws anew in each replay. Inside `vmap` all
// examples share them, unless it is asked to let them differ.
extension Tensor {
    /// Values uniform in [low, high), on `device` or the scope's.
    public static func uniform(
        _ shape: Shape, low: Double = 0, high: Double = 1, _ dtype: DType = .float32,
        using random: Random, on device: Device? = nil
    ) -> Tensor {
        uniform(
            shape, low: low, high: high, dtype, using: random, on: NDArray.backend(device))
    }

    /// Values uniform in [low, high), of the shape, dtype and device of `other`.
    public static func uniform(
        like other: Tensor, low: Double = 0, high: Double = 1, using random: Random
    ) -> Tensor {
        uniform(
            other.shape, low: low, high: high, other.dtype, using: random, on: other.data.backend)
    }

    /// Values of a normal distribution, on `device` or the scope's.
    public static func normal(
        _ shape: Shape, mean: Double = 0, deviation: Double = 1, _ dtype: DType = .float32,
        using random: Random, on device: Device? = nil
    ) -> Tensor {
        normal(
            shape, mean: mean, deviation: deviation, dtype, using: random,
            on: NDArray.backend(device))
    }

    /// Values of a normal distribution, of the shape, dtype and device of `other`.
    public static func normal(
        like other: Tensor, mean: Double = 0, deviation: Double = 1, using random: Random
    ) -> Tensor {
        normal(
            other.shape, mean: mean, deviation: deviation, other.dtype, using: random,
            on: other.data.backend)
    }

    /// Integers uniform in low..<high, on `device` or the scope's.
    public static func integers(
        _ shape: Shape, low: Int = 0, high: Int, _ dtype: DType = .int64, using random: Random,
        on device: Device? = nil
    ) -> Tensor {
        integers(
            shape, low: low, high: high, dtype, using: random, on: NDArray.backend(device))
    }

    /// Integers uniform in low..<high, of the shape, dtype and device of `other`.
    public static func integers(
        like other: Tensor, low: Int = 0, high: Int, using random: Random
    ) -> Tensor {
        integers(
            other.shape, low: low, high: high, other.dtype, using: random, on: other.data.backend)
    }

    package static func uniform(
        _ shape: Shape, low: Double = 0, high: Double = 1, _ dtype: DType, using random: Random,
        on backend: any Backend
    ) -> Tensor {
        DrawScope.draw(shape) { random.uniform($0, low: low, high: high, dtype, on: backend) }
    }

    package static func normal(
        _ shape: Shape, mean: Double = 0, deviation: Double = 1, _ dtype: DType,
        using random: Random, on backend: any Backend
    ) -> Tensor {
        DrawScope.draw(shape) {
            random.normal($0, mean: mean, deviation: deviation, dtype, on: backend)
        }
    }

    private static func integers(
        _ shape: Shape, low: Int, high: Int, _ dtype: DType, using random: Random,
        on backend: any Backend
    ) -> Tensor {
        DrawScope.draw(shape) {
            random.integers($0, low: low, high: high, dtype, on: backend)
        }
    }
}
