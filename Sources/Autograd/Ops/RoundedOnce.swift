import Tensor

extension Tensor {
    /// A composition with one rounding at its end: halves are computed in float32. All inputs are
    /// floats of one dtype, or integers.
    ///
    /// - Parameter rule: how `autocast` has it take its inputs.
    static func roundedOnce(
        _ inputs: [Tensor], autocast rule: AutocastRule = .asGiven, _ body: ([Tensor]) -> Tensor
    ) -> Tensor {
        let inputs = rule.cast(inputs)
        let dtype = inputs[0].dtype
        guard dtype == .float16 || dtype == .bfloat16 else { return body(inputs) }
        return body(inputs.map { $0.cast(to: .float32) }).cast(to: dtype)
    }
}
