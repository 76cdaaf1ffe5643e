// Matrices of double in memory, on which a block works together: every function is called by all
// threads of it, and leaves them in step.
#pragma once
#include "extremes.cuh"

struct board {
    double *at;
    int64_t rows, columns;
    __device__ __forceinline__ double &operator()(int64_t row, int64_t column) const {
        return at[row * columns + column];
    }
};

// Takes the next board out of a block's memory.
FT_DEVICE board next_board(double **space, int64_t rows, int64_t columns) {
    board b = {*space, rows, columns};
    *space += rows * columns;
    return b;
}

// Calls each(i) for i below n, then waits for all.
template <class Each> FT_DEVICE void in_step(int64_t n, Each each) {
    for (int64_t i = threadIdx.x; i < n; i += FT_THREADS) each(i);
    __syncthreads();
}
// Calls each(row, column) for a part of a board, from (first, left) on.
template <class Each>
FT_DEVICE void for_cells(int64_t first, int64_t rows, int64_t left, int64_t columns, Each each) {
    // A matrix has fewer than 2^31 elements.
    int height = (int)(rows - first), width = (int)(columns - left);
    in_step(height > 0 && width > 0 ? height * width : 0, [&](int64_t i) {
        each(first + (int)i / width, left + (int)i % width);
    });
}

FT_OUTLINED double block_added(double mine) {
    team block = {FT_THREADS, (int)threadIdx.x, 0, 1};
    return team_joined(block, mine, add_up());
}
FT_OUTLINED double block_largest(double mine) {
    team block = {FT_THREADS, (int)threadIdx.x, 0, 1};
    return team_joined(block, mine, larger());
}
template <class Term> FT_DEVICE double block_sum(int64_t n, Term term) {
    double total = 0;
    for (int64_t i = threadIdx.x; i < n; i += FT_THREADS) total += term(i);
    return block_added(total);
}
template <class Term> FT_DEVICE double block_top(int64_t n, Term term) {
    double top = 0;
    for (int64_t i = threadIdx.x; i < n; i += FT_THREADS) top = ft_max_d(top, term(i));
    return block_largest(top);
}

FT_OUTLINED void copy_board(const board &from, const board &to) {
    for_cells(0, from.rows, 0, from.columns, [&](int64_t i, int64_t j) { to(i, j) = from(i, j); });
}
FT_OUTLINED void make_identity(const board &b) {
    for_cells(0, b.rows, 0, b.columns, [&](int64_t i, int64_t j) { b(i, j) = i == j ? 1 : 0; });
}
FT_OUTLINED bool all_finite_in(const board &b) {
    double top = block_top(b.rows * b.columns, [&](int64_t i) { return fabs(b.at[i]); });
    return top < FT_INF_D;
}
// c = a b
FT_OUTLINED void multiply_boards(const board &a, const board &b, const board &c) {
    for_cells(0, c.rows, 0, c.columns, [&](int64_t i, int64_t j) {
        double total = 0;
        for (int64_t k = 0; k < a.columns; k++) total += a(i, k) * b(k, j);
        c(i, j) = total;
    });
}

// --- P A = L U in place, with the row that each step exchanged in `pivots`.

struct factored {
    board w;
    double *pivots;
    int64_t first_zero;
    double sign;
};

FT_OUTLINED int64_t pivot_row(const board &w, int64_t k) {
    team block = {FT_THREADS, (int)threadIdx.x, 0, 1};
    better<double> join = {true};
    best_so_far<double> best = {0, -1};
    for (int64_t i = k + threadIdx.x; i < w.rows; i += FT_THREADS) {
        best = join(best, best_so_far<double>{fabs(w(i, k)), i});
    }
    return team_best(block, best, join).at;
}

FT_OUTLINED void swap_rows(const board &w, int64_t a, int64_t b) {
    if (a == b) return;
    in_step(w.columns, [&](int64_t j) {
        double held = w(a, j);
        w(a, j) = w(b, j);
        w(b, j) = held;
    });
}

FT_OUTLINED factored factor_board(const board &w, double *pivots) {
    factored f = {w, pivots, 0, 1};
    int64_t n = w.rows;
    for (int64_t k = 0; k < n; k++) {
        int64_t row = pivot_row(w, k);
        if (threadIdx.x == 0) pivots[k] = (double)row;
        if (row != k) f.sign = -f.sign;
        swap_rows(w, k, row);
        double pivot = w(k, k);
        if (pivot == 0) {
            if (f.first_zero == 0) f.first_zero = k + 1;
            continue;
        }
        in_step(n - k - 1, [&](int64_t i) { w(k + 1 + i, k) /= pivot; });
        for_cells(k + 1, n, k + 1, n,
                  [&](int64_t i, int64_t j) { w(i, j) -= w(i, k) * w(k, j); });
    }
    __syncthreads();
    return f;
}

// Small pivots get a size: the root of a rounding error of the type that was asked for.
FT_OUTLINED void nudge(const factored &f, int dtype) {
    const board &w = f.w;
    double scale = block_top(w.rows * w.columns, [&](int64_t i) { return fabs(w.at[i]); });
    double tiny = sqrt(dtype == FT_F32 ? 0x1p-23 : 0x1p-52) * (scale == 0 ? 1 : scale);
    in_step(w.rows, [&](int64_t i) {
        if (fabs(w(i, i)) < tiny) w(i, i) = w(i, i) < 0 ? -tiny : tiny;
    });
}

// x = A⁻¹ x
FT_OUTLINED void solve_factored(const factored &f, const board &x) {
    const board &w = f.w;
    int64_t n = w.rows;
    for (int64_t k = 0; k < n; k++) swap_rows(x, k, (int64_t)f.pivots[k]);
    for (int64_t k = 0; k < n; k++) {
        for_cells(k + 1, n, 0, x.columns,
                  [&](int64_t i, int64_t j) { x(i, j) -= w(i, k) * x(k, j); });
    }
    for (int64_t k = n - 1; k >= 0; k--) {
        in_step(x.columns, [&](int64_t j) { x(k, j) /= w(k, k); });
        for_cells(0, k, 0, x.columns,
                  [&](int64_t i, int64_t j) { x(i, j) -= w(i, k) * x(k, j); });
    }
}
// x = A⁻ᵀ x
FT_OUTLINED void solve_turned(const factored &f, const board &x) {
    const board &w = f.w;
    int64_t n = w.rows;
    for (int64_t k = 0; k < n; k++) {
        in_step(x.columns, [&](int64_t j) { x(k, j) /= w(k, k); });
        for_cells(k + 1, n, 0, x.columns,
                  [&](int64_t i, int64_t j) { x(i, j) -= w(k, i) * x(k, j); });
    }
    for (int64_t k = n - 1; k >= 0; k--) {
        for_cells(0, k, 0, x.columns,
                  [&](int64_t i, int64_t j) { x(i, j) -= w(k, i) * x(k, j); });
    }
    for (int64_t k = n - 1; k >= 0; k--) swap_rows(x, k, (int64_t)f.pivots[k]);
}
