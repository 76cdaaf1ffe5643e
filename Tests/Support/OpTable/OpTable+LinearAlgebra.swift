import Autograd
import Tensor

// Rows of linear algebra. Their matrices are made of the operands so that they are far from
// singular, symmetric, or have values far from each other.
extension OpTable {
    private static let real = OpInput.real(-1...1)
    private static let squares: [Shape] = [[3, 3], [1, 1], [0, 0], [2, 3, 3], [0, 2, 2]]
    private static let matrices: [Shape] = [
        [3, 3], [4, 2], [2, 4], [1, 1], [2, 3, 2], [0, 2, 3],
    ]
    private static let systems: [[Shape]] = [
        [[3, 3], [3, 2]], [[3, 3], [3]], [[2, 3, 3], [2, 3]], [[2, 3, 3], [3, 1]],
        [[3, 3], [2, 3, 2]], [[1, 1], [1, 1]], [[0, 0], [0, 2]], [[3, 3], [3, 0]],
        [[0, 3, 3], [3, 2]],
    ]

    /// Square matrices with large diagonals.
    static func shifted(_ x: Tensor) -> Tensor { x + x.identity(x.shape[x.rank - 1]) * 4 }

    /// Symmetric positive definite matrices.
    private static func positive(_ x: Tensor) -> Tensor { x.matmul(x.transpose()) + shifted(x * 0) }

    /// Matrices near those with 1, 2, … on the diagonal.
    private static func stairs(_ x: Tensor) -> Tensor {
        let rows = Tensor.arange(0, x.shape[x.rank - 2], on: x.data.backend).unsqueeze(1)
        let columns = Tensor.arange(0, x.shape[x.rank - 1], on: x.data.backend)
        return x * 0.25 + Tensor.where(rows .== columns, columns + 1, columns * 0)
    }

    /// Σ i · xᵢ xᵢᵀ over the columns: doesn't depend on their signs.
    private static func weighted(_ x: Tensor, _ y: Tensor) -> Tensor {
        let numbers = Tensor.arange(1, x.shape[x.rank - 1] + 1, on: x.data.backend)
        return (x * numbers).matmul(y.transpose())
    }

    private static func matrix(
        _ name: String, _ classes: String..., shapes: [Shape], large: [Shape] = [],
        gradient: OpGradient = .exact, roundings: Int = 8,
        _ apply: @escaping @Sendable (Tensor) -> Tensor
    ) -> OpRow {
        OpRow(
            name: name, classes: classes, inputs: [real], shapes: shapes.map { [$0] }, large: large,
            gradient: gradient, roundings: roundings
        ) { operands in
            if case .none = gradient { return apply(operands[0].cast(to: .float64)) }
            return widened(operands) { apply($0[0]) }
        }
    }

    private static func system(
        _ name: String, _ classes: String..., shapes: [[Shape]] = systems, large: [Shape] = [],
        _ apply: @escaping @Sendable (Tensor, Tensor) -> Tensor
    ) -> OpRow {
        OpRow(
            name: name, classes: classes, inputs: [real, real], shapes: shapes, large: large,
            gradient: .exact, roundings: 8
        ) { widened($0) { apply($0[0], $0[1]) } }
    }

    static let equations: [OpRow] = [
        system("solve", "Solve", large: [[6, 24, 24], [6, 24, 30]]) { shifted($0).solve($1) },
        system(
            "solve from the right", "Solve",
            shapes: [
                [[3, 3], [2, 3]], [[2, 3, 3], [4, 3]], [[2, 2, 2], [2, 2]], [[3, 3], [2, 2, 3]],
                [[1, 1], [1, 1]], [[0, 0], [2, 0]], [[3, 3], [0, 3]],
            ], large: [[6, 24, 24], [6, 30, 24]]
        ) { shifted($0).solve($1, left: false) },
        system("triangularSolve", "TriangularSolve", large: [[6, 24, 24], [24, 30]]) {
            shifted($0).triangularSolve($1)
        },
        system("triangularSolve upper unit", "TriangularSolve") {
            $0.triangularSolve($1, upper: true, unitDiagonal: true)
        },
        system("choleskySolve", "TriangularSolve") { shifted($0).choleskySolve($1) },
        system("choleskySolve upper", "TriangularSolve") {
            shifted($0).choleskySolve($1, upper: true)
        },
        system(
            "leastSquares", "LeastSquares", "PseudoInverse",
            shapes: [
                [[4, 2], [4, 2]], [[4, 2], [4]], [[2, 4], [2, 3]], [[2, 3, 2], [3, 1]],
                [[3, 3], [3, 2]], [[1, 1], [1, 1]], [[0, 3, 2], [3, 2]],
            ]
        ) { stairs($0).leastSquares($1) },
        matrix("inverse", "Solve", shapes: squares, large: [[6, 24, 24]]) { shifted($0).inverse() },
        matrix("choleskyInverse", "TriangularSolve", shapes: squares) {
            shifted($0).choleskyInverse()
        },
        matrix(
            "pseudoInverse", "PseudoInverse", shapes: matrices + [[0, 3]], large: [[6, 24, 16]]
        ) { stairs($0).pseudoInverse() },
    ]

