// What is planned by sizes and strides alone, and numbers that depend on a dtype.
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "cuda_kernels.h"
#include "dtypes.h"

static long long ceil_div(long long x, long long y) { return (x + y - 1) / y; }

// --- Reductions.

static long long power_up(long long x) {
    long long power = 1;
    while (power < x) power *= 2;
    return power;
}
static long long distance(long long x) { return x < 0 ? -x : x; }

// A block takes `lanes` kept elements, each by 256 / lanes threads. Neighbours in memory are read
// by neighbours in the block.
static void choose_lanes(ft_cuda_reduce *r) {
    long long kept = r->kept_count, reduced = r->reduced_count;
    long long kept_step = r->kept.rank > 0 ? distance(r->kept.a[r->kept.rank - 1]) : 0;
    long long step = r->reduced.rank > 0 ? distance(r->reduced.a[r->reduced.rank - 1]) : 0;
    r->by_columns = kept > 1 && kept_step != 0 && (step == 0 || kept_step < step);
    // Four elements a thread are worth its joining the others.
    long long threads = power_up(ceil_div(reduced, 4));
    if (threads > FT_CUDA_THREADS) threads = FT_CUDA_THREADS;
    long long lanes = FT_CUDA_THREADS / threads;
    if (r->by_columns && lanes < 32) lanes = 32;
    while (lanes > 1 && lanes >= 2 * kept) lanes /= 2;
    r->lanes = lanes;
}

long long ft_cuda_reduce_plan(ft_cuda_reduce *r) {
    // Enough blocks for a large device; pieces that are worth a block.
    enum { BLOCKS = 512, LEAST = 32, MOST_PIECES = 1024 };
    r->kept_count = r->kept.count;
    r->reduced_count = r->reduced.count;
    choose_lanes(r);
    long long blocks = ceil_div(r->kept_count, r->lanes);
    long long threads = FT_CUDA_THREADS / r->lanes;
    r->pieces = 1;
    if (blocks > 0 && blocks < BLOCKS && r->reduced_count >= 2 * threads * LEAST) {
        long long wanted = ceil_div(BLOCKS, blocks);
        long long most = r->reduced_count / (threads * LEAST);
        r->pieces = wanted < most ? wanted : most;
        if (r->pieces > MOST_PIECES) r->pieces = MOST_PIECES;
    }
    // Groups of 16 bytes don't leave a piece.
    r->piece = ceil_div(ceil_div(r->reduced_count, r->pieces), 16) * 16;
    if (r->piece > 0) r->pieces = ceil_div(r->reduced_count, r->piece);
    return r->pieces > 1 ? r->pieces * r->kept_count * 8 : 0;
}

// --- Rows.

long long ft_cuda_norm_plan(ft_cuda_norm *t) {
    enum { BLOCKS = 512, LEAST = 4 };
    t->run = ceil_div(t->rows, BLOCKS);
    if (t->run < LEAST) t->run = LEAST;
    t->runs = ceil_div(t->rows, t->run);
    return (t->runs > 0 ? t->runs : 1) * 2 * t->n * 8;
}

// --- Convolutions.

long long ft_cuda_convolution_plan(ft_cuda_convolution *c) {
    enum { TILE = 64, BLOCKS = 512, LEAST = 256, MOST_PIECES = 256 };
    long long taps = c->kernel[0] * c->kernel[1] * c->kernel[2];
    long long depth = c->images * c->out[0] * c->out[1] * c->out[2];
    long long tiles = c->groups * ceil_div(c->features, TILE) * ceil_div(c->channels * taps, TILE);
    c->pieces = 1;
    c->piece = depth;
    if (c->part != 2 || tiles == 0 || depth == 0) return 0;
    long long wanted = ceil_div(BLOCKS, tiles), most = depth / LEAST;
    c->pieces = wanted < most ? wanted : most;
    if (c->pieces > MOST_PIECES) c->pieces = MOST_PIECES;
    if (c->pieces < 1) c->pieces = 1;
    c->piece = ceil_div(depth, c->pieces);
    c->pieces = ceil_div(depth, c->piece);
    long long elements = c->groups * c->features * c->channels * taps;
    return c->pieces > 1 ? c->pieces * elements * (c->dtype == FT_F64 ? 8 : 4) : 0;
}

