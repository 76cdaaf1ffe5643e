import FakeTensor

/// How far floats may differ: what `torch.testing.assert_close` allows.
private func tolerance(_ dtype: DType) -> (relative: Double, absolute: Double) {
    switch dtype {
    case .float64: (1e-7, 1e-7)
    case .float32: (1.3e-6, 1e-5)
    case .float16: (1e-3, 1e-5)
    case .bfloat16: (1.6e-2, 1e-5)
    default: (0, 0)
    }
}

/// In a word what differs, nil if nothing does. `beside` are the operands, shown where they have
/// the shape of the result: an element with finite ones is preferred.
func difference(_ got: NDArray, _ want: NDArray, beside: [NDArray] = []) -> String? {
    guard Array(got.shape) == Array(want.shape) else {
        return "shape \(got.shape), not \(want.shape)"
    }
    if !got.dtype.isFloat && !want.dtype.isFloat {
        let (a, b) = (got.values(as: Int.self), want.values(as: Int.self))
        let wrong = a.indices.filter { a[$0] != b[$0] }
        return wrong.first.map { "\(a[$0]), not \(b[$0]), at \($0); \(wrong.count) of \(a.count)" }
    }
    // The coarser of the two types decides.
    let coarse =
        !want.dtype.isFloat || got.dtype.isFloat && got.dtype.size < want.dtype.size
        ? got.dtype : want.dtype
    let (relative, absolute) = tolerance(coarse)
    let (a, b) = (got.values(as: Double.self), want.values(as: Double.self))
    let wrong = a.indices.filter {
        a[$0] != b[$0] && !(a[$0].isNaN && b[$0].isNaN)
            && !(abs(a[$0] - b[$0]) <= absolute + relative * abs(b[$0]) && b[$0].isFinite)
    }
    guard var at = wrong.first else { return nil }
    let operands = beside.filter { $0.count == a.count && $0.dtype.isFloat }
        .map { $0.values(as: Double.self) }
    let finite = wrong.first { place in operands.allSatisfy { $0[place].isFinite } }
    at = finite ?? at
    var words = "\(a[at]), not \(b[at])"
    if !operands.isEmpty {
        let place = operands.map { "\($0[at])" }.joined(separator: ", ")
        words += " for (\(place))" + (finite == nil ? ", nowhere of finite operands" : "")
    }
    return words + "; \(wrong.count) of \(a.count)"
}

/// The same of several results.
func difference(_ got: [NDArray], _ want: [NDArray], beside: [NDArray] = []) -> String? {
    if got.count != want.count { return "\(got.count) results, not \(want.count)" }
    for place in got.indices {
        if let words = difference(got[place], want[place], beside: beside) {
            return got.count == 1 ? words : "result \(place): \(words)"
        }
    }
    return nil
}
