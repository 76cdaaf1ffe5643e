// Chooses the kernels by instruction set.
#include "kernels.h"

int ft_isa_best(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                __builtin_cpu_supports("f16c");
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    if (avx2) return avx512 ? FT_AVX512 : FT_AVX2;
#endif
    return FT_BASE;
}

const char *ft_isa_name(int isa) {
    switch (isa) {
    case FT_AVX2: return "avx2";
    case FT_AVX512: return "avx512";
    default:
#if defined(__aarch64__)
        return "neon";
#else
        return "base";
#endif
    }
}

static inline const ft_table *table(int isa) {
#if defined(__x86_64__)
    if (isa == FT_AVX512) return &ft_table_avx512;
    if (isa == FT_AVX2) return &ft_table_avx2;
#endif
    (void)isa;
    return &ft_table_base;
}

void ft_unary(int isa, int op, int dtype, const ft_loop *loop, int64_t begin, int64_t end,
              const void *x, void *out, double p0, double p1) {
    table(isa)->unary(isa, op, dtype, loop, begin, end, x, out, p0, p1);
}

void ft_binary(int isa, int op, int dtype, const ft_loop *loop, int64_t begin, int64_t end,
               const void *x, const void *y, void *out, double p0) {
    table(isa)->binary(isa, op, dtype, loop, begin, end, x, y, out, p0);
}

void ft_compare(int isa, int op, int dtype, const ft_loop *loop, int64_t begin, int64_t end,
                const void *x, const void *y, void *out) {
    table(isa)->compare(isa, op, dtype, loop, begin, end, x, y, out);
}

void ft_select(int isa, int dtype, const ft_loop *loop, int64_t begin, int64_t end,
               const void *condition, const void *x, const void *y, void *out) {
    table(isa)->select(isa, dtype, loop, begin, end, condition, x, y, out);
}

void ft_copy(int isa, int from, int to, const ft_loop *loop, int64_t begin, int64_t end,
             const void *source, void *destination) {
    table(isa)->copy(isa, from, to, loop, begin, end, source, destination);
}

void ft_fill(int isa, int dtype, int64_t count, const void *element, void *out) {
    table(isa)->fill(isa, dtype, count, element, out);
}

void ft_reduce_rows(int isa, int op, int dtype, int64_t rows, int64_t n, int64_t row_stride,
                    const void *x, void *out) {
    table(isa)->reduce_rows(isa, op, dtype, rows, n, row_stride, x, out);
}

void ft_reduce_columns(int isa, int op, int dtype, int64_t n, int64_t m, int64_t stride,
                       const void *x, void *out) {
    table(isa)->reduce_columns(isa, op, dtype, n, m, stride, x, out);
}

void ft_arg_rows(int isa, bool maximum, int dtype, int64_t rows, int64_t n, int64_t row_stride,
                 const void *x, int64_t *out) {
    table(isa)->arg_rows(isa, maximum, dtype, rows, n, row_stride, x, out);
}

void ft_scan_rows(int isa, int op, int dtype, int64_t rows, int64_t n, const void *x, void *out) {
    table(isa)->scan_rows(isa, op, dtype, rows, n, x, out);
}

void ft_softmax_rows(int isa, int dtype, bool logarithm, int64_t rows, int64_t n, const void *x,
                     void *y) {
    table(isa)->softmax_rows(isa, dtype, logarithm, rows, n, x, y);
}

void ft_softmax_backward_rows(int isa, int dtype, bool logarithm, int64_t rows, int64_t n,
                              const void *y, const void *dy, void *dx) {
    table(isa)->softmax_backward_rows(isa, dtype, logarithm, rows, n, y, dy, dx);
}

void ft_logsumexp_rows(int isa, int dtype, int64_t rows, int64_t n, const void *x, void *out) {
    table(isa)->logsumexp_rows(isa, dtype, rows, n, x, out);
}

