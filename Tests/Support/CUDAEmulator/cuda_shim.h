// CUDA C++ as C++20, for kernels that run on the emulator: a thread of the grid is a fiber.
#pragma once
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
// One block runs at a time, of all streams: see run_grid.
#define __shared__ static
#define __launch_bounds__(...)
#define __restrict__ __restrict

struct dim3 {
    unsigned x = 1, y = 1, z = 1;
};
inline thread_local constinit dim3 threadIdx, blockIdx, blockDim, gridDim;

namespace emulator {
// Waits for all threads of the block, or for the lanes of a mask in this one's warp.
void wait_for_block();
void wait_for_warp(unsigned mask);
// Leaves 8 bytes for the other lanes, waits for them, and takes those of another.
uint64_t exchange(unsigned mask, uint64_t bits, int lane);
unsigned vote(unsigned mask, bool holds);
// Lets others run, for loops that wait for them.
void pass();
int lane();
// C += A B by all lanes of a warp: their registers as mma.sync has them, m16n8k16 for halves and
// m16n8k8 for TF32. See matrix_units.cpp.
enum factors { HALVES, BHALVES, TF32 };
void multiply(factors kind, const uint32_t *a, const uint32_t *b, float *c);
}  // namespace emulator

inline void __syncthreads() { emulator::wait_for_block(); }
// Whether it holds for all threads of the block, which waits for them.
inline int __syncthreads_and(int holds) {
    static thread_local int failing;
    __syncthreads();
    failing = 0;
    __syncthreads();
    if (!holds) failing = 1;
    __syncthreads();
    return !failing;
}
inline void __syncwarp(unsigned mask = 0xffffffffu) { emulator::wait_for_warp(mask); }
inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

template <class T> T exchanged(unsigned mask, T value, int lane) {
    static_assert(sizeof(T) <= 8);
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof(T));
    bits = emulator::exchange(mask, bits, lane);
    memcpy(&value, &bits, sizeof(T));
    return value;
}
template <class T> T __shfl_sync(unsigned mask, T value, int from, int width = 32) {
    return exchanged(mask, value, (emulator::lane() & ~(width - 1)) | (from & (width - 1)));
}
template <class T> T __shfl_xor_sync(unsigned mask, T value, int by, int width = 32) {
    (void)width;
    return exchanged(mask, value, emulator::lane() ^ by);
}
template <class T> T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32) {
    int lane = emulator::lane(), from = lane + (int)by;
    return exchanged(mask, value, (from ^ lane) & ~(width - 1) ? lane : from);
}
template <class T> T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32) {
    int lane = emulator::lane(), from = lane - (int)by;
    return exchanged(mask, value, from < 0 || (from ^ lane) & ~(width - 1) ? lane : from);
}
inline unsigned __ballot_sync(unsigned mask, int holds) { return emulator::vote(mask, holds != 0); }
inline int __any_sync(unsigned mask, int holds) { return __ballot_sync(mask, holds) != 0; }
inline int __all_sync(unsigned mask, int holds) { return __ballot_sync(mask, holds) == mask; }

// Blocks of one launch run one after the other, but launches on several streams side by side.
template <class T> T atomicAdd(T *at, T x) { return __atomic_fetch_add(at, x, __ATOMIC_SEQ_CST); }
template <class T> T atomicOr(T *at, T x) { return __atomic_fetch_or(at, x, __ATOMIC_SEQ_CST); }
template <class T> T atomicExch(T *at, T x) { return __atomic_exchange_n(at, x, __ATOMIC_SEQ_CST); }
template <class T> T atomicCAS(T *at, T expected, T x) {
    __atomic_compare_exchange_n(at, &expected, x, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return expected;
}
template <class T> T atomicMin(T *at, T x) {
    T seen = *at;
    while (x < seen && !__atomic_compare_exchange_n(at, &seen, x, false, 5, 5)) {}
    return seen;
}
template <class T> T atomicMax(T *at, T x) {
    T seen = *at;
    while (x > seen && !__atomic_compare_exchange_n(at, &seen, x, false, 5, 5)) {}
    return seen;
}

template <class To, class From> To bits_as(From x) {
    static_assert(sizeof(To) == sizeof(From));
    To y;
    memcpy(&y, &x, sizeof(y));
    return y;
}
inline float __int_as_float(int x) { return bits_as<float>(x); }
inline float __uint_as_float(unsigned x) { return bits_as<float>(x); }
inline int __float_as_int(float x) { return bits_as<int>(x); }
inline unsigned __float_as_uint(float x) { return bits_as<unsigned>(x); }
inline double __longlong_as_double(long long x) { return bits_as<double>(x); }
inline long long __double_as_longlong(double x) { return bits_as<long long>(x); }
// Rounded once each, whatever the compiler is told: no volatile would be as plain.
__attribute__((noinline)) inline float __fmul_rn(float x, float y) { return x * y; }
__attribute__((noinline)) inline float __fadd_rn(float x, float y) { return x + y; }
__attribute__((noinline)) inline double __dmul_rn(double x, double y) { return x * y; }
__attribute__((noinline)) inline double __dadd_rn(double x, double y) { return x + y; }
inline float __fmaf_rn(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz((unsigned)x); }
inline int __clzll(long long x) {
    return x == 0 ? 64 : __builtin_clzll((unsigned long long)x);
}
inline int __ffs(int x) { return __builtin_ffs(x); }
template <class T> T __ldg(const T *at) { return *at; }
