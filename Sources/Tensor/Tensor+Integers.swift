internal import CKernels

extension Tensor {
    /// Integers uniform in low..<high, on `device` or the scope's. `dtype` must hold them all exactly.
    public static func integers(
        _ shape: Shape, low: Int = 0, high: Int, _ dtype: DType = .int64, using random: Random,
        on device: Device? = nil
    ) -> Tensor {
        guard high > low else { fail("integers", "the range \(low)..<\(high) is empty") }
        let (span, isTooWide) = high.subtractingReportingOverflow(low)
        if isTooWide {
            fail("integers", "\(low)..<\(high) are more integers than an Int can count")
        }
        guard dtype.holds(low), dtype.holds(high - 1) else {
            fail("integers", "\(dtype) can't hold all of \(low)..<\(high)")
        }
        let drawn =
            span <= 1 << 53
            ? random.integers(shape, below: span, on: device)
            : random.wideIntegers(shape, below: span, on: device)
        return Tensor(drawn.zip(.add, Scalar(low)).cast(to: dtype))
    }
}

extension Random {
    /// Integers in 0..<span, at most 2⁵³, by one draw each.
    fileprivate func integers(_ shape: Shape, below span: Int, on device: Device?) -> NDArray {
        let unit = uniform(shape, .float64, on: device)
        let steps = unit.zip(.mul, Scalar(Double(span)))
        return steps.zip(.minimum, Scalar(Double(span - 1))).cast(to: .int64)
    }

    /// Integers in 0..<span by two draws each, of the upper bits and of the lower 32. Less than one in
    /// 2²¹ lies beyond and is taken modulo the span.
    fileprivate func wideIntegers(_ shape: Shape, below span: Int, on device: Device?) -> NDArray {
        let upper = integers(shape, below: (span - 1) >> 32 + 1, on: device)
        let lower = integers(shape, below: 1 << 32, on: device)
        return upper.zip(.mul, Scalar(1 << 32)).zip(.add, lower).zip(.mod, Scalar(span))
    }
}

extension DType {
    /// Whether an integer, and every one nearer to 0, is exact in this dtype.
    fileprivate func holds(_ value: Int) -> Bool {
        switch self {
        case .float64: value.magnitude <= 1 << 53
        case .float32: value.magnitude <= 1 << 24
        case .float16: value.magnitude <= 1 << 11
        case .bfloat16: value.magnitude <= 1 << 8
        case .int64: true
        case .int32: Int32(exactly: value) != nil
        case .int8: Int8(exactly: value) != nil
        case .uint8: UInt8(exactly: value) != nil
        case .bool: value == 0 || value == 1
        }
    }
}