    static let factors: [OpRow] = [
        matrix("determinant", "Determinant", "Cofactors", shapes: squares) {
            shifted($0).determinant()
        },
        matrix("cofactors", "Cofactors", shapes: squares + [[2, 2]]) {
            InnerOps.cofactors(shifted($0))
        },
        matrix("logDeterminant", "LogDeterminant", shapes: squares, large: [[6, 24, 24]]) {
            shifted($0).logDeterminant()
        },
        matrix("signedLogDeterminant", "LogDeterminant", shapes: squares) {
            let (sign, logarithm) = (-shifted($0)).signedLogDeterminant()
            return sign * 2 + logarithm
        },
        matrix("cholesky", "Cholesky", shapes: squares, large: [[6, 24, 24]]) {
            positive($0).cholesky()
        },
        matrix("cholesky upper", "Cholesky", shapes: squares) {
            positive($0).cholesky(upper: true)
        },
        matrix("qr q", "Orthogonal", shapes: matrices, large: [[6, 24, 20]]) {
            let (q, r) = stairs($0).qr()
            return q * r.diagonal(axis1: -2, axis2: -1).sign().unsqueeze(-2)
        },
        matrix("qr r", "Orthogonal", shapes: matrices) {
            let r = stairs($0).qr().r
            return r * r.diagonal(axis1: -2, axis2: -1).sign().unsqueeze(-1)
        },
        matrix("qr q complete", "Orthogonal", shapes: [[3, 3], [2, 4], [1, 1]]) {
            let (q, r) = stairs($0).qr(complete: true)
            return q * r.diagonal(axis1: -2, axis2: -1).sign().unsqueeze(-2)
        },
    ]

    static let spectra: [OpRow] = [
        matrix("svd u", "SVD", shapes: matrices, large: [[6, 24, 20]]) {
            let u = stairs($0).svd().u
            return weighted(u, u)
        },
        matrix("svd s", "SVD", shapes: matrices) { stairs($0).svd().s },
        matrix("svd vt", "SVD", shapes: matrices) {
            let v = stairs($0).svd().vt.transpose()
            return weighted(v, v)
        },
        matrix("svd u, vt", "SVD", shapes: matrices) {
            let (u, _, vt) = stairs($0).svd()
            return weighted(u, vt.transpose())
        },
        matrix("singularValues", "SingularValues", shapes: matrices, large: [[6, 24, 20]]) {
            stairs($0).singularValues()
        },
        matrix("matrixNorm nuclear", "SingularValues", shapes: matrices) {
            stairs($0).matrixNorm(.nuclear)
        },
        matrix("matrixNorm spectral", "SingularValues", shapes: matrices) {
            stairs($0).matrixNorm(.spectral)
        },
        matrix("conditionNumber", "SingularValues", shapes: [[3, 3], [4, 2], [1, 1]]) {
            stairs($0).conditionNumber()
        },
        matrix("conditionNumber frobenius", "Solve", shapes: [[3, 3], [2, 2, 2]]) {
            stairs($0).conditionNumber(.frobenius)
        },
        matrix("matrixRank", "SingularValues", shapes: matrices, gradient: .none("index")) {
            $0.round().matrixRank()
        },
        matrix("eigh values", "SymmetricEigen", shapes: squares) {
            stairs($0).symmetricPart.eigh().values
        },
        matrix("eigh vectors", "SymmetricEigen", shapes: squares, large: [[6, 24, 24]]) {
            let v = stairs($0).symmetricPart.eigh().vectors
            return weighted(v, v)
        },
        matrix("eigvalsh", "SymmetricEigenvalues", shapes: squares, large: [[6, 24, 24]]) {
            stairs($0).symmetricPart.eigvalsh()
        },
        matrix("matrixExponential", "MatrixExponential", shapes: squares, large: [[6, 24, 24]]) {
            $0.matrixExponential()
        },
    ]
}
