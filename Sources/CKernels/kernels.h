// Shared by the dispatcher and the three compilations of vec.inc. Private to this target.
#pragma once
#include <math.h>
#include <string.h>

#include "ckernels.h"
#include "scalar_math.h"

// Elements that a reduction takes at a time.
enum { FT_RUN = 512 };

// Of a product: the longest run of the inner index, and the rows that are worked on at once.
enum { FT_PRODUCT_DEPTH = 384, FT_PRODUCT_ROWS = 512 };

// Into how many runs the inner index is cut; one where there is nothing to sum.
static inline int64_t ft_product_runs(const ft_product *p) {
    return p->k <= FT_PRODUCT_DEPTH ? 1 : (p->k + FT_PRODUCT_DEPTH - 1) / FT_PRODUCT_DEPTH;
}

// The distance of the rows of a packed block of A.
static inline int64_t ft_product_pitch(int64_t depth) { return depth + (depth % 64 < 16 ? 16 : 0); }

// Whether its elements are sums over rows that lie side by side in memory, rather than parts of tiles.
static inline bool ft_product_is_of_dots(const ft_product *p) {
    return (p->m <= 4 || p->n <= 4) && p->k >= 32 && p->a_column == 1 && p->b_row == 1;
}

extern const ft_kernels ft_kernels_base;
#if defined(__x86_64__)
extern const ft_kernels ft_kernels_avx2;
extern const ft_kernels ft_kernels_avx512;
#endif
