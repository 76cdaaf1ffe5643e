import FakeTensor

// Linear algebra.
extension Entry {
    static let matrices: [Entry] = diagonals + decompositions + solving + norms

    private static let diagonals: [Entry] = [
        .op("diagonal", "diagonal_copy", with: "offset dim1 dim2") { a in
            try a.x.diagonal(
                offset: a.int("offset", or: 0), axis1: a.int("dim1", or: 0),
                axis2: a.int("dim2", or: 1))
        },
        .op("linalg.diagonal", with: "offset dim1 dim2") { a in
            try a.x.diagonal(
                offset: a.int("offset", or: 0), axis1: a.int("dim1", or: -2),
                axis2: a.int("dim2", or: -1))
        },
        .op("diag_embed", with: "offset dim1 dim2") { a in
            try a.x.diagEmbed(
                offset: a.int("offset", or: 0), axis1: a.int("dim1", or: -2),
                axis2: a.int("dim2", or: -1))
        },
        .op("diag", with: "diagonal") { try $0.x.diag($0.int("diagonal", or: 0)) },
        .op("diagflat", with: "offset") {
            try $0.x.reshape([-1]).diag($0.int("offset", or: 0))
        },
        .unary("trace") { $0.trace() },
    ]

    private static let decompositions: [Entry] = [
        .op("cholesky", with: "upper") { try $0.x.cholesky(upper: $0.bool("upper")) },
        .op("linalg.cholesky", with: "upper") { try $0.x.cholesky(upper: $0.bool("upper")) },
        .ops("qr", with: "some") { a in
            let isReduced = a.has("some") ? try a.bool("some") : true
            let (q, r) = try a.x.qr(complete: !isReduced)
            return [q, r]
        },
        .ops("linalg.qr", with: "mode") { a in
            let mode = a.string("mode") ?? "reduced"
            if mode == "r" { throw Inexpressible("mode r") }
            let (q, r) = try a.x.qr(complete: mode == "complete")
            return [q, r]
        },
        .ops("linalg.svd", with: "full_matrices output_process") { a in
            let (u, s, vt) = try a.x.svd()
            switch a.string("output_process") {
            case "fn_U": return [u.abs()]
            case "fn_S": return [s]
            case "fn_Vh": return [s, vt.abs()]
            case "fn_UVh": return [u.matmul(vt), s]
            default: throw Inexpressible("vectors of unknown sign")
            }
        },
        .ops("linalg.eigh", with: "UPLO output_process") { a in
            if !a.has("output_process") { throw Inexpressible("vectors of unknown sign") }
            let (values, vectors) = try a.x.eigh(upper: a.string("UPLO") == "U")
            return [values, vectors.abs()]
        },
        .op("linalg.svdvals") { try $0.x.singularValues() },
        .op("linalg.eigvalsh", with: "UPLO output_process") { a in
            try a.x.eigvalsh(upper: a.string("UPLO") == "U")
        },
        .op("linalg.det") { try $0.x.determinant() },
        .op("logdet") { try $0.x.logDeterminant() },
        .ops("linalg.slogdet") { a in
            let (sign, logarithm) = try a.x.signedLogDeterminant()
            return [sign, logarithm]
        },
    ]

    private static let solving: [Entry] = [
        .op("linalg.solve", with: "B left") { a in
            let isLeft = try !a.has("left") || a.bool("left")
            return try a.x.solve(a.tensor("B"), left: isLeft)
        },
        .op("linalg.solve_triangular", with: "B upper left unitriangular") { a in
            let (b, isUpper) = (try a.tensor("B"), try a.bool("upper"))
            let isUnit = try a.bool("unitriangular")
            if a.has("left"), !(try a.bool("left")) {
                return try a.x.transpose().triangularSolve(
                    b.transpose(), upper: !isUpper, unitDiagonal: isUnit
                ).transpose()
            }
            return try a.x.triangularSolve(b, upper: isUpper, unitDiagonal: isUnit)
        },
        .op("cholesky_solve", with: "factor upper") { a in
            try a.tensor("factor").choleskySolve(a.x, upper: a.bool("upper"))
        },
        .op("cholesky_inverse", with: "upper") {
            try $0.x.choleskyInverse(upper: $0.bool("upper"))
        },
        .op("linalg.inv") { try $0.x.inverse() },
        .op("pinverse", with: "rcond") { a in
            try a.x.pseudoInverse(tolerance: a.number("rcond", or: 1e-15))
        },
        .op("linalg.pinv", with: "rcond") { a in
            try a.x.pseudoInverse(tolerance: a.number("rcond"))
        },
        .ops("linalg.lstsq.grad_oriented", with: "B driver") { a in
            let (x, b) = try (a.x, a.tensor("B"))
            let (solution, shape) = (x.leastSquares(b), x.shape.suffix(2))
            let isOver = shape[shape.startIndex] > shape[shape.startIndex + 1]
            let rest = (x.matmul(solution) - b).square().sum(axis: -2)
            return [solution, isOver ? rest : .zeros([0], x.dtype)]
        },
        .op("linalg.matrix_rank", with: "tol") { a in
            if a.has("tol") { throw Inexpressible("an absolute tolerance") }
            return try a.x.matrixRank()
        },
        .op("matrix_exp") { try $0.x.matrixExponential() },
        .op("linalg.matrix_power", with: "n") {
            try $0.x.matrixPower($0.require($0.int("n"), "n"))
        },
        .op("linalg.multi_dot") { .chainMatMul(try $0.tensors()) },
        .op("inner", with: "other") { try $0.x.inner($0.tensor("other")) },
        .op("kron", with: "other") { try $0.x.kron($0.tensor("other")) },
        .op("linalg.cross", with: "other dim") { a in
            try a.x.cross(a.tensor("other"), axis: a.int("dim", or: -1))
        },
        .op("cross", with: "other dim") { a in
            guard let axis = try a.int("dim") else { throw Inexpressible("the first axis of 3") }
            return try a.x.cross(a.tensor("other"), axis: axis)
        },
        .op("linalg.vander", with: "N") { try $0.x.vander($0.int("N"), increasing: true) },
        .op("einsum", with: "*operands") { a in
            guard let equation = a.string("input") else { throw Inexpressible("operands first") }
            return einsum(equation, try a.tensors("operands"))
        },
        .op("cov", with: "correction fweights aweights") { a in
            try number(
                a.x.cov(
                    correction: a.number("correction", or: 1),
                    frequencies: a.optionalTensor("fweights"), weights: a.optionalTensor("aweights")
                ))
        },
        .unary("corrcoef") { number($0.corrcoef()) },
    ]