void ft_bias_act(int isa, int dtype, int activation, int64_t rows, int64_t n, int64_t row_stride,
                 const void *bias, void *y) {
    table(isa)->bias_act(isa, dtype, activation, rows, n, row_stride, bias, y);
}

void ft_scatter_add(int isa, int dtype, int64_t count, int64_t width, const void *x,
                    const int64_t *index, void *out) {
    table(isa)->scatter_add(isa, dtype, count, width, x, index, out);
}

void ft_philox_words(int isa, uint64_t seed, uint64_t stream, uint64_t first_block, int64_t begin,
                     int64_t end, uint32_t *out) {
    table(isa)->philox_words(isa, seed, stream, first_block, begin, end, out);
}

void ft_random_uniform(int isa, int dtype, uint64_t seed, uint64_t stream, uint64_t first_block,
                       int64_t begin, int64_t end, double low, double high, void *out) {
    table(isa)->random_uniform(isa, dtype, seed, stream, first_block, begin, end, low, high, out);
}

void ft_random_normal(int isa, int dtype, uint64_t seed, uint64_t stream, uint64_t first_block,
                      int64_t begin, int64_t end, double mean, double deviation, void *out) {
    table(isa)->random_normal(isa, dtype, seed, stream, first_block, begin, end, mean, deviation,
                              out);
}

void ft_dropout(int isa, int dtype, uint64_t seed, uint64_t stream, uint64_t first_block,
                int64_t begin, int64_t end, double rate, const void *x, void *out) {
    table(isa)->dropout(isa, dtype, seed, stream, first_block, begin, end, rate, x, out);
}

void ft_sgd(int isa, int dtype, int64_t n, void *p, const void *grad, void *velocity, double rate,
            double momentum, bool nesterov, double decay, double clip) {
    table(isa)->sgd(isa, dtype, n, p, grad, velocity, rate, momentum, nesterov, decay, clip);
}

void ft_adam(int isa, int dtype, int64_t n, void *p, const void *grad, void *m, void *v,
             double rate, double b1, double b2, double eps, double c1, double c2, double decay,
             double decoupled, double clip) {
    table(isa)->adam(isa, dtype, n, p, grad, m, v, rate, b1, b2, eps, c1, c2, decay, decoupled,
                     clip);
}

void ft_rmsprop(int isa, int dtype, int64_t n, void *p, const void *grad, void *square,
                void *buffer, double rate, double alpha, double eps, double momentum, double decay,
                double clip) {
    table(isa)->rmsprop(isa, dtype, n, p, grad, square, buffer, rate, alpha, eps, momentum, decay,
                        clip);
}

void ft_adagrad(int isa, int dtype, int64_t n, void *p, const void *grad, void *square, double rate,
                double eps, double decay, double clip) {
    table(isa)->adagrad(isa, dtype, n, p, grad, square, rate, eps, decay, clip);
}

void ft_lion(int isa, int dtype, int64_t n, void *p, const void *grad, void *m, double rate,
             double b1, double b2, double decay, double clip) {
    table(isa)->lion(isa, dtype, n, p, grad, m, rate, b1, b2, decay, clip);
}

double ft_sum_squares(int isa, int dtype, int64_t n, const void *x) {
    return table(isa)->sum_squares(isa, dtype, n, x);
}

bool ft_all_finite(int isa, int dtype, int64_t n, const void *x) {
    return table(isa)->all_finite(isa, dtype, n, x);
}

#define FT_GATHER(type)                                                                            \
    for (int64_t i = 0; i < count; i++) ((type *)out)[i] = ((const type *)table)[index[i]];

void ft_gather(int64_t count, int64_t width_bytes, const void *table, const int64_t *index,
               void *out) {
    if (width_bytes == 4) {
        FT_GATHER(uint32_t)
    } else if (width_bytes == 8) {
        FT_GATHER(uint64_t)
    } else {
        for (int64_t i = 0; i < count; i++) {
            memcpy((char *)out + i * width_bytes, (const char *)table + index[i] * width_bytes,
                   (size_t)width_bytes);
        }
    }
}
