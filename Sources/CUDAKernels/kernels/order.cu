// What has to do with places along rows, beside sorting.
#include "convert.cuh"
#include "index.cuh"
#include "keys.cuh"
#include "rows.cuh"

FT_KERNEL(take, ft_cuda_order) {
    int64_t all = arguments.rows * arguments.count;
    for_size((int)arguments.size, [&](auto like) {
        typedef decltype(like) T;
        for (int64_t i = grid_thread(); i < all; i += grid_threads()) {
            int64_t index = arguments.index[i], at = row_of(index, arguments.n);
            if (at < 0) {
                tell(arguments.witness, i, index);
                continue;
            }
            const T *x = (const T *)arguments.x + i / arguments.count * arguments.n;
            ((T *)arguments.out)[i] = x[at];
        }
    });
}

// A key with its place; the later of equal ones wins.
struct leader {
    uint64_t key;
    int64_t at;
};
FT_DEVICE leader later(leader a, leader b) { return b.key >= a.key ? b : a; }
FT_DEVICE leader from_lane(leader mine, int by, bool up) {
    leader other;
    other.key = up ? __shfl_up_sync(0xffffffffu, mine.key, by)
                   : __shfl_sync(0xffffffffu, mine.key, by);
    other.at = up ? __shfl_up_sync(0xffffffffu, mine.at, by)
                  : __shfl_sync(0xffffffffu, mine.at, by);
    return other;
}

// NaN is the extreme either way: turned round its key is 0, and 1 less is the largest.
template <class T> FT_DEVICE uint64_t extreme_key(T x, bool maximum, bool is_float) {
    uint64_t key = key_of(x);
    if (maximum) return key;
    uint64_t mask = sizeof(T) == 8 ? ~0ull : 0xffffffffull;
    return ((key ^ mask) - (is_float ? 1 : 0)) & mask;
}

// A warp has a row.
template <class T> FT_DEVICE void running_row(const ft_cuda_order &arguments, int64_t row) {
    int lane = threadIdx.x % FT_WARP;
    const T *x = (const T *)arguments.x + row * arguments.n;
    int64_t *out = (int64_t *)arguments.out + row * arguments.n;
    leader carried = {0, 0};
    for (int64_t block = 0; block < arguments.n; block += FT_WARP) {
        int64_t i = block + lane;
        leader mine = {0, -1};
        if (i < arguments.n) {
            mine = {extreme_key(x[i], arguments.flag != 0, arguments.dtype <= FT_BF16), i};
        }
        for (int by = 1; by < FT_WARP; by *= 2) {
            leader other = from_lane(mine, by, true);
            if (lane >= by) mine = later(other, mine);
        }
        mine = later(carried, mine);
        if (i < arguments.n) out[i] = mine.at;
        carried = from_lane(mine, FT_WARP - 1, false);
    }
}

FT_KERNEL(running_extreme, ft_cuda_order) {
    int64_t step = (int64_t)gridDim.x * FT_WARPS;
    int64_t first = (int64_t)blockIdx.x * FT_WARPS + threadIdx.x / FT_WARP;
    for_all(arguments.dtype, [&](auto like) {
        for (int64_t row = first; row < arguments.rows; row += step) {
            running_row<decltype(like)>(arguments, row);
        }
    });
}

