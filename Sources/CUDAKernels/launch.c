// What is known of launches before them: sizes of grids, parts to compile, plans of reductions.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cuda_kernels.h"
#include "dtypes.h"

#define FT_PASTE_(a, b) a##b
#define FT_PASTE(a, b) FT_PASTE_(a, b)

const char *ft_cuda_kernel_name(int kernel) {
#define FT_ONE(name, ...) "ft_" #name,
    static const char *const names[] = {FT_CUDA_KERNELS(FT_ONE)};
#undef FT_ONE
    return names[kernel];
}

int ft_cuda_kernel_bytes(int kernel) {
#define FT_ONE(name, structure, ...) sizeof(structure),
    static const int sizes[] = {FT_CUDA_KERNELS(FT_ONE)};
#undef FT_ONE
    return sizes[kernel];
}

static int program_of(int kernel) {
#define FT_ONE(name, structure, program) FT_PROGRAM_##program,
    static const uint8_t programs[] = {FT_CUDA_KERNELS(FT_ONE)};
#undef FT_ONE
    return programs[kernel];
}

// --- Variants: a byte each of the program and of what it is compiled for, 255 being anything.

typedef struct variant {
    int program, dtype, second, op, map, function;
} variant;

static unsigned long long packed(variant v) {
    return (unsigned long long)(v.program & 255) | (unsigned long long)(v.dtype & 255) << 8 |
           (unsigned long long)(v.second & 255) << 16 | (unsigned long long)(v.op & 255) << 24 |
           (unsigned long long)(v.map & 255) << 32 | (unsigned long long)(v.function & 255) << 40;
}

static void fill_reduce_variant(variant *v, const ft_cuda_reduce *r) {
    v->dtype = r->dtype;
    v->op = r->op;
    v->map = r->map;
    if (r->map != FT_CUDA_MAP_NONE) v->function = r->function;
    if (r->map == FT_CUDA_MAP_BINARY) v->second = r->second_dtype;
}

unsigned long long ft_cuda_variant(int kernel, const void *arguments) {
    variant v = {program_of(kernel), -1, -1, -1, -1, -1};
    switch (v.program) {
    case FT_PROGRAM_copy:
        v.dtype = ((const ft_cuda_copy *)arguments)->from;
        v.second = ((const ft_cuda_copy *)arguments)->to;
        break;
    case FT_PROGRAM_unary:
    case FT_PROGRAM_test:
        v.dtype = ((const ft_cuda_unary *)arguments)->dtype;
        v.function = ((const ft_cuda_unary *)arguments)->function;
        break;
    case FT_PROGRAM_binary:
    case FT_PROGRAM_compare:
        v.dtype = ((const ft_cuda_binary *)arguments)->dtype;
        v.function = ((const ft_cuda_binary *)arguments)->function;
        break;
    case FT_PROGRAM_reduce: fill_reduce_variant(&v, arguments); break;
    case FT_PROGRAM_extremes:
    case FT_PROGRAM_softmax: v.dtype = ((const ft_cuda_rows *)arguments)->dtype; break;
    case FT_PROGRAM_labels: v.dtype = ((const ft_cuda_labels *)arguments)->dtype; break;
    case FT_PROGRAM_scatter: v.dtype = ((const ft_cuda_scatter *)arguments)->dtype; break;
    case FT_PROGRAM_random: v.dtype = ((const ft_cuda_random *)arguments)->dtype; break;
    case FT_PROGRAM_update:
        v.dtype = ((const ft_cuda_list *)arguments)->dtype;
        v.function = ((const ft_cuda_list *)arguments)->rule;
        break;
    default: break;
    }
    return packed(v);
}

void ft_cuda_variant_options(unsigned long long key, char *options) {
#define FT_ONE(name) #name,
    static const char *const programs[] = {FT_CUDA_PROGRAMS(FT_ONE)};
#undef FT_ONE
    static const char *const names[] = {"DTYPE", "SECOND", "OP", "MAP", "FUNCTION"};
    int used = snprintf(options, FT_CUDA_OPTIONS_BYTES, "-DFT_PART -DFT_WITH_%s",
                        programs[key & 255]);
    for (int k = 0; k < 5; k++) {
        int value = (int)(key >> (8 * (k + 1)) & 255);
        if (value == 255) continue;
        used += snprintf(options + used, (size_t)(FT_CUDA_OPTIONS_BYTES - used), " -DFT_%s=%d",
                         names[k], value);
    }
}

// --- Grids.

static long long ceil_div(long long x, long long y) { return (x + y - 1) / y; }

