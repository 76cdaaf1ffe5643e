// The list of CUDA kernels and how they are compiled and launched.
//
// Sources: the text of number 0 is compiled; the others are headers that it includes by name.
// ft_cuda_variant says for a launch which part of that is to be compiled, as a number that is equal
// where the module is the same, and ft_cuda_variant_options the options for it: within seconds,
// when it is first wanted. Further options: -std=c++17 -default-device --gpu-architecture=…. The
// kernel `name` is the function ft_<name>, whose one argument is the structure, by value.
//
// Launches: FT_CUDA_THREADS threads in one dimension, no dynamic shared memory, and any number of
// blocks above 0 in one dimension: kernels take their work in strides of the grid, and the bits
// don't depend on it. ft_cuda_blocks says how many blocks have something to do; a cap of a few for
// each multiprocessor (FT_CUDA_BLOCKS_PER_PROCESSOR) saves launching more than can run. Nothing is
// to be launched where it says 0.
#pragma once
#include "cuda_arguments.h"
#include "cuda_layers.h"

enum { FT_CUDA_THREADS = 256, FT_CUDA_BLOCKS_PER_PROCESSOR = 8 };
// The longest rows that a warp takes; longer ones have a block each.
enum { FT_CUDA_WARP_ROW = 1024 };

// X(name)
#define FT_CUDA_PROGRAMS(X)                                                                        \
    X(make) X(copy) X(unary) X(test) X(binary) X(compare) X(select)                                \
    X(reduce) X(extremes) X(softmax) X(labels) X(index) X(scatter) X(random) X(update) X(totals)  \
    X(normalize) X(product) X(bias) X(distances) X(channels) X(pool) X(convolution) X(attention)   \
    X(recurrence) X(steps) X(scan) X(sort) X(order) X(fused) X(together) X(matrices)

// Those of functions of single elements, compiled so that no product and sum become one operation:
// several functions in one pass have the bits of one after the other.
#define FT_CUDA_ROUNDED_PROGRAMS(X)                                                                \
    X(copy) X(unary) X(test) X(binary) X(compare) X(select) X(fused) X(together)

// X(kernel, structure, program)
#define FT_CUDA_KERNELS(X)                                                                         \
    X(fill, ft_cuda_fill, make)                                                                    \
    X(range, ft_cuda_range, make)                                                                  \
    X(copy, ft_cuda_copy, copy)                                                                    \
    X(unary, ft_cuda_unary, unary)                                                                 \
    X(test, ft_cuda_unary, test)                                                                   \
    X(binary, ft_cuda_binary, binary)                                                              \
    X(compare, ft_cuda_binary, compare)                                                            \
    X(select, ft_cuda_select, select)                                                              \
    X(reduce, ft_cuda_reduce, reduce)                                                              \
    X(reduce_join, ft_cuda_reduce, reduce)                                                         \
    X(arg_extreme, ft_cuda_rows, extremes)                                                         \
    X(softmax, ft_cuda_rows, softmax)                                                              \
    X(softmax_backward, ft_cuda_rows, softmax)                                                     \
    X(log_sum_exp, ft_cuda_rows, softmax)                                                          \
    X(label_weights, ft_cuda_labels, labels)                                                       \
    X(cross_entropy, ft_cuda_labels, labels)                                                       \
    X(cross_entropy_backward, ft_cuda_labels, labels)                                              \
    X(positions, ft_cuda_positions, index)                                                         \
    X(gather, ft_cuda_gather, index)                                                               \
    X(scatter, ft_cuda_scatter, scatter)                                                           \
    X(words, ft_cuda_random, random)                                                               \
    X(uniform, ft_cuda_random, random)                                                             \
    X(normal, ft_cuda_random, random)                                                              \
    X(dropout, ft_cuda_random, random)                                                             \
    X(update, ft_cuda_list, update)                                                                \
    X(squared_norm, ft_cuda_list, totals)                                                          \
    X(squared_norm_join, ft_cuda_list, totals)                                                     \
    X(all_finite, ft_cuda_list, totals)                                                            \
    X(normalize, ft_cuda_norm, normalize)                                                          \
    X(normalize_backward, ft_cuda_norm, normalize)                                                 \
    X(normalize_join, ft_cuda_norm, normalize)                                                     \
    X(product, ft_cuda_product, product)                                                           \
    X(bias_relu, ft_cuda_bias, bias)                                                               \
    X(distances, ft_cuda_distances, distances)                                                     \
    X(channel_moments, ft_cuda_channels, channels)                                                 \
    X(channel_join, ft_cuda_channels, channels)                                                    \
    X(batch_norm_sums, ft_cuda_channels, channels)                                                 \
    X(batch_norm, ft_cuda_channels, channels)                                                      \
    X(batch_norm_backward, ft_cuda_channels, channels)                                             \
    X(pool, ft_cuda_pool, pool)                                                                    \
    X(convolution, ft_cuda_convolution, convolution)                                               \
    X(convolution_join, ft_cuda_convolution, convolution)                                          \
    X(attention, ft_cuda_attention, attention)                                                     \
    X(attention_backward, ft_cuda_attention, attention)                                            \
    X(attention_backward_keys, ft_cuda_attention, attention)                                       \
    X(recurrence, ft_cuda_recurrence, recurrence)                                                  \
    X(recurrence_backward, ft_cuda_recurrence, recurrence)                                         \
    X(recurrence_step, ft_cuda_recurrence, steps)                                                  \
    X(recurrence_step_backward, ft_cuda_recurrence, steps)                                         \
    X(scan, ft_cuda_rows, scan)                                                                    \
    X(product_of_others, ft_cuda_rows, scan)                                                       \
    X(sort_runs, ft_cuda_sort, sort)                                                               \
    X(sort_merge, ft_cuda_sort, sort)                                                              \
    X(sort_places, ft_cuda_sort, sort)                                                             \
    X(take, ft_cuda_order, order)                                                                  \
    X(running_extreme, ft_cuda_order, order)                                                       \
    X(recur, ft_cuda_order, order)                                                                 \
    X(search, ft_cuda_order, order)                                                                \
    X(bins, ft_cuda_order, order)                                                                  \
    X(fused, ft_cuda_fused, fused)                                                                 \
    X(together, ft_cuda_together, together)                                                        \
    X(matrices, ft_cuda_matrices, matrices)

