// Windows over planes: their largest elements and means, and the ways back, in which an element
// gathers from the windows that it lies in, so that nothing is added to by two threads.
#include "windows.cuh"

FT_DEVICE bool is_nan(float x) { return x != x; }
FT_DEVICE bool is_nan(double x) { return x != x; }
template <class T> FT_DEVICE bool is_nan(T) { return false; }

// Where the largest element is, of equal ones the first, NaN being the largest; -1 for none.
template <class T>
FT_DEVICE int largest_place(const ft_cuda_pool &p, const pool_window &w, const T *x) {
    int place = -1;
    T best = T();
    for_window(p, w, [&](int at) {
        T value = x[at];
        // Of several NaN the last one counts, as on the CPU.
        if (place >= 0 && !(value > best) && !is_nan(value)) return;
        best = value;
        place = at;
    });
    return place;
}

FT_DEVICE double divisor_of(const ft_cuda_pool &p, const int *result) {
    double outer = (double)(p.divisor[0][result[0]] * p.divisor[1][result[1]]);
    return outer * (double)p.divisor[2][result[2]];
}

// One result of a plane.
template <class T> FT_DEVICE T mean_of(const ft_cuda_pool &p, const int *result, const T *x) {
    double total = 0, divisor = divisor_of(p, result);
    for_window(p, window_of(p, result), [&](int at) { total += (double)x[at]; });
    return divisor == 0 ? (T)0 : (T)(total / divisor);
}

// What comes of one result: of any dtype the largest element or its place.
template <class T>
FT_DEVICE void pool_largest(const ft_cuda_pool &p, int64_t i, const T *x, const int *result) {
    int place = largest_place(p, window_of(p, result), x);
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
    for_elements(p.planes, p.results, [&](int64_t i, const plane_element &element) {
        const int result[3] = {(int)element.at[0], (int)element.at[1], (int)element.at[2]};
        const T *x = (const T *)p.x + element.plane * in;
        if (FT_PART_OF(p) == FT_CUDA_POOL_MEAN) {
            ((T *)p.out)[i] = mean_of(p, result, x);
        } else if (FT_PART_OF(p) == FT_CUDA_POOL_PICK) {
            int place = largest_place(p, window_of(p, result), x);
            const T *u = (const T *)p.u + element.plane * in;
            ((T *)p.out)[i] = place < 0 ? (T)0 : u[place];
        } else {
            pool_largest(p, i, x, result);
        }
    });
}

// An axis without a stride has its table.
FT_DEVICE divider stride_of(const ft_cuda_pool &p, int d) {
    return divider(p.stride[d] == 0 ? 1 : p.stride[d]);
}

template <class T> FT_DEVICE void pool_spread(const ft_cuda_pool &p) {
    bool is_mean = FT_PART_OF(p) == FT_CUDA_POOL_SPREAD_MEAN;
    int64_t in = p.in[0] * p.in[1] * p.in[2];
    int64_t results = p.results[0] * p.results[1] * p.results[2];
    const divider strides[3] = {stride_of(p, 0), stride_of(p, 1), stride_of(p, 2)};
    for_elements(p.planes, p.in, [&](int64_t i, const plane_element &element) {
        int place = element.place(p.in);
        const T *share = (const T *)(is_mean ? p.x : p.u) + element.plane * results;
        const T *x = (const T *)p.x + (is_mean ? 0 : element.plane * in);
        T total = 0;
        for_holders(p, strides, element.at, [&](const int *r, int64_t number) {
            if (is_mean) {
                double divisor = divisor_of(p, r);
                if (divisor != 0) total += (T)((double)share[number] / divisor);
            } else if (largest_place(p, window_of(p, r), x) == place) {
                total += share[number];
            }
        });
        ((T *)p.out)[i] = total;
    });
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
