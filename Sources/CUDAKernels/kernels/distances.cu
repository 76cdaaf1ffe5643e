// Distances of rows to columns by the norm of an order; a thread has one, summed in double, in
// order.
#include "common.cuh"

template <class T>
FT_DEVICE double distance_of(const ft_cuda_distances &p, const T *x, const T *y) {
    double total = 0;
    for (int64_t k = 0; k < p.k; k++) {
        double d = fabs((double)x[k] - (double)y[k * p.n]);
        if (p.order == 2) {
            total += d * d;
        } else if (p.order == 1) {
            total += d;
        } else if (p.order == FT_INF_D) {
            total = d > total || d != d ? d : total;
        } else {
            total += ft_pow_d(d, p.order);
        }
    }
    if (p.order == 2) return ft_sqrt_d(total);
    return p.order == 1 || p.order == FT_INF_D ? total : ft_pow_d(total, 1 / p.order);
}

FT_KERNEL(distances, ft_cuda_distances) {
    int64_t all = arguments.batch * arguments.m * arguments.n;
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        for (int64_t i = grid_thread(); i < all; i += grid_threads()) {
            int64_t row = i / arguments.n, column = i % arguments.n, batch = row / arguments.m;
            const T *x = (const T *)arguments.a + row * arguments.k;
            const T *y = (const T *)arguments.b + batch * arguments.k * arguments.n + column;
            ((T *)arguments.out)[i] = (T)distance_of(arguments, x, y);
        }
    });
}
