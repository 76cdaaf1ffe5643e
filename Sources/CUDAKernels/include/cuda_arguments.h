// The arguments of the CUDA kernels, one structure each, read by C, Swift and the kernels
// themselves. All memory is the device's; strides and sizes count elements; dtypes and functions
// have the numbers of dtypes.h, elementwise.h, reductions.h and optimizers.h.
#pragma once

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-completeness"
#endif

enum { FT_CUDA_RANK = 8 };

// Nested loops in row-major order over `count` elements; operands a, b and c step by strides that
// may be 0 or negative. Axes of size 1 are left out and those that all operands step through
// evenly are merged, which the fast paths rest on: rank 0 is one element.
typedef struct ft_cuda_loop {
    long long rank, count;
    long long dims[8], a[8], b[8], c[8];
} ft_cuda_loop;

// Where kernels tell what is wrong with their operands: the least of all keys, and what belongs to
// it. The host begins with a key of all ones and reads it when it waits for the device anyway. A
// key is the ticket of the launch, 24 bits, above the position, 40 bits; `value` is the index or
// label that was met there.
typedef struct ft_cuda_report {
    unsigned lock, unused;
    unsigned long long key;
    long long value;
} ft_cuda_report;

// A launch that is repeated counts its ticket from `base`, which lies in the device's memory, where
// there is one.
typedef struct ft_cuda_witness {
    ft_cuda_report *report;
    unsigned long long ticket;
    const unsigned long long *base;
} ft_cuda_witness;

// --- Making elements.

// out = the element whose bits are `bits`, of `size` bytes, everywhere.
typedef struct ft_cuda_fill {
    void *out;
    long long count, size;
    unsigned long long bits;
} ft_cuda_fill;

// out[i] = start + i step, computed in 64 bits.
typedef struct ft_cuda_range {
    void *out;
    long long count, dtype, start, step;
} ft_cuda_range;

// Any dtype to any dtype; a: x, b: out.
typedef struct ft_cuda_copy {
    const void *x;
    void *out;
    int from, to;
    ft_cuda_loop loop;
} ft_cuda_copy;

// --- Elementwise; `out` is contiguous.

// unary, of functions of elementwise.h, and test, of its predicates. a: x.
typedef struct ft_cuda_unary {
    const void *x;
    void *out;
    int function, dtype;
    double p0, p1;
    ft_cuda_loop loop;
} ft_cuda_unary;

// binary and compare. a: x, b: y. If `scalar` is 1 the first operand, if 2 the second is the
// element of the bits `number` (of the same dtype), and its pointer and strides aren't looked at.
// A division by zero that the function doesn't allow is reported with its position, and what is
// written there is 0.
typedef struct ft_cuda_binary {
    const void *x, *y;
    void *out;
    int function, dtype, scalar, unused;
    unsigned long long number;
    double p0;
    ft_cuda_witness witness;
    ft_cuda_loop loop;
} ft_cuda_binary;

// out = condition ? x : y, elements of `size` bytes. a: condition, b: x, c: y.
typedef struct ft_cuda_select {
    const void *condition, *x, *y;
    void *out;
    long long size;
    ft_cuda_loop loop;
} ft_cuda_select;

// --- Reductions.

// As ft_reduction of kernel_arguments.h. ft_cuda_reduce_plan fills in what follows `p`, but for
// `partial`: room for 8 bytes for each piece of each kept element where there are several pieces.
// Then `reduce_join` with the same arguments follows `reduce`.
enum { FT_CUDA_MAP_NONE, FT_CUDA_MAP_UNARY, FT_CUDA_MAP_BINARY };
typedef struct ft_cuda_reduce {
    const void *x, *y;
    void *out;
    int op, dtype, second_dtype, out_dtype, map, function;
    ft_cuda_loop kept, reduced;
    double p0, p1;
    long long kept_count, reduced_count, by_columns, lanes, pieces, piece;
    void *partial;
} ft_cuda_reduce;

