// Softmax along rows, its gradient, and log-sum-exp.
#include "rows.cuh"

// softmax: y = exp(x - max) / sum;  its logarithm: y = x - max - log(sum exp(x - max)).
template <class T> FT_DEVICE void softmax_row(const ft_cuda_rows &arguments, const team &t,
                                              int64_t row) {
    int64_t n = arguments.n;
    const T *x = (const T *)arguments.x + row * n;
    T *y = (T *)arguments.out + row * n;
    T top = row_top(t, x, n);
    double total = row_total(t, x, n, top);
    if (arguments.flag) {
        T shift = (T)log(total);
        for (int64_t i = t.rank; i < n; i += t.size) y[i] = (x[i] - top) - shift;
    } else {
        T scale = (T)(1 / total);
        for (int64_t i = t.rank; i < n; i += t.size) y[i] = real_exp(x[i] - top) * scale;
    }
}

// Local memory: registers are kept there about divisions, which are calls.
FT_KERNEL(softmax, ft_cuda_rows) {
    team t = team_of(arguments.n);
    for_reals(arguments.dtype, [&](auto like) {
        for (int64_t row = t.first; row < arguments.rows; row += t.step) {
            softmax_row<decltype(like)>(arguments, t, row);
        }
    });
}

// softmax: dx = y (dy - sum(dy y));  its logarithm: dx = dy - exp(y) sum(dy).
template <class T> FT_DEVICE void softmax_backward_row(const ft_cuda_rows &arguments,
                                                       const team &t, int64_t row) {
    int64_t n = arguments.n;
    const T *y = (const T *)arguments.x + row * n, *dy = (const T *)arguments.y + row * n;
    T *dx = (T *)arguments.out + row * n;
    double total = 0;
    for (int64_t i = t.rank; i < n; i += t.size) {
        total += (double)(arguments.flag ? dy[i] : y[i] * dy[i]);
    }
    T sum = (T)team_joined(t, total, add_up());
    for (int64_t i = t.rank; i < n; i += t.size) {
        dx[i] = arguments.flag ? dy[i] - real_exp(y[i]) * sum : y[i] * (dy[i] - sum);
    }
}

FT_KERNEL(softmax_backward, ft_cuda_rows) {
    team t = team_of(arguments.n);
    for_reals(arguments.dtype, [&](auto like) {
        for (int64_t row = t.first; row < arguments.rows; row += t.step) {
            softmax_backward_row<decltype(like)>(arguments, t, row);
        }
    });
}

// A row whose largest element is infinite or NaN has no finite differences.
FT_KERNEL(log_sum_exp, ft_cuda_rows) {
    team t = team_of(arguments.n);
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        for (int64_t row = t.first; row < arguments.rows; row += t.step) {
            const T *x = (const T *)arguments.x + row * arguments.n;
            T top = row_top(t, x, arguments.n);
            double total = row_total(t, x, arguments.n, top);
            T result = is_finite(top) ? top + (T)log(total) : top;
            if (t.rank == 0) ((T *)arguments.out)[row] = result;
        }
    });
}
