// The C side of the CPU backend: inner loops compiled once per instruction set and chosen at run
// time. Nothing here starts a thread, keeps state or allocates; the Swift side cuts the work into
// ranges and runs them on its pool.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtypes.h"
#include "elementwise.h"
#include "kernel_arguments.h"
#include "operations.h"
#include "optimizers.h"
#include "reductions.h"

#pragma clang diagnostic push
// Only the kernels themselves are sure to be there: operands may be null where a comment says so.
#pragma clang diagnostic ignored "-Wnullability-completeness"

// Instruction sets, in increasing order; `ft_isa_best` asks the processor.
enum ft_isa { FT_BASE, FT_AVX2, FT_AVX512 };
int ft_isa_best(void);
const char *ft_isa_name(int isa);
// Whether a * b + c is rounded once there, on which equal bits on all processors rest.
bool ft_isa_fuses(int isa);

// How many processors this process may run on.
int ft_processor_count(void);
// Tells the processor that the caller is waiting in a loop.
static inline void ft_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// The kernels of one instruction set: the list of what the CPU can do. A kernel is one line here,
// its code, and one line in the table of vec.inc.
typedef struct ft_kernels {
    // --- Elementwise. The range [begin, end) counts elements of the row-major index space; the
    // output is contiguous and indexed by the same count (out[begin] is the first element written).
    // dtypes: every float natively or through float32 blocks (f16, bf16); integers where the op is
    // marked FT_INT in elementwise.h. Unary predicates and comparisons write one byte, 0 or 1.
    // `x` and `out` may be the same memory when both are contiguous. An operation that the dtype
    // does not have traps. The bits do not depend on how the index space is cut into ranges.
    void (*_Nonnull unary)(int op, int dtype, const ft_loop *loop, int64_t begin, int64_t end,
        const void *x, void *out, double p0, double p1);
    void (*_Nonnull test)(int op, int dtype, const ft_loop *loop, int64_t begin, int64_t end,
        const void *x, void *out);
    // Gives the position of the first division by 0 that it meets, or -1: for floor_div, and for
    // mod of integers.
    int64_t (*_Nonnull binary)(int op, int dtype, const ft_loop *loop, int64_t begin, int64_t end,
        const void *x, const void *y, void *out, double p0);
    void (*_Nonnull compare)(int op, int dtype, const ft_loop *loop, int64_t begin, int64_t end,
        const void *x, const void *y, void *out);
    // out = condition ? x : y;  loop->a: condition (bool bytes), b: x, c: y.
    void (*_Nonnull select)(int dtype, const ft_loop *loop, int64_t begin, int64_t end,
        const void *condition, const void *x, const void *y, void *out);

    // --- Copies. Any dtype to any dtype; loop->a: source, loop->b: destination (both strided).
    // Float to integer truncates toward zero and saturates, NaN gives 0; to bool: x != 0.
    // f32/f64 to f16/bf16 rounds to nearest even; overflow gives infinity; NaN stays NaN.
    void (*_Nonnull copy)(int from, int to, const ft_loop *loop, int64_t begin, int64_t end,
        const void *source, void *destination);
    // Writes `count` copies of the element at `element`.
    void (*_Nonnull fill)(int dtype, int64_t count, const void *element, void *out);

    // --- Reductions, see reductions.h. Floats of every size accumulate in double, integers in
    // int64 or uint64, and the result is rounded once. The order of accumulation depends on sizes
    // and strides alone.
    // Reduces the elements [from, to) of the reduced axes for the kept ones [begin, end), both
    // counted in the order of memory: into `out`, or, if `partial` is there, into
    // partial[begin..<end].
    void (*_Nonnull reduce)(const ft_reduction *reduction, int64_t begin, int64_t end, int64_t from,
        int64_t to, void *partial);
    // out = the pieces joined in order; piece p of kept element i is partial[p * kept_count + i].
    void (*_Nonnull reduce_join)(const ft_reduction *reduction, int64_t begin, int64_t end,
        const void *partial);
    // Index of the first maximum (or minimum) in each row; NaN counts as the extreme.
    void (*_Nonnull arg_rows)(bool maximum, int dtype, int64_t rows, int64_t n, int64_t row_stride,
        const void *x, int64_t *out);
    // out[j] = the reduction of x[0...j] along each contiguous row, which is not finished; the same
    // dtypes.
    void (*_Nonnull scan_rows)(int op, int dtype, int64_t rows, int64_t n, const void *x,
        void *out);

    // out[j] = the product of the other elements of each contiguous row; float32 and float64.
    void (*_Nonnull others_rows)(int dtype, int64_t rows, int64_t n, const void *x, void *out);

    // The distances, by the norm of an order above 0, of the rows [begin, end) of x [.., m, k] to
    // the columns of y [.., k, n]; float32 and float64, contiguous.
    void (*_Nonnull distances)(int dtype, double order, int64_t begin, int64_t end, int64_t m,
        int64_t k, int64_t n, const void *x, const void *y, void *out);
    // --- Along contiguous rows of n >= 1 elements of any dtype.
    // index[i] = where the last of the largest (or smallest) elements up to i is; NaN is the
    // extreme.
    void (*_Nonnull running_extreme)(int dtype, bool maximum, int64_t rows, int64_t n,
        const void *x, int64_t *index);
    // y[i] = b[i] + a[i] y[i - 1], or y[i + 1] if `reversed`; floats, accumulated in double.
    void (*_Nonnull recur)(int dtype, bool reversed, int64_t rows, int64_t n, const void *a,
        const void *b, void *y);
    // index[i] = how many elements of the sorted row x lie below values[i], or at most at it if
    // `right`; all lie below a NaN. n may be 0.
    void (*_Nonnull search)(int dtype, bool right, int64_t n, const void *x, int64_t count,
        const void *values, int64_t *index);
    // counts[i] += how many of n elements lie from edges[i] up to edges[i + 1], or at the last
    // edge, by a rule of ft_bins; counts[bins] += NaN and what lies outside. float32 and float64;
    // edge_count >= 2.
    void (*_Nonnull bins)(int rule, int dtype, int64_t n, const void *x, int64_t edge_count,
        const void *edges, int64_t bins, int64_t *counts);

    // --- Order. NaN counts as larger than any number; of equal elements the first comes first,
    // descending too. Fewer than 2^32 elements a row. A pair is a key and a place, ft_pair_size
    // bytes.
    // index = the places of each row's elements in order; `room` is for 2 (n + 8) pairs.
    void (*_Nonnull order_rows)(int dtype, bool descending, int64_t rows, int64_t n, const void *x,
        int64_t *index, void *room);
    // index = the place of the one element in each row that `rank` others precede, or by ft_rank;
    // `room` as for order_rows.
    void (*_Nonnull rank_rows)(int dtype, int64_t rank, int64_t rows, int64_t n, const void *x,
        int64_t *index, void *room);
    // One row by many hands: pairs of the elements [begin, end) of x; how many of the pairs
    // [begin, end) have each of the 256 values of a digit, of which there are as many as bytes in
    // an element; their way to the places next[digit], which advance; and the places of sorted
    // pairs.
    void (*_Nonnull order_pairs)(int dtype, bool descending, int64_t begin, int64_t end,
        const void *x, void *pairs);
    void (*_Nonnull order_count)(int dtype, int digit, int64_t begin, int64_t end,
        const void *pairs, int64_t *counts);
    void (*_Nonnull order_move)(int dtype, int digit, int64_t begin, int64_t end,
        const void *pairs, int64_t *next, void *to);
    void (*_Nonnull order_places)(int dtype, int64_t begin, int64_t end, const void *pairs,
        int64_t *index);
    // index = the places of the k largest (or smallest) elements of each row, best first; `room` is
    // for 2 ft_top_room(n, k) pairs.
    void (*_Nonnull top_rows)(int dtype, bool largest, int64_t rows, int64_t n, int64_t k,
        const void *x, int64_t *index, void *room);
    // One row by many hands: the pairs of the best of [begin, end), at most k of them; and the
    // places of the k best of such pairs, in the order of their places before they were chosen.
    // Both arrays have room for eight more.
    void (*_Nonnull top_part)(int dtype, bool largest, int64_t begin, int64_t end, int64_t k,
        const void *x, void *pairs, void *room);
    void (*_Nonnull top_join)(int dtype, int64_t count, int64_t k, void *pairs, void *spare,
        int64_t *index);

    // --- Rows of logits: float32 and float64, contiguous rows of n >= 1.
    // softmax: y = exp(x - max) / sum;  log softmax: y = x - max - log(sum exp(x - max)).
    void (*_Nonnull softmax_rows)(int dtype, bool logarithm, int64_t rows, int64_t n, const void *x,
        void *y);
    // softmax: dx = y * (dy - sum(dy * y));  log softmax: dx = dy - exp(y) * sum(dy).
    void (*_Nonnull softmax_backward_rows)(int dtype, bool logarithm, int64_t rows, int64_t n,
        const void *y, const void *dy, void *dx);
    // out[r] = log sum exp of the row, stable; -inf for a row of -inf, +inf if any +inf.
    void (*_Nonnull logsumexp_rows)(int dtype, int64_t rows, int64_t n, const void *x, void *out);

    // Of rows [begin, end), see ft_row_norm; sums [2 n], unless null, takes dy z and dy of each.
    void (*_Nonnull normalize_rows)(const ft_row_norm *norm, int64_t begin, int64_t end);
    void (*_Nonnull normalize_backward_rows)(const ft_row_norm *norm, int64_t begin, int64_t end,
        double *_Nullable sums);
    // out[i] = the sum of element i of `count` rows of n in their order, i in [begin, end).
    void (*_Nonnull join_sums)(int dtype, int64_t count, int64_t n, int64_t begin, int64_t end,
        const double *sums, void *out);

    // --- Cross-entropy by labels, rows [begin, end) of contiguous logits, float32 or float64. All
    // give the first row whose label is no class, or -1. With p = softmax(x), w the weights, e the
    // smoothing and C classes a row counts  a = (1 - e) w[label] + e mean(w):
    // label_weights: out = a of each row, 0 where ignored.
    int64_t (*_Nonnull label_weights)(const ft_labels *target, int64_t begin, int64_t end,
        int dtype, void *out);
    // out = -(1 - e) w[label] ln p[label] - e / C sum(w ln p), 0 where ignored.
    int64_t (*_Nonnull cross_entropy)(const ft_labels *target, int64_t begin, int64_t end,
        int dtype, const void *x, void *out);
    // dx = (a p - (1 - e) w[label] onehot - e / C w) dy;  dy_stride is 1, or 0 for one dy.
    int64_t (*_Nonnull cross_entropy_backward)(const ft_labels *target, int64_t begin, int64_t end,
        int dtype, const void *x, const void *dy, int64_t dy_stride, void *dx);

    // --- Products of matrices.
    // integer_product: the rows [begin, end) of c.
    void (*_Nonnull integer_product)(const ft_integer_product *product, int64_t begin, int64_t end);
    // product: the rows [first, last) and columns [left, right) of C.
    void (*_Nonnull product)(const ft_product *product, int64_t first, int64_t last,
        int64_t left, int64_t right, void *_Nullable space);
    // convolution: one task of the plan. `space` and `shared` are as large as it says, the latter
    // for all tasks together. convolution_prepare: for the gradient by the input, before the tasks,
    // the rows [begin, end) of groups * channels of the turned weights, with 16 bytes a tap of
    // space of their own. convolution_join: for that by the weight, after them, the rows [begin,
    // end) of groups * channels * taps.
    void (*_Nonnull convolution)(const ft_convolution *convolution, int64_t task, void *space,
        void *_Nullable shared);
    void (*_Nonnull convolution_prepare)(const ft_convolution *convolution, int64_t begin,
        int64_t end, void *space, void *shared);
    void (*_Nonnull convolution_join)(const ft_convolution *convolution, int64_t begin, int64_t end,
        const void *shared);

    // --- Attention: the blocks [begin, end) of all heads of all examples of y; and the gradients
    // of all queries, keys and values of one head of k, counted likewise. No scores outlive a
    // block.
    void (*_Nonnull attention)(const ft_attention *attention, int64_t begin, int64_t end, void *space);
    void (*_Nonnull attention_backward)(const ft_attention *attention, int64_t head, void *space);

    // --- Channels, contiguous float32 or float64; a batch has images times channels planes. Means
    // and variances take two calls: for the planes [begin, end), then for the channels [begin, end).
    void (*_Nonnull plane_moments)(const ft_channels *channels, int64_t begin, int64_t end);
    void (*_Nonnull channel_moments)(const ft_channels *channels, int64_t begin, int64_t end);
    // out = relu(added + (x - mean) / sqrt(variance + epsilon) weight + bias) of the planes [begin,
    // end).
    void (*_Nonnull batch_norm)(const ft_channels *channels, int64_t begin, int64_t end);
    // The gradients of that, without anything added, by x, then by weight, then by bias: for the
    // planes [begin, end), then the channels [begin, end), which makes those by weight and bias,
    // then the planes again, for that by x.
    void (*_Nonnull batch_norm_sums)(const ft_channels *channels, int64_t begin, int64_t end);
    void (*_Nonnull batch_norm_join)(const ft_channels *channels, int64_t begin, int64_t end);
    void (*_Nonnull batch_norm_backward)(const ft_channels *channels, int64_t begin, int64_t end);

    // --- Windows: the planes [begin, end), contiguous. Of elements of x: the largest of each
    // window, of equal ones the first, NaN being the largest, or their mean. PICK: the elements of
    // u where those of x are the largest; SPREAD: u added there, SPREAD_MEAN: x in equal shares,
    // and zeros elsewhere.
    void (*_Nonnull pool)(const ft_pool *pool, int64_t begin, int64_t end, const void *x,
        const void *u, void *out);
    // --- Recurrent layers: all steps of the rows [begin, end) of the batch, and their gradients.
    // `space` is as ft_recurrence_space asks, or null, which may take longer
    // and isn't for a call that projects inputs.
    void (*_Nonnull recurrence)(const ft_recurrence *recurrence, int64_t begin, int64_t end,
        void *_Nullable space);
    void (*_Nonnull recurrence_backward)(const ft_recurrence *recurrence, int64_t begin,
        int64_t end, void *_Nullable space);

    // --- Indexing: items are contiguous, indices int64. An index counts from the end if negative;
    // one outside the `rows` of the table is skipped. Both give the position of the first such, or
    // -1. positions: out[i] = index[i], not negative any more.
    int64_t (*_Nonnull positions)(int64_t count, int64_t rows, const int64_t *index, int64_t *out);
    // gather: out[i] = table[index[i]]
    int64_t (*_Nonnull gather)(int64_t count, int64_t width_bytes, int64_t rows, const void *table,
        const int64_t *index, void *out);
    // scatter: out[index[i]] = x[i], or += and so on, in order of i, for the rows [low, high) of
    // `out` and the columns [first, last) of it and x.
    int64_t (*_Nonnull scatter)(const ft_scatter *scatter, int64_t low, int64_t high,
        int64_t first, int64_t last);

    // --- Random numbers: Philox 4x32-10 (Salmon et al., SC'11). Block b of a stream is
    // philox(counter = {lo(b), hi(b), stream_lo, stream_hi}, key = {lo(seed), hi(seed)}): four
    // words. Output element i of a call uses word i % 4 of block first_block + i / 4 (float32
    // uniform), so a range can be filled in any order; `begin` must be a multiple of
    // 4.
    void (*_Nonnull philox_words)(uint64_t seed, uint64_t stream, uint64_t first_block,
        int64_t begin, int64_t end, uint32_t *out);
    // Uniform in [low, high): low + u * (high - low); for f32 u is the top 24 bits of a word times
    // 2^-24 (f16 and bf16 round the f32 value, but never up to `high`). f64 uses two words (53
    // bits): element i takes words 2(i % 2), 2(i % 2) + 1 of block first_block + i / 2; `begin`
    // even.
    void (*_Nonnull random_uniform)(int dtype, uint64_t seed, uint64_t stream, uint64_t first_block,
        int64_t begin, int64_t end, double low, double high, void *out);
    // Normal by Box-Muller: f32: words (0,1) and (2,3) of a block give four values; f64: words
    // (0,1),(2,3) as two 53-bit uniforms give two values per block. `begin` a multiple of 4 (2).
    void (*_Nonnull random_normal)(int dtype, uint64_t seed, uint64_t stream, uint64_t first_block,
        int64_t begin, int64_t end, double mean, double deviation, void *out);
    // Dropout with inverted scaling, contiguous f32/f64/f16/bf16: out[i] = u(i) >= rate ?
    // x[i]/(1-rate) : 0 with u(i) the f32 uniform of word i % 4 of block first_block + i / 4 for
    // every dtype.
    void (*_Nonnull dropout)(int dtype, uint64_t seed, uint64_t stream, uint64_t first_block,
        int64_t begin, int64_t end, double rate, const void *x, void *out);

    // --- Optimizers: one step of a rule of optimizers.h over `count` elements, float32 or float64.
    // array: the parameter, its gradient and the states that the rule has. `numbers` are
    // FT_RULE_NUMBERS doubles, converted to the dtype once; `clip` multiplies the gradient first.
    void (*_Nonnull update)(int rule, int dtype, int64_t count, const double *numbers, double clip,
        void *const *array);

    // --- Scans for trouble: the sum of squares (in double), and whether all are finite.
    double (*_Nonnull sum_squares)(int dtype, int64_t n, const void *x);
    bool (*_Nonnull all_finite)(int dtype, int64_t n, const void *x);
} ft_kernels;

// The kernels for an instruction set that this processor has.
const ft_kernels *_Nonnull ft_kernels_for(int isa);
#pragma clang diagnostic pop
