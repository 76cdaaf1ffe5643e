// Factors, functions and systems of matrices by what has to hold of them.
#include "layers.h"

namespace {
// Small matrices of double, in rows.
struct matrix {
    int64_t rows, columns;
    std::vector<double> at;
    matrix(int64_t rows, int64_t columns) : rows(rows), columns(columns) {
        at.resize((size_t)(rows * columns));
    }
    double &operator()(int64_t i, int64_t j) { return at[(size_t)(i * columns + j)]; }
    double operator()(int64_t i, int64_t j) const { return at[(size_t)(i * columns + j)]; }
    matrix times(const matrix &b) const {
        matrix c(rows, b.columns);
        for (int64_t i = 0; i < rows; i++) {
            for (int64_t j = 0; j < b.columns; j++) {
                for (int64_t k = 0; k < columns; k++) c(i, j) += (*this)(i, k) * b(k, j);
            }
        }
        return c;
    }
    matrix turned() const {
        matrix c(columns, rows);
        for (int64_t i = 0; i < rows; i++) {
            for (int64_t j = 0; j < columns; j++) c(j, i) = (*this)(i, j);
        }
        return c;
    }
};

void same(const matrix &got, const matrix &wanted, double error, const char *what) {
    for (size_t i = 0; i < wanted.at.size(); i++) {
        double x = got.at[i], y = wanted.at[i];
        if (std::fabs(x - y) <= error * std::fmax(1, std::fabs(y)) || x == y) continue;
        return fail("%s [%zu]: %.12g, not %.12g", what, i, x, y);
    }
}
matrix identity(int64_t n) {
    matrix c(n, n);
    for (int64_t i = 0; i < n; i++) c(i, i) = 1;
    return c;
}

// A batch of two matrices, of which the second is that of the test, in columns.
struct setting {
    int dtype;
    int64_t rows, columns, right;
    array a, b;
    ft_cuda_matrices p = {};
    ft_cuda_report report = {0, 0, ~0ull, 0};