    /// PyTorch gives a number for one row of observations, the library a matrix.
    private static func number(_ matrix: Tensor) -> Tensor {
        matrix.count == 1 ? matrix.reshape([]) : matrix
    }

    private static let norms: [Entry] = [
        .op("norm", with: "p dim keepdim dtype") { a in
            if a.string("p") == "nuc" { return try matrixNorm(a, "p") }
            let order = a.string("p") == nil ? try a.number("p", or: 2) : 2
            return try a.typed.vectorNorm(order, axes: a.axes(), keepDims: a.bool("keepdim"))
        },
        .op("linalg.norm", with: "ord dim keepdim dtype") { a in
            let rank = try a.ints("dim")?.count ?? a.x.rank
            if a.string("ord") != nil || a.has("ord") && rank == 2 { return try matrixNorm(a) }
            return try a.typed.vectorNorm(
                a.number("ord", or: 2), axes: a.axes(), keepDims: a.bool("keepdim"))
        },
        .op("linalg.vector_norm", with: "ord dim keepdim dtype") { a in
            try a.typed.vectorNorm(
                a.number("ord", or: 2), axes: a.axes(), keepDims: a.bool("keepdim"))
        },
        .op("linalg.matrix_norm", with: "ord dim keepdim dtype") { try matrixNorm($0) },
        .op("linalg.cond", with: "p") { try $0.x.conditionNumber(kind($0, "p", or: "2")) },
        .op("nn.functional.normalize", with: "p dim eps") { a in
            try a.x.normalize(
                a.number("p", or: 2), axis: a.int("dim", or: 1),
                epsilon: a.number("eps", or: 1e-12))
        },
        .op("renorm", with: "p dim maxnorm") { a in
            try a.x.renorm(
                a.number("p", or: 2), axis: a.axis(), maximum: a.number("maxnorm", or: 1))
        },
        .op("cdist", with: "x2 p compute_mode") { a in
            try a.x.cdist(a.tensor("x2"), order: a.number("p", or: 2))
        },
        .op("nn.functional.pairwise_distance", with: "x2 p eps keepdim") { a in
            try a.x.pairwiseDistance(
                a.tensor("x2"), order: a.number("p", or: 2), epsilon: a.number("eps", or: 1e-6),
                keepDims: a.bool("keepdim"))
        },
        .op("nn.functional.cosine_similarity", with: "x2 dim eps") { a in
            try a.x.cosineSimilarity(
                a.tensor("x2"), axis: a.int("dim", or: 1), epsilon: a.number("eps", or: 1e-8))
        },
    ]

    private static func matrixNorm(_ a: Arguments, _ name: String = "ord") throws -> Tensor {
        let axes = try a.ints("dim") ?? [-2, -1]
        return try a.typed.matrixNorm(
            kind(a, name, or: "fro"), axes: (rows: axes[0], columns: axes[1]),
            keepDims: a.bool("keepdim"))
    }

    private static func kind(
        _ a: Arguments, _ name: String = "ord", or word: String
    ) throws -> MatrixNorm {
        let word = try a.string(name) ?? a.number(name).map { "\($0)" } ?? word
        switch word {
        case "fro": return .frobenius
        case "nuc": return .nuclear
        case "2", "2.0": return .spectral
        case "-2.0": return .smallestSingular
        case "1.0": return .columns
        case "-1.0": return .smallestColumn
        case "inf": return .rows
        case "-inf": return .smallestRow
        default: throw Inexpressible("the norm \(word)")
        }
    }
}
