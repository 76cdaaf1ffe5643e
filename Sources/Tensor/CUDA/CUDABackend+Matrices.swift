internal import CUDA
internal import CUDAKernels

extension CUDABackend {
    func factor(
        _ factor: MatrixFactor, _ a: NDArray, _ operation: StaticString, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = matrices(a, a, out)
        arguments.what = Int32(factor.number)
        switch factor {
        case .orthogonal(let complete):
            let (rows, columns) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
            arguments.width = Int64(complete ? rows : min(rows, columns))
        case .cofactors(let nudged): arguments.nudged = nudged ? 1 : 0
        case .pseudoInverse(let tolerance): arguments.tolerance = tolerance
        default: break
        }
        let shape = a.shape
        arguments.witness = try reports.witness(on: context) { matrix, code in
            .factor(factor, code: Int32(code), matrix: matrix, of: shape, operation: operation)
        }
        try launch(&arguments)
    }

    func solve(
        _ system: MatrixSystem, _ a: NDArray, _ b: NDArray, _ operation: StaticString,
        into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = matrices(a, b, out)
        switch system {
        case .general: arguments.what = Int32(FT_CUDA_SOLVE)
        case .nudged:
            arguments.what = Int32(FT_CUDA_SOLVE)
            arguments.nudged = 1
        case .triangular(let upper, let unit):
            arguments.what = Int32(FT_CUDA_SOLVE_TRIANGLE)
            arguments.upper = upper ? 1 : 0
            arguments.unit = unit ? 1 : 0
        case .leastSquares(let tolerance):
            arguments.what = Int32(FT_CUDA_LEAST_SQUARES)
            arguments.tolerance = tolerance
        }
        let shape = a.shape
        arguments.witness = try reports.witness(on: context) { matrix, pivot in
            .singular(pivot: Int32(pivot), matrix: matrix, of: shape, operation: operation)
        }
        try launch(&arguments)
    }

    private func matrices(_ a: NDArray, _ b: NDArray, _ out: NDArray) -> ft_cuda_matrices {
        var arguments = ft_cuda_matrices()
        arguments.a = UnsafeRawPointer(a.pointer)
        arguments.b = UnsafeRawPointer(b.pointer)
        arguments.out = out.pointer
        let (row, column) = (a.rank - 2, a.rank - 1)
        (arguments.rows, arguments.columns) = (Int64(a.shape[row]), Int64(a.shape[column]))
        arguments.right = Int64(b.shape[column])
        (arguments.a_row, arguments.a_column) = (Int64(a.strides[row]), Int64(a.strides[column]))
        (arguments.b_row, arguments.b_column) = (Int64(b.strides[row]), Int64(b.strides[column]))
        arguments.dtype = out.dtype.rawValue
        arguments.batch = ft_cuda_loop(
            Shape(a.shape.prefix(row)), Shape(a.strides.prefix(row)),
            Shape(b.strides.prefix(row)))
        arguments.out_count = Int64(out.count) / max(1, arguments.batch.count)
        return arguments
    }

    private func launch(_ arguments: inout ft_cuda_matrices) throws(CUDAProblem) {
        let space = Int(ft_cuda_matrix_space(&arguments))
        try withTemporary(byteCount: max(1, space)) { memory throws(CUDAProblem) in
            arguments.space = memory.assumingMemoryBound(to: Double.self)
            try context.launch(FT_KERNEL_matrices, arguments)
        }
    }
}

extension MatrixFactor {
    /// As kernels are told it.
    fileprivate var number: Int {
        switch self {
        case .cholesky: FT_CUDA_CHOLESKY
        case .orthogonal: FT_CUDA_ORTHOGONAL
        case .singular: FT_CUDA_SINGULAR
        case .singularValues: FT_CUDA_SINGULAR_VALUES
        case .eigen: FT_CUDA_EIGEN
        case .eigenvalues: FT_CUDA_EIGENVALUES
        case .determinant: FT_CUDA_DETERMINANT
        case .logDeterminant: FT_CUDA_LOG_DETERMINANT
        case .cofactors: FT_CUDA_COFACTORS
        case .pseudoInverse: FT_CUDA_PSEUDO_INVERSE
        case .exponential: FT_CUDA_EXPONENTIAL
        }
    }
}
