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

// An element of the table changed by that of one item.
template <class X, class T>
FT_DEVICE T changed_by(const ft_cuda_scatter &arguments, T total, int64_t item, int64_t column) {
    const X *x = (const X *)arguments.x;
    T value = scattered_load(x[item * arguments.width + column], T());
    return arguments.rule == 0 ? value : scattered(arguments.rule, total, value);
}

// A few items: a thread has a column of the items of one row, which it finds by the first of them.
template <class X, class T>
FT_DEVICE void scatter_few(const ft_cuda_scatter &arguments, int64_t first, int64_t column) {
    int64_t rows = arguments.rows, row = row_of(arguments.index[first], rows);
    if (row < 0) return;
    for (int64_t i = 0; i < first; i++) {
        if (row_of(arguments.index[i], rows) == row) return;
    }
    T *to = (T *)arguments.out + row * arguments.width + column, total = *to;
    for (int64_t i = first; i < arguments.count; i++) {
        if (row_of(arguments.index[i], rows) != row) continue;
        total = changed_by<X>(arguments, total, i, column);
    }
    *to = total;
}

// Many, which were sorted by row: those of a row are neighbours, and still in their order.
template <class X, class T>
FT_DEVICE void scatter_sorted(const ft_cuda_scatter &arguments, int64_t first, int64_t column) {
    const long long *index = arguments.index, *order = arguments.order;
    int64_t rows = arguments.rows, row = row_of(index[order[first]], rows);
    if (row < 0 || (first > 0 && row_of(index[order[first - 1]], rows) == row)) return;
    T *to = (T *)arguments.out + row * arguments.width + column, total = *to;
    for (int64_t i = first; i < arguments.count; i++) {
        int64_t item = order[i];
        if (row_of(index[item], rows) != row) break;
        total = changed_by<X>(arguments, total, item, column);
    }
    *to = total;
}

template <class X, class T> FT_DEVICE void scatter_columns(const ft_cuda_scatter &arguments) {
    int64_t width = arguments.width, count = arguments.count;
    for (int64_t k = grid_thread(); k < count * width; k += grid_threads()) {
        int64_t first = k / width, column = k - first * width, index = arguments.index[first];
        if (column == 0 && row_of(index, arguments.rows) < 0) {
            tell(arguments.witness, first, index);
        }
        if (arguments.order) {
            scatter_sorted<X, T>(arguments, first, column);
        } else {
            scatter_few<X, T>(arguments, first, column);
        }
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
