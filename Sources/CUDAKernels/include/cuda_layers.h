// The arguments of the CUDA kernels of layers and of order; see cuda_arguments.h. Operands are
// contiguous unless a comment says otherwise.
#pragma once
#include "cuda_arguments.h"

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-completeness"
#endif

// product: C [.., m, n] = A [.., m, k] B [.., k, n] of any dtype, integers wrapping, floats
// accumulating in float or double; then plus bias [n], if there is one, and ReLU. Strides of A and
// B in elements; `batch` walks the leading axes, a: A, b: B, while those of C are contiguous.
typedef struct ft_cuda_product {
    const void *a, *b, *bias;
    void *c;
    int dtype, relu;
    long long m, n, k, a_row, a_column, b_row, b_column;
    ft_cuda_loop batch;
} ft_cuda_product;

// bias_relu: c [rows, n], float or half, plus bias [n] on each row if there is one, then ReLU, in
// place: what a product by a library leaves to do.
typedef struct ft_cuda_bias {
    void *c;
    const void *bias;
    long long rows, n;
    int dtype, relu;
} ft_cuda_bias;

// distances of the rows of a [batch, m, k] to the columns of b [batch, k, n]; see ckernels.h.
typedef struct ft_cuda_distances {
    const void *a, *b;
    void *out;
    long long batch, m, n, k;
    int dtype, unused;
    double order;
} ft_cuda_distances;

// normalize, normalize_backward: as ft_row_norm. With a weight the latter gives a run of rows to a
// block, whose sums for weight and bias go to its row of `sums` [runs, 2 n]; ft_cuda_norm_plan
// gives `run`, `runs` and the bytes of `sums`; then `normalize_join` adds them up behind dx. What
// is normalized may be rounded to an `out_dtype` beside `dtype`, and dy be of a `dy_dtype`
// (`among`).
typedef struct ft_cuda_norm {
    const void *x, *dy, *weight, *bias;
    void *out;
    double *sums;
    long long rows, n, run, runs;
    double epsilon;
    int dtype, centred, out_dtype, dy_dtype;
} ft_cuda_norm;

// channel_moments then channel_join, batch_norm, batch_norm_sums then channel_join then
// batch_norm_backward: as ft_channels. ft_cuda_channels_plan gives `pieces`, `piece` and the bytes
// of `partial`, which all but batch_norm need. `part` is what channel_join joins.
enum { FT_CUDA_CHANNEL_MOMENTS, FT_CUDA_CHANNEL_GRADIENTS };
typedef struct ft_cuda_channels {
    const void *x, *moments, *dy, *weight, *bias, *added;
    void *out;
    long long images, channels, pixels;
    int dtype, part, relu, unused;
    double epsilon;
    long long pieces, piece;
    double *partial;
} ft_cuda_channels;

// pool: as ft_pool, with three axes and the numbers of their windows in the device's memory; first
// elements and ends don't descend from a window to the next. u: the second operand. An axis whose
// `stride` isn't 0 has a rule beside its table: window r has what lies inside of the elements from
// r stride - padding on, in steps, that are less than `reach` away; these three and the size are
// below FT_CUDA_POOL_RULED.
enum { FT_CUDA_POOL_RULED = 1 << 29 };
enum {
    FT_CUDA_POOL_LARGEST, FT_CUDA_POOL_PICK, FT_CUDA_POOL_SPREAD, FT_CUDA_POOL_MEAN,
    FT_CUDA_POOL_SPREAD_MEAN, FT_CUDA_POOL_PLACES
};
typedef struct ft_cuda_pool {
    const void *x, *u;
    void *out;
    long long planes, in[3], results[3], step[3], stride[3], padding[3], reach[3];
    const long long *first[3], *end[3], *divisor[3];
    int dtype, part;
} ft_cuda_pool;

// What factors of products may be rounded to, so that tensor cores multiply them: float16,
// bfloat16, or 11 significant bits with float32's range. Sums are float32. It is for operands of
// float32; float64 is exact.
enum { FT_CUDA_EXACT, FT_CUDA_HALVES, FT_CUDA_BHALVES, FT_CUDA_TF32 };

