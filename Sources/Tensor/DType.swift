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
    /// Integers of two bytes, −32,768...32,767.
    case int16
    /// Integers of two bytes, 0...65,535: images of more depth.
    case uint16
    /// Integers of four bytes.
    case int32
    /// Integers of four bytes, 0...4,294,967,295.
    case uint32
    /// Integers of eight bytes: indices, labels, sums.
    case int64
    /// Integers of eight bytes, 0...2⁶⁴ − 1: hashes, keys.
    case uint64
    /// Truth values of one byte, 0 or 1: what comparisons give.
    case bool

    /// Bytes per element.
    @inlinable public var size: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// Whether it is one of the four floating-point types.
    @inlinable public var isFloat: Bool { rawValue <= DType.bfloat16.rawValue }
    /// Whether it is a signed or unsigned integer type; bool is none.
    @inlinable public var isInteger: Bool { !isFloat && self != .bool }

    /// Whether it holds numbers below 0.
    @inlinable public var isSigned: Bool {
        switch self {
        case .uint8, .uint16, .uint32, .uint64, .bool: false
        default: true
        }
    }

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
    /// `int16`, which holds both. Between floats the wider wins, and `float16` with `bfloat16`
    /// gives `float32`. An integer with a float takes the float's type. As in PyTorch, `uint16`,
    /// `uint32` and `uint64` don't mix with other integers, which traps: cast one of them.
    public static func promote(_ a: DType, _ b: DType) -> DType { promote(a, b, "promote") }

    /// `promote` for an operation, which is what a trap names.
    package static func promote(_ a: DType, _ b: DType, _ operation: String) -> DType {
        if let common = common(a, b) { return common }
        fail(
            operation, "\(a) and \(b) have no common dtype",
            hint: "cast one of them to the other's")
    }

    /// What `promote` gives, nil where it traps.
    package static func common(_ a: DType, _ b: DType) -> DType? {
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
            if a.keepsToItself || b.keepsToItself { return nil }
            if a.size == b.size { return .int16 }
            return a.size > b.size ? a : b
        }
    }

    /// Whether it is one of the unsigned integers that aren't promoted.
    private var keepsToItself: Bool { isInteger && !isSigned && size > 1 }
}

extension DType {
    /// Whether kernels of several stages compute in this dtype.
    package var isWide: Bool { self == .float32 || self == .float64 }
}