#define FT_ONE(name) FT_PROGRAM_##name,
enum ft_cuda_program { FT_CUDA_PROGRAMS(FT_ONE) FT_PROGRAM_COUNT };
#undef FT_ONE
#define FT_ONE(name, ...) FT_KERNEL_##name,
enum ft_cuda_kernel { FT_CUDA_KERNELS(FT_ONE) FT_KERNEL_COUNT };
#undef FT_ONE

#ifdef __cplusplus
extern "C" {
#endif

// The texts; 0 is the main one, whose name is main.cu.
int ft_cuda_source_count(void);
const char *ft_cuda_source_name(int source);
const char *ft_cuda_source_text(int source);

// The kernel's function, and the size of its structure.
const char *ft_cuda_kernel_name(int kernel);
int ft_cuda_kernel_bytes(int kernel);

// The module that a launch needs, and the options that make it, divided by blanks.
unsigned long long ft_cuda_variant(int kernel, const void *arguments);
enum { FT_CUDA_OPTIONS_BYTES = 192 };
void ft_cuda_variant_options(unsigned long long variant, char *options);

// The text of a program's instructions, by which it is compiled to code of its own: the one more
// option for `fused` is -DFT_STEPS= and that, for `together` -DFT_CODES= and
// CODE(number,dtype,text) for each code that its programs have. Without them kernels read the
// instructions as they run. Gives the text's length, or -1 where `room` doesn't suffice. The
// instructions are the host's copy; `arguments` need them on the device as well.
int ft_cuda_fused_steps(const ft_cuda_instruction *instructions, int length, char *text, int room);

// How many blocks have something to do, at least one where there is any work.
long long ft_cuda_blocks(int kernel, const void *arguments);

// Fills in what follows `p1` by sizes and strides alone, and gives the bytes that `partial` needs.
// Both loops are merged before; x: a, y: b, out: c.
long long ft_cuda_reduce_plan(ft_cuda_reduce *arguments);

// Fills in `pieces` and `piece` of a convolution and gives the bytes that `partial` needs.
long long ft_cuda_convolution_plan(ft_cuda_convolution *arguments);

// Fills in `run` and `runs` of a normalization's gradient and gives the bytes that `sums` needs.
long long ft_cuda_norm_plan(ft_cuda_norm *arguments);

// Fills in `pieces` and `piece` of channels and gives the bytes that `partial` needs.
long long ft_cuda_channels_plan(ft_cuda_channels *arguments);

// Fills in `rows`: the fewest with which each block has a multiprocessor, of so many, for itself; 0
// where a row doesn't fit a block's memory.
void ft_cuda_recurrence_plan(ft_cuda_recurrence *arguments, long long processors);

// Fills in `columns` and `parts` of a scatter by its sizes.
void ft_cuda_scatter_plan(ft_cuda_scatter *arguments);

// The bytes that `matrices` needs.
long long ft_cuda_matrix_space(const ft_cuda_matrices *arguments);

// The largest number of a float dtype below `high`, or `low` if there is none between, as a float.
float ft_cuda_largest_below(int dtype, double low, double high);

#ifdef __cplusplus
}
#endif
