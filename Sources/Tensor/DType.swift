/// The element type of an array. Raw values are shared with the C kernels.
public enum DType: Int32, Sendable, CaseIterable {
    case float32, float64, float16, bfloat16
    case int8, uint8, int32, int64
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

    @inlinable public var isFloat: Bool { rawValue <= DType.bfloat16.rawValue }
    @inlinable public var isInteger: Bool { !isFloat && self != .bool }

    /// The name used in configs, checkpoints and messages: `float32`, `int64`, …
    public var name: String { String(describing: self) }

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
    static var dtype: DType { get }
}

extension Float: TensorElement { public static var dtype: DType { .float32 } }
extension Double: TensorElement { public static var dtype: DType { .float64 } }
extension Int8: TensorElement { public static var dtype: DType { .int8 } }
extension UInt8: TensorElement { public static var dtype: DType { .uint8 } }
extension Int32: TensorElement { public static var dtype: DType { .int32 } }
extension Int64: TensorElement { public static var dtype: DType { .int64 } }
extension Int: TensorElement { public static var dtype: DType { .int64 } }
extension Bool: TensorElement { public static var dtype: DType { .bool } }
extension Float16: TensorElement { public static var dtype: DType { .float16 } }

/// A number that may stand beside a tensor in an expression. It adopts the tensor's dtype, except
/// that a fraction beside integers makes them float32.
public protocol TensorScalar: Sendable {
    var asScalar: Scalar { get }
}

extension Float: TensorScalar { public var asScalar: Scalar { Scalar(Double(self)) } }
extension Double: TensorScalar { public var asScalar: Scalar { Scalar(self) } }
extension Int: TensorScalar { public var asScalar: Scalar { Scalar(self) } }
extension Scalar: TensorScalar { public var asScalar: Scalar { self } }
