// The list of CUDA kernels and how they are compiled and launched.
//
// Sources: the text of number 0 is compiled; the others are headers that it includes by name. It
// holds all kernels, or those of one program with -D FT_PROGRAM=n (enum ft_cuda_program), so that
// a program is compiled when its first kernel is wanted. Further options: -std=c++17
// -default-device and --gpu-architecture. The kernel `name` is the function ft_<name>, whose one
// argument is the structure, by value.
//
// Launches: FT_CUDA_THREADS threads in one dimension, no dynamic shared memory, and any number of
// blocks above 0 in one dimension: kernels take their work in strides of the grid, and the bits
// don't depend on it. ft_cuda_blocks says how many blocks have something to do; a cap of a few for
// each multiprocessor (FT_CUDA_BLOCKS_PER_PROCESSOR) saves launching more than can run. Nothing is
// to be launched where it says 0.
#pragma once
#include "cuda_arguments.h"

enum { FT_CUDA_THREADS = 256, FT_CUDA_BLOCKS_PER_PROCESSOR = 8 };

// X(name)
#define FT_CUDA_PROGRAMS(X) X(elementwise) X(reduce) X(rows) X(labels) X(index) X(random) X(lists)

// X(kernel, structure, program)
#define FT_CUDA_KERNELS(X)                                                                         \
    X(fill, ft_cuda_fill, elementwise)                                                             \
    X(range, ft_cuda_range, elementwise)                                                           \
    X(copy, ft_cuda_copy, elementwise)                                                             \
    X(unary, ft_cuda_unary, elementwise)                                                           \
    X(test, ft_cuda_unary, elementwise)                                                            \
    X(binary, ft_cuda_binary, elementwise)                                                         \
    X(compare, ft_cuda_binary, elementwise)                                                        \
    X(select, ft_cuda_select, elementwise)                                                         \
    X(reduce, ft_cuda_reduce, reduce)                                                              \
    X(reduce_join, ft_cuda_reduce, reduce)                                                         \
    X(arg_extreme, ft_cuda_rows, reduce)                                                           \
    X(softmax, ft_cuda_rows, rows)                                                                 \
    X(softmax_backward, ft_cuda_rows, rows)                                                        \
    X(log_sum_exp, ft_cuda_rows, rows)                                                             \
    X(label_weights, ft_cuda_labels, labels)                                                       \
    X(cross_entropy, ft_cuda_labels, labels)                                                       \
    X(cross_entropy_backward, ft_cuda_labels, labels)                                              \
    X(positions, ft_cuda_positions, index)                                                         \
    X(gather, ft_cuda_gather, index)                                                               \
    X(scatter, ft_cuda_scatter, index)                                                             \
    X(words, ft_cuda_random, random)                                                               \
    X(uniform, ft_cuda_random, random)                                                             \
    X(normal, ft_cuda_random, random)                                                              \
    X(dropout, ft_cuda_random, random)                                                             \
    X(update, ft_cuda_list, lists)                                                                 \
    X(squared_norm, ft_cuda_list, lists)                                                           \
    X(squared_norm_join, ft_cuda_list, lists)                                                      \
    X(all_finite, ft_cuda_list, lists)

#define FT_ONE(name) FT_PROGRAM_##name,
enum ft_cuda_program { FT_CUDA_PROGRAMS(FT_ONE) FT_PROGRAM_COUNT };
#undef FT_ONE
#define FT_ONE(name, ...) FT_KERNEL_##name,
enum ft_cuda_kernel { FT_CUDA_KERNELS(FT_ONE) FT_KERNEL_COUNT };
#undef FT_ONE

// The texts; 0 is the main one, whose name is main.cu.
int ft_cuda_source_count(void);
const char *ft_cuda_source_name(int source);
const char *ft_cuda_source_text(int source);

// A kernel's function in its program, the number of that, and the size of its structure.
const char *ft_cuda_kernel_name(int kernel);
int ft_cuda_kernel_program(int kernel);
int ft_cuda_kernel_bytes(int kernel);
const char *ft_cuda_program_name(int program);

// How many blocks have something to do, at least one where there is any work.
long long ft_cuda_blocks(int kernel, const void *arguments);

// Fills in `way`, `pieces` and `piece` by sizes and strides alone, and gives the bytes that
// `partial` needs. Both loops are merged before; x: a, y: b, out: c.
long long ft_cuda_reduce_plan(ft_cuda_reduce *arguments);

// The largest number of a float dtype below `high`, or `low` if there is none between, as a float.
float ft_cuda_largest_below(int dtype, double low, double high);
