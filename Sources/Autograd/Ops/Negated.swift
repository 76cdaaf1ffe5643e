public import Tensor

// Swift reads -x ** 2 as (-x) ** 2, mathematics as -(x ** 2). So that nobody computes the wrong one
// unwarned, a negation beside a power is made ambiguous: it may also be a `Negated`, as which the
// compiler likes the minus less and the power more. Alone, a minus is never one.

/// Why `-x ** 2` is "ambiguous use of operator '-'": it would be (−x)². Write `-(x ** 2)`, or
/// `(-x).pow(2)` if that is what you mean.
public struct Negated {
    fileprivate let base: Tensor

    /// The power of the negated base, which no unambiguous expression reaches.
    public static func ** (base: Negated, exponent: Tensor) -> Tensor { base.base.pow(exponent) }
    /// The constant power of the negated base, which no unambiguous expression reaches.
    public static func ** (base: Negated, exponent: some TensorScalar) -> Tensor {
        base.base.pow(exponent)
    }
}

/// Beside `**`, -x is ambiguous: write -(x ** 2), or (-x).pow(2).
@_disfavoredOverload
public prefix func - (x: Tensor) -> Negated { Negated(base: -x) }
