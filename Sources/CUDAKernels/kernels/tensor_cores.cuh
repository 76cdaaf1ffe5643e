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

// A kernel of which a multiprocessor has two blocks of halves, one computing while the other waits;
// other factors take too many registers for that.
#ifdef FT_NUMBERS
#define FT_PAIR (FT_NUMBERS == FT_CUDA_HALVES || FT_NUMBERS == FT_CUDA_BHALVES ? 2 : 1)
#else
#define FT_PAIR 1
#endif
#define FT_PAIRED_KERNEL(name, structure)                                                          \
    extern "C" __global__ void __launch_bounds__(256, FT_PAIR) ft_##name(const structure arguments)

typedef pack<float, 4> four;

#ifdef __CUDA_ARCH__
FT_DEVICE uint32_t shared_address(const void *place) {
    uint32_t address;
    asm("{ .reg .u64 at; cvta.to.shared.u64 at, %1; cvt.u32.u64 %0, at; }"
        : "=r"(address)
        : "l"(place));
    return address;
}
// Two matrices of 8 by 8 halves, whose rows lie where lanes 0 to 7 and 8 to 15 say.
#define FT_READ_MATRICES(turned, first, lane_at, at)                                               \
    asm volatile("ldmatrix.sync.aligned.m8n8.x2" turned ".shared.b16 {%0, %1}, [%2];"              \
                 : "=r"(b[0]), "=r"(b[1])                                                          \
                 : "r"(shared_address(first) + 2 * (lane_at) + 2 * (at))                           \
                 : "memory")
#endif

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

// An element as a factor, rounded.
template <class N, class T> struct factor {
    static __device__ __forceinline__ typename N::stored of(T x) {
        return N::stored_of(element<T>::load(x));
    }
};
// Four of a row or column.
template <class N, class T> FT_DEVICE pack<typename N::stored, 4> run_of(const pack<T, 4> &x) {
    return {{factor<N, T>::of(x.at[0]), factor<N, T>::of(x.at[1]), factor<N, T>::of(x.at[2]),
             factor<N, T>::of(x.at[3])}};
}

// Keeps the compiler from making ahead, and holding in registers, all that follows from an index:
// behind this it may be another one.
FT_DEVICE void take_anew(int &index) {
#ifdef __CUDA_ARCH__
    asm volatile("" : "+r"(index));
#else
    (void)index;
#endif
}

// Right factors of halves in shared memory, `at` from the first: 8 rows of 16 columns, which are
// summed over, or 16 rows, summed over, of 8 columns. A lane's four are 2 t, 2 t + 1, 2 t + 8 and
// 2 t + 9 of what is summed over, in row, or column, g.
FT_DEVICE void read_rows(int thread, const uint16_t *first, int at, int step, uint32_t *b) {
    int lane = thread % FT_WARP;
#ifdef __CUDA_ARCH__
    FT_READ_MATRICES("", first, lane % 8 * step + lane / 8 % 2 * 8, at);
#else
    const uint16_t *x = first + at + lane / 4 * step + lane % 4 * 2;
    b[0] = x[0] | (uint32_t)x[1] << 16, b[1] = x[8] | (uint32_t)x[9] << 16;
#endif
}
FT_DEVICE void read_columns(int thread, const uint16_t *first, int at, int step, uint32_t *b) {
    int lane = thread % FT_WARP;
#ifdef __CUDA_ARCH__
    FT_READ_MATRICES(".trans", first, lane % 16 * step, at);
#else
    const uint16_t *x = first + at + lane % 4 * 2 * step + lane / 4;
    b[0] = x[0] | (uint32_t)x[step] << 16, b[1] = x[8 * step] | (uint32_t)x[9 * step] << 16;
#endif
}

// `stored` is a rounded factor, `is_sound` whether one is finite; fragments are made of runs of
// four. `opened` is what a left one is multiplied as. EXPONENT: the bits of a half's exponent.
template <class H, uint16_t EXPONENT> struct half_parts {
    struct left { uint32_t at[4]; };
    struct right { uint32_t at[2]; };
    typedef uint16_t stored;
    typedef pack<stored, 4> run;
    static __device__ __forceinline__ stored stored_of(float x) {
        return element<H>::store(x).bits;
    }
    static __device__ __forceinline__ bool is_sound(stored x) {
        return (x & EXPONENT) != EXPONENT;
    }
    static __device__ __forceinline__ uint32_t word(const run &x, int from) {
        return x.at[from] | (uint32_t)x.at[from + 1] << 16;
    }
    static __device__ __forceinline__ left left_of(const run &upper, const run &lower) {
        return {{word(upper, 0), word(lower, 0), word(upper, 2), word(lower, 2)}};
    }
    static __device__ __forceinline__ const left &opened(int, const left &a) { return a; }
    static __device__ __forceinline__ right right_of(const run &y) {
        return {{word(y, 0), word(y, 2)}};
    }
    static __device__ __forceinline__ right right_of_rows(int thread, const stored *first,
                                                          int at, int step) {
        right b;
        read_rows(thread, first, at, step, b.at);
        return b;
    }
    static __device__ __forceinline__ right right_of_columns(int thread, const stored *first,
                                                             int at, int step) {
        right b;
        read_columns(thread, first, at, step, b.at);
        return b;
    }
};

struct half_numbers : half_parts<half16, 0x7c00> {
    static __device__ __forceinline__ void multiply(const left &a, const right &b, float *c) {
        multiply_halves(a.at, b.at, c);
    }
};
// Halves of a kind are factors of that kind.
#define FT_OWN_HALVES(numbers, half)                                                               \
    template <> struct factor<numbers, half> {                                                     \
        static __device__ __forceinline__ uint16_t of(half x) { return x.bits; }                   \
    };
FT_OWN_HALVES(half_numbers, half16)

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
struct bhalf_numbers : half_parts<bhalf16, 0x7f80> {
    static __device__ __forceinline__ void multiply(const left &a, const right &b, float *c) {
        multiply_bhalves(a.at, b.at, c);
    }
};
FT_OWN_HALVES(bhalf_numbers, bhalf16)

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
    static __device__ __forceinline__ const left &opened(int, const left &a) { return a; }
    static __device__ __forceinline__ right right_of(const run &y) {
        return {{y.at[0], y.at[1], y.at[2], y.at[3]}};
    }
    static __device__ __forceinline__ right right_of_rows(int thread, const stored *first,
                                                          int at, int step) {
        typedef pack<stored, 2> pair;
        const stored *x = first + at + thread % FT_WARP / 4 * step + thread % 4 * 2;
        pair low = *(const pair *)x, high = *(const pair *)(x + 8);
        return {{low.at[0], low.at[1], high.at[0], high.at[1]}};
    }
    static __device__ __forceinline__ right right_of_columns(int thread, const stored *first,
                                                             int at, int step) {
        const stored *x = first + at + thread % 4 * 2 * step + thread % FT_WARP / 4;
        return {{x[0], x[step], x[8 * step], x[9 * step]}};
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
