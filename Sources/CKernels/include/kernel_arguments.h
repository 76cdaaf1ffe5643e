// What kernels are told: structures of operands, sizes and attributes, and what is planned of them
// by sizes and layouts alone.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-completeness"

enum { FT_MAX_RANK = 8 };

// The most rows, or columns, of a product that may be computed as dot products of their own, whose
// sums run in another order than those of tiles.
enum { FT_PRODUCT_FEW = 4 };

// Up to eight nested loops over a logical index space in row-major order. Strides are in elements
// and may be zero (broadcast) or negative (flip). `a`, `b`, `c` are the operands of a kernel in the
// order of its pointer arguments. rank 0 is one element.
typedef struct ft_loop {
    int64_t rank;
    int64_t dims[FT_MAX_RANK];
    int64_t a[FT_MAX_RANK];
    int64_t b[FT_MAX_RANK];
    int64_t c[FT_MAX_RANK];
} ft_loop;

// A reduction of x, or of a function of x and y, which is broadcast: what it is made of and, once
// it is planned, how it is cut. dtypes: x and y have one, or floats of two, and then the function
// is of the wider; `out` has the reduction's own, or any float where x is one.
enum ft_map { FT_MAP_NONE, FT_MAP_UNARY, FT_MAP_BINARY };
typedef struct ft_reduction {
    int op, dtype, second_dtype, out_dtype;
    int map, function;
    double p[2];
    const void *x, *y;
    void *out;
    // The axes that stay and those that go, in the order of memory; a: x, b: y, c: out.
    ft_loop kept, reduced;
    int64_t kept_count, reduced_count;
    // Whether many kept elements are reduced side by side, for they are neighbours in memory.
    bool by_columns;
    // The reduced elements are cut into `pieces` of `piece`, the kept ones into runs of `grain`.
    int64_t pieces, piece, grain;
} ft_reduction;

// The class labels of rows of logits, and what they count. `weights` has one of each class, or is
// null for 1; `mean_weight` is their mean. A row whose label is `ignored` counts nothing.
typedef struct ft_labels {
    const int64_t *labels;
    int64_t classes;
    const double *weights;
    double mean_weight, smoothing;
    bool ignores;
    int64_t ignored;
} ft_labels;

// `count` items of `width` elements to be written over the `rows` of a table of the same dtype, or
// to be combined with them; then the table is float32 where the items are halves.
enum ft_scatter_rule {
    FT_SCATTER_PUT, FT_SCATTER_ADD, FT_SCATTER_MULTIPLY, FT_SCATTER_MAXIMUM, FT_SCATTER_MINIMUM
};
typedef struct ft_scatter {
    int rule, dtype;
    int64_t count, width, rows;
    const void *x;
    const int64_t *index;
    void *out;
} ft_scatter;

// A product of matrices of float32 or float64, C [m, n] = A [m, k] B [k, n], plus, if it `adds`,
// what C holds or, if there is one, the `addend` [m, n], plus `bias` [n] if there is one, and with
// negative elements made 0 if `relu`. Strides are in elements; one of A's two is 1, and one of B's.
typedef struct ft_product {
    int dtype;
    bool adds, relu;
    int64_t m, n, k, a_row, a_column, b_row, b_column, c_row;
    const void *_Nonnull a, *_Nonnull b;
    const void *_Nullable bias, *_Nullable addend;
    int64_t addend_row;
    void *_Nonnull c;
} ft_product;

// How many bytes of memory `product` needs; 0 where it needs none.
int64_t ft_product_space(const ft_product *_Nonnull product);

// A convolution over up to three axes, in groups: x [images, groups * channels, in],
// weight [groups * features, channels, kernel], y [images, groups * features, out], all contiguous.
// `part` says which of the three is made of the other two; the plan fills in what follows it.
enum ft_convolution_part { FT_CONVOLUTION_OUTPUT, FT_CONVOLUTION_INPUT, FT_CONVOLUTION_WEIGHT };

// Images as a pass reads them, one after the other: channels of `plane` elements, which begin at
// source coordinate `low` and have zeros where the source has nothing. Column j of a row lies in
// phase j mod `phases`.
typedef struct ft_arranged {
    int64_t size[3], low[3], phases, row, plane;
} ft_arranged;

