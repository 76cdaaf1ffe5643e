// Eigenvalues and singular values by rotations, after Jacobi: slow for large matrices, but as
// exact as double allows, and in parallel along rows and columns.
#pragma once
#include "boards.cuh"

constexpr int FT_SWEEPS = 60;

// The rotation that makes two directions orthogonal; Rutishauser, "The Jacobi method for real
// symmetric matrices", 1966.
struct rotation { double c, s; };
FT_DEVICE rotation rotation_by(double zeta) {
    double t = (zeta < 0 ? -1 : 1) / (fabs(zeta) + sqrt(1 + zeta * zeta));
    double c = 1 / sqrt(1 + t * t);
    return {c, t * c};
}

FT_OUTLINED void rotate_columns(const board &b, int64_t p, int64_t q, rotation r) {
    in_step(b.rows, [&](int64_t i) {
        double x = b(i, p), y = b(i, q);
        b(i, p) = r.c * x - r.s * y;
        b(i, q) = r.s * x + r.c * y;
    });
}

// A symmetric matrix becomes diagonal, and v = v times the rotations.
FT_OUTLINED void make_diagonal(const board &a, const board &v) {
    int64_t n = a.rows;
    for (int sweep = 0; sweep < FT_SWEEPS; sweep++) {
        double all = block_sum(n * n, [&](int64_t i) { return a.at[i] * a.at[i]; });
        double off = block_sum(n * n, [&](int64_t i) {
            return i % (n + 1) == 0 ? 0 : a.at[i] * a.at[i];
        });
        if (!(off > 1e-34 * all)) return;
        for (int64_t p = 0; p < n; p++) {
            for (int64_t q = p + 1; q < n; q++) {
                double apq = a(p, q), app = a(p, p), aqq = a(q, q);
                // All have read before anyone writes.
                __syncthreads();
                if (fabs(apq) <= 1e-300) continue;
                rotation r = rotation_by((aqq - app) / (2 * apq));
                rotate_columns(a, p, q, r);
                in_step(n, [&](int64_t j) {
                    double x = a(p, j), y = a(q, j);
                    a(p, j) = r.c * x - r.s * y;
                    a(q, j) = r.s * x + r.c * y;
                });
                rotate_columns(v, p, q, r);
            }
        }
    }
}

// Columns of g become orthogonal, and v = v times the rotations: g = U diag(s). Hestenes,
// "Inversion of matrices by biorthogonalization", 1958.
FT_OUTLINED void make_orthogonal(const board &g, const board &v) {
    int64_t n = g.columns;
    for (int sweep = 0; sweep < FT_SWEEPS; sweep++) {
        bool turned = false;
        for (int64_t p = 0; p < n; p++) {
            for (int64_t q = p + 1; q < n; q++) {
                double a = block_sum(g.rows, [&](int64_t i) { return g(i, p) * g(i, p); });
                double b = block_sum(g.rows, [&](int64_t i) { return g(i, q) * g(i, q); });
                double c = block_sum(g.rows, [&](int64_t i) { return g(i, p) * g(i, q); });
                if (!(fabs(c) > 1e-15 * sqrt(a) * sqrt(b)) || c == 0) continue;
                turned = true;
                rotation r = rotation_by((b - a) / (2 * c));
                rotate_columns(g, p, q, r);
                rotate_columns(v, p, q, r);
            }
        }
        if (!turned) return;
    }
}

// order[k] = how many of n numbers come before the k-th, ascending or descending.
FT_OUTLINED void rank_numbers(const double *x, int64_t n, bool descending, double *order) {
    in_step(n, [&](int64_t k) {
        int64_t before = 0;
        for (int64_t i = 0; i < n; i++) {
            bool first = descending ? x[i] > x[k] : x[i] < x[k];
            before += first || (x[i] == x[k] && i < k);
        }
        order[k] = (double)before;
    });
}

// A = U diag(s) Vᵀ with u [rows, k], v [columns, k], s descending.
struct spectrum {
    board u, v;
    double *s;
};

// Column j of u, of whose length nothing is left, becomes a direction at right angles to the first
// j: the first unit vector of which enough lies outside them.
FT_OUTLINED void complete_column(const board &u, int64_t j) {
    int64_t n = u.rows;
    for (int64_t e = 0; e < n; e++) {
        in_step(n, [&](int64_t i) { u(i, j) = i == e ? 1 : 0; });
        // Twice, for once leaves rounding errors.
        for (int turn = 0; turn < 2; turn++) {
            for (int64_t k = 0; k < j; k++) {
                double part = block_sum(n, [&](int64_t i) { return u(i, k) * u(i, j); });
                in_step(n, [&](int64_t i) { u(i, j) -= part * u(i, k); });
            }
        }
        double rest = block_sum(n, [&](int64_t i) { return u(i, j) * u(i, j); });
        if (rest > 0.5 / (double)n) {
            double by = 1 / sqrt(rest);
            in_step(n, [&](int64_t i) { u(i, j) *= by; });
            return;
        }
    }
}

FT_OUTLINED spectrum spectrum_of(const board &a, double **space) {
    bool turned = a.rows < a.columns;
    int64_t high = turned ? a.columns : a.rows, k = turned ? a.rows : a.columns;
    board g = next_board(space, high, k), w = next_board(space, k, k);
    board left = next_board(space, high, k), right = next_board(space, k, k);
    double *lengths = next_board(space, 1, k).at, *order = next_board(space, 1, k).at;
    double *s = next_board(space, 1, k).at;
    for_cells(0, high, 0, k,
              [&](int64_t i, int64_t j) { g(i, j) = turned ? a(j, i) : a(i, j); });
    // Squares of the elements are to stay in range.
    double top = block_top(high * k, [&](int64_t i) { return fabs(g.at[i]); });
    double scale = top > 0 ? top : 1;
    in_step(high * k, [&](int64_t i) { g.at[i] /= scale; });
    make_identity(w);
    make_orthogonal(g, w);
    for (int64_t j = 0; j < k; j++) {
        double square = block_sum(high, [&](int64_t i) { return g(i, j) * g(i, j); });
        if (threadIdx.x == 0) lengths[j] = sqrt(square);
    }
    __syncthreads();
    rank_numbers(lengths, k, true, order);
    double most = block_top(k, [&](int64_t j) { return lengths[j]; });
    in_step(k, [&](int64_t j) { s[(int64_t)order[j]] = lengths[j] * scale; });
    for_cells(0, high, 0, k, [&](int64_t i, int64_t j) {
        left(i, (int64_t)order[j]) = lengths[j] > 0 ? g(i, j) / lengths[j] : 0;
    });
    for_cells(0, k, 0, k, [&](int64_t i, int64_t j) { right(i, (int64_t)order[j]) = w(i, j); });
    for (int64_t j = 0; j < k; j++) {
        if (!(s[j] > 1e-15 * most * scale * (double)high)) complete_column(left, j);
    }
    return turned ? spectrum{right, left, s} : spectrum{left, right, s};
}
