/// Numbers and nested arrays of numbers that a tensor can be made of.
public protocol NestedNumbers {
    /// The shape of the nesting; traps where it is ragged.
    var nestedShape: Shape { get }
    func appendNumbers(to list: inout [Scalar])
}

extension Float: NestedNumbers {}
extension Double: NestedNumbers {}
extension Int: NestedNumbers {}

extension TensorScalar where Self: NestedNumbers {
    public var nestedShape: Shape { [] }
    public func appendNumbers(to list: inout [Scalar]) { list.append(asScalar) }
}

extension Bool: NestedNumbers {
    public var nestedShape: Shape { [] }
    public func appendNumbers(to list: inout [Scalar]) { list.append(Scalar(self ? 1 : 0)) }
}

extension Array: NestedNumbers where Element: NestedNumbers {
    public var nestedShape: Shape {
        guard let first = first?.nestedShape else { return [0] }
        for (index, element) in enumerated() where element.nestedShape != first {
            fail(
                "Tensor",
                "ragged array: element \(index) has shape \(element.nestedShape), "
                    + "the first has \(first)")
        }
        return first.inserting(count, at: 0)
    }

    public func appendNumbers(to list: inout [Scalar]) {
        for element in self { element.appendNumbers(to: &list) }
    }
}

extension Tensor {
    /// A tensor of a number or of nested arrays of numbers.
    ///
    ///     Tensor([[1, 2], [3, 4]])            // float32, shape [2, 2]
    ///     Tensor([0, 2, 1], .int64)           // labels
    public convenience init(
        _ values: some NestedNumbers, _ dtype: DType = .float32, requiresGrad: Bool = false,
        label: String? = nil
    ) {
        var list: [Scalar] = []
        values.appendNumbers(to: &list)
        let data = NDArray(list, values.nestedShape, dtype, on: Device.currentBackend)
        self.init(data, requiresGrad: requiresGrad, label: label)
    }

    public static func full(_ shape: Shape, _ value: some TensorScalar, _ dtype: DType = .float32)
        -> Tensor
    {
        Tensor(NDArray.full(shape, value, dtype))
    }

    public static func zeros(_ shape: Shape, _ dtype: DType = .float32) -> Tensor {
        full(shape, 0, dtype)
    }

    public static func ones(_ shape: Shape, _ dtype: DType = .float32) -> Tensor {
        full(shape, 1, dtype)
    }

    /// A tensor of the shape, dtype and device of `other`, filled with `value`.
    public static func full(like other: Tensor, _ value: some TensorScalar) -> Tensor {
        Tensor(
            NDArray.full(other.shape, value, other.dtype, on: other.data.backend))
    }

    public static func zeros(like other: Tensor) -> Tensor { full(like: other, 0) }
    public static func ones(like other: Tensor) -> Tensor { full(like: other, 1) }

    /// The integers from `start` up to but excluding `end`.
    public static func arange(
        _ start: Int, _ end: Int, step: Int = 1, _ dtype: DType = .int64
    ) -> Tensor {
        Tensor(NDArray.range(start, end, step: step, dtype))
    }

    /// `count` values at equal distances from `start` to `end`, both included.
    public static func linspace(
        _ start: Double, _ end: Double, count: Int, _ dtype: DType = .float32
    ) -> Tensor {
        let step = count > 1 ? (end - start) / Double(count - 1) : 0
        let values = (0..<max(0, count)).map { position in
            count > 1 && position == count - 1 ? end : start + Double(position) * step
        }
        return Tensor(NDArray(values).cast(to: dtype))
    }

    /// Ones on the diagonal of a square of zeros.
    public static func eye(_ size: Int, _ dtype: DType = .float32) -> Tensor {
        var values = [Double](repeating: 0, count: size * size)
        for index in 0..<size { values[index * size + index] = 1 }
        return Tensor(NDArray(values, [size, size]).cast(to: dtype))
    }

    /// Values uniform in [low, high).
    public static func uniform(
        _ shape: Shape, low: Double = 0, high: Double = 1, _ dtype: DType = .float32,
        using random: Random
    ) -> Tensor {
        Tensor(random.uniform(shape, low: low, high: high, dtype))
    }

    /// Values of a normal distribution.
    public static func normal(
        _ shape: Shape, mean: Double = 0, deviation: Double = 1, _ dtype: DType = .float32,
        using random: Random
    ) -> Tensor {
        Tensor(random.normal(shape, mean: mean, deviation: deviation, dtype))
    }

    /// Integers uniform in low..<high.
    public static func integers(
        _ shape: Shape, low: Int = 0, high: Int, _ dtype: DType = .int64, using random: Random
    ) -> Tensor {
        guard high > low else { fail("integers", "the range \(low)..<\(high) is empty") }
        let unit = random.uniform(shape, .float64).values(as: Double.self)
        let span = Double(high - low)
        let values = unit.map { Int64(low) + Int64(min($0 * span, span - 1)) }
        return Tensor(NDArray(values, shape).cast(to: dtype))
    }
}
