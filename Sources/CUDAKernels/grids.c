// How many blocks of each kernel have something to do.
#include <stdbool.h>
#include <stdint.h>

#include "cuda_kernels.h"
#include "dtypes.h"

enum { WARPS = FT_CUDA_THREADS / 32 };

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

// Threads that share the pieces of a column; see joins.cuh.
static long long join_blocks(long long pieces, long long columns) {
    long long parts = 1;
    while (parts < 32 && 8 * parts < pieces) parts *= 2;
    return ceil_div(columns, FT_CUDA_THREADS / parts);
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
    int size = size_of(random->dtype);
    return ceil_div(random->count, FT_CUDA_THREADS * (size == 8 ? 2 : size == 2 ? 8 : 4));
}

static long long reduce_blocks(int kernel, const ft_cuda_reduce *r) {
    if (kernel == FT_KERNEL_reduce_join) return join_blocks(r->pieces, r->kept_count);
    return ceil_div(r->kept_count, r->lanes) * r->pieces;
}

// Tiles of a product; see tiles.cuh.
static long long tile_blocks(long long m, long long n) {
    enum { TILE = 64 };
    return ceil_div(m, TILE) * ceil_div(n, TILE);
}

static long long volume(const long long *size) { return size[0] * size[1] * size[2]; }

static long long convolution_blocks(int kernel, const ft_cuda_convolution *c) {
    long long taps = volume(c->kernel), results = c->images * volume(c->out);
    if (kernel == FT_KERNEL_convolution_join) {
        return join_blocks(c->pieces, c->groups * c->features * c->channels * taps);
    }
    if (c->part == 0) return tile_blocks(results, c->features) * c->groups;
    if (c->part == 1) {
        return tile_blocks(c->images * volume(c->in), c->channels) * c->groups;
    }
    return tile_blocks(c->features, c->channels * taps) * c->groups * c->pieces;
}

static long long attention_blocks(int kernel, const ft_cuda_attention *a) {
    long long heads = a->heads, rows = a->queries;
    if (kernel == FT_KERNEL_attention_backward_keys) {
        heads = a->sharing > 0 ? heads / a->sharing : 0;
        rows = a->keys;
    }
    // In tiles a block has 16 for each warp; see attention_tiles.cuh.
    if (a->dtype != FT_F64) return a->batch * heads * ceil_div(rows, 16 * WARPS);
    return ceil_div(a->batch * heads * rows, WARPS);
}

static long long recurrence_blocks(int kernel, const ft_cuda_recurrence *r) {
    if (kernel == FT_KERNEL_recurrence || kernel == FT_KERNEL_recurrence_backward) {
        return r->width > 0 && r->rows > 0 ? ceil_div(r->batch, r->rows) : 0;
    }
    return ceil_div(r->batch * r->width, FT_CUDA_THREADS);
}

static long long sort_blocks(int kernel, const ft_cuda_sort *s) {
    if (kernel == FT_KERNEL_sort_runs) return s->rows * ceil_div(s->n, FT_CUDA_RUN);
    long long count = s->rank != FT_CUDA_RANK_NONE ? 1 : s->count;
    return ceil_div(s->rows * (kernel == FT_KERNEL_sort_merge ? s->n : count), FT_CUDA_THREADS);
}

static long long order_blocks(int kernel, const ft_cuda_order *o) {
    switch (kernel) {
    case FT_KERNEL_running_extreme: return ceil_div(o->rows, FT_CUDA_THREADS / 32);
    case FT_KERNEL_recur: return o->n > 0 ? o->rows : 0;
    case FT_KERNEL_bins: return ceil_div(o->rows * o->n, FT_CUDA_THREADS);
    default: return ceil_div(o->rows * o->count, FT_CUDA_THREADS);
    }
}

static long long pool_blocks(const ft_cuda_pool *p) {
    bool spreads = p->part == FT_CUDA_POOL_SPREAD || p->part == FT_CUDA_POOL_SPREAD_MEAN;
    return ceil_div(p->planes * volume(spreads ? p->in : p->results), FT_CUDA_THREADS);
}

