// Rows brought to mean 0 and variance 1, each by itself, and the gradient of that.
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

// The mean, and the sum of squares about it. Elements are taken relative to the first, so that
// equal ones, however large, have the variance 0.
template <class T>
FT_DEVICE double centre_row(const team &t, const T *x, int64_t n, T scale, centre<T> *c) {
    c->scale = scale;
    c->first = x[0] * scale;
    double total = 0, squares = 0;
    for (int64_t i = t.rank; i < n; i += t.size) total += (double)(x[i] * scale - c->first);
    c->mean = (T)(team_joined(t, total, add_up()) / (double)n);
    for (int64_t i = t.rank; i < n; i += t.size) {
        T centred = x[i] * scale - c->first - c->mean;
        squares += (double)(centred * centred);
    }
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
FT_DEVICE T normal_row(const team &t, const T *x, int64_t n, double epsilon, centre<T> *c) {
    double squares = centre_row(t, x, n, (T)1, c), scale = 1;
    bool beyond = !(squares < FT_INF_D) || (epsilon == 0 && squares < range<T>::least_squares());
    if (beyond) {
        scale = (double)row_scale(t, x, n);
        squares = centre_row(t, x, n, (T)scale, c);
    }
    double factor = 1 / sqrt(squares / (double)n + epsilon * scale * scale);
    c->factor = (T)factor;
    return (T)(factor * scale);
}

FT_KERNEL(normalize, ft_cuda_rows) {
    team t = team_of(arguments.n);
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        for (int64_t row = t.first; row < arguments.rows; row += t.step) {
            const T *x = (const T *)arguments.x + row * arguments.n;
            T *y = (T *)arguments.out + row * arguments.n;
            centre<T> c;
            normal_row(t, x, arguments.n, arguments.number, &c);
            for (int64_t i = t.rank; i < arguments.n; i += t.size) y[i] = c.of(x[i]);
        }
    });
}

// dx = (dy - mean dy - y mean(dy y)) / sqrt(variance + epsilon), y being made again.
FT_KERNEL(normalize_backward, ft_cuda_rows) {
    team t = team_of(arguments.n);
    int64_t n = arguments.n;
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        for (int64_t row = t.first; row < arguments.rows; row += t.step) {
            const T *x = (const T *)arguments.x + row * n, *dy = (const T *)arguments.y + row * n;
            T *dx = (T *)arguments.out + row * n;
            centre<T> c;
            T factor = normal_row(t, x, n, arguments.number, &c);
            double total = 0, along = 0;
            for (int64_t i = t.rank; i < n; i += t.size) {
                along += (double)(dy[i] * c.of(x[i]));
                total += (double)dy[i];
            }
            T slope = (T)(team_joined(t, along, add_up()) / (double)n);
            T mean = (T)(team_joined(t, total, add_up()) / (double)n);
            for (int64_t i = t.rank; i < n; i += t.size) {
                dx[i] = (dy[i] - mean - c.of(x[i]) * slope) * factor;
            }
        }
    });
}
