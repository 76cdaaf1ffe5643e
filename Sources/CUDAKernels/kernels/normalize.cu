// Rows brought to mean 0 and variance 1, each by itself, and the gradient of that.
#include "joins.cuh"
#include "rows.cuh"

// Squares that leave the range of the type are avoided by a factor, a power of two, as on the CPU.
template <class T> struct range;
template <> struct range<float> {
    static __device__ __forceinline__ double least_squares() { return 1e-30; }
    static const int largest_scale = 126;
};
template <> struct range<double> {
    static __device__ __forceinline__ double least_squares() { return 1e-290; }
    static const int largest_scale = 1022;
};

// How a row is brought there: y = (x scale - first - mean) factor.
template <class T> struct centre {
    T scale, first, mean, factor;
    __device__ __forceinline__ T of(T x) const { return (x * scale - first - mean) * factor; }
};

// The mean, if rows are centred, and the sum of squares about it. Elements are then taken relative
// to the first, so that equal ones, however large, have the variance 0.
template <class T>
FT_DEVICE double level_row(const team &t, const ft_cuda_norm &norm, const T *x, T scale,
                           centre<T> *c) {
    int64_t n = norm.n;
    T first = norm.centred ? x[0] * scale : (T)0, mean = 0;
    if (norm.centred) {
        double total = 0;
        for (int64_t i = t.rank; i < n; i += t.size) total += (double)(x[i] * scale - first);
        mean = (T)(team_joined(t, total, add_up()) / (double)n);
    }
    double squares = 0;
    for (int64_t i = t.rank; i < n; i += t.size) {
        T level = x[i] * scale - first - mean;
        squares += (double)(level * level);
    }
    c->scale = scale, c->first = first, c->mean = mean;
    return team_joined(t, squares, add_up());
}

// A power of two that brings the largest element to about 1; 1 where that isn't finite, or 0.
template <class T> FT_DEVICE T row_scale(const team &t, const T *x, int64_t n) {
    T top = 0;
    for (int64_t i = t.rank; i < n; i += t.size) {
        T size = x[i] < 0 ? -x[i] : x[i];
        if (size > top) top = size;
    }
    top = team_joined(t, top, larger());
    if (!(top > 0 && is_finite(top))) return 1;
    int exponent;
    (void)frexp((double)top, &exponent);
    const int most = range<T>::largest_scale;
    exponent = exponent > most ? most : exponent < -most ? -most : exponent;
    return (T)ldexp(1.0, -exponent);
}

// Gives 1 / sqrt(variance + epsilon) of the row as it is.
template <class T>
FT_DEVICE T normal_row(const team &t, const ft_cuda_norm &norm, const T *x, centre<T> *c) {
    double squares = level_row(t, norm, x, (T)1, c), scale = 1, epsilon = norm.epsilon;
    bool beyond = !(squares < FT_INF_D) || (epsilon == 0 && squares < range<T>::least_squares());
    if (beyond) {
        scale = (double)row_scale(t, x, norm.n);
        squares = level_row(t, norm, x, (T)scale, c);
    }
    double factor = 1 / sqrt(squares / (double)norm.n + epsilon * scale * scale);
    c->factor = (T)factor;
    return (T)(factor * scale);
}

FT_KERNEL(normalize, ft_cuda_norm) {
    int64_t n = arguments.n;
    team t = team_of(n);
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        const T *w = (const T *)arguments.weight, *b = (const T *)arguments.bias;
        among((T *)nullptr, arguments.out_dtype, [&](auto to) {
            typedef decltype(to) To;
            for (int64_t row = t.first; row < arguments.rows; row += t.step) {
                const T *x = (const T *)arguments.x + row * n;
                To *y = (To *)arguments.out + row * n;
                centre<T> c;
                normal_row(t, arguments, x, &c);
                for (int64_t i = t.rank; i < n; i += t.size) {
                    T z = c.of(x[i]);
                    y[i] = element<To>::store(w ? b ? z * w[i] + b[i] : z * w[i] : z);
                }
            }
        });
    });
}

// dx = (u - mean u - z mean(u z)) / sqrt(variance + epsilon) with u = dy weight, where z is made
// again. `sums` takes dy z and dy.
template <class T, class DY>
FT_DEVICE void backward_row(const team &t, const ft_cuda_norm &norm, int64_t row, double *sums) {
    int64_t n = norm.n;
    const T *x = (const T *)norm.x + row * n;
    const DY *dy = (const DY *)norm.dy + row * n;
    const T *w = (const T *)norm.weight;
    T *dx = (T *)norm.out + row * n;
    centre<T> c;
    T factor = normal_row(t, norm, x, &c);
    double total = 0, along = 0;
    for (int64_t i = t.rank; i < n; i += t.size) {
        T slope = number(dy[i]), u = w ? slope * w[i] : slope, z = c.of(x[i]);
        along += (double)(u * z);
        total += (double)u;
        if (!sums) continue;
        // Each thread has elements of its own in every row.
        sums[i] += (double)(slope * z);
        sums[n + i] += (double)slope;
    }
    T slope = (T)(team_joined(t, along, add_up()) / (double)n);
    T mean = (T)(team_joined(t, total, add_up()) / (double)n);
    if (!norm.centred) mean = 0;
    for (int64_t i = t.rank; i < n; i += t.size) {
        T u = w ? number(dy[i]) * w[i] : number(dy[i]);
        dx[i] = (u - mean - c.of(x[i]) * slope) * factor;
    }
}

// With a weight a block has a run of rows, else a team a row.
FT_KERNEL(normalize_backward, ft_cuda_norm) {
    bool sums_up = arguments.weight;
    int64_t n = arguments.n, runs = sums_up ? arguments.runs : arguments.rows;
    int64_t length = sums_up ? arguments.run : 1;
    team t = team_of(n);
    if (sums_up) t = {FT_THREADS, (int)threadIdx.x, blockIdx.x, gridDim.x};
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        among((T *)nullptr, arguments.dy_dtype, [&](auto dy) {
            for (int64_t run = t.first; run < runs; run += t.step) {
                double *sums = sums_up ? arguments.sums + run * 2 * n : 0;
                for (int64_t i = t.rank; sums && i < n; i += t.size) sums[i] = sums[n + i] = 0;
                int64_t rest = arguments.rows - run * length, here = rest < length ? rest : length;
                for (int64_t row = run * length; row < run * length + here; row++) {
                    backward_row<T, decltype(dy)>(t, arguments, row, sums);
                }
            }
        });
    });
}

// 8 blocks a multiprocessor.
FT_KERNEL(normalize_join, ft_cuda_norm) {
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        T *out = (T *)arguments.out + arguments.rows * arguments.n;
        join_pieces(arguments.sums, arguments.runs, 2 * arguments.n, 0.0, add_up(),
                    [&](int64_t i, double total) { out[i] = (T)total; });
    });
}
