import CHDF5
import CHDF5Shim
import Tensor

/// How elements of a stored type arrive in memory.
enum HDF5Type: Sendable, Equatable {
    /// Elements that libhdf5 delivers as this dtype.
    case numeric(DType)
    /// Names for integers, which are delivered as they are stored.
    case enumeration(DType, swapped: Bool = false)
    /// A type that can't be read as numbers, by name.
    case unsupported(String)

    /// The dtype of an array read from it.
    var dtype: DType? {
        switch self {
        case .numeric(let dtype), .enumeration(let dtype, _): dtype
        case .unsupported: nil
        }
    }

    /// Classifies a stored type: integers of odd sizes take the next dtype that holds them.
    init(_ type: hid_t) {
        let size = H5Tget_size(type)
        switch H5Tget_class(type) {
        case H5T_INTEGER: self = HDF5Type(integerOf: size, signed: H5Tget_sign(type) == H5T_SGN_2)
        case H5T_FLOAT: self = .numeric(HDF5Type.float(type, size))
        case H5T_ENUM: self = HDF5Type(enumeration: type)
        case H5T_STRING: self = .unsupported("text")
        case H5T_COMPOUND: self = .unsupported("compound records")
        case H5T_VLEN: self = .unsupported("lists of varying length")
        case H5T_ARRAY: self = .unsupported("nested arrays")
        case H5T_REFERENCE: self = .unsupported("references")
        case H5T_OPAQUE: self = .unsupported("opaque bytes")
        case H5T_BITFIELD: self = .unsupported("bit fields")
        default: self = .unsupported("elements of an unknown kind")
        }
    }

    private init(integerOf size: Int, signed: Bool) {
        switch (size, signed) {
        case (1, true): self = .numeric(.int8)
        case (1, false): self = .numeric(.uint8)
        case (2, true): self = .numeric(.int16)
        case (2, false): self = .numeric(.uint16)
        case (4, false): self = .numeric(.uint32)
        case (3...4, _): self = .numeric(.int32)
        case (8, false): self = .numeric(.uint64)
        case (5...8, _): self = .numeric(.int64)
        default: self = .unsupported("\(size * 8)-bit integers")
        }
    }

    private init(enumeration type: hid_t) {
        let isBool = HDF5Library.with(h5x_bool(), H5Tclose) { H5Tequal(type, $0) > 0 } ?? false
        if isBool {
            self = .enumeration(.bool)
            return
        }
        let size = H5Tget_size(type)
        let stored = HDF5Type(integerOf: size, signed: H5Tget_sign(type) == H5T_SGN_2)
        guard case .numeric(let dtype) = stored, dtype.size == size else {
            self = .unsupported("named \(size * 8)-bit integers")
            return
        }
        self = .enumeration(dtype, swapped: size > 1 && H5Tget_order(type) == H5T_ORDER_BE)
    }

    private static func float(_ type: hid_t, _ size: Int) -> DType {
        switch size {
        case 2: isBrain(type) ? .bfloat16 : .float16
        case 4: .float32
        default: .float64
        }
    }

    private static func isBrain(_ type: hid_t) -> Bool {
        var (sign, exponent, exponentSize, mantissa, mantissaSize) = (0, 0, 0, 0, 0)
        H5Tget_fields(type, &sign, &exponent, &exponentSize, &mantissa, &mantissaSize)
        return exponentSize == 8
    }

    /// Lends the in-memory type that arrays of `dtype` have.
    static func with<Result>(
        _ dtype: DType, _ body: (hid_t) throws -> Result
    ) rethrows -> Result? {
        switch dtype {
        case .float32: try body(h5x_float32())
        case .float64: try body(h5x_float64())
        case .float16: try HDF5Library.with(h5x_float16_like(5, 10, 15), H5Tclose, body)
        case .bfloat16: try HDF5Library.with(h5x_float16_like(8, 7, 127), H5Tclose, body)
        case .bool: try HDF5Library.with(h5x_bool(), H5Tclose, body)
        default: try body(h5x_integer(Int32(dtype.size), dtype.isSigned ? 1 : 0))
        }
    }
}