// convolution: as ft_convolution, always with three axes, those in front of size 1. `part`: 0 makes
// y (plus bias, then ReLU), 1 x, 2 weight. For part 2 ft_cuda_convolution_plan gives `pieces` and
// the bytes of `partial`, which is null for one piece; then `convolution_join` follows.
typedef struct ft_cuda_convolution {
    const void *bias;
    void *x, *weight, *y, *partial;
    long long images, groups, channels, features;
    long long in[3], out[3], kernel[3], stride[3], dilation[3], padding[3];
    long long pieces, piece;
    int dtype, part, relu, numbers;
} ft_cuda_convolution;

// As ft_attention, and of halves. `statistics` is room for 3 numbers a query of each head, float64
// where elements are and else float32, which attention_backward leaves for attention_backward_keys:
// launched in this order they make dq, then dk and dv.
typedef struct ft_cuda_heads {
    void *at;
    long long batch, head, row;
} ft_cuda_heads;
typedef struct ft_cuda_attention {
    ft_cuda_heads q, k, v, y, dy, dq, dk, dv;
    const unsigned char *mask;
    void *statistics;
    long long mask_stride[4];
    long long batch, heads, sharing, queries, keys, width, value_width, reach;
    int dtype, numbers;
    double scale;
} ft_cuda_attention;

// recurrence, recurrence_backward: as ft_recurrence, without its inputs' weights. A block has
// `rows` rows of the batch, which ft_cuda_recurrence_plan chooses; no sums depend on it.
//
// Where that gives 0 steps are launched one by one. recurrence_step for `number` 0 brings the first
// state to its place, and for k makes state k, in the order of steps, of W h in the step's gates.
// recurrence_step_backward for k = steps, …, 0 makes the gradients of step k, if there is one, and
// those by state k, in d_initial: of `sums` [batch, width], those by way of the step after, but for
// the first of these launches.
typedef struct ft_cuda_recurrence {
    const void *projections, *weight, *bias, *initial, *initial_cell;
    const long long *lengths;
    void *states, *cells, *gates, *inner;
    const void *d_states, *d_cells;
    void *d_projections, *d_inner, *d_initial, *d_initial_cell;
    long long steps, batch, width, parts;
    int dtype, kind, reversed, ends;
    const void *sums;
    long long number;
    int rows;
} ft_cuda_recurrence;
// A block's memory for a row of the batch: what its gates, or twice what its states take.
enum { FT_CUDA_RECURRENT_BYTES = 4096 };

// Order along rows of n elements.
//
// sort_runs: keys and places of `x`, in order within runs of FT_CUDA_RUN of each row; sort_merge
// joins pairs of runs of `run` elements of `keys` and `places` to runs of twice that in `keys_to`
// and `places_to`, which change roles with the others for the next launch, until `run` >= n; then
// sort_places writes the first `count` places of each row to `out` as int64, or, if `rank` isn't
// FT_CUDA_RANK_NONE, the place of one element of each row (a number, or one of ft_rank). A key has
// 8 bytes and a place 4.
enum { FT_CUDA_RUN = 1024, FT_CUDA_RANK_NONE = -3 };
typedef struct ft_cuda_sort {
    const void *x;
    unsigned long long *keys, *keys_to;
    unsigned *places, *places_to;
    long long *out;
    long long rows, n, run, count, rank;
    int dtype, descending;
} ft_cuda_sort;

// take: out[i] = x[index[i]] in rows of n and count; bytes of `size`.
// running_extreme: index of x, flag: the maximum. recur: out[i] = y[i] + x[i] out[i - 1], flag:
// reversed. search: x sorted (one row if n_stride is 0), y the values, flag: right.
// bins: y the edges, n_stride counts those of a row (0: one row for all, `edges` of them), count
// bins, flag one of ft_bins; out is zeroed before.
typedef struct ft_cuda_order {
    const void *x, *y;
    const long long *index;
    void *out;
    long long rows, n, count, size, stride, edges;
    int dtype, flag;
    ft_cuda_witness witness;
} ft_cuda_order;

