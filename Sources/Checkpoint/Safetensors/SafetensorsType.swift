public import Tensor

/// The element type of a tensor in a safetensors file, by the name that stands in the header.
///
/// Everything can be listed; what `loaded` names can be computed with.
public enum SafetensorsType: String, Sendable, CaseIterable {
    /// IEEE 754 binary64.
    case float64 = "F64"
    /// IEEE 754 binary32.
    case float32 = "F32"
    /// IEEE 754 binary16.
    case float16 = "F16"
    /// The upper half of a float32.
    case bfloat16 = "BF16"
    /// One byte: a sign, four bits of exponent, three of significand. Its elements are decoded for
    /// statistics, but not loaded, like those of all types without a dtype.
    case float8E4M3 = "F8_E4M3"
    /// One byte: a sign, five bits of exponent, two of significand.
    case float8E5M2 = "F8_E5M2"
    /// As `float8E4M3`, with a bias of 8, without −0, whose bits are the only NaN.
    case float8E4M3FNUZ = "F8_E4M3FNUZ"
    /// As `float8E5M2`, with a bias of 16, without infinities and −0, whose bits are the only NaN.
    case float8E5M2FNUZ = "F8_E5M2FNUZ"
    /// One byte of exponent: the scales of blocks in microscaling formats.
    case float8E8M0 = "F8_E8M0"
    /// Six bits: a sign, two of exponent, three of significand.
    case float6E2M3 = "F6_E2M3"
    /// Six bits: a sign, three of exponent, two of significand.
    case float6E3M2 = "F6_E3M2"
    /// Four bits: a sign, two of exponent, one of significand.
    case float4 = "F4"
    /// Two float32: real and imaginary part.
    case complex64 = "C64"
    /// Signed integers of eight bytes.
    case int64 = "I64"
    /// Signed integers of four bytes.
    case int32 = "I32"
    /// Signed integers of two bytes.
    case int16 = "I16"
    /// Signed integers of one byte.
    case int8 = "I8"
    /// Unsigned integers of eight bytes.
    case uint64 = "U64"
    /// Unsigned integers of four bytes.
    case uint32 = "U32"
    /// Unsigned integers of two bytes.
    case uint16 = "U16"
    /// Unsigned integers of one byte.
    case uint8 = "U8"
    /// Truth values of one byte.
    case bool = "BOOL"

    /// The type that an array of `dtype` is stored as.
    public init(_ dtype: DType) {
        guard let type = SafetensorsType.allCases.first(where: { $0.name == dtype.name }) else {
            fail("SafetensorsType", "the format has no \(dtype)")
        }
        self = type
    }

    /// Bits per element.
    public var bits: Int {
        switch self {
        case .float64, .int64, .uint64, .complex64: 64
        case .float32, .int32, .uint32: 32
        case .float16, .bfloat16, .int16, .uint16: 16
        case .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ, .float8E8M0: 8
        case .int8, .uint8, .bool: 8
        case .float6E2M3, .float6E3M2: 6
        case .float4: 4
        }
    }

    /// The dtype that `SafetensorsFile.array` gives, nil for types that can only be listed.
    public var loaded: DType? { DType(name: name) }

    /// The name for tables, in the style of `DType.name`: `float32`, `uint16`, `float8_e4m3`.
    public var name: String {
        switch self {
        case .float8E4M3: "float8_e4m3"
        case .float8E5M2: "float8_e5m2"
        case .float8E4M3FNUZ: "float8_e4m3fnuz"
        case .float8E5M2FNUZ: "float8_e5m2fnuz"
        case .float8E8M0: "float8_e8m0"
        case .float6E2M3: "float6_e2m3"
        case .float6E3M2: "float6_e3m2"
        default: String(describing: self)
        }
    }
}
