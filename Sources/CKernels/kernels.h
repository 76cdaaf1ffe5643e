// Shared by the dispatcher and the three compilations of vec.inc. Private to this target.
#pragma once
#include <math.h>
#include <string.h>

#include "ckernels.h"
#include "scalar_math.h"

// Every kernel that is chosen by instruction set.
#define FT_KERNEL_LIST(K)                                                                          \
    K(unary) K(binary) K(compare) K(select) K(copy) K(fill)                                        \
    K(reduce_rows) K(reduce_columns) K(arg_rows) K(scan_rows)                                      \
    K(softmax_rows) K(softmax_backward_rows) K(logsumexp_rows) K(bias_act) K(scatter_add)          \
    K(philox_words) K(random_uniform) K(random_normal) K(dropout)                                  \
    K(sgd) K(adam) K(rmsprop) K(adagrad) K(lion) K(sum_squares) K(all_finite)

#define FT_KERNEL_POINTER(name) __typeof__(ft_##name) *name;
typedef struct ft_table {
    FT_KERNEL_LIST(FT_KERNEL_POINTER)
} ft_table;

extern const ft_table ft_table_base;
#if defined(__x86_64__)
extern const ft_table ft_table_avx2;
extern const ft_table ft_table_avx512;
#endif
