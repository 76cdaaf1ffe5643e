// Windows over planes: their largest elements and means, and the ways back, in which an element
// gathers from the windows that it lies in, so that nothing is added to by two threads.
#include "common.cuh"

FT_DEVICE bool is_nan(float x) { return x != x; }
FT_DEVICE bool is_nan(double x) { return x != x; }
template <class T> FT_DEVICE bool is_nan(T) { return false; }

// The windows of a result along the three axes.
struct pool_window { int64_t first[3], end[3]; };

FT_DEVICE pool_window window_of(const ft_cuda_pool &p, const int64_t *result) {
    pool_window w;
#pragma unroll
    for (int d = 0; d < 3; d++) {
        w.first[d] = p.first[d][result[d]];
        w.end[d] = p.end[d][result[d]];
    }
    return w;
}

// Calls each(place) for the elements of a window, in row-major order.
template <class Each>
FT_DEVICE void for_window(const ft_cuda_pool &p, const pool_window &w, Each each) {
    for (int64_t i = w.first[0]; i < w.end[0]; i += p.step[0]) {
        for (int64_t j = w.first[1]; j < w.end[1]; j += p.step[1]) {
            int64_t row = (i * p.in[1] + j) * p.in[2];
            for (int64_t k = w.first[2]; k < w.end[2]; k += p.step[2]) each(row + k);
        }
    }
}

// Where the largest element is, of equal ones the first, NaN being the largest; -1 for none.
template <class T>
FT_DEVICE int64_t largest_place(const ft_cuda_pool &p, const pool_window &w, const T *x) {
    int64_t place = -1;
    T best = T();
    for_window(p, w, [&](int64_t at) {
        T value = x[at];
        // Of several NaN the last one counts, as on the CPU.
        if (place >= 0 && !(value > best) && !is_nan(value)) return;
        best = value;
        place = at;
    });
    return place;
}

FT_DEVICE void split_place(const long long *size, int64_t i, int64_t *at) {
    at[2] = i % size[2];
    i /= size[2];
    at[1] = i % size[1];
    at[0] = i / size[1];
}

FT_DEVICE double divisor_of(const ft_cuda_pool &p, const int64_t *result) {
    double outer = (double)(p.divisor[0][result[0]] * p.divisor[1][result[1]]);
    return outer * (double)p.divisor[2][result[2]];
}

// One result of a plane.
template <class T>
FT_DEVICE T mean_of(const ft_cuda_pool &p, const int64_t *result, const T *x) {
    double total = 0, divisor = divisor_of(p, result);
    for_window(p, window_of(p, result), [&](int64_t at) { total += (double)x[at]; });
    return divisor == 0 ? (T)0 : (T)(total / divisor);
}

// The first window of an axis that ends beyond i, and the first that begins beyond it: those that
// may hold i lie between.
FT_DEVICE int64_t first_beyond(const long long *bound, int64_t count, int64_t i) {
    int64_t low = 0, high = count;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (bound[middle] > i) high = middle;
        else low = middle + 1;
    }
    return low;
}

// Calls each(result, its number) for the windows that hold an element of a plane, in order.
template <class Each>
FT_DEVICE void for_holders(const ft_cuda_pool &p, const int64_t *at, Each each) {
    int64_t low[3], high[3], r[3];
#pragma unroll
    for (int d = 0; d < 3; d++) {
        low[d] = first_beyond(p.end[d], p.results[d], at[d]);
        high[d] = first_beyond(p.first[d], p.results[d], at[d]);
    }
    for (r[0] = low[0]; r[0] < high[0]; r[0]++) {
        if ((at[0] - p.first[0][r[0]]) % p.step[0] != 0) continue;
        for (r[1] = low[1]; r[1] < high[1]; r[1]++) {
            if ((at[1] - p.first[1][r[1]]) % p.step[1] != 0) continue;
            for (r[2] = low[2]; r[2] < high[2]; r[2]++) {
                if ((at[2] - p.first[2][r[2]]) % p.step[2] != 0) continue;
                each(r, (r[0] * p.results[1] + r[1]) * p.results[2] + r[2]);
            }
        }
    }
}