// Rows of n elements, all contiguous. arg_extreme: out is int64, `flag`: the maximum.
// softmax, softmax_backward: `flag`: the logarithm; log_sum_exp. y: the second operand of backward
// kernels. scan: `op` and `out_dtype`. product_of_others.
typedef struct ft_cuda_rows {
    const void *x, *y;
    void *out;
    long long rows, n;
    int dtype, out_dtype, op, flag;
} ft_cuda_rows;

// label_weights, cross_entropy, cross_entropy_backward; formulas in ckernels.h. `weights` may be
// null; otherwise the kernel computes their mean itself. dy_stride: 1, or 0 for one dy. A label
// that is no class is reported. Losses of halves are float32, and a gradient has `out_dtype`: that
// of the logits, or one that goes with it (`among`).
typedef struct ft_cuda_labels {
    const void *x, *dy;
    void *out;
    const long long *labels;
    const double *weights;
    long long rows, classes, dy_stride;
    int dtype, ignores, out_dtype, unused;
    long long ignored;
    double smoothing;
    ft_cuda_witness witness;
} ft_cuda_labels;

// --- Indexing.

// positions (and requirement, with 1 row): out[i] = index[i], not negative any more.
typedef struct ft_cuda_positions {
    const long long *index;
    long long *out;
    long long count, rows;
    ft_cuda_witness witness;
} ft_cuda_positions;

// out[i] = x[index[i]], items of `width` bytes.
typedef struct ft_cuda_gather {
    const void *x;
    const long long *index;
    void *out;
    long long count, width, rows;
    ft_cuda_witness witness;
} ft_cuda_gather;

// out[index[i]] = x[i], or combined with it by a rule (0 put, 1 add, 2 multiply, 3 maximum,
// 4 minimum), items of `width` elements, in order. Where x are halves and the rule isn't 0, out is
// float32. ft_cuda_scatter_plan gives `columns` and `parts`, powers of two: a block has that many
// columns of the rows whose number leaves the same rest by `parts`.
typedef struct ft_cuda_scatter {
    const void *x;
    const long long *index;
    void *out;
    long long count, width, rows, columns, parts;
    int rule, dtype;
    ft_cuda_witness witness;
} ft_cuda_scatter;

// --- Random numbers; see ckernels.h. uniform: first and second are low and high, and `last` the
// bits of the largest float below `high` (ft_cuda_largest_below). normal: mean and deviation.
// words: neither. dropout: first is the rate, x its operand. A launch that is repeated begins so
// many blocks after `block` as `moved`, where it isn't null, says in the device's memory.
typedef struct ft_cuda_random {
    const void *x;
    void *out;
    const unsigned long long *moved;
    unsigned long long seed, stream, block;
    long long count;
    int dtype;
    float last;
    double first, second;
} ft_cuda_random;

// --- Many arrays.

// One of the arrays in a table in the device's memory: its parts (a parameter, its gradient, its
// states), how many elements each has, and the number of the first of its pieces of FT_CUDA_PIECE
// elements; pieces are counted through all arrays.
enum { FT_CUDA_PIECE = 4096 };
typedef struct ft_cuda_array {
    void *at[5];
    long long count, first_piece;
    int dtype, unused;
} ft_cuda_array;

// update: `numbers` are FT_RULE_NUMBERS doubles; `clip` may be null, clip_stride is 0 for one
// factor; `gate` may be null, and nothing changes where it is false. All arrays have `dtype`.
// squared_norm: out is double [pieces], then squared_norm_join of `partial` that double gives out,
// one or, if `each`, one an array. all_finite: out is a bool that was set to 1.
typedef struct ft_cuda_list {
    const ft_cuda_array *arrays;
    long long array_count, pieces;
    int rule, dtype, each, unused;
    const double *numbers, *clip;
    const unsigned char *gate;
    long long clip_stride;
    const double *partial;
    void *out;
} ft_cuda_list;

#ifdef __clang__
#pragma clang diagnostic pop
#endif
