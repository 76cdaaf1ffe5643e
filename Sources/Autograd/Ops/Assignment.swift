public import Tensor

// Numbers written over elements. A subscript that took numbers as well as tensors would make the
// compiler try both wherever brackets stand in a formula, beyond its patience.

infix operator .= : AssignmentPrecedence

extension Tensor {
    /// Writes one number over elements, in this tensor's dtype; the rules of subscript assignment
    /// hold.
    ///
    ///     x[0] .= 5      x[1..., 2] .= 0.5      x[x .< 0] .= 0
    ///
    /// Of a variable it replaces the tensor, as `+=` does, by one of its shape that holds the
    /// number everywhere; see `assign` to change it in place.
    public static func .= (elements: inout Tensor, number: some TensorScalar) {
        elements = full(like: elements, number)
    }

    /// Writes a number over all elements in place, in this tensor's dtype; the rules of subscript
    /// assignment hold.
    public final func assign(_ number: some TensorScalar) {
        assign(Tensor(NDArray.full([], number, dtype, on: data.backend)))
    }
}
