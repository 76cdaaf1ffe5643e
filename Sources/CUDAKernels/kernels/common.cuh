// What all kernels rest on: integer types, dtypes as types, loads and stores, loops over the grid.
#pragma once

#ifdef __CUDACC_RTC__
// Lists are expanded for types without a sign too, which are never below 0, and for rules that use
// no gradient.
#pragma nv_diag_suppress 177
#pragma nv_diag_suppress 186
#pragma nv_diag_suppress 550
typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef short int16_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
#endif

#include "cuda_arguments.h"
#include "dtypes.h"
#include "elementwise.h"
#include "optimizers.h"
#include "reductions.h"
#include "scalar_math.h"

#define FT_DEVICE [[maybe_unused]] static __device__ __forceinline__
// What is called from many places and takes its time.
#define FT_OUTLINED [[maybe_unused]] static __device__ __noinline__
#define FT_KERNEL(name, structure)                                                                 \
    extern "C" __global__ void __launch_bounds__(256) ft_##name(const structure arguments)
// A kernel that may take as many registers as a block can have.
#define FT_LARGE_KERNEL(name, structure)                                                           \
    extern "C" __global__ void __launch_bounds__(256, 1) ft_##name(const structure arguments)
// A kernel of which a multiprocessor has room for so many blocks, whatever its registers would like.
#define FT_BOUND_KERNEL(name, structure, blocks)                                                   \
    extern "C" __global__ void __launch_bounds__(256, blocks) ft_##name(const structure arguments)
constexpr int FT_THREADS = 256, FT_WARP = 32, FT_WARPS = FT_THREADS / FT_WARP;

// A kernel that is compiled for one function alone (-D FT_FUNCTION=n), or for one dtype
// (-D FT_DTYPE=n), has it inlined; else functions are called, so that each is compiled once.
#if defined(FT_FUNCTION) || defined(FT_STEPS) || defined(FT_CODES)
#define FT_CALLED [[maybe_unused]] static __device__ __forceinline__
#else
#define FT_CALLED [[maybe_unused]] static __device__ __noinline__
#endif
#ifdef FT_FUNCTION
#define FT_FUNCTION_OF(arguments) (FT_FUNCTION)
#else
#define FT_FUNCTION_OF(arguments) ((arguments).function)
#endif
// For one reduction, part, or size of elements (-D FT_OP=n, FT_SIZE=n).
#ifdef FT_OP
#define FT_OP_OF(arguments) (FT_OP)
#define FT_PART_OF(arguments) (FT_OP)
#else
#define FT_OP_OF(arguments) ((arguments).op)
#define FT_PART_OF(arguments) ((arguments).part)
#endif

// Halves by their bits.
struct half16 { uint16_t bits; };
struct bhalf16 { uint16_t bits; };
// A bool by its byte, so that it isn't taken for a number of 8 bits.
struct truth { uint8_t bits; };

FT_DEVICE float widened(half16 h) {
#ifdef __CUDA_ARCH__
    float x;
    asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(h.bits));
    return x;
#else
    // The multiplication rebiases the exponent and normalises denormals.
    unsigned magnitude = (unsigned)(h.bits & 0x7fff) << 13;
    unsigned finite = ft_bits(ft_from_bits(magnitude) * 0x1p112f);
    unsigned bits = magnitude >= 0x0f800000u ? magnitude | 0x7f800000u : finite;
    return ft_from_bits(bits | (unsigned)(h.bits & 0x8000) << 16);
#endif
}
FT_DEVICE float widened(bhalf16 h) { return ft_from_bits((unsigned)h.bits << 16); }

// To nearest, ties to even; NaN stays NaN.
FT_DEVICE void narrow(float x, half16 *to) {
#ifdef __CUDA_ARCH__
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(to->bits) : "f"(x));
#else
    unsigned bits = ft_bits(x), magnitude = bits & 0x7fffffffu;
    unsigned normal = (magnitude - 0x38000000u + 0xfff + (magnitude >> 13 & 1)) >> 13;
    // Adding 1/2 puts the last place of a denormal at the end of the mantissa and rounds there.
    unsigned denormal = ft_bits(ft_from_bits(magnitude) + 0.5f) - 0x3f000000u;
    unsigned h = magnitude < 0x38800000u ? denormal : normal;
    h = magnitude >= 0x47800000u ? 0x7c00 : h;
    h = magnitude > 0x7f800000u ? 0x7e00 : h;
    to->bits = (uint16_t)(h | (bits >> 16 & 0x8000));
#endif
}
FT_DEVICE void narrow(float x, bhalf16 *to) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(to->bits) : "f"(x));
#else
    unsigned bits = ft_bits(x), high = bits >> 16;
    unsigned rounded = (bits + 0x7fff + (high & 1)) >> 16;
    to->bits = (uint16_t)((bits & 0x7fffffffu) > 0x7f800000u ? high | 0x40 : rounded);
#endif
}

// A double rounded to float so that rounding that to a half rounds the double itself: toward zero,
// with the last bit set if anything was lost.
FT_DEVICE float toward_odd(double x) {
    float nearest = (float)x;
    unsigned bits = ft_bits(nearest);
    bits -= fabs((double)nearest) > fabs(x);
    bits |= (double)nearest != x;
    return x != x ? nearest : ft_from_bits(bits);
}

