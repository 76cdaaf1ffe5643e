// Factors and functions of matrices, and systems, each by a block, in double.
#include "factors.cuh"
#include "loops.cuh"

// c0 I + c2 A² + c4 A⁴ + c6 A⁶
struct even_powers {
    board second, fourth, sixth;
    __device__ __forceinline__ double at(int64_t i, double c6, double c4, double c2,
                                         double c0) const {
        int64_t n = second.rows;
        double sum = c6 * sixth.at[i] + c4 * fourth.at[i] + c2 * second.at[i];
        return i % (n + 1) == 0 ? sum + c0 : sum;
    }
};

// e^A = (e^(A / 2ˢ))^(2ˢ), and that by a quotient of polynomials of degree 13; Higham, "The scaling
// and squaring method for the matrix exponential revisited", 2005.
FT_OUTLINED void write_exponential(matrix_call m) {
    int64_t n = m.a.rows, cells = n * n;
    double norm = block_top(n, [&](int64_t j) {
        double sum = 0;
        for (int64_t i = 0; i < n; i++) sum += fabs(m.a(i, j));
        return sum;
    });
    if (!(norm < FT_INF_D)) {
        in_step(cells, [&](int64_t i) { m.put(i, FT_INF_D - FT_INF_D); });
        return;
    }
    int squarings = norm > 5.37 ? (int)ceil(log2(norm / 5.37)) : 0;
    in_step(cells, [&](int64_t i) { m.a.at[i] = ldexp(m.a.at[i], -squarings); });
    even_powers a = {next_board(&m.space, n, n), next_board(&m.space, n, n),
                     next_board(&m.space, n, n)};
    board t = next_board(&m.space, n, n), odd = next_board(&m.space, n, n);
    board even = next_board(&m.space, n, n);
    double *pivots = next_board(&m.space, 1, n).at;
    multiply_boards(m.a, m.a, a.second);
    multiply_boards(a.second, a.second, a.fourth);
    multiply_boards(a.fourth, a.second, a.sixth);
    in_step(cells, [&](int64_t i) { t.at[i] = a.at(i, 1, 16380, 40840800, 0); });
    multiply_boards(a.sixth, t, even);
    in_step(cells, [&](int64_t i) {
        t.at[i] = even.at[i] + a.at(i, 33522128640.0, 10559470521600.0, 1187353796428800.0,
                                    32382376266240000.0);
    });
    multiply_boards(m.a, t, odd);
    in_step(cells, [&](int64_t i) { t.at[i] = a.at(i, 182, 960960, 1323241920, 0); });
    multiply_boards(a.sixth, t, even);
    in_step(cells, [&](int64_t i) {
        even.at[i] += a.at(i, 670442572800.0, 129060195264000.0, 7771770303897600.0,
                           64764752532480000.0);
    });
    // (even - odd)⁻¹ (even + odd)
    in_step(cells, [&](int64_t i) {
        t.at[i] = even.at[i] - odd.at[i];
        even.at[i] += odd.at[i];
    });
    solve_factored(factor_board(t, pivots), even);
    for (int k = 0; k < squarings; k++) {
        multiply_boards(even, even, t);
        copy_board(t, even);
    }
    m.put_board(even, 0);
}

FT_OUTLINED void write_solution(matrix_call m, const board &x) {
    factored f = factor_matrix(&m);
    if (m.p.nudged) {
        nudge(f, m.p.dtype);
    } else if (f.first_zero != 0) {
        m.refuse(f.first_zero);
        return;
    }
    solve_factored(f, x);
    m.put_board(x, 0);
}

// Only one triangle of the matrix is read, and not its diagonal if that is `unit`.
FT_OUTLINED void write_triangle(const matrix_call &m, const board &x) {
    int64_t n = m.a.rows;
    bool upper = m.p.upper, unit = m.p.unit;
    for (int64_t step = 0; step < n; step++) {
        int64_t k = upper ? n - 1 - step : step;
        if (!unit) in_step(x.columns, [&](int64_t j) { x(k, j) /= m.a(k, k); });
        for_cells(upper ? 0 : k + 1, upper ? k : n, 0, x.columns,
                  [&](int64_t i, int64_t j) { x(i, j) -= m.a(i, k) * x(k, j); });
    }
    m.put_board(x, 0);
}

FT_DEVICE bool needs_finite(int what) {
    return what == FT_CUDA_SINGULAR || what == FT_CUDA_SINGULAR_VALUES || what == FT_CUDA_EIGEN ||
           what == FT_CUDA_EIGENVALUES || what == FT_CUDA_PSEUDO_INVERSE;
}

FT_DEVICE void run_matrix(const matrix_call &m, const board &right) {
    int what = m.p.what;
#ifdef FT_OP
    what = FT_OP;
#endif
    if (needs_finite(what) && !all_finite_in(m.a)) {
        m.refuse(FT_CUDA_NOT_FINITE);
        return;
    }
    switch (what) {
    case FT_CUDA_CHOLESKY: write_cholesky(m); break;
    case FT_CUDA_ORTHOGONAL: write_orthogonal(m); break;
    case FT_CUDA_SINGULAR: write_singular(m, true); break;
    case FT_CUDA_SINGULAR_VALUES: write_singular(m, false); break;
    case FT_CUDA_EIGEN: write_eigen(m, true); break;
    case FT_CUDA_EIGENVALUES: write_eigen(m, false); break;
    case FT_CUDA_DETERMINANT: write_determinant(m, false); break;
    case FT_CUDA_LOG_DETERMINANT: write_determinant(m, true); break;
    case FT_CUDA_COFACTORS: write_cofactors(m); break;
    case FT_CUDA_PSEUDO_INVERSE: write_inverse(m, nullptr); break;
    case FT_CUDA_EXPONENTIAL: write_exponential(m); break;
    case FT_CUDA_SOLVE: write_solution(m, right); break;
    case FT_CUDA_SOLVE_TRIANGLE: write_triangle(m, right); break;
    default: write_inverse(m, &right); break;
    }
}

// Local memory: boards are handed on to functions that aren't inlined, for they are long.
FT_KERNEL(matrices, ft_cuda_matrices) {
    const ft_cuda_matrices &p = arguments;
    int64_t side = p.rows > p.columns ? p.rows : p.columns;
    int64_t room = 8 * side * side + 4 * side + side * p.right;
    for (int64_t number = blockIdx.x; number < p.batch.count; number += gridDim.x) {
        place at = place_of(p.batch, number);
        matrix_call m = {p, number, p.space + number * room, {}};
        m.a = next_board(&m.space, p.rows, p.columns);
        board right = next_board(&m.space, p.rows, p.right);
        for_cells(0, p.rows, 0, p.columns, [&](int64_t i, int64_t j) {
            m.a(i, j) = matrix_number(p.a, p.dtype, at.a + i * p.a_row + j * p.a_column);
        });
        for_cells(0, p.rows, 0, p.right, [&](int64_t i, int64_t j) {
            right(i, j) = matrix_number(p.b, p.dtype, at.b + i * p.b_row + j * p.b_column);
        });
        run_matrix(m, right);
        __syncthreads();
    }
}