// --- Channels.

long long ft_cuda_channels_plan(ft_cuda_channels *c) {
    enum { BLOCKS = 512, LEAST = 4096, MOST_PIECES = 256 };
    long long all = c->images * c->pixels;
    c->pieces = 1;
    c->piece = all;
    if (c->channels == 0 || all == 0) return 0;
    long long wanted = ceil_div(BLOCKS, c->channels), most = all / LEAST;
    long long pieces = wanted < most ? wanted : most;
    if (pieces > MOST_PIECES) pieces = MOST_PIECES;
    if (pieces < 1) pieces = 1;
    // Groups of 16 bytes don't leave a piece.
    c->piece = ceil_div(ceil_div(all, pieces), 16) * 16;
    c->pieces = ceil_div(all, c->piece);
    return (c->pieces + 1) * c->channels * 16;
}

// --- Recurrent layers.

void ft_cuda_recurrence_plan(ft_cuda_recurrence *r, long long processors) {
    enum { MOST_ROWS = 4 };
    long long size = r->dtype == FT_F64 ? 8 : 4, state = r->width * size;
    r->rows = 0;
    if (2 * state > FT_CUDA_RECURRENT_BYTES || r->parts * state > FT_CUDA_RECURRENT_BYTES) return;
    r->rows = 1;
    while (r->rows < MOST_ROWS && ceil_div(r->batch, r->rows) > processors) r->rows *= 2;
}

// --- Matrices: eight squares as large as the larger side, and a few rows; see matrices.cuh.

long long ft_cuda_matrix_space(const ft_cuda_matrices *a) {
    long long side = a->rows > a->columns ? a->rows : a->columns;
    return a->batch.count * (8 * side * side + 4 * side + side * a->right) * 8;
}

// --- Changing rows by an index.

void ft_cuda_scatter_plan(ft_cuda_scatter *s) {
    // Enough blocks for a large device. Neighbours in memory are read by at least a warp.
    enum { BLOCKS = 512, LEAST = 32 };
    long long least = power_up(s->width < LEAST ? s->width : LEAST);
    s->columns = power_up(s->width < FT_CUDA_THREADS ? s->width : FT_CUDA_THREADS);
    while (s->columns > least && s->rows * ceil_div(s->width, s->columns) < BLOCKS) {
        s->columns /= 2;
    }
    long long strips = ceil_div(s->width, s->columns);
    s->parts = power_up(s->rows);
    // A row a block unless these are too many: each looks through all items.
    if (s->rows * strips <= 2 * BLOCKS) return;
    while (s->parts > 1 && s->parts * strips > BLOCKS) s->parts /= 2;
}

// --- Random numbers.

static float half_value(int dtype, uint16_t half) {
    uint32_t bits = (uint32_t)half << 16;
    float value;
    if (dtype == FT_F16) {
        int exponent = half >> 10 & 31, mantissa = half & 1023;
        float size = exponent == 31  ? (mantissa ? NAN : INFINITY)
                     : exponent == 0 ? ldexpf((float)mantissa, -24)
                                     : ldexpf((float)(mantissa + 1024), exponent - 25);
        return half & 0x8000 ? -size : size;
    }
    memcpy(&value, &bits, 4);
    return value;
}

float ft_cuda_largest_below(int dtype, double low, double high) {
    if (high <= low) return (float)low;
    float top = (float)high;
    if (dtype == FT_F32 || dtype == FT_F64) {
        return top > (float)low ? nextafterf(top, (float)low) : (float)low;
    }
    // Halves of one sign grow with their bits: those that are not below `high` are passed by
    // bisection. `inside` is below it, `outside` is not.
    uint16_t largest = dtype == FT_F16 ? 0x7bff : 0x7f7f;
    int inside = high > 0 ? 0 : 0x8000 | largest, outside = high > 0 ? largest + 1 : 0x8000;
    while (inside - outside > 1 || outside - inside > 1) {
        int middle = (inside + outside) / 2;
        *((double)half_value(dtype, (uint16_t)middle) < high ? &inside : &outside) = middle;
    }
    return half_value(dtype, (uint16_t)inside);
}
