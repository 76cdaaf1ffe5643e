internal import CKernels

extension BinaryFunction {
    /// Whether a divisor of 0 ends the program.
    func failsAtZero(_ dtype: DType) -> Bool {
        switch self {
        case .floor_div: true
        case .mod, .fmod, .trunc_div: dtype.isInteger
        default: false
        }
    }

    /// The method that calls it, for whoever called that with what doesn't fit.
    var method: String {
        switch self {
        case .sub: "subtract"
        case .mul: "multiply"
        case .div, .trunc_div: "divide"
        case .floor_div: "floorDivide"
        case .bit_and: "bitwiseAnd"
        case .bit_or: "bitwiseOr"
        case .bit_xor: "bitwiseXor"
        case .shift_left: "leftShift"
        case .shift_right: "rightShift"
        case .copysign: "copySign"
        case .logaddexp: "logAddExp"
        case .logaddexp2: "logAddExp2"
        default: String(cString: ft_binary_name(Int32(rawValue)))
        }
    }
}
