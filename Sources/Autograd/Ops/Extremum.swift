internal import CKernels
public import Tensor

/// The larger (or smaller) of two elements; where they are equal each gets half of the gradient,
/// and beside NaN, which wins, both get all of it.
class Extremum: ElementwiseBinaryOp {
    override var saves: Saved { .inputs }
    func loses(_ a: Tensor, _ b: Tensor) -> Tensor { failNoGradient() }

    /// What an operand gets of the gradient: selected, not multiplied.
    static func share(of dy: Tensor, loses: Tensor, ties: Tensor) -> Tensor {
        Where.of(loses, dy.constant(0), Where.of(ties, dy * 0.5, dy))
    }
    override final func backwardLeft(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        Extremum.share(of: dy, loses: loses(a, b), ties: a .== b)
    }
    override final func backwardRight(_ dy: Tensor, a: Tensor, b: Tensor, y: Tensor) -> Tensor {
        Extremum.share(of: dy, loses: loses(b, a), ties: a .== b)
    }
}

final class Maximum: Extremum {
    override var kernel: BinaryFunction { .maximum }
    override func loses(_ a: Tensor, _ b: Tensor) -> Tensor { a .< b }
}

final class Minimum: Extremum {
    override var kernel: BinaryFunction { .minimum }
    override func loses(_ a: Tensor, _ b: Tensor) -> Tensor { a .> b }
}

extension Tensor {
    /// The larger of each pair of elements; NaN wins.
    public final func maximum(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, "maximum")
        return Maximum()(a, b)
    }
    /// The elements, but at least `other`; NaN stays.
    public final func maximum(_ other: some TensorScalar) -> Tensor {
        let (a, n) = adopted(other, "maximum")
        return MaximumScalar(n)(a)
    }

    /// The smaller of each pair of elements; NaN wins.
    public final func minimum(_ other: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, other, "minimum")
        return Minimum()(a, b)
    }
    /// The elements, but at most `other`; NaN stays.
    public final func minimum(_ other: some TensorScalar) -> Tensor {
        let (a, n) = adopted(other, "minimum")
        return MinimumScalar(n)(a)
    }
}