    setting(int dtype, const matrix &x, const matrix &y = matrix(0, 0))
        : dtype(dtype), rows(x.rows), columns(x.columns), right(y.columns),
          a(dtype, 2 * rows * columns), b(dtype, 2 * rows * right) {
        fill(a, 77, 1, 2);
        fill(b, 78, 1, 2);
        for (int64_t i = 0; i < rows; i++) {
            for (int64_t j = 0; j < columns; j++) {
                a.set(rows * columns + i + j * rows, x(i, j));
                // The first is safe to take any function of.
                a.set(i + j * rows, i == j ? 2 : 0);
            }
            for (int64_t j = 0; j < right; j++) b.set((rows + i) * right + j, y(i, j));
        }
    }
    // What was made of the second matrix.
    matrix run(int what, int64_t high, int64_t wide, uint64_t order) {
        array out(dtype, 2 * high * wide);
        p.a = a.at(), p.b = b.at(), p.out = out.at();
        p.rows = rows, p.columns = columns, p.right = right, p.out_count = high * wide;
        p.a_row = 1, p.a_column = rows, p.b_row = right, p.b_column = 1;
        p.dtype = dtype, p.what = what;
        p.witness = {&report, 1, nullptr};
        p.batch = make_loop({2}, {rows * columns}, {rows * right});
        array space(FT_U8, ft_cuda_matrix_space(&p));
        p.space = space.at<double>();
        launch(FT_KERNEL_matrices, p, order);
        matrix result(high, wide);
        for (int64_t i = 0; i < high * wide; i++) {
            result.at[(size_t)i] = out.number(high * wide + i);
        }
        return result;
    }
    // What the kernel sees, after rounding.
    matrix seen() const {
        matrix x(rows, columns);
        for (int64_t i = 0; i < rows * columns; i++) {
            x(i % rows, i / rows) = a.number(rows * columns + i);
        }
        return x;
    }
};

matrix random_matrix(int64_t rows, int64_t columns, uint64_t seed) {
    matrix x(rows, columns);
    for (double &value : x.at) value = (double)(next_random(&seed) >> 11) * 0x1p-52 - 1;
    return x;
}
matrix rows_of(const matrix &x, int64_t from, int64_t count) {
    matrix y(count, x.columns);
    for (int64_t i = 0; i < count * x.columns; i++) {
        y.at[(size_t)i] = x.at[(size_t)(from * x.columns + i)];
    }
    return y;
}
matrix scaled(const matrix &x, const matrix &by) {
    matrix y = x;
    for (int64_t i = 0; i < x.rows; i++) {
        for (int64_t j = 0; j < x.columns; j++) y(i, j) *= by.at[(size_t)j];
    }
    return y;
}

void check_squares(int dtype, int64_t n, double e, uint64_t order) {
    matrix x = random_matrix(n, n, 3), positive = x.times(x.turned());
    for (int64_t i = 0; i < n; i++) positive(i, i) += 1;
    setting s(dtype, positive);
    matrix l = s.run(FT_CUDA_CHOLESKY, n, n, order);
    same(l.times(l.turned()), s.seen(), e, "Cholesky");
    setting w(dtype, positive);
    matrix eigen = w.run(FT_CUDA_EIGEN, n + 1, n, order), v = rows_of(eigen, 0, n);
    same(w.seen().times(v), scaled(v, rows_of(eigen, n, 1)), 10 * e, "eigenvectors");
    same(v.turned().times(v), identity(n), e, "eigenvectors of length 1");
    same(w.run(FT_CUDA_EIGENVALUES, 1, n, order), rows_of(eigen, n, 1), e, "eigenvalues");
    for (int64_t i = 1; i < n; i++) if (eigen(n, i) < eigen(n, i - 1)) fail("ascending");
    matrix b = random_matrix(n, 3, 4);
    setting system(dtype, x, b);
    same(system.seen().times(system.run(FT_CUDA_SOLVE, n, 3, order)), b, 300 * e, "solve");
    for (int upper = 0; upper < 2; upper++) {
        setting triangle(dtype, positive, b);
        triangle.p.upper = upper;
        triangle.p.unit = n % 2;
        matrix t = triangle.seen();
        for (int64_t i = 0; i < n; i++) {
            for (int64_t j = 0; j < n; j++) if (upper ? j < i : j > i) t(i, j) = 0;
            if (n % 2) t(i, i) = 1;
        }
        matrix solution = triangle.run(FT_CUDA_SOLVE_TRIANGLE, n, 3, order);
        double size = 1;
        for (double value : solution.at) size = std::fmax(size, std::fabs(value));
        same(t.times(solution), b, 100 * e * size, "triangle");
    }
    setting e_to(dtype, x);
    matrix sum = identity(n), term = identity(n);
    for (int k = 1; k < 60; k++) {
        term = term.times(e_to.seen());
        for (size_t i = 0; i < sum.at.size(); i++) sum.at[i] += term.at[i] /= k;
    }
    same(e_to.run(FT_CUDA_EXPONENTIAL, n, n, order), sum, 10 * e, "exponential");
}

void check_shapes(int dtype, int64_t m, int64_t n, double e, uint64_t order) {
    matrix x = random_matrix(m, n, 5);
    int64_t k = std::min(m, n);
    // The last column repeats the first: a singular value is 0.
    if (n > 2) for (int64_t i = 0; i < m; i++) x(i, n - 1) = x(i, 0);
    setting s(dtype, x);
    matrix all = s.run(FT_CUDA_SINGULAR, m + 1 + n, k, order);
    matrix u = rows_of(all, 0, m), v = rows_of(all, m + 1, n), values = rows_of(all, m, 1);
    same(scaled(u, values).times(v.turned()), s.seen(), 10 * e, "singular values");
    same(u.turned().times(u), identity(k), 10 * e, "U");
    same(v.turned().times(v), identity(k), 10 * e, "V");
    for (int64_t i = 1; i < k; i++) if (values(0, i) > values(0, i - 1)) fail("descending");
    setting alone(dtype, x);
    same(alone.run(FT_CUDA_SINGULAR_VALUES, 1, k, order), values, e, "singular values alone");
    for (int64_t width : {k, m}) {
        setting q(dtype, x);
        q.p.width = width;
        matrix made = q.run(FT_CUDA_ORTHOGONAL, m, width, order);
        same(made.turned().times(made), identity(width), e, "Q");
        matrix r = made.turned().times(q.seen());
        for (int64_t i = 0; i < width; i++) {
            for (int64_t j = 0; j < std::min(i, n); j++) {
                if (std::fabs(r(i, j)) > 10 * e) fail("R is no triangle");
            }
        }
        // LAPACK's sign.
        if (m > 1 && r(0, 0) * q.seen()(0, 0) > 0) fail("the sign of Q");
    }
    setting inverse(dtype, x);
    inverse.p.tolerance = dtype == FT_F64 ? 1e-12 : 1e-5;
    matrix y = inverse.run(FT_CUDA_PSEUDO_INVERSE, n, m, order), seen = inverse.seen();
    same(seen.times(y).times(seen), seen, 100 * e, "A A+ A");
    same(y.times(seen).times(y), y, 1000 * e, "A+ A A+");
    matrix b = random_matrix(m, 2, 6);
    setting least(dtype, x, b);
    least.p.tolerance = inverse.p.tolerance;
    same(least.run(FT_CUDA_LEAST_SQUARES, n, 2, order), y.times(b), 300 * e, "least squares");
}

void check_small(int dtype, double e, uint64_t order) {
    matrix x(3, 3);
    x.at = {2, -1, 0.5, 1, 3, -2, 0.25, 1, 1};
    double det = 2 * (3 + 2) + 1 * (1 + 0.5) + 0.5 * (1 - 0.75);
    matrix one(1, 1), two(1, 2);
    one.at = {det};
    two.at = {1, std::log(det)};
    same(setting(dtype, x).run(FT_CUDA_DETERMINANT, 1, 1, order), one, e, "determinant");
    same(setting(dtype, x).run(FT_CUDA_LOG_DETERMINANT, 1, 2, order), two, e, "its logarithm");
    // Of rank 2, whose cofactors are those of its minors.
    x.at = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    matrix minors(3, 3);
    minors.at = {-3, 6, -3, 6, -12, 6, -3, 6, -3};
    same(setting(dtype, x).run(FT_CUDA_COFACTORS, 3, 3, order), minors, 100 * e, "cofactors");
    x.at = {2, -1, 0.5, 1, 3, -2, 0.25, 1, 1};
    setting nudged(dtype, x);
    nudged.p.nudged = 1;
    matrix by_inverse = nudged.run(FT_CUDA_COFACTORS, 3, 3, order);
    same(by_inverse, setting(dtype, x).run(FT_CUDA_COFACTORS, 3, 3, order), 10 * e, "two ways");
}

void check_refusals(int dtype, uint64_t order) {
    matrix x(2, 2), b(2, 1);
    x.at = {1, 2, 2, 4};
    setting s(dtype, x, b);
    s.run(FT_CUDA_SOLVE, 2, 1, order);
    if (s.report.key != (1ull << 40 | 1) || s.report.value != 2) fail("a singular system");
    x.at = {1, 2, 2, 1};
    setting c(dtype, x);
    c.run(FT_CUDA_CHOLESKY, 2, 2, order);
    if (c.report.key != (1ull << 40 | 1) || c.report.value != 2) fail("no Cholesky factor");
    x.at = {1, NAN, 2, 1};
    setting n(dtype, x);
    n.run(FT_CUDA_SINGULAR_VALUES, 1, 2, order);
    if (n.report.value != FT_CUDA_NOT_FINITE) fail("a matrix with NaN");
}
}  // namespace

void test_matrices() {
    uint64_t turn = 0;
    for (int dtype : {FT_F32, FT_F64}) {
        double e = dtype == FT_F32 ? 2e-6 : 1e-13;
        for (int64_t n : {1, 2, 5, 20}) check_squares(dtype, n, e, orders[turn++ % 3]);
        check_shapes(dtype, 1, 1, e, orders[turn++ % 3]);
        check_shapes(dtype, 4, 4, e, orders[turn++ % 3]);
        check_shapes(dtype, 9, 5, e, orders[turn++ % 3]);
        check_shapes(dtype, 4, 11, e, orders[turn++ % 3]);
        check_small(dtype, e, orders[turn++ % 3]);
        check_refusals(dtype, orders[turn++ % 3]);
    }
}
