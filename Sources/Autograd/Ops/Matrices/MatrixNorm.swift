public import Tensor

/// A norm of matrices.
public enum MatrixNorm: Sendable {
    /// √Σ aᵢⱼ²
    case frobenius
    /// The sum of the singular values.
    case nuclear
    /// The largest singular value.
    case spectral
    /// The smallest singular value.
    case smallestSingular
    /// The largest sum of magnitudes of a column, and the smallest.
    case columns, smallestColumn
    /// The largest sum of magnitudes of a row, and the smallest.
    case rows, smallestRow
}

extension Tensor {
    /// The norm (Σ |x|ᵖ)^(1/p) along axes, nil meaning all: ±infinity for the largest or smallest
    /// magnitude, and unlike in `norm` also 0, for the number of elements that are not 0.
    public final func vectorNorm(
        _ order: Double = 2, axes: [Int]? = nil, keepDims: Bool = false
    ) -> Tensor {
        if order != 0 { return norm(order, axes, keepDims, "vectorNorm") }
        shape.requireAxes(axes, "vectorNorm")
        let x = floating
        return (x .!= 0).sum(axes: axes, keepDims: keepDims).cast(to: x.dtype)
    }

    /// A norm of the matrices in two axes, their rows and columns. Of a matrix without elements it
    /// is 0; there is no smallest of its parts.
    public final func matrixNorm(
        _ kind: MatrixNorm = .frobenius, axes: (rows: Int, columns: Int) = (-2, -1),
        keepDims: Bool = false
    ) -> Tensor {
        let matrices = floating.matrices(axes.rows, axes.columns, "matrixNorm")
        let result: Tensor =
            switch kind {
            case .frobenius: matrices.norm(axes: [-2, -1])
            case .nuclear: matrices.wideMatrices("matrixNorm").singularValues().sum(axis: -1)
            case .spectral: matrices.wideMatrices("matrixNorm").singularValues().largest
            case .smallestSingular:
                matrices.wideMatrices("matrixNorm").singularValues().min(axis: -1)
            case .columns: matrices.norm(1, axes: [-2]).largest
            case .smallestColumn: matrices.norm(1, axes: [-2]).min(axis: -1)
            case .rows: matrices.norm(1, axes: [-1]).largest
            case .smallestRow: matrices.norm(1, axes: [-1]).min(axis: -1)
            }
        if !keepDims { return result }
        let named = [axes.rows, axes.columns].map { shape.axis($0, "matrixNorm") }
        return named.sorted().reduce(result) { $0.unsqueeze($1) }
    }

    /// The largest of sums or of singular values along the last axis; of none it is 0, as a norm.
    private final var largest: Tensor {
        shape[rank - 1] == 0 ? sum(axis: -1) : max(axis: -1)
    }

    /// This tensor over its norm along an axis, or over `epsilon` where that is larger.
    public final func normalize(
        _ order: Double = 2, axis: Int = 1, epsilon: Double = 1e-12
    ) -> Tensor {
        let x = floating
        return x / x.norm(order, [axis], true, "normalize").maximum(epsilon)
    }

    /// Slices along an axis scaled down so that none has a norm above `maximum`.
    public final func renorm(_ order: Double = 2, axis: Int, maximum: Double) -> Tensor {
        let axis = shape.axis(axis, "renorm")
        if !(maximum >= 0) { fail("renorm", "the norm \(maximum) is not a positive number") }
        let x = floating
        let norms = x.norm(order, axes: (0..<rank).filter { $0 != axis }, keepDims: true)
        return Tensor.where(norms .> maximum, x * (maximum / (norms + 1e-7)), x)
    }
}
