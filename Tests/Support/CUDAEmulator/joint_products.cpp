// cublasLt: products with what follows them, described by objects, by a way that is asked for
// first.
#include <cstring>

#include "device.h"
#include "products.h"
#include "symbols.h"

namespace emulator {
namespace {
typedef unsigned long long word;

struct description {
    int compute, scale, operations[2] = {0, 0}, end = 1;
    const void *bias = nullptr;
};
struct layout {
    int type;
    word rows, columns;
    long long step;
};
struct preference {
    // Of A, B, C and D, in bytes.
    unsigned alignment[4] = {256, 256, 256, 256};
    size_t workspace = 0;
    // All ways to join parts of sums.
    unsigned joins = ~0u;
};
struct way {
    word algorithm[8];
    size_t workspace;
    int state;
    float waves;
    int reserved[4];
};
constexpr word way_mark = 0x4c747761;
// What may follow: nothing, or a bias.
enum { NOTHING = 1, BIAS = 4 };

template <typename T>
int read(T &to, const void *value, size_t bytes) {
    if (bytes != sizeof(T)) return INVALID;
    memcpy(&to, value, bytes);
    return SUCCESS;
}

int create_description(description **made, int compute, int scale) {
    *made = new description{compute, scale};
    return SUCCESS;
}
int destroy_description(description *d) {
    delete d;
    return SUCCESS;
}
int set_description(description *d, int attribute, const void *value, size_t bytes) {
    switch (attribute) {
    case 3:
    case 4: return read(d->operations[attribute - 3], value, bytes);
    case 7: return read(d->end, value, bytes);
    case 8: return read(d->bias, value, bytes);
    default: return INVALID;
    }
}
int create_layout(layout **made, int type, word rows, word columns, long long step) {
    if (rows == 0 || columns == 0) return INVALID;
    *made = new layout{type, rows, columns, step};
    return SUCCESS;
}
int destroy_layout(layout *l) {
    delete l;
    return SUCCESS;
}
int create_preference(preference **made) {
    *made = new preference;
    return SUCCESS;
}
int destroy_preference(preference *p) {
    delete p;
    return SUCCESS;
}
int set_preference(preference *p, int attribute, const void *value, size_t bytes) {
    if (attribute == 1) return read(p->workspace, value, bytes);
    if (attribute == 3) return read(p->joins, value, bytes);
    if (attribute < 5 || attribute > 8) return INVALID;
    return read(p->alignment[attribute - 5], value, bytes);
}

// The product that the objects describe; false where they contradict each other.
bool describe(product &p, const description *d, const layout *a, const layout *b,
              const layout *out) {
    p.a_transposed = d->operations[0] != 0;
    p.b_transposed = d->operations[1] != 0;
    p.m = (int)out->rows;
    p.n = (int)out->columns;
    p.k = (int)(p.a_transposed ? a->rows : a->columns);
    bool meet = (word)p.m == (p.a_transposed ? a->columns : a->rows) &&
                (word)p.n == (p.b_transposed ? b->rows : b->columns) &&
                (word)p.k == (p.b_transposed ? b->columns : b->rows);
    (p.a_type = a->type, p.b_type = b->type, p.c_type = out->type);
    (p.lda = a->step, p.ldb = b->step, p.ldc = out->step);
    p.count = 1;
    p.compute = d->compute;
    p.bias = d->end == BIAS ? d->bias : nullptr;
    bool has_end = d->end == NOTHING || (d->end == BIAS && d->bias);
    return meet && has_end && fits(p);
}

// Ways for all but a single row, so that somebody has to do without, and float64. One keeps the
// alignment that it was found for.
int find_way(void *, description *d, layout *a, layout *b, layout *, layout *out, preference *choice,
             int wanted, way *ways, int *count) {
    *count = 0;
    product p = {};
    if (wanted < 1 || !describe(p, d, a, b, out)) return INVALID;
    if (!is_known(p) || p.c_type == R_64F || d->scale != R_32F || p.n == 1) return UNSUPPORTED;
    *count = 1;
    ways[0] = {};
    ways[0].algorithm[0] = way_mark;
    for (int i = 0; i < 4; i++) ways[0].algorithm[1 + i] = choice->alignment[i];
    return SUCCESS;
}

int multiply(void *, description *d, const void *alpha, const void *a, layout *a_layout,
             const void *b, layout *b_layout, const void *beta, const void *c, layout *, void *out,
             layout *out_layout, const word *algorithm, void *, size_t, void *stream) {
    product p = {};
    if (!algorithm || algorithm[0] != way_mark || !describe(p, d, a_layout, b_layout, out_layout)) {
        return INVALID;
    }
    const void *operands[] = {a, b, c, out};
    for (int i = 0; i < 4; i++) {
        if ((word)operands[i] % algorithm[1 + i] != 0) return INVALID;
    }
    // A bias is read by 16 bytes, whatever else was said: a wrong address ends the device.
    if ((word)p.bias % 16 != 0) fail_after(0, 716);
    p.a = a;
    p.b = b;
    p.c = out;
    p.alpha = *(const float *)alpha;
    p.beta = *(const float *)beta;
    return add(stream, p);
}
}  // namespace

const symbol cublaslt_symbols[] = {
    {"cublasLtMatmulDescCreate", (void *)create_description},
    {"cublasLtMatmulDescDestroy", (void *)destroy_description},
    {"cublasLtMatmulDescSetAttribute", (void *)set_description},
    {"cublasLtMatrixLayoutCreate", (void *)create_layout},
    {"cublasLtMatrixLayoutDestroy", (void *)destroy_layout},
    {"cublasLtMatmulPreferenceCreate", (void *)create_preference},
    {"cublasLtMatmulPreferenceDestroy", (void *)destroy_preference},
    {"cublasLtMatmulPreferenceSetAttribute", (void *)set_preference},
    {"cublasLtMatmulAlgoGetHeuristic", (void *)find_way},
    {"cublasLtMatmul", (void *)multiply},
    {nullptr, nullptr},
};
}  // namespace emulator
