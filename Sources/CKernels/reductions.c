// What reductions are, and how one is cut into work: by sizes and strides alone, for the cuts are
// the order in which elements accumulate.
#include "kernels.h"

void ft_reduction_begin(ft_reduction *r) { r->kept.rank = r->reduced.rank = 0; }

static int64_t distance(int64_t stride) { return stride < 0 ? -stride : stride; }

// Whether an axis of stride `a` lies outside one of stride `b`; what is repeated comes first.
static bool is_outside(int64_t a, int64_t b) {
    return b != 0 && (a == 0 || distance(a) > distance(b));
}

void ft_reduction_axis(ft_reduction *r, bool is_reduced, int64_t size, int64_t a, int64_t b,
                       int64_t c) {
    ft_loop *loop = is_reduced ? &r->reduced : &r->kept;
    int64_t d = loop->rank++;
    for (; d > 0 && is_outside(a, loop->a[d - 1]); d--) {
        loop->dims[d] = loop->dims[d - 1];
        loop->a[d] = loop->a[d - 1];
        loop->b[d] = loop->b[d - 1];
        loop->c[d] = loop->c[d - 1];
    }
    loop->dims[d] = size;
    loop->a[d] = a;
    loop->b[d] = b;
    loop->c[d] = is_reduced ? 0 : c;
}

// Merges axes that all operands step through as one, and gives the number of elements. There is
// one axis at least.
static int64_t merge(ft_loop *loop) {
    int64_t rank = 0, count = 1;
    for (int64_t d = 0; d < loop->rank; d++) {
        int64_t size = loop->dims[d];
        bool merges = rank > 0 && loop->a[rank - 1] == loop->a[d] * size &&
                      loop->b[rank - 1] == loop->b[d] * size &&
                      loop->c[rank - 1] == loop->c[d] * size;
        if (!merges) loop->dims[rank++] = 1;
        loop->dims[rank - 1] *= size;
        loop->a[rank - 1] = loop->a[d];
        loop->b[rank - 1] = loop->b[d];
        loop->c[rank - 1] = loop->c[d];
        count *= size;
    }
    if (rank == 0) {
        loop->dims[rank] = 1;
        loop->a[rank] = loop->b[rank] = loop->c[rank] = 1;
        rank = 1;
    }
    loop->rank = rank;
    return count;
}

static int64_t ceil_div(int64_t x, int64_t y) { return (x + y - 1) / y; }

// About 20 us of simple work, which is what a thread takes at once; and what stays in the
// second-level cache, by which long reductions are cut.
enum { GRAIN = 1 << 15, PIECE = 1 << 16 };

void ft_reduction_plan(ft_reduction *r) {
    r->kept_count = merge(&r->kept);
    r->reduced_count = merge(&r->reduced);
    int64_t kept = r->kept_count, reduced = r->reduced_count;
    int64_t kept_step = r->kept.a[r->kept.rank - 1];
    int64_t reduced_step = r->reduced.a[r->reduced.rank - 1];
    r->by_columns = kept > 1 && (reduced == 1 || is_outside(reduced_step, kept_step));
    r->piece = reduced;
    r->grain = kept * reduced <= GRAIN ? kept : GRAIN / reduced;
    if (r->by_columns) {
        // Runs of less than a few cache lines would each wait for memory.
        if (r->grain < kept && r->grain < FT_RUN) r->grain = FT_RUN;
        if (kept * reduced >= 2 * PIECE && kept < 16384 && reduced >= 256) {
            r->piece = PIECE / kept < 128 ? 128 : PIECE / kept;
            r->grain = kept;
        }
        // Short runs of neighbours stay together, for they are joined.
        int64_t inner = r->kept.dims[r->kept.rank - 1];
        if (inner < FT_RUN) r->grain = ceil_div(r->grain, inner) * inner;
    } else if (reduced >= 2 * PIECE && kept < 16) {
        r->piece = PIECE;
    }
    if (r->grain < 1) r->grain = 1;
    r->pieces = ceil_div(reduced, r->piece);
}

const char *ft_reduction_name(int op) {
#define FT_ONE(name, ...) #name,
    static const char *const names[] = {FT_REDUCTION_LIST(FT_ONE)};
#undef FT_ONE
    return names[op];
}

int ft_reduction_result(int op, int dtype) {
#define FT_ONE(name, result, ...) FT_RESULT_##result,
    static const int results[] = {FT_REDUCTION_LIST(FT_ONE)};
#undef FT_ONE
    switch (results[op]) {
    case FT_RESULT_OWN: return dtype;
    case FT_RESULT_WIDE: return dtype <= FT_BF16 ? dtype : ft_accumulator(dtype);
    case FT_RESULT_COUNT: return FT_I64;
    default: return FT_BOOL;
    }
}

bool ft_reduction_has(int op, int dtype) {
    switch (op) {
#define FT_ONE(name, ...) case FT_REDUCTION_##name:
        FT_REAL_REDUCTION_LIST(FT_ONE)
#undef FT_ONE
        return dtype <= FT_BF16;
    default: return true;
    }
}

double ft_reduction_of_nothing(int op) {
    const double LEAST = -FT_INF_D, MOST = FT_INF_D, n = 0;
    double a = 0;
    (void)n;
    switch (op) {
#define R(name) ft_##name##_d
#define FT_ONE(name, result, start, take, join, finish)                                            \
    case FT_REDUCTION_##name: a = start; return (double)(finish);
        FT_REDUCTION_LIST(FT_ONE)
#undef FT_ONE
#undef R
    }
    return a;
}