static int size_of(int dtype) {
#define FT_ONE(name, suffix, type, ...) sizeof(type),
    static const int8_t sizes[] = {FT_DTYPES(FT_ONE)};
#undef FT_ONE
    return sizes[dtype];
}

// Threads that take 16 bytes at a time, or one element where a row has an odd size.
static long long group_blocks(const ft_cuda_loop *loop, int size) {
    long long rank = loop->rank, group = 16 / size;
    if (rank > 1 && loop->dims[rank - 1] % group != 0) group = 1;
    return ceil_div(loop->count, FT_CUDA_THREADS * group);
}

// A warp or a block takes a row; see team_of in rows.cuh.
static long long row_blocks(long long rows, long long n) {
    return n <= FT_CUDA_WARP_ROW ? ceil_div(rows, FT_CUDA_THREADS / 32) : rows;
}

static long long list_blocks(int kernel, const ft_cuda_list *list) {
    if (kernel == FT_KERNEL_squared_norm_join) return list->each ? list->array_count : 1;
    return list->pieces;
}

static long long gather_blocks(const ft_cuda_gather *gather) {
    long long width = gather->width, unit = 1;
    while (unit < 16 && width % (2 * unit) == 0) unit *= 2;
    return width == 0 ? 0 : ceil_div(gather->count * (width / unit), FT_CUDA_THREADS);
}

static long long random_blocks(const ft_cuda_random *random) {
    return ceil_div(random->count, FT_CUDA_THREADS * (random->dtype == FT_F64 ? 2 : 4));
}

static long long reduce_blocks(int kernel, const ft_cuda_reduce *r) {
    if (kernel == FT_KERNEL_reduce_join) return ceil_div(r->kept_count, FT_CUDA_THREADS);
    return ceil_div(r->kept_count, r->lanes) * r->pieces;
}

long long ft_cuda_blocks(int kernel, const void *arguments) {
    const ft_cuda_rows *rows = arguments;
    const ft_cuda_labels *labels = arguments;
    switch (kernel) {
    case FT_KERNEL_fill: {
        const ft_cuda_fill *fill = arguments;
        return ceil_div(fill->count * fill->size, FT_CUDA_THREADS * 16);
    }
    case FT_KERNEL_range:
        return ceil_div(((const ft_cuda_range *)arguments)->count, FT_CUDA_THREADS);
    case FT_KERNEL_copy: {
        const ft_cuda_copy *copy = arguments;
        int from = size_of(copy->from), to = size_of(copy->to);
        return group_blocks(&copy->loop, from > to ? from : to);
    }
    case FT_KERNEL_unary:
    case FT_KERNEL_test: {
        const ft_cuda_unary *unary = arguments;
        return group_blocks(&unary->loop, size_of(unary->dtype));
    }
    case FT_KERNEL_binary:
    case FT_KERNEL_compare: {
        const ft_cuda_binary *binary = arguments;
        return group_blocks(&binary->loop, size_of(binary->dtype));
    }
    case FT_KERNEL_select: {
        const ft_cuda_select *select = arguments;
        return group_blocks(&select->loop, (int)select->size);
    }
    case FT_KERNEL_reduce:
    case FT_KERNEL_reduce_join: return reduce_blocks(kernel, arguments);
    case FT_KERNEL_arg_extreme:
    case FT_KERNEL_softmax:
    case FT_KERNEL_softmax_backward:
    case FT_KERNEL_log_sum_exp: return row_blocks(rows->rows, rows->n);
    case FT_KERNEL_label_weights: return ceil_div(labels->rows, FT_CUDA_THREADS);
    case FT_KERNEL_cross_entropy:
    case FT_KERNEL_cross_entropy_backward: return row_blocks(labels->rows, labels->classes);
    case FT_KERNEL_positions:
        return ceil_div(((const ft_cuda_positions *)arguments)->count, FT_CUDA_THREADS);
    case FT_KERNEL_gather: return gather_blocks(arguments);
    case FT_KERNEL_scatter: {
        const ft_cuda_scatter *scatter = arguments;
        return ceil_div(scatter->count * scatter->width, FT_CUDA_THREADS);
    }
    case FT_KERNEL_words:
    case FT_KERNEL_uniform:
    case FT_KERNEL_normal:
    case FT_KERNEL_dropout: return random_blocks(arguments);
    default: return list_blocks(kernel, arguments);
    }
}

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
    r->piece = ceil_div(r->reduced_count, r->pieces);
    if (r->piece > 0) r->pieces = ceil_div(r->reduced_count, r->piece);
    return r->pieces > 1 ? r->pieces * r->kept_count * 8 : 0;
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
