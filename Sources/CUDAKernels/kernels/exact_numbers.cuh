// The factors of tiles that nothing is rounded to.
#pragma once
#include "tensor_cores.cuh"

// Float32 as it is, multiplied without tensor cores: what is summed over are the columns in order,
// and a lane has all 16 of its rows g and g + 8 once they are opened.
struct exact_numbers {
    struct left { float upper[4], lower[4]; };
    struct rows { float upper[16], lower[16]; };
    struct right { float at[2][16]; };
    typedef float stored;
    typedef pack<stored, 4> run;
    static __device__ __forceinline__ stored stored_of(float x) { return x; }
    static __device__ __forceinline__ bool is_sound(stored x) {
        return (ft_bits(x) & 0x7f800000u) != 0x7f800000u;
    }
    static __device__ __forceinline__ left left_of(const run &upper, const run &lower) {
        left a;
#pragma unroll
        for (int e = 0; e < 4; e++) a.upper[e] = upper.at[e], a.lower[e] = lower.at[e];
        return a;
    }
    // Lane t of the four that have a row has columns 2 t, 2 t + 1, 2 t + 8 and 2 t + 9.
    static __device__ __forceinline__ rows opened(int thread, const left &a) {
        rows all;
#pragma unroll
        for (int k = 0; k < 16; k++) {
            int lane = (thread & 28) | k % 8 / 2, own = k / 8 * 2 + k % 2;
            all.upper[k] = __shfl_sync(0xffffffffu, a.upper[own], lane);
            all.lower[k] = __shfl_sync(0xffffffffu, a.lower[own], lane);
        }
        return all;
    }
    static __device__ __forceinline__ right right_of_rows(int thread, const stored *first,
                                                          int at, int step) {
        right b;
        const stored *x = first + at + thread % 4 * 2 * step;
#pragma unroll
        for (int j = 0; j < 2; j++) {
#pragma unroll
            for (int k = 0; k < 16; k += 4) {
                run four = *(const run *)(x + j * step + k);
#pragma unroll
                for (int e = 0; e < 4; e++) b.at[j][k + e] = four.at[e];
            }
        }
        return b;
    }
    static __device__ __forceinline__ right right_of_columns(int thread, const stored *first,
                                                             int at, int step) {
        right b;
        const stored *x = first + at + thread % 4 * 2;
#pragma unroll
        for (int k = 0; k < 16; k++) {
            pack<stored, 2> two = *(const pack<stored, 2> *)(x + k * step);
            b.at[0][k] = two.at[0], b.at[1][k] = two.at[1];
        }
        return b;
    }
    static __device__ __forceinline__ void multiply(const rows &a, const right &b, float *c) {
#pragma unroll
        for (int k = 0; k < 16; k++) {
#pragma unroll
            for (int j = 0; j < 2; j++) {
                c[j] += a.upper[k] * b.at[j][k];
                c[2 + j] += a.lower[k] * b.at[j][k];
            }
        }
    }
};