// fused: a program of elementwise instructions over arrays of one dtype, or of float32 and halves,
// and of bools beside them. Instruction k makes result k, of `dtype`, of its operands, which have
// `dtypes`: numbers of arrays, or of results if they are below 0: -1 - result. NUMBER_SECOND and
// NUMBER_FIRST are binary functions of an operand and the number, SELECT takes the second operand
// where the first is true, else the third. A result is written to the array `out` unless that is
// -1; all arrays are read before any is written. Arrays of one element have a stride of 0. The
// tables lie in the device's memory. 16 bytes hold a `group` of elements of the program's `dtype`,
// which all its numbers have, or all are floats of at most 32 bits.
enum {
    FT_CUDA_STEP_UNARY, FT_CUDA_STEP_BINARY, FT_CUDA_STEP_NUMBER_SECOND, FT_CUDA_STEP_NUMBER_FIRST,
    FT_CUDA_STEP_CONVERT, FT_CUDA_STEP_TEST, FT_CUDA_STEP_COMPARE, FT_CUDA_STEP_COMPARE_NUMBER,
    FT_CUDA_STEP_SELECT, FT_CUDA_STEP_FILL
};
enum { FT_CUDA_FUSED_MOST = 32 };
typedef struct ft_cuda_instruction {
    int kind, function, dtype, out;
    int operands[3], dtypes[3];
    double p0, p1;
    unsigned long long number;
} ft_cuda_instruction;
typedef struct ft_cuda_fused_array {
    void *at;
    long long stride;
} ft_cuda_fused_array;
typedef struct ft_cuda_fused {
    const ft_cuda_instruction *instructions;
    const ft_cuda_fused_array *arrays;
    long long count;
    int length, dtype;
    // Among others: the number of its code, and of its first piece; see below.
    int code, group;
    long long first_piece;
} ft_cuda_fused;

// together: programs that have nothing to do with each other, in a table in the device's memory.
// Each has pieces of FT_CUDA_PIECE elements, counted through all programs.
typedef struct ft_cuda_together {
    const ft_cuda_fused *programs;
    long long count, pieces;
} ft_cuda_together;

// matrices: what `what` says of each matrix of A [.., rows, columns], float32 or float64, or X of
// A X = B for B [.., rows, right]; computed in double by a block a matrix. `batch` walks the
// leading axes, a: A, b: B; out is contiguous, `out_count` elements a matrix, as MatrixFactor and
// MatrixSystem of the Swift side have them. What stands in the way is reported with the number of
// the matrix: for Cholesky the size of the leading part that has no factor, for a system the pivot
// that is 0, both from 1, and FT_CUDA_NOT_FINITE where elements are NaN or infinite. `space` is
// room for ft_cuda_matrix_space bytes.
enum {
    FT_CUDA_CHOLESKY, FT_CUDA_ORTHOGONAL, FT_CUDA_SINGULAR, FT_CUDA_SINGULAR_VALUES, FT_CUDA_EIGEN,
    FT_CUDA_EIGENVALUES, FT_CUDA_DETERMINANT, FT_CUDA_LOG_DETERMINANT, FT_CUDA_COFACTORS,
    FT_CUDA_PSEUDO_INVERSE, FT_CUDA_EXPONENTIAL,
    FT_CUDA_SOLVE, FT_CUDA_SOLVE_TRIANGLE, FT_CUDA_LEAST_SQUARES
};
enum { FT_CUDA_NOT_FINITE = 0x7fffffff };
typedef struct ft_cuda_matrices {
    const void *a, *b;
    void *out;
    double *space;
    long long rows, columns, right, out_count, a_row, a_column, b_row, b_column;
    // `width`: columns of Q. `nudged`: of cofactors and systems. `upper`, `unit`: of triangles.
    long long width;
    int dtype, what, nudged, upper, unit, unused;
    double tolerance;
    ft_cuda_witness witness;
    ft_cuda_loop batch;
} ft_cuda_matrices;

#ifdef __clang__
#pragma clang diagnostic pop
#endif
