/// A number that kernels take as it is: exact for every Int and every Double.
public struct Scalar: Sendable, Hashable {
    private let bits: UInt64
    package let isInteger: Bool

    /// A number that kernels take as a floating-point one: beside integers it makes float32 unless
    /// cast.
    public init(_ value: Double) {
        bits = value.bitPattern
        isInteger = false
    }

    /// A whole number, exact in 64 bits: beside integers it keeps their dtype.
    public init(_ value: Int) {
        bits = UInt64(bitPattern: Int64(value))
        isInteger = true
    }

    package var double: Double {
        isInteger ? Double(Int64(bitPattern: bits)) : Double(bitPattern: bits)
    }

    /// Toward zero and saturating, NaN as 0.
    package var integer: Int64 {
        if isInteger { return Int64(bitPattern: bits) }
        let value = Double(bitPattern: bits)
        if value.isNaN { return 0 }
        if value >= 0x1p63 { return .max }
        return value <= -0x1p63 ? .min : Int64(value)
    }

    /// Writes the number as one element: floats rounded to nearest, integers saturating.
    func store(as dtype: DType, at element: UnsafeMutableRawPointer) {
        switch dtype {
        case .float32:
            let value = isInteger ? Float(integer) : Float(double)
            element.storeBytes(of: value, as: Float.self)
        case .float64: element.storeBytes(of: double, as: Double.self)
        case .float16:
            let value = isInteger ? Float16(integer) : Float16(double)
            element.storeBytes(of: value, as: Float16.self)
        case .bfloat16:
            element.storeBytes(of: Scalar.bfloat16(double), as: UInt16.self)
        case .int8: element.storeBytes(of: Int8(clamping: integer), as: Int8.self)
        case .uint8: element.storeBytes(of: UInt8(clamping: integer), as: UInt8.self)
        case .int32: element.storeBytes(of: Int32(clamping: integer), as: Int32.self)
        case .int64: element.storeBytes(of: integer, as: Int64.self)
        case .bool: element.storeBytes(of: double != 0, as: Bool.self)
        }
    }

    /// The nearest bfloat16, ties to even, straight from the double: a float32 in between would round
    /// twice.
    private static func bfloat16(_ value: Double) -> UInt16 {
        var narrow = Float(value)
        if narrow.isNaN { return UInt16(narrow.bitPattern >> 16) | 0x40 }
        if !narrow.isInfinite, Double(narrow) != value {
            // Rounded to odd, a float32 keeps on which side of a tie the double lies.
            let towardZero =
                abs(Double(narrow)) > abs(value) ? narrow.bitPattern - 1 : narrow.bitPattern
            narrow = Float(bitPattern: towardZero | 1)
        }
        let bits = narrow.bitPattern
        return UInt16((bits + 0x7fff + (bits >> 16 & 1)) >> 16)
    }
}

extension Scalar: CustomStringConvertible {
    /// The number in Swift's notation: `2` or `2.0`.
    public var description: String { isInteger ? "\(integer)" : "\(double)" }
}
