internal import CKernels

extension Random {
    /// Integers uniform in low..<high. Traps where `dtype` can't hold all of them exactly.
    package func integers(
        _ shape: Shape, low: Int, high: Int, _ dtype: DType, on backend: any Backend
    ) -> NDArray {
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
            ? integers(shape, below: span, on: backend)
            : wideIntegers(shape, below: span, on: backend)
        return drawn.zip(.add, Scalar(low)).cast(to: dtype)
    }

    /// Integers in 0..<span, at most 2⁵³, by one draw each.
    private func integers(_ shape: Shape, below span: Int, on backend: any Backend) -> NDArray {
        let unit = uniform(shape, low: 0, high: 1, .float64, on: backend)
        let steps = unit.zip(.mul, Scalar(Double(span)))
        return steps.zip(.minimum, Scalar(Double(span - 1))).cast(to: .int64)
    }

    /// Integers in 0..<span by two draws each, of the upper bits and of the lower 32. Less than one
    /// in 2²¹ lies beyond and is taken modulo the span.
    private func wideIntegers(_ shape: Shape, below span: Int, on backend: any Backend) -> NDArray {
        let upper = integers(shape, below: (span - 1) >> 32 + 1, on: backend)
        let lower = integers(shape, below: 1 << 32, on: backend)
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
        case .bool: value == 0 || value == 1
        default: Scalar(value).fits(self)
        }
    }
}
