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

// Which of 256 items, one a thread, belong to rows in [low, high): their numbers go to `hits`, in
// order. Gives how many there are. Called by all threads.
FT_DEVICE int find_hits(const ft_cuda_scatter &arguments, int64_t from, int64_t low, int64_t high,
                        int *hits) {
    __shared__ int counts[FT_WARPS];
    int64_t item = from + threadIdx.x, row = -1;
    if (item < arguments.count) row = row_of(arguments.index[item], arguments.rows);
    unsigned lanes = __ballot_sync(0xffffffffu, row >= low && row < high);
    int lane = threadIdx.x % FT_WARP, warp = threadIdx.x / FT_WARP, before = 0, all = 0;
    if (lane == 0) counts[warp] = __popc(lanes);
    __syncthreads();
    for (int k = 0; k < FT_WARPS; k++) {
        if (k == warp) before = all;
        all += counts[k];
    }
    if (lanes >> lane & 1) hits[before + __popc(lanes & ((1u << lane) - 1))] = (int)threadIdx.x;
    __syncthreads();
    return all;
}

// A block has some rows of the table, looks through all items for theirs, and takes them one after
// the other, each thread having the same columns of all of them.
template <class X, class T> FT_DEVICE void scatter_rows(const ft_cuda_scatter &arguments) {
    __shared__ int hits[FT_THREADS];
    int64_t width = arguments.width, rows = arguments.rows;
    int64_t parts = least(rows, gridDim.x), part = blockIdx.x;
    if (part >= parts) return;
    int64_t low = rows / parts * part + least(part, rows % parts);
    int64_t high = low + rows / parts + (part < rows % parts ? 1 : 0);
    for (int64_t from = 0; from < arguments.count; from += FT_THREADS) {
        int found = find_hits(arguments, from, low, high, hits);
        for (int k = 0; k < found; k++) {
            int64_t item = from + hits[k], row = row_of(arguments.index[item], rows);
            T *to = (T *)arguments.out + row * width;
            for (int64_t column = threadIdx.x; column < width; column += FT_THREADS) {
                to[column] = changed_by<X>(arguments, to[column], item, column);
            }
        }
        // Before the next hits take their place.
        __syncthreads();
    }
}

// Items that were sorted by row: those of a row are neighbours, and still in their order.
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

// What is out of range, by the first block.
FT_DEVICE void tell_outside(const ft_cuda_scatter &arguments) {
    if (blockIdx.x > 0) return;
    for (int64_t i = threadIdx.x; i < arguments.count; i += FT_THREADS) {
        int64_t index = arguments.index[i];
        if (row_of(index, arguments.rows) < 0) tell(arguments.witness, i, index);
    }
}

template <class X, class T> FT_DEVICE void scatter_columns(const ft_cuda_scatter &arguments) {
    tell_outside(arguments);
    if (!arguments.order) {
        scatter_rows<X, T>(arguments);
        return;
    }
    int64_t all = arguments.count * arguments.width;
    for (int64_t k = grid_thread(); k < all; k += grid_threads()) {
        int64_t first = k / arguments.width;
        scatter_sorted<X, T>(arguments, first, k - first * arguments.width);
    }
}

// Local memory: registers are kept there about divisions, which are calls.
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