// y[i] = b[i] + a[i] y[i - 1], or y[i + 1] if reversed, in double and in order: a block reads and
// writes a stretch of a row, of which its first thread makes one value after the other.
template <class T> FT_DEVICE void recur_row(const ft_cuda_order &arguments, int64_t row) {
    __shared__ double factor[FT_THREADS], term[FT_THREADS];
    int64_t n = arguments.n;
    const T *a = (const T *)arguments.x + row * n, *b = (const T *)arguments.y + row * n;
    T *y = (T *)arguments.out + row * n;
    double value = 0;
    for (int64_t block = 0; block < n; block += FT_THREADS) {
        int64_t k = block + threadIdx.x, i = arguments.flag ? n - 1 - k : k;
        if (k < n) {
            factor[threadIdx.x] = k == 0 ? 0 : (double)element<T>::load(a[i]);
            term[threadIdx.x] = (double)element<T>::load(b[i]);
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            int count = (int)least(FT_THREADS, n - block);
            for (int j = 0; j < count; j++) {
                value = block + j == 0 ? term[j] : term[j] + factor[j] * value;
                term[j] = value;
            }
        }
        __syncthreads();
        if (k < n) y[i] = narrowed<T>::of(term[threadIdx.x]);
        __syncthreads();
    }
}

FT_KERNEL(recur, ft_cuda_order) {
    for_floats(arguments.dtype, [&](auto like) {
        for (int64_t row = blockIdx.x; row < arguments.rows; row += gridDim.x) {
            recur_row<decltype(like)>(arguments, row);
        }
    });
}

// How many elements of a sorted row lie below a value, or at most at it; all lie below a NaN.
template <class T> FT_DEVICE int64_t places_below(const T *x, int64_t n, T sought, bool right) {
    typedef typename element<T>::compute C;
    C value = element<T>::load(sought);
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        C other = element<T>::load(x[middle]);
        bool below = right ? other <= value : other < value;
        if (below || value != value) low = middle + 1;
        else high = middle;
    }
    return low;
}

FT_KERNEL(search, ft_cuda_order) {
    int64_t all = arguments.rows * arguments.count;
    for_all(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        for (int64_t i = grid_thread(); i < all; i += grid_threads()) {
            const T *x = (const T *)arguments.x + i / arguments.count * arguments.stride;
            T value = ((const T *)arguments.y)[i];
            ((int64_t *)arguments.out)[i] =
                places_below(x, arguments.n, value, arguments.flag != 0);
        }
    });
}

// The bin of a value between its first and last edge.
template <class T>
FT_DEVICE int64_t bin_of(const ft_cuda_order &arguments, const T *edges, T x) {
    int64_t bins = arguments.count;
    T low = edges[0], high = edges[arguments.edges - 1];
    if (arguments.flag == 2) {
        return least(places_below(edges, arguments.edges, x, true), bins) - 1;
    }
    // The part of a range cut evenly, by arithmetic alone: the last one at its end.
    T place = (x - low) * (T)bins / (high - low);
    int64_t bin = place >= 0 && place < (T)bins ? (int64_t)(int)place : bins - 1;
    if (arguments.flag == 0) return bin;
    while (bin > 0 && x < edges[bin]) bin--;
    while (bin + 1 < bins && x >= edges[bin + 1]) bin++;
    return bin;
}

// Counts are whole numbers, so that it doesn't matter in which order they are added to.
template <class T> FT_DEVICE void count_rows(const ft_cuda_order &arguments) {
    int64_t all = arguments.rows * arguments.n;
    for (int64_t i = grid_thread(); i < all; i += grid_threads()) {
        int64_t row = i / arguments.n;
        const T *edges = (const T *)arguments.y + row * arguments.stride;
        T x = ((const T *)arguments.x)[i], low = edges[0], high = edges[arguments.edges - 1];
        // Between ends that are no numbers lies nothing, which nobody would notice.
        if (arguments.flag != 2 && !(is_finite(low) && is_finite(high))) {
            double end = (double)(is_finite(low) ? high : low);
            tell(arguments.witness, row, __double_as_longlong(end));
            continue;
        }
        if (!(x >= low && x <= high)) continue;
        int64_t bin = bin_of(arguments, edges, x);
        atomicAdd((unsigned long long *)arguments.out + row * arguments.count + bin, 1ull);
    }
}

FT_KERNEL(bins, ft_cuda_order) {
    for_reals(arguments.dtype, [&](auto like) { count_rows<decltype(like)>(arguments); });
}
