// Products of small matrices by tensor cores: C += A B, where A has 16 rows and 16 columns, B 8
// columns, and C is float32. Factors are rounded to bfloat16, float16 or TF32 (11 significant bits,
// float32's range), their products are exact. Fragments are those of the PTX ISA, "Matrix multiply-
// accumulate operation using mma instruction". On the processor the emulator multiplies them.
//
// Lane l = 4 g + t of a warp has of C the elements (g, 2 t), (g, 2 t + 1), (g + 8, 2 t) and
// (g + 8, 2 t + 1); of A four elements of row g and four of row g + 8, of B four of column g. Which
// four is up to the caller, but the same in A and B: they are summed over, so that their order is
// free.
#pragma once
#include "cuda_kernels.h"
#include "loops.cuh"

#ifdef FT_NUMBERS
#define FT_NUMBERS_OF(arguments) (FT_NUMBERS)
#else
#define FT_NUMBERS_OF(arguments) ((arguments).numbers)
#endif

// A kernel that may take as many registers as a block can have: sums that wait in lanes need them.
#define FT_LARGE_KERNEL(name, structure)                                                           \
    extern "C" __global__ void __launch_bounds__(256, 1) ft_##name(const structure arguments)

typedef pack<float, 4> four;

#ifdef __CUDA_ARCH__
#if __CUDA_ARCH__ >= 800
#define FT_MULTIPLY(shape, types)                                                                  \
    asm volatile("mma.sync.aligned." shape ".row.col.f32." types ".f32 "                           \
                 "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"                 \
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])                                  \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]))
FT_DEVICE void multiply_halves(const uint32_t *a, const uint32_t *b, float *c) {
    FT_MULTIPLY("m16n8k16", "f16.f16");
}
FT_DEVICE void multiply_bhalves(const uint32_t *a, const uint32_t *b, float *c) {
    FT_MULTIPLY("m16n8k16", "bf16.bf16");
}
FT_DEVICE void multiply_tf32(const uint32_t *a, const uint32_t *b, float *c) {
    FT_MULTIPLY("m16n8k8", "tf32.tf32");
}
#undef FT_MULTIPLY
#else
FT_DEVICE void multiply_halves(const uint32_t *a, const uint32_t *b, float *c) {
    for (int k = 0; k < 2; k++) {
        asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 "
                     "{%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
                     : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                     : "r"(a[2 * k]), "r"(a[2 * k + 1]), "r"(b[k]));
    }
}
#endif
#else
FT_DEVICE void multiply_halves(const uint32_t *a, const uint32_t *b, float *c) {
    emulator::multiply(emulator::HALVES, a, b, c);
}
FT_DEVICE void multiply_bhalves(const uint32_t *a, const uint32_t *b, float *c) {
    emulator::multiply(emulator::BHALVES, a, b, c);
}
FT_DEVICE void multiply_tf32(const uint32_t *a, const uint32_t *b, float *c) {
    emulator::multiply(emulator::TF32, a, b, c);
}
#endif

// Four factors of a row or column, rounded.
template <class N> FT_DEVICE pack<typename N::stored, 4> run_of(const four &x) {
    return {{N::stored_of(x.at[0]), N::stored_of(x.at[1]), N::stored_of(x.at[2]),
             N::stored_of(x.at[3])}};
}

// `stored` is a rounded factor, `is_sound` whether one is finite; fragments are made of runs of
// four. EXPONENT: the bits of a half's exponent.
template <class H, uint16_t EXPONENT> struct half_parts {
    struct left { uint32_t at[4]; };
    struct right { uint32_t at[2]; };
    typedef uint16_t stored;
    typedef pack<stored, 4> run;
    static __device__ __forceinline__ stored stored_of(float x) { return element<H>::store(x).bits; }
    static __device__ __forceinline__ bool is_sound(stored x) {
        return (x & EXPONENT) != EXPONENT;
    }
    static __device__ __forceinline__ uint32_t word(const run &x, int from) {
        return x.at[from] | (uint32_t)x.at[from + 1] << 16;
    }
    static __device__ __forceinline__ left left_of(const run &upper, const run &lower) {
        return {{word(upper, 0), word(lower, 0), word(upper, 2), word(lower, 2)}};
    }
    static __device__ __forceinline__ right right_of(const run &y) {
        return {{word(y, 0), word(y, 2)}};
    }
};

struct half_numbers : half_parts<half16, 0x7c00> {
    static __device__ __forceinline__ void multiply(const left &a, const right &b, float *c) {
        multiply_halves(a.at, b.at, c);
    }
};

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
struct bhalf_numbers : half_parts<bhalf16, 0x7f80> {
    static __device__ __forceinline__ void multiply(const left &a, const right &b, float *c) {
        multiply_bhalves(a.at, b.at, c);
    }
};

// To nearest, ties away from 0.
FT_DEVICE uint32_t tf32_of(float x) {
#ifdef __CUDA_ARCH__
    uint32_t bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
    return bits;
#else
    uint32_t bits = ft_bits(x);
    bool finite = (bits & 0x7f800000u) != 0x7f800000u;
    return finite ? (bits + 0x1000u) & ~0x1fffu : bits | (bits & 0x007fffffu ? 0x400000u : 0u);
#endif
}

struct tf32_numbers {
    struct left { uint32_t at[8]; };
    struct right { uint32_t at[4]; };
    typedef uint32_t stored;
    typedef pack<stored, 4> run;
    static __device__ __forceinline__ stored stored_of(float x) { return tf32_of(x); }
    static __device__ __forceinline__ bool is_sound(stored x) {
        return (x & 0x7f800000u) != 0x7f800000u;
    }
    static __device__ __forceinline__ left left_of(const run &upper, const run &lower) {
        left a;
#pragma unroll
        for (int e = 0; e < 4; e++) a.at[2 * e] = upper.at[e], a.at[2 * e + 1] = lower.at[e];
        return a;
    }
    static __device__ __forceinline__ right right_of(const run &y) {
        return {{y.at[0], y.at[1], y.at[2], y.at[3]}};
    }
    static __device__ __forceinline__ void multiply(const left &a, const right &b, float *c) {
        multiply_tf32(a.at, b.at, c);
        multiply_tf32(a.at + 4, b.at + 2, c);
    }
};
#endif

// Calls f with the numbers that factors may be rounded to; false where that is none, or the device
// has no tensor cores for them.
template <class F> FT_DEVICE bool for_numbers(int numbers, F f) {
    if (numbers == FT_CUDA_HALVES) {
        f(half_numbers());
        return true;
    }
#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
    if (numbers == FT_CUDA_BHALVES) f(bhalf_numbers());
    if (numbers == FT_CUDA_TF32) f(tf32_numbers());
    return numbers != FT_CUDA_EXACT;
#else
    return false;
#endif
}

// Likewise for gradients, which may leave float16's range on their way: TF32 holds all that float16
// does, and takes its place.
template <class F> FT_DEVICE bool for_slopes(int numbers, F f) {
    return for_numbers(numbers == FT_CUDA_HALVES ? (int)FT_CUDA_TF32 : numbers, f);
}