typedef struct ft_convolution {
    int dtype;
    bool relu;
    int64_t images, groups, channels, features;
    int64_t in[3], out[3], kernel[3], stride[3], dilation[3], padding[3];
    void *_Nullable x, *_Nullable weight, *_Nullable y;
    // Added to y, one a feature; 0 if there is none.
    const void *_Nullable bias;
    // Whether kernels of 3 by 3 may take fewer products; the plan makes it false where it can't be.
    bool winograd;

    int part;
    ft_arranged arranged;
    // phases: rests of input coordinates divided by the stride. taps: elements of the kernel.
    // pieces: into how many ranges of pixels an image is cut. block and blocks: channels of a task
    // and how many such there are. parts: groups of images whose shares of the weight's gradient
    // are added up in order.
    int64_t phases[3], taps, pieces, block, blocks, parts, padded_features;
    // prepared and joined: rows that convolution_prepare and convolution_join make. tiles: rows and
    // columns of 2 by 2 results. filters: where transformed weights begin in the shared space,
    // counted in bytes.
    int64_t prepared, joined, tiles[2], filters;
    // Bytes are negative where there are more than can be counted.
    int64_t tasks, task_bytes, shared_bytes;
} ft_convolution;

void ft_convolution_plan(ft_convolution *_Nonnull convolution, int part);

// Whether the gradient by the weight that the tasks of a plan with fewer products made is finite;
// if it isn't, others that it rests on may have spoiled it.
bool ft_convolution_is_finite(const ft_convolution *_Nonnull convolution);

// Heads of rows [batch, heads, rows, width] somewhere in memory; the elements of a row are
// neighbours.
typedef struct ft_heads {
    void *_Nullable at;
    int64_t batch, head, row;
} ft_heads;

// Scaled dot-product attention, or its gradients: y = softmax(scale q kᵀ) v, where query i sees the
// keys up to i + reach that its mask, if there is one, holds true for. It sees none: y is 0.
// `sharing` heads of q and y have one head of k and v. Without gradients to write, dy and what
// follows it is left out.
typedef struct ft_attention {
    int dtype;
    int64_t batch, heads, sharing, queries, keys, width, value_width, reach;
    double scale;
    ft_heads q, k, v, y, dy, dq, dk, dv;
    // [batch, heads, queries, keys] of bools, by strides that may be 0.
    const bool *_Nullable mask;
    int64_t mask_stride[4];
} ft_attention;

// Into how many blocks the queries of a head are cut; and the bytes that a task needs.
int64_t ft_attention_blocks(const ft_attention *_Nonnull attention);
int64_t ft_attention_space(const ft_attention *_Nonnull attention);

// Rows of n elements, contiguous, of float32 or float64, brought to variance 1, and to mean 0 where
// they are `centred`; else to a mean square of 1. weight and bias [n], null for 1 and 0; dy: the
// gradient by the output.
//
// y = z weight + bias with z = (x - mean) / sqrt(variance + epsilon); and, with u = dy weight, dx =
// (u - mean(u) - z mean(u z)) / sqrt(variance + epsilon). Without `centred` the means of x and u
// count as 0.
typedef struct ft_row_norm {
    int dtype;
    bool centred;
    int64_t n;
    double epsilon;
    const void *x, *dy, *weight, *bias;
    void *out;
} ft_row_norm;

// The channels of a batch x [images, channels, pixels]. moments [2, channels]: means and variances;
// weight and bias [channels], null for 1 and 0; dy: the gradient by the output. added: like x, null
// for 0; `relu` comes last. partial: two numbers for each plane and each channel, where sums are
// made.
typedef struct ft_channels {
    int dtype;
    int64_t images, channels, pixels;
    double epsilon;
    const void *x, *moments, *dy, *weight, *bias, *added;
    void *out;
    double *partial;
    bool relu;
} ft_channels;

