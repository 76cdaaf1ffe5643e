/// The element type of an array. Raw values are shared with the C kernels.
public enum DType: Int32, Sendable, CaseIterable {
    /// IEEE 754 binary32, the default: 24 significant bits.
    case float32
    /// IEEE 754 binary64: 53 significant bits.
    case float64
    /// IEEE 754 binary16: 11 significant bits, 65,504 at most.
    case float16
    /// The upper half of a float32: its range with 8 significant bits.
    case bfloat16
    /// Integers of one byte, −128...127.
    case int8
    /// Integers of one byte, 0...255: images.
    case uint8
    /// Integers of four bytes.
    case int32
    /// Integers of eight bytes: indices, labels, sums.
    case int64
    /// Truth values of one byte, 0 or 1: what comparisons give.
    case bool

    /// Bytes per element.
    @inlinable public var size: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float16, .bfloat16: 2
        case .float32, .int32: 4
        case .float64, .int64: 8
        }
    }

    /// Whether it is one of the four floating-point types.
    @inlinable public var isFloat: Bool { rawValue <= DType.bfloat16.rawValue }
    /// Whether it is a signed or unsigned integer type; bool is none.
    @inlinable public var isInteger: Bool { !isFloat && self != .bool }

    /// The name used in configs, checkpoints and messages: `float32`, `int64`, …
    public var name: String { String(describing: self) }

    /// The dtype of this name, nil if there is none.
    public init?(name: String) {
        guard let match = DType.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }

    /// The type that both operands of a binary operation are converted to.
    ///
    /// bool < integers < floats. Between integers the wider wins, and `int8` with `uint8` gives
    /// `int32`, which holds both. Between floats the wider wins, and `float16` with `bfloat16`
    /// gives `float32`. An integer with a float takes the float's type.
    public static func promote(_ a: DType, _ b: DType) -> DType {
        if a == b { return a }
        if a == .bool { return b }
        if b == .bool { return a }
        switch (a.isFloat, b.isFloat) {
        case (true, false): return a
        case (false, true): return b
        case (true, true):
            if a.size == b.size { return .float32 }
            return a.size > b.size ? a : b
        case (false, false):
            if a.size == b.size { return .int32 }
            return a.size > b.size ? a : b
        }
    }
}

/// A Swift type that is stored as is in an array of the matching `DType`.
public protocol TensorElement: Sendable {
    /// The dtype whose elements have this type's bytes.
    static var dtype: DType { get }
}

extension Float: TensorElement {
    /// `float32`.
    public static var dtype: DType { .float32 }
}
extension Double: TensorElement {
    /// `float64`.
    public static var dtype: DType { .float64 }
}
extension Int8: TensorElement {
    /// `int8`.
    public static var dtype: DType { .int8 }
}
extension UInt8: TensorElement {
    /// `uint8`.
    public static var dtype: DType { .uint8 }
}
extension Int32: TensorElement {
    /// `int32`.
    public static var dtype: DType { .int32 }
}
extension Int64: TensorElement {
    /// `int64`.
    public static var dtype: DType { .int64 }
}
extension Int: TensorElement {
    /// `int64`, as on every 64-bit system.
    public static var dtype: DType { .int64 }
}
extension Bool: TensorElement {
    /// `bool`.
    public static var dtype: DType { .bool }
}
extension Float16: TensorElement {
    /// `float16`.
    public static var dtype: DType { .float16 }
}

/// A number that may stand beside a tensor in an expression. It adopts the tensor's dtype, except
/// that a fraction beside integers makes them float32.
public protocol TensorScalar: Sendable {
    /// The number as kernels take it.
    var asScalar: Scalar { get }
}

extension Float: TensorScalar {
    /// The same number as a Double, which holds every Float.
    public var asScalar: Scalar { Scalar(Double(self)) }
}
extension Double: TensorScalar {
    /// The number itself, NaN and infinities included.
    public var asScalar: Scalar { Scalar(self) }
}
extension Int: TensorScalar {
    /// The number itself, exact in 64 bits.
    public var asScalar: Scalar { Scalar(self) }
}
extension Scalar: TensorScalar {
    /// This number.
    public var asScalar: Scalar { self }
}
