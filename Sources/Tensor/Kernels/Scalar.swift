/// A number that kernels take as it is: exact for every Int, UInt64 and Double.
public struct Scalar: Sendable, Hashable {
    /// What the bits are: a Double, an Int64, or a UInt64 beyond it.
    private enum Kind { case real, whole, large }

    private let bits: UInt64
    private let kind: Kind
    package var isInteger: Bool { kind != .real }

    /// A number that kernels take as a floating-point one: beside integers it makes float32 unless
    /// cast.
    public init(_ value: Double) {
        bits = value.bitPattern
        kind = .real
    }

    /// A whole number, exact in 64 bits: beside integers it keeps their dtype.
    public init(_ value: Int) {
        bits = UInt64(bitPattern: Int64(value))
        kind = .whole
    }

    /// A whole number, exact in 64 bits: beside integers it keeps their dtype.
    public init(_ value: UInt64) {
        bits = value
        kind = value > UInt64(Int64.max) ? .large : .whole
    }

    package var double: Double {
        switch kind {
        case .real: Double(bitPattern: bits)
        case .whole: Double(Int64(bitPattern: bits))
        case .large: Double(bits)
        }
    }

    /// Toward zero and saturating, NaN as 0.
    private func integer<Integer: FixedWidthInteger>() -> Integer {
        switch kind {
        case .whole: return Integer(clamping: Int64(bitPattern: bits))
        case .large: return Integer(clamping: bits)
        case .real:
            let value = Double(bitPattern: bits)
            if value.isNaN { return 0 }
            // The largest integer may round up to a power of two, which is beyond it.
            if value >= Double(Integer.max) { return .max }
            return value <= Double(Integer.min) ? .min : Integer(value)
        }
    }

    /// Whether it is a whole number in the range of an integer dtype.
    package func fits(_ dtype: DType) -> Bool {
        if kind == .large { return dtype == .uint64 }
        let number = Int64(bitPattern: bits)
        let width = 8 * dtype.size - (dtype.isSigned ? 1 : 0)
        if number < 0, !dtype.isSigned { return false }
        return width >= 63 || (number < 0 ? ~number : number) >> width == 0
    }

    /// Writes the number as one element: floats rounded to nearest, integers saturating.
    func store(as dtype: DType, at element: UnsafeMutableRawPointer) {
        switch dtype {
        case .float32:
            element.storeBytes(of: float, as: Float.self)
        case .float64: element.storeBytes(of: double, as: Double.self)
        case .float16:
            let value = kind == .whole ? Float16(Int64(bitPattern: bits)) : Float16(double)
            element.storeBytes(of: value, as: Float16.self)
        case .bfloat16:
            element.storeBytes(of: Scalar.bfloat16(oddDouble), as: UInt16.self)
        case .int8: element.storeBytes(of: integer(), as: Int8.self)
        case .uint8: element.storeBytes(of: integer(), as: UInt8.self)
        case .int16: element.storeBytes(of: integer(), as: Int16.self)
        case .uint16: element.storeBytes(of: integer(), as: UInt16.self)
        case .int32: element.storeBytes(of: integer(), as: Int32.self)
        case .uint32: element.storeBytes(of: integer(), as: UInt32.self)
        case .int64: element.storeBytes(of: integer(), as: Int64.self)
        case .uint64: element.storeBytes(of: integer(), as: UInt64.self)
        case .bool: element.storeBytes(of: double != 0, as: Bool.self)
        }
    }

    /// The number as a double; a whole one that lies between two becomes the one whose last bit is
    /// 1, so that a second rounding still knows on which side of a tie it lay.
    private var oddDouble: Double {
        if kind == .real { return double }
        let isNegative = kind == .whole && Int64(bitPattern: bits) < 0
        let magnitude = kind == .whole ? Int64(bitPattern: bits).magnitude : bits
        let lost = max(0, 64 - magnitude.leadingZeroBitCount - 53)
        var kept = (magnitude >> lost) << lost
        if kept != magnitude { kept |= 1 << lost }
        return isNegative ? -Double(kept) : Double(kept)
    }

    private var float: Float {
        switch kind {
        case .real: Float(double)
        case .whole: Float(Int64(bitPattern: bits))
        case .large: Float(bits)
        }
    }

    /// The nearest bfloat16, ties to even, straight from the double: a float32 in between would
    /// round twice.
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
    public var description: String {
        switch kind {
        case .real: "\(double)"
        case .whole: "\(Int64(bitPattern: bits))"
        case .large: "\(bits)"
        }
    }
}
