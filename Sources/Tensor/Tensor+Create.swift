internal import CKernels

/// Numbers and nested arrays of numbers that a tensor can be made of.
public protocol NestedNumbers {
    /// The shape of the nesting; traps where it is ragged.
    var nestedShape: Shape { get }
    /// Adds all numbers, in row-major order.
    func appendNumbers(to list: inout [Scalar])
    /// The dtype of a tensor of them for which none is named: that of integers of a given width
    /// and of truth values, else float32.
    static var defaultDType: DType { get }
}

extension NestedNumbers {
    /// float32.
    public static var defaultDType: DType { .float32 }
}

extension Float: NestedNumbers {}
extension Double: NestedNumbers {}
extension Int: NestedNumbers {}
extension Int8: NestedNumbers {}
extension UInt8: NestedNumbers {}
extension Int16: NestedNumbers {}
extension UInt16: NestedNumbers {}
extension Int32: NestedNumbers {}
extension UInt32: NestedNumbers {}
extension Int64: NestedNumbers {}
extension UInt64: NestedNumbers {}

extension NestedNumbers where Self: TensorElement & FixedWidthInteger {
    /// That of the same width; but float32 of Int, the type of plain literals.
    public static var defaultDType: DType { self == Int.self ? .float32 : dtype }
}

extension TensorScalar where Self: NestedNumbers {
    /// [], the shape of a single number.
    public var nestedShape: Shape { [] }
    /// Adds this number.
    public func appendNumbers(to list: inout [Scalar]) { list.append(asScalar) }
}

extension Bool: NestedNumbers {
    /// [], the shape of a single value.
    public var nestedShape: Shape { [] }
    /// Adds 1 for true and 0 for false.
    public func appendNumbers(to list: inout [Scalar]) { list.append(Scalar(self ? 1 : 0)) }
    /// bool.
    public static var defaultDType: DType { dtype }
}

extension Array: NestedNumbers where Element: NestedNumbers {
    /// The count before the shape of the elements, which is the same for all; [0] for an empty
    /// array.
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

    /// That of the elements.
    public static var defaultDType: DType { Element.defaultDType }

    /// Adds the numbers of the elements in order.
    public func appendNumbers(to list: inout [Scalar]) {
        for element in self { element.appendNumbers(to: &list) }
    }
}

extension Tensor {
    /// A tensor of a number or of nested arrays of numbers, on `device` or the scope's.
    ///
    ///     Tensor([[1, 2], [3, 4]])            // float32, shape [2, 2]
    ///     Tensor([0, 2, 1], .int64)           // labels
    ///     Tensor([UInt16(1), 2])              // uint16
    ///     Tensor([true, false])               // bool
    public convenience init<Numbers: NestedNumbers>(
        _ values: Numbers, _ dtype: DType? = nil, requiresGrad: Bool = false,
        label: String? = nil, on device: Device? = nil
    ) {
        let dtype = dtype ?? Numbers.defaultDType
        var list: [Scalar] = []
        values.appendNumbers(to: &list)
        let backend = NDArray.backend(device)
        let data = NDArray(list, values.nestedShape, dtype, on: backend)
        self.init(data, requiresGrad: requiresGrad, label: label)
    }

    /// A tensor of a list of numbers in row-major order, on `device` or the scope's. Traps where
    /// their count isn't that of the shape.
    ///
    ///     Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    public convenience init<Number: NestedNumbers & TensorElement>(
        _ values: [Number], shape: Shape, _ dtype: DType? = nil, requiresGrad: Bool = false,
        label: String? = nil, on device: Device? = nil
    ) {
        guard values.count == shape.elementCount else {
            fail(
                "Tensor", "\(values.count) numbers can't fill shape \(shape)",
                hint: "it has \(shape.elementCount) elements")
        }
        let elements = NDArray(values, shape, on: device)
        let data = elements.cast(to: dtype ?? Number.defaultDType)
        self.init(data, requiresGrad: requiresGrad, label: label)
    }

    /// A tensor filled with `value`, on `device` or the scope's.
    public static func full(
        _ shape: Shape, _ value: some TensorScalar, _ dtype: DType = .float32,
        on device: Device? = nil
    ) -> Tensor {
        Tensor(NDArray.full(shape, value, dtype, on: device))
    }

    /// A tensor of zeros, on `device` or the scope's.
    public static func zeros(
        _ shape: Shape, _ dtype: DType = .float32, on device: Device? = nil
    ) -> Tensor {
        full(shape, 0, dtype, on: device)
    }

    /// A tensor of ones, on `device` or the scope's.
    public static func ones(
        _ shape: Shape, _ dtype: DType = .float32, on device: Device? = nil
    ) -> Tensor {
        full(shape, 1, dtype, on: device)
    }

    /// A tensor of the shape, dtype and device of `other`, filled with `value`.
    public static func full(like other: Tensor, _ value: some TensorScalar) -> Tensor {
        Tensor(
            NDArray.full(other.shape, value, other.dtype, on: other.data.backend))
    }

    /// Zeros of the shape, dtype and device of `other`.
    public static func zeros(like other: Tensor) -> Tensor { full(like: other, 0) }
    /// Ones of the shape, dtype and device of `other`.
    public static func ones(like other: Tensor) -> Tensor { full(like: other, 1) }

    /// The integers from `start` up to but excluding `end`, on `device` or the scope's.
    public static func arange(
        _ start: Int, _ end: Int, step: Int = 1, _ dtype: DType = .int64, on device: Device? = nil
    ) -> Tensor {
        let backend = NDArray.backend(device)
        return Tensor(
            NDArray.range(start, end, step: step, dtype, on: backend, for: "arange"))
    }

    /// The integers from 0 up to but excluding `end`, on `device` or the scope's.
    public static func arange(
        _ end: Int, _ dtype: DType = .int64, on device: Device? = nil
    ) -> Tensor {
        arange(0, end, dtype, on: device)
    }

    package static func arange(_ start: Int, _ end: Int, on backend: any Backend) -> Tensor {
        Tensor(NDArray.range(start, end, on: backend))
    }

    /// `count` values at equal distances from `start` to `end`, both included, on `device` or the
    /// scope's.
    public static func linspace(
        _ start: Double, _ end: Double, count: Int, _ dtype: DType = .float32,
        on device: Device? = nil
    ) -> Tensor {
        if count < 0 { fail("linspace", "the count \(count) is negative") }
        failUnlessHeld("linspace", count, "values", bytes: 16)
        let step = count > 1 ? (end - start) / Double(count - 1) : 0
        let values = (0..<count).map { position in
            count > 1 && position == count - 1 ? end : start + Double(position) * step
        }
        return Tensor(NDArray(values, on: device).cast(to: dtype))
    }

    /// Ones on the diagonal of a square of zeros, on `device` or the scope's.
    public static func eye(
        _ size: Int, _ dtype: DType = .float32, on device: Device? = nil
    ) -> Tensor {
        if size < 0 { fail("eye", "the size \(size) is negative") }
        let columns = NDArray.range(0, size, on: device)
        return Tensor(columns.compare(.eq, columns.unsqueeze(1)).cast(to: dtype))
    }
}