template <class T> FT_DEVICE T spread_to(const ft_cuda_pool &p, int64_t plane, int64_t place) {
    int64_t in = p.in[0] * p.in[1] * p.in[2];
    int64_t results = p.results[0] * p.results[1] * p.results[2];
    int64_t at[3];
    split_place(p.in, place, at);
    T total = 0;
    bool is_mean = FT_PART_OF(p) == FT_CUDA_POOL_SPREAD_MEAN;
    const T *share = (const T *)(is_mean ? p.x : p.u) + plane * results;
    const T *x = (const T *)p.x + (is_mean ? 0 : plane * in);
    for_holders(p, at, [&](const int64_t *r, int64_t number) {
        if (is_mean) {
            double divisor = divisor_of(p, r);
            if (divisor != 0) total += (T)((double)share[number] / divisor);
        } else if (largest_place(p, window_of(p, r), x) == place) {
            total += share[number];
        }
    });
    return total;
}

// What comes of one result: of any dtype the largest element or its place.
template <class T>
FT_DEVICE void pool_largest(const ft_cuda_pool &p, int64_t i, const T *x, const int64_t *result) {
    int64_t place = largest_place(p, window_of(p, result), x);
    if (FT_PART_OF(p) == FT_CUDA_POOL_PLACES) {
        ((int64_t *)p.out)[i] = place;
    } else if (place >= 0) {
        ((T *)p.out)[i] = x[place];
    } else if constexpr ((T)0.5 != (T)0) {
        ((T *)p.out)[i] = (T)(-FT_INF_D);
    } else {
        bool has_sign = (T)-1 < (T)0;
        ((T *)p.out)[i] = has_sign ? (T)((uint64_t)1 << (8 * sizeof(T) - 1)) : (T)0;
    }
}

template <class T> FT_DEVICE void pool_results(const ft_cuda_pool &p) {
    int64_t in = p.in[0] * p.in[1] * p.in[2];
    int64_t results = p.results[0] * p.results[1] * p.results[2];
    for (int64_t i = grid_thread(); i < p.planes * results; i += grid_threads()) {
        int64_t plane = i / results, result[3];
        split_place(p.results, i - plane * results, result);
        const T *x = (const T *)p.x + plane * in;
        if (FT_PART_OF(p) == FT_CUDA_POOL_MEAN) {
            ((T *)p.out)[i] = mean_of(p, result, x);
        } else if (FT_PART_OF(p) == FT_CUDA_POOL_PICK) {
            int64_t place = largest_place(p, window_of(p, result), x);
            ((T *)p.out)[i] = place < 0 ? (T)0 : ((const T *)p.u)[plane * in + place];
        } else {
            pool_largest(p, i, x, result);
        }
    }
}

template <class T> FT_DEVICE void pool_spread(const ft_cuda_pool &p) {
    int64_t in = p.in[0] * p.in[1] * p.in[2];
    for (int64_t i = grid_thread(); i < p.planes * in; i += grid_threads()) {
        ((T *)p.out)[i] = spread_to<T>(p, i / in, i % in);
    }
}

// Local memory: registers are kept there about divisions, which are calls.
FT_KERNEL(pool, ft_cuda_pool) {
    bool spreads = FT_PART_OF(arguments) == FT_CUDA_POOL_SPREAD ||
                   FT_PART_OF(arguments) == FT_CUDA_POOL_SPREAD_MEAN;
    for_all(arguments.dtype, [&](auto like) {
        typedef typename element<decltype(like)>::compute T;
        if constexpr (sizeof(T) == sizeof(like)) {
            if (spreads) {
                pool_spread<T>(arguments);
            } else {
                pool_results<T>(arguments);
            }
        }
    });
}