static long long norm_blocks(int kernel, const ft_cuda_norm *t) {
    if (kernel == FT_KERNEL_normalize_join) return join_blocks(t->runs, 2 * t->n);
    bool by_runs = kernel == FT_KERNEL_normalize_backward && t->weight;
    return by_runs ? t->runs : row_blocks(t->rows, t->n);
}

static long long layer_blocks(int kernel, const void *arguments) {
    const ft_cuda_channels *channels = arguments;
    switch (kernel) {
    case FT_KERNEL_product: {
        const ft_cuda_product *p = arguments;
        return tile_blocks(p->m, p->n) * p->batch.count;
    }
    case FT_KERNEL_bias_relu: {
        const ft_cuda_bias *b = arguments;
        int group = 16 / size_of(b->dtype);
        if (b->n % group != 0) group = 1;
        return ceil_div(b->rows * b->n, FT_CUDA_THREADS * group);
    }
    case FT_KERNEL_normalize:
    case FT_KERNEL_normalize_backward:
    case FT_KERNEL_normalize_join: return norm_blocks(kernel, arguments);
    case FT_KERNEL_distances: {
        const ft_cuda_distances *d = arguments;
        return ceil_div(d->batch * d->m * d->n, FT_CUDA_THREADS);
    }
    case FT_KERNEL_channel_moments:
    case FT_KERNEL_batch_norm_sums: return channels->channels * channels->pieces;
    case FT_KERNEL_channel_join: return ceil_div(channels->channels, WARPS);
    case FT_KERNEL_batch_norm:
    case FT_KERNEL_batch_norm_backward: {
        // A warp has a segment of a plane; see channels.cu.
        enum { SEGMENT = 1024 };
        long long planes = channels->images * channels->channels;
        return ceil_div(planes * ceil_div(channels->pixels, SEGMENT), WARPS);
    }
    case FT_KERNEL_pool: return pool_blocks(arguments);
    case FT_KERNEL_convolution:
    case FT_KERNEL_convolution_join: return convolution_blocks(kernel, arguments);
    case FT_KERNEL_attention:
    case FT_KERNEL_attention_backward:
    case FT_KERNEL_attention_backward_keys: return attention_blocks(kernel, arguments);
    case FT_KERNEL_recurrence:
    case FT_KERNEL_recurrence_backward:
    case FT_KERNEL_recurrence_step:
    case FT_KERNEL_recurrence_step_backward: return recurrence_blocks(kernel, arguments);
    case FT_KERNEL_sort_runs:
    case FT_KERNEL_sort_merge:
    case FT_KERNEL_sort_places: return sort_blocks(kernel, arguments);
    case FT_KERNEL_matrices: return ((const ft_cuda_matrices *)arguments)->batch.count;
    case FT_KERNEL_fused: {
        const ft_cuda_fused *fused = arguments;
        return ceil_div(fused->count, FT_CUDA_THREADS * fused->group);
    }
    case FT_KERNEL_together: return ((const ft_cuda_together *)arguments)->pieces;
    default: return order_blocks(kernel, arguments);
    }
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
        if (scatter->count == 0 || scatter->width == 0) return 0;
        long long parts = scatter->parts < scatter->rows ? scatter->parts : scatter->rows;
        // One that tells of what is out of range, if there are no rows.
        return (parts > 0 ? parts : 1) * ceil_div(scatter->width, scatter->columns);
    }
    case FT_KERNEL_scan:
    case FT_KERNEL_product_of_others: return row_blocks(rows->rows, rows->n);
    case FT_KERNEL_words:
    case FT_KERNEL_uniform:
    case FT_KERNEL_normal:
    case FT_KERNEL_dropout: return random_blocks(arguments);
    case FT_KERNEL_update:
    case FT_KERNEL_squared_norm:
    case FT_KERNEL_squared_norm_join:
    case FT_KERNEL_all_finite: return list_blocks(kernel, arguments);
    default: return layer_blocks(kernel, arguments);
    }
}
