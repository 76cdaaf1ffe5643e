// Factors of matrices and what follows from them.
#pragma once
#include "spectra.cuh"

struct matrix_call {
    const ft_cuda_matrices &p;
    int64_t number;
    double *space;
    board a;

    __device__ __forceinline__ void refuse(int64_t code) const {
        if (threadIdx.x == 0) tell(p.witness, number, code);
    }
    // Writes an element of the output.
    __device__ __forceinline__ void put(int64_t at, double x) const {
        at += number * p.out_count;
        if (p.dtype == FT_F32) {
            ((float *)p.out)[at] = (float)x;
        } else {
            ((double *)p.out)[at] = x;
        }
    }
    __device__ __forceinline__ void put_board(const board &b, int64_t from) const {
        in_step(b.rows * b.columns, [&](int64_t i) { put(from + i, b.at[i]); });
    }
};

FT_DEVICE double matrix_number(const void *x, int dtype, int64_t at) {
    return dtype == FT_F32 ? (double)((const float *)x)[at] : ((const double *)x)[at];
}

FT_OUTLINED void write_cholesky(const matrix_call &m) {
    const board &a = m.a;
    int64_t n = a.rows;
    for (int64_t k = 0; k < n; k++) {
        double pivot = a(k, k);
        __syncthreads();
        if (!(pivot > 0)) {
            m.refuse(k + 1);
            break;
        }
        double root = sqrt(pivot);
        in_step(n - k, [&](int64_t i) { a(k + i, k) = i == 0 ? root : a(k + i, k) / root; });
        for_cells(k + 1, n, k + 1, n, [&](int64_t i, int64_t j) {
            if (j <= i) a(i, j) -= a(i, k) * a(j, k);
        });
    }
    for_cells(0, n, 0, n, [&](int64_t i, int64_t j) {
        m.put(i * n + j, j <= i ? a(i, j) : 0);
    });
}

// By Householder's reflections, with the signs of LAPACK: H = I - t v vᵀ, v beginning with 1.
FT_OUTLINED void write_orthogonal(matrix_call m) {
    const board &a = m.a;
    int64_t n = a.rows, count = least(a.rows, a.columns), width = m.p.width;
    double *factor = next_board(&m.space, 1, count + 1).at;
    for (int64_t k = 0; k < count; k++) {
        double head = a(k, k);
        double rest = block_sum(n - k - 1, [&](int64_t i) {
            return a(k + 1 + i, k) * a(k + 1 + i, k);
        });
        double size = -copysign(sqrt(head * head + rest), head);
        double t = rest == 0 ? 0 : (size - head) / size;
        if (threadIdx.x == 0) factor[k] = t;
        if (t == 0) {
            __syncthreads();
            continue;
        }
        in_step(n - k - 1, [&](int64_t i) { a(k + 1 + i, k) /= head - size; });
        in_step(a.columns - k - 1, [&](int64_t e) {
            int64_t j = k + 1 + e;
            double along = a(k, j);
            for (int64_t i = k + 1; i < n; i++) along += a(i, k) * a(i, j);
            a(k, j) -= t * along;
            for (int64_t i = k + 1; i < n; i++) a(i, j) -= t * along * a(i, k);
        });
    }
    board q = next_board(&m.space, n, width);
    make_identity(q);
    for (int64_t k = count - 1; k >= 0; k--) {
        double t = factor[k];
        in_step(width, [&](int64_t j) {
            double along = q(k, j);
            for (int64_t i = k + 1; i < n; i++) along += a(i, k) * q(i, j);
            q(k, j) -= t * along;
            for (int64_t i = k + 1; i < n; i++) q(i, j) -= t * along * a(i, k);
        });
    }
    m.put_board(q, 0);
}

FT_OUTLINED void write_singular(matrix_call m, bool vectors) {
    spectrum x = spectrum_of(m.a, &m.space);
    int64_t k = x.u.columns;
    if (vectors) {
        m.put_board(x.u, 0);
        m.put_board(x.v, (x.u.rows + 1) * k);
    }
    in_step(k, [&](int64_t j) { m.put((vectors ? x.u.rows * k : 0) + j, x.s[j]); });
}