// The type in which elements of a type are computed, and the way there and back.
template <class T> struct element {
    typedef T compute;
    static __device__ __forceinline__ T load(T x) { return x; }
    static __device__ __forceinline__ T store(T x) { return x; }
};
template <class H> struct half_element {
    typedef float compute;
    static __device__ __forceinline__ float load(H x) { return widened(x); }
    static __device__ __forceinline__ H store(float x) {
        H h;
        narrow(x, &h);
        return h;
    }
};
template <> struct element<half16> : half_element<half16> {};
template <> struct element<bhalf16> : half_element<bhalf16> {};
template <> struct element<truth> {
    typedef uint8_t compute;
    static __device__ __forceinline__ uint8_t load(truth x) { return x.bits; }
    static __device__ __forceinline__ truth store(uint8_t x) {
        truth t = {x};
        return t;
    }
};

// Calls f with an element of the type of a dtype, for all or for some of them; other dtypes do
// nothing. With FT_DTYPE only that one is compiled.
template <int D> struct type_of;
template <> struct type_of<FT_F32> { typedef float type; };
template <> struct type_of<FT_F64> { typedef double type; };
template <> struct type_of<FT_F16> { typedef half16 type; };
template <> struct type_of<FT_BF16> { typedef bhalf16 type; };
template <> struct type_of<FT_I8> { typedef int8_t type; };
template <> struct type_of<FT_U8> { typedef uint8_t type; };
template <> struct type_of<FT_I16> { typedef int16_t type; };
template <> struct type_of<FT_U16> { typedef uint16_t type; };
template <> struct type_of<FT_I32> { typedef int32_t type; };
template <> struct type_of<FT_U32> { typedef uint32_t type; };
template <> struct type_of<FT_I64> { typedef int64_t type; };
template <> struct type_of<FT_U64> { typedef uint64_t type; };
template <> struct type_of<FT_BOOL> { typedef truth type; };

#ifdef FT_DTYPE
#define FT_CASE(name, ...)                                                                         \
    if constexpr (FT_##name == FT_DTYPE) f(typename type_of<FT_##name>::type());
#else
#define FT_CASE(name, ...)                                                                         \
    if (dtype == FT_##name) f(typename type_of<FT_##name>::type());
#endif
template <class F> FT_DEVICE void for_reals(int dtype, F f) {
    (void)dtype;
    FT_REAL_DTYPES(FT_CASE)
}
template <class F> FT_DEVICE void for_floats(int dtype, F f) {
    (void)dtype;
    FT_REAL_DTYPES(FT_CASE) FT_HALF_DTYPES(FT_CASE)
}
template <class F> FT_DEVICE void for_all(int dtype, F f) {
    (void)dtype;
    FT_DTYPES(FT_CASE)
}

// Calls f with an element of the type of a dtype: of T, or where T is a float of 32 bits or less,
// of any of these.
template <class T, class F> FT_DEVICE void among(T *, int, F f) { f(T()); }
template <class F> FT_DEVICE void among_short(int dtype, F f) {
    if (dtype == FT_F32) f(float());
    if (dtype == FT_F16) f(half16());
    if (dtype == FT_BF16) f(bhalf16());
}
template <class F> FT_DEVICE void among(float *, int dtype, F f) { among_short(dtype, f); }
template <class F> FT_DEVICE void among(half16 *, int dtype, F f) { among_short(dtype, f); }
template <class F> FT_DEVICE void among(bhalf16 *, int dtype, F f) { among_short(dtype, f); }
#undef FT_CASE
// The same for unsigned types of a size, which stand for elements that are only moved.
#ifdef FT_SIZE
#define FT_HAS_SIZE(size, n) (FT_SIZE == n)
#else
#define FT_HAS_SIZE(size, n) ((size) == n)
#endif
template <class F> FT_DEVICE void for_size(int size, F f) {
    (void)size;
    if (FT_HAS_SIZE(size, 4)) f(uint32_t());
    if (FT_HAS_SIZE(size, 2)) f(uint16_t());
    if (FT_HAS_SIZE(size, 8)) f(uint64_t());
    if (FT_HAS_SIZE(size, 1)) f(uint8_t());
}

FT_DEVICE int64_t least(int64_t x, int64_t y) { return x < y ? x : y; }
// A division of 32 bits takes a third of the instructions of one of 64.
FT_DEVICE int64_t divided(int64_t x, int64_t y) {
    bool small = (((uint64_t)x | (uint64_t)y) >> 31) == 0;
    return small ? (int64_t)((uint32_t)x / (uint32_t)y) : x / y;
}
FT_DEVICE int64_t ceil_div(int64_t x, int64_t y) { return (x + y - 1) / y; }

// The number of this thread in the grid, and how many there are.
FT_DEVICE int64_t grid_thread() { return (int64_t)blockIdx.x * blockDim.x + threadIdx.x; }
FT_DEVICE int64_t grid_threads() { return (int64_t)gridDim.x * blockDim.x; }

// Tells what is wrong where no smaller key has been told. The key only falls: of many threads most
// see that and leave without the lock. Who has the lock gives it back in the same round of the
// loop, so that no lane waits behind it for lanes of its warp that wait for the lock.
FT_DEVICE void tell(const ft_cuda_witness &witness, int64_t position, int64_t value) {
    volatile ft_cuda_report *seen = witness.report;
    uint64_t ticket = witness.ticket + (witness.base ? *witness.base : 0);
    uint64_t key = ticket << 40 | (uint64_t)position;
    while (key < seen->key) {
        if (atomicCAS(&witness.report->lock, 0u, 1u) != 0) continue;
        __threadfence();
        if (key < seen->key) {
            seen->key = key;
            seen->value = value;
        }
        __threadfence();
        atomicExch(&witness.report->lock, 0u);
    }
}
