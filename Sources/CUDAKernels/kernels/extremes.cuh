// Extremes with their places, by a team of threads.
#pragma once
#include "rows.cuh"

// An element and its place; a place of -1 is none.
template <class C> struct best_so_far {
    C value;
    int64_t at;
};

// The better of two, the first of equal ones. NaN is the extreme.
template <class C> struct better {
    bool maximum;
    __device__ __forceinline__ best_so_far<C> operator()(best_so_far<C> a,
                                                         best_so_far<C> b) const {
        if (a.at < 0) return b;
        if (b.at < 0) return a;
        bool a_nan = a.value != a.value, b_nan = b.value != b.value;
        bool a_better = a_nan > b_nan, b_better = b_nan > a_nan;
        if (!a_nan && !b_nan) {
            a_better = maximum ? a.value > b.value : a.value < b.value;
            b_better = maximum ? b.value > a.value : b.value < a.value;
        }
        if (a_better || b_better) return a_better ? a : b;
        return a.at < b.at ? a : b;
    }
};

template <class C, class Join>
FT_DEVICE best_so_far<C> team_best(const team &t, best_so_far<C> mine, Join join) {
    for (int by = FT_WARP / 2; by > 0; by /= 2) {
        best_so_far<C> other;
        other.value = __shfl_xor_sync(0xffffffffu, mine.value, by);
        other.at = __shfl_xor_sync(0xffffffffu, mine.at, by);
        mine = join(mine, other);
    }
    if (t.size == FT_WARP) return mine;
    __shared__ best_so_far<C> parts[FT_WARPS];
    if (threadIdx.x % FT_WARP == 0) parts[threadIdx.x / FT_WARP] = mine;
    __syncthreads();
    best_so_far<C> all = parts[0];
    for (int k = 1; k < FT_WARPS; k++) all = join(all, parts[k]);
    __syncthreads();
    return all;
}
