// Rows of contiguous elements, each by a team: a warp where rows are short, or a whole block.
#pragma once
#include "cuda_kernels.h"
#include "common.cuh"

struct team {
    int size, rank;
    // The first row of this team, and how many teams there are.
    int64_t first, step;
};

FT_DEVICE team team_of(int64_t n) {
    bool small = n <= FT_CUDA_WARP_ROW;
    team t;
    t.size = small ? FT_WARP : FT_THREADS;
    t.rank = small ? threadIdx.x % FT_WARP : threadIdx.x;
    t.first = small ? (int64_t)blockIdx.x * FT_WARPS + threadIdx.x / FT_WARP : blockIdx.x;
    t.step = small ? (int64_t)gridDim.x * FT_WARPS : gridDim.x;
    return t;
}

struct add_up {
    template <class T> __device__ __forceinline__ T operator()(T x, T y) const { return x + y; }
};
// NaN counts as the largest.
struct larger {
    __device__ __forceinline__ float operator()(float x, float y) const { return ft_max_f(x, y); }
    __device__ __forceinline__ double operator()(double x, double y) const {
        return ft_max_d(x, y);
    }
};

template <class T, class Join> FT_DEVICE T warp_joined(T mine, Join join) {
    for (int by = FT_WARP / 2; by > 0; by /= 2) {
        T other = __shfl_xor_sync(0xffffffffu, mine, by);
        // The lower lane's part comes first in both, so that both get the same bits.
        mine = threadIdx.x & by ? join(other, mine) : join(mine, other);
    }
    return mine;
}

// All parts of a team joined two by two, for each of its threads. Called by all of them.
template <class T, class Join> FT_DEVICE T team_joined(const team &t, T mine, Join join) {
    mine = warp_joined(mine, join);
    if (t.size == FT_WARP) return mine;
    __shared__ T parts[FT_WARPS];
    if (threadIdx.x % FT_WARP == 0) parts[threadIdx.x / FT_WARP] = mine;
    __syncthreads();
    T all = parts[0];
    for (int k = 1; k < FT_WARPS; k++) all = join(all, parts[k]);
    __syncthreads();
    return all;
}

// The functions of scalar_math.h that rows need, by overloads.
FT_DEVICE float real_exp(float x) { return ft_exp_f(x); }
FT_DEVICE double real_exp(double x) { return ft_exp_d(x); }
FT_DEVICE float real_log(float x) { return ft_log_f(x); }
FT_DEVICE double real_log(double x) { return ft_log_d(x); }
FT_DEVICE float real_max(float x, float y) { return ft_max_f(x, y); }
FT_DEVICE double real_max(double x, double y) { return ft_max_d(x, y); }
FT_DEVICE float real_least(float) { return -FT_INF_F; }
FT_DEVICE double real_least(double) { return -FT_INF_D; }
FT_DEVICE bool is_finite(float x) { return ft_abs_f(x) < FT_INF_F; }
FT_DEVICE bool is_finite(double x) { return ft_abs_d(x) < FT_INF_D; }

// An element as it is computed with: halves in float32.
template <class X> FT_DEVICE typename element<X>::compute number(X x) {
    return element<X>::load(x);
}

// The largest element of a row, and the sum of exp(x - top) in double.
template <class X> FT_DEVICE auto row_top(const team &t, const X *x, int64_t n) {
    auto top = real_least(number(X()));
    for (int64_t i = t.rank; i < n; i += t.size) top = real_max(top, number(x[i]));
    return team_joined(t, top, larger());
}
template <class X, class T> FT_DEVICE double row_total(const team &t, const X *x, int64_t n, T top) {
    double total = 0;
    for (int64_t i = t.rank; i < n; i += t.size) total += (double)real_exp(number(x[i]) - top);
    return team_joined(t, total, add_up());
}
