// Shared by the dispatcher and the three compilations of vec.inc. Private to this target.
#pragma once
#include <math.h>
#include <string.h>

#include "ckernels.h"
#include "scalar_math.h"

// What elements of a dtype accumulate in.
static inline int ft_accumulator(int dtype) {
    return dtype <= FT_BF16 ? FT_F64 : dtype == FT_U64 ? FT_U64 : FT_I64;
}

// Elements that a reduction takes at a time.
enum { FT_RUN = 512 };

// Of a product: the longest run of the inner index, and the rows that are worked on at once.
enum { FT_PRODUCT_DEPTH = 384, FT_PRODUCT_ROWS = 512 };

// Into how many runs the inner index is cut; one where there is nothing to sum.
static inline int64_t ft_runs(int64_t k) {
    return k <= FT_PRODUCT_DEPTH ? 1 : (k + FT_PRODUCT_DEPTH - 1) / FT_PRODUCT_DEPTH;
}

// The distance of the rows of a packed block of A.
static inline int64_t ft_product_pitch(int64_t depth) { return depth + (depth % 64 < 16 ? 16 : 0); }

// Whether each element of a product is a dot product of its own, rather than part of a tile.
static inline bool ft_product_is_of_dots(const ft_product *p) {
    return (p->m <= FT_PRODUCT_FEW || p->n <= FT_PRODUCT_FEW) && p->k >= 32;
}

// Of a product of dots: whether B is the operand with few lines, rather than A.
static inline bool ft_product_has_few_columns(const ft_product *p) {
    return p->n <= FT_PRODUCT_FEW;
}

// Queries whose scores are held at a time.
static inline int64_t ft_attention_rows(const ft_attention *t) { return t->queries <= 128 ? 32 : 64; }

// Elements of the widest panel of any instruction set and precision.
enum { FT_WIDEST_PANEL = 32 };

// How many elements ahead images are asked for: planes are read one after the other, but the
// processor doesn't go on by itself where a page ends.
enum { FT_AHEAD = 1024 };

// The results of a pass over one image: where each reads, and where it belongs.
typedef struct ft_grid {
    // How many along each axis, and how far apart depths and rows of them read.
    int64_t size[3], step[2];
    // Where they lie among those of the target.
    int64_t origin[3], stride[3], target[3];
    // What a result adds up, as distances from where it reads.
    int64_t taps, *offset;
} ft_grid;

// The results of a phase, those of the input whose coordinates leave that rest when divided by the
// stride; gives the number of taps, whose numbers go to `taps`, if it isn't 0.
int64_t ft_convolution_phase(const ft_convolution *c, const int64_t *phase, ft_grid *grid,
                             int64_t *taps);

// Goes over to a plan with fewer products, from the direct one, where it pays.
void ft_winograd_plan(ft_convolution *c);

// Rows of tiles that a task of the weight's gradient by fewer products takes at a time.
static inline int64_t ft_winograd_rows(const ft_convolution *c) {
    int64_t rows = 64 / c->tiles[1];
    return rows < 1 ? 1 : rows < c->tiles[0] ? rows : c->tiles[0];
}

extern const ft_kernels ft_kernels_base;
#if defined(__x86_64__)
extern const ft_kernels ft_kernels_avx2;
extern const ft_kernels ft_kernels_avx512;
#endif