FT_OUTLINED void write_eigen(matrix_call m, bool vectors) {
    const board &a = m.a;
    int64_t n = a.rows;
    board v = next_board(&m.space, n, n);
    double *w = next_board(&m.space, 1, n).at, *order = next_board(&m.space, 1, n).at;
    for_cells(0, n, 0, n, [&](int64_t i, int64_t j) {
        if (i < j) a(i, j) = a(j, i);
    });
    double top = block_top(n * n, [&](int64_t i) { return fabs(a.at[i]); });
    double scale = top > 0 ? top : 1;
    in_step(n * n, [&](int64_t i) { a.at[i] /= scale; });
    make_identity(v);
    make_diagonal(a, v);
    in_step(n, [&](int64_t i) { w[i] = a(i, i) * scale; });
    rank_numbers(w, n, false, order);
    in_step(n, [&](int64_t j) { m.put((vectors ? n * n : 0) + (int64_t)order[j], w[j]); });
    if (!vectors) return;
    for_cells(0, n, 0, n, [&](int64_t i, int64_t j) {
        m.put(i * n + (int64_t)order[j], v(i, j));
    });
}

FT_DEVICE double determinant_of(const factored &f) {
    double result = f.sign;
    for (int64_t k = 0; k < f.w.rows; k++) result *= f.w(k, k);
    return result;
}
FT_DEVICE double sign_of(const factored &f, double *logarithm) {
    double sign = f.sign;
    *logarithm = 0;
    for (int64_t k = 0; k < f.w.rows; k++) {
        double pivot = f.w(k, k);
        if (pivot < 0) sign = -sign;
        if (pivot == 0) sign = 0;
        *logarithm += log(fabs(pivot));
    }
    return sign;
}

FT_DEVICE factored factor_matrix(matrix_call *m) {
    return factor_board(m->a, next_board(&m->space, 1, m->a.rows).at);
}

FT_OUTLINED void write_determinant(matrix_call m, bool logarithm) {
    factored f = factor_matrix(&m);
    if (threadIdx.x > 0) return;
    double size = 0;
    if (!logarithm) {
        m.put(0, determinant_of(f));
        return;
    }
    m.put(0, sign_of(f, &size));
    m.put(1, size);
}

// The sum over i of the product of all s but s[i], times u_i v_iᵀ, with the signs of det U and det
// V; or by the inverse of the matrix that a nudged system has.
FT_OUTLINED void write_cofactors(matrix_call m) {
    int64_t n = m.a.rows;
    double ignored;
    if (m.p.nudged) {
        factored f = factor_matrix(&m);
        nudge(f, m.p.dtype);
        board x = next_board(&m.space, n, n);
        make_identity(x);
        solve_turned(f, x);
        double by = determinant_of(f);
        in_step(n * n, [&](int64_t i) { m.put(i, x.at[i] * by); });
        return;
    }
    if (!all_finite_in(m.a)) {
        in_step(n * n, [&](int64_t i) { m.put(i, FT_INF_D - FT_INF_D); });
        return;
    }
    spectrum x = spectrum_of(m.a, &m.space);
    double *pivots = next_board(&m.space, 1, n).at;
    copy_board(x.u, m.a);
    double sign = sign_of(factor_board(m.a, pivots), &ignored);
    __syncthreads();
    copy_board(x.v, m.a);
    sign *= sign_of(factor_board(m.a, pivots), &ignored);
    for_cells(0, n, 0, n, [&](int64_t i, int64_t j) {
        double total = 0;
        for (int64_t e = 0; e < n; e++) {
            double others = sign;
            for (int64_t k = 0; k < n; k++) others *= k == e ? 1 : x.s[k];
            total += others * x.u(i, e) * x.v(j, e);
        }
        m.put(i * n + j, total);
    });
}

// A⁺ = V diag(1 / s) Uᵀ of the singular values above a part of the largest; times B, if there is
// one.
FT_OUTLINED void write_inverse(matrix_call m, const board *right) {
    spectrum x = spectrum_of(m.a, &m.space);
    int64_t k = x.u.columns, columns = right ? right->columns : m.a.rows;
    double least_value = k > 0 ? m.p.tolerance * x.s[0] : 0;
    for_cells(0, m.a.columns, 0, columns, [&](int64_t i, int64_t j) {
        double total = 0;
        for (int64_t e = 0; e < k; e++) {
            if (!(x.s[e] > least_value)) continue;
            double along = right ? 0 : x.u(j, e);
            for (int64_t r = 0; right && r < m.a.rows; r++) along += x.u(r, e) * (*right)(r, j);
            total += x.v(i, e) / x.s[e] * along;
        }
        m.put(i * columns + j, total);
    });
}