// Windows over up to three axes of planes of `dtype`, float32 or float64; the largest elements and
// their places are those of integers and bool too. Result i of axis d has the elements
// first[d][i], first[d][i] + step[d], … below end[d][i]; their mean is a sum divided by the product
// of the three divisors, or 0 where that is 0. Along the last axis the windows of the results
// [regular, irregular) have `taps` elements and begin `stride` apart.
enum ft_pool_part {
    FT_POOL_LARGEST, FT_POOL_PICK, FT_POOL_SPREAD, FT_POOL_MEAN, FT_POOL_SPREAD_MEAN, FT_POOL_PLACES
};
typedef struct ft_pool {
    int dtype, part;
    int64_t in[3], out[3], step[3];
    const int64_t *first[3], *end[3], *divisor[3];
    int64_t regular, irregular, taps, stride;
} ft_pool;

// A recurrent layer over a sequence, one direction of it, in float32 or float64; or its gradients.
//
// tanh, relu: h' = f(p + W h + b).  lstm, of parts i, f, g, o: c' = σ(f) c + σ(i) tanh(g), h' =
// σ(o) tanh c'. gru, of parts r, z, n with q = W h + b: n = tanh(p_n + σ(r) q_n), h' = (1 - σ(z)) n
// + σ(z) h.
//
// States lie from step 0 to `steps`, [steps + 1, batch, width]: what a step begins with and what it
// ends with are neighbours. Step t ends with state t + 1, or t if `reversed`. A row whose length t
// reaches keeps its state. `parts` is how many times the width a row of projections, weights and
// gates has.
enum ft_recurrence_kind { FT_RNN_TANH, FT_RNN_RELU, FT_LSTM, FT_GRU };

typedef struct ft_recurrence {
    int dtype, kind;
    bool reversed, ends;
    int64_t steps, batch, width, parts;
    // [steps, batch, parts width] of projections; W transposed, [width, parts width], or, for
    // gradients, W; b, if there is one; and how many steps each row has, if not all.
    const void *_Nullable projections, *_Nullable weight, *_Nullable bias;
    const int64_t *_Nullable lengths;
    const void *_Nullable initial, *_Nullable initial_cell;
    // Instead of projections what they are made of: x [steps, batch, inputs], the inputs' weights
    // transposed, [inputs, parts width], and their bias. Then a bias b is a GRU's alone.
    int64_t inputs;
    const void *_Nullable x, *_Nullable input_weight, *_Nullable input_bias;
    // What the forward pass leaves: states, cells, gates after their functions, and q_n.
    void *_Nullable states, *_Nullable cells, *_Nullable gates, *_Nullable inner;
    // Gradients by all states and cells, or, where only the `ends` count, by those after the last
    // step; and what is made of them: those by p, by q if it differs from that by p, and by the
    // first state and cell.
    const void *_Nullable d_states, *_Nullable d_cells;
    void *_Nullable d_projections, *_Nullable d_inner, *_Nullable d_initial;
    void *_Nullable d_initial_cell;
} ft_recurrence;

// How many bytes of memory a call for so many rows of the batch wants; 0 where it wants none.
int64_t ft_recurrence_space(const ft_recurrence *_Nonnull recurrence, int64_t rows);

// c = a b for integer matrices: a [m, k] of any layout, b [k, n] with contiguous rows, c [m, n].
typedef struct ft_integer_product {
    int dtype;
    int64_t n, k, a_row, a_column, b_row;
    const void *a, *b;
    void *c;
} ft_integer_product;

// Bytes of a key with its place, for elements of a size; and how many pairs the choice of k of n
// elements holds at a time.
static inline int64_t ft_pair_size(int64_t size) { return size == 8 ? 16 : 8; }
static inline int64_t ft_top_room(int64_t n, int64_t k) {
    return n <= 4 * k ? n + 8 : k + (k > 64 ? k : 64) + 64 + 8;
}

// The lower of the elements in the middle: the first NaN if there is one; or NaN left out.
enum ft_rank { FT_RANK_MEDIAN = -1, FT_RANK_NAN_MEDIAN = -2 };
// Bins of a range cut evenly, of which only the ends are edges, by arithmetic; of nearly even
// edges, where that says where to look; of any edges.
enum ft_bins { FT_BINS_EVEN, FT_BINS_EDGES, FT_BINS_ANY };
#pragma clang diagnostic pop
