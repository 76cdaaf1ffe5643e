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

    /// The operator or method that calls it, for whoever called that with what doesn't fit.
    var method: String {
        switch self {
        case .add: "+"
        case .sub: "-"
        case .mul: "*"
        case .div: "/"
        case .pow: "**"
        case .trunc_div: "divide"
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

extension CompareFunction {
    /// The operator that calls it.
    package var sign: String { [".==", ".!=", ".<", ".<=", ".>", ".>="][Int(rawValue)] }
}
