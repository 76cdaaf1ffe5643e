// Kernels' names, and which part of the sources a launch needs.
#include <stdint.h>
#include <stdio.h>

#include "cuda_kernels.h"

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
    int program, dtype, second, op, map, function, size, numbers;
} variant;

static unsigned long long packed(variant v) {
    const int parts[] = {v.program, v.dtype, v.second, v.op, v.map, v.function,
                         v.size, v.numbers};
    unsigned long long key = 0;
    for (int k = 0; k < 8; k++) key |= (unsigned long long)(parts[k] & 255) << (8 * k);
    return key;
}

static void fill_reduce_variant(variant *v, const ft_cuda_reduce *r) {
    v->dtype = r->dtype;
    v->op = r->op;
    v->map = r->map;
    if (r->map != FT_CUDA_MAP_NONE) v->function = r->function;
    if (r->map == FT_CUDA_MAP_BINARY) v->second = r->second_dtype;
}

unsigned long long ft_cuda_variant(int kernel, const void *arguments) {
    variant v = {program_of(kernel), -1, -1, -1, -1, -1, -1, -1};
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
    case FT_PROGRAM_normalize: v.dtype = ((const ft_cuda_norm *)arguments)->dtype; break;
    case FT_PROGRAM_product: v.dtype = ((const ft_cuda_product *)arguments)->dtype; break;
    case FT_PROGRAM_bias: v.dtype = ((const ft_cuda_bias *)arguments)->dtype; break;
    case FT_PROGRAM_distances: v.dtype = ((const ft_cuda_distances *)arguments)->dtype; break;
    case FT_PROGRAM_channels: v.dtype = ((const ft_cuda_channels *)arguments)->dtype; break;
    case FT_PROGRAM_select: v.size = (int)((const ft_cuda_select *)arguments)->size; break;
    case FT_PROGRAM_pool:
        v.dtype = ((const ft_cuda_pool *)arguments)->dtype;
        v.op = ((const ft_cuda_pool *)arguments)->part;
        break;
    case FT_PROGRAM_convolution:
        v.dtype = ((const ft_cuda_convolution *)arguments)->dtype;
        v.op = ((const ft_cuda_convolution *)arguments)->part;
        v.numbers = ((const ft_cuda_convolution *)arguments)->numbers;
        break;
    case FT_PROGRAM_attention:
        v.dtype = ((const ft_cuda_attention *)arguments)->dtype;
        v.numbers = ((const ft_cuda_attention *)arguments)->numbers;
        break;
    case FT_PROGRAM_recurrence:
        v.dtype = ((const ft_cuda_recurrence *)arguments)->dtype;
        v.op = ((const ft_cuda_recurrence *)arguments)->rows;
        v.function = ((const ft_cuda_recurrence *)arguments)->kind;
        break;
    case FT_PROGRAM_steps: v.dtype = ((const ft_cuda_recurrence *)arguments)->dtype; break;
    case FT_PROGRAM_scan:
        v.dtype = ((const ft_cuda_rows *)arguments)->dtype;
        if (kernel == FT_KERNEL_scan) v.op = ((const ft_cuda_rows *)arguments)->op;
        break;
    case FT_PROGRAM_sort: v.dtype = ((const ft_cuda_sort *)arguments)->dtype; break;
    case FT_PROGRAM_order: v.dtype = ((const ft_cuda_order *)arguments)->dtype; break;
    case FT_PROGRAM_matrices:
        v.dtype = ((const ft_cuda_matrices *)arguments)->dtype;
        v.op = ((const ft_cuda_matrices *)arguments)->what;
        break;
    case FT_PROGRAM_fused: v.dtype = ((const ft_cuda_fused *)arguments)->dtype; break;
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
    static const char *const names[] = {"DTYPE", "SECOND", "OP", "MAP", "FUNCTION", "SIZE",
                                        "NUMBERS"};
    int used = snprintf(options, FT_CUDA_OPTIONS_BYTES, "-DFT_PART -DFT_WITH_%s",
                        programs[key & 255]);
    for (int k = 0; k < 7; k++) {
        int value = (int)(key >> (8 * (k + 1)) & 255);
        if (value == 255) continue;
        used += snprintf(options + used, (size_t)(FT_CUDA_OPTIONS_BYTES - used), " -DFT_%s=%d",
                         names[k], value);
    }
    switch (key & 255) {
#define FT_ONE(name) case FT_PROGRAM_##name:
        FT_CUDA_ROUNDED_PROGRAMS(FT_ONE)
#undef FT_ONE
        snprintf(options + used, (size_t)(FT_CUDA_OPTIONS_BYTES - used), " -fmad=false");
    }
}

// STEP(number,kind,function,dtype,out,then each operand with its dtype) for each instruction; what
// they calculate with is left to the arguments.
int ft_cuda_fused_steps(const ft_cuda_instruction *instructions, int length, char *text, int room) {
    int used = 0;
    for (int k = 0; k < length && used < room; k++) {
        const ft_cuda_instruction *step = instructions + k;
        used += snprintf(text + used, (size_t)(room - used),
                         "STEP(%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d)", k, step->kind, step->function,
                         step->dtype, step->out, step->operands[0], step->dtypes[0],
                         step->operands[1], step->dtypes[1], step->operands[2], step->dtypes[2]);
    }
    return used < room ? used : -1;
}
