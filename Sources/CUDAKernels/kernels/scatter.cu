// Changing the rows of a table by an index, in its order.
#include "index.cuh"

// a changed by x, both as they are computed. Integers wrap; of bool, + and the maximum are or, the
// others and.
FT_DEVICE float scattered(int rule, float a, float x) {
    return rule == 1 ? a + x : rule == 2 ? a * x : rule == 3 ? ft_max_f(a, x) : ft_min_f(a, x);
}
FT_DEVICE double scattered(int rule, double a, double x) {
    return rule == 1 ? a + x : rule == 2 ? a * x : rule == 3 ? ft_max_d(a, x) : ft_min_d(a, x);
}
FT_DEVICE truth scattered(int rule, truth a, truth x) {
    a.bits = rule == 1 || rule == 3 ? a.bits | x.bits : a.bits & x.bits;
    return a;
}
template <class T> FT_DEVICE T scattered(int rule, T a, T x) {
    if (rule == 1) return (T)((uint64_t)a + (uint64_t)x);
    if (rule == 2) return (T)((uint64_t)a * (uint64_t)x);
    return rule == 3 ? (a > x ? a : x) : (a < x ? a : x);
}
FT_DEVICE float scattered_load(half16 x, float) { return widened(x); }
FT_DEVICE float scattered_load(bhalf16 x, float) { return widened(x); }
template <class T> FT_DEVICE T scattered_load(T x, T) { return x; }

template <class X> struct is_half { static const bool yes = false; };
template <> struct is_half<half16> { static const bool yes = true; };
template <> struct is_half<bhalf16> { static const bool yes = true; };

// A thread has a column of the items of one row, which it finds by the first of them.
template <class X, class T> FT_DEVICE void scatter_columns(const ft_cuda_scatter &arguments) {
    int64_t width = arguments.width, count = arguments.count, rows = arguments.rows;
    const X *x = (const X *)arguments.x;
    T *out = (T *)arguments.out;
    int rule = arguments.rule;
    for (int64_t k = grid_thread(); k < count * width; k += grid_threads()) {
        int64_t first = k / width, column = k - first * width;
        int64_t index = arguments.index[first], row = row_of(index, rows);
        if (row < 0) {
            if (column == 0) tell(arguments.witness, first, index);
            continue;
        }
        bool leads = true;
        for (int64_t i = 0; i < first && leads; i++) {
            leads = row_of(arguments.index[i], rows) != row;
        }
        if (!leads) continue;
        T total = out[row * width + column];
        for (int64_t i = first; i < count; i++) {
            if (row_of(arguments.index[i], rows) != row) continue;
            T value = scattered_load(x[i * width + column], T());
            total = rule == 0 ? value : scattered(rule, total, value);
        }
        out[row * width + column] = total;
    }
}

FT_KERNEL(scatter, ft_cuda_scatter) {
    if (arguments.rule == 0) {
        int size = 0;
        for_all(arguments.dtype, [&](auto like) { size = (int)sizeof(like); });
        for_size(size, [&](auto like) {
            scatter_columns<decltype(like), decltype(like)>(arguments);
        });
        return;
    }
    for_all(arguments.dtype, [&](auto like) {
        typedef decltype(like) X;
        if constexpr (is_half<X>::yes) {
            scatter_columns<X, float>(arguments);
        } else {
            scatter_columns<X, X>(arguments);
        }
    });
}
