// Products of matrices by blocks as in tiles.cuh, of factors that are rounded and multiplied by
// tensor cores. Of a tile a warp has 16 rows and 32 columns: four squares of sums, side by side.
#pragma once
#include "tensor_cores.cuh"
#include "tiles.cuh"

constexpr int FT_SQUARES = 4;

// The rounded tiles, their k's side by side: a lane reads four of a row or column at once, and 16
// lanes of halves, or 8 of TF32, read all banks.
template <class N> struct alignas(16) number_space {
    typename N::stored left[FT_TILE][FT_DEPTH], right[FT_TILE][FT_DEPTH];
};

struct number_sums { float at[FT_SQUARES][4]; };

// As the one of tiles.cuh. Both operands are read along k by neighbouring threads.
template <class N, class A, class B>
FT_DEVICE number_sums tile_product(number_space<N> &space, int64_t row, int64_t column,
                                   int64_t from, int64_t to, const A &a, const B &b) {
    number_sums sums = {};
    constexpr int step = FT_THREADS / FT_DEPTH;
    int own_k = threadIdx.x % FT_DEPTH, first = threadIdx.x / FT_DEPTH;
    int warp = threadIdx.x / FT_WARP, lane = threadIdx.x % FT_WARP;
    int own_row = warp / 2 * 16 + lane / 4, own_column = warp % 2 * 32 + lane / 4;
    int depth = lane % 4 * 4;
    decltype(a.row(0)) rows[FT_OWN];
    decltype(b.column(0)) columns[FT_OWN];
#pragma unroll
    for (int i = 0; i < FT_OWN; i++) {
        rows[i] = a.row(row + first + i * step);
        columns[i] = b.column(column + first + i * step);
    }
    typedef pack<typename N::stored, 4> run;
    float left[FT_OWN], right[FT_OWN];
    auto load = [&](int64_t k) {
        bool inside = k + own_k < to;
        auto of_a = a.depth(inside ? k + own_k : from);
        auto of_b = b.depth(inside ? k + own_k : from);
#pragma unroll
        for (int i = 0; i < FT_OWN; i++) {
            left[i] = inside ? a.at(rows[i], of_a) : 0.0f;
            right[i] = inside ? b.at(of_b, columns[i]) : 0.0f;
        }
    };
    if (from < to) load(from);
    for (int64_t k = from; k < to; k += FT_DEPTH) {
#pragma unroll
        for (int i = 0; i < FT_OWN; i++) {
            space.left[first + i * step][own_k] = N::stored_of(left[i]);
            space.right[first + i * step][own_k] = N::stored_of(right[i]);
        }
        __syncthreads();
        // On their way while this tile is multiplied.
        if (k + FT_DEPTH < to) load(k + FT_DEPTH);
        auto x = N::left_of(*(const run *)&space.left[own_row][depth],
                            *(const run *)&space.left[own_row + 8][depth]);
#pragma unroll
        for (int j = 0; j < FT_SQUARES; j++) {
            N::multiply(x, N::right_of(*(const run *)&space.right[own_column + 8 * j][depth]),
                        sums.at[j]);
        }
        __syncthreads();
    }
    return sums;
}

template <class Each>
FT_DEVICE void for_sums(int64_t row, int64_t column, int64_t m, int64_t n, const number_sums &sums,
                        Each each) {
    int warp = threadIdx.x / FT_WARP, lane = threadIdx.x % FT_WARP;
    int64_t own_row = row + warp / 2 * 16 + lane / 4;
    int64_t own_column = column + warp % 2 * 32 + lane % 4 * 2;
#pragma unroll
    for (int j = 0; j < FT_SQUARES; j++) {
#pragma unroll
        for (int e = 0; e < 4; e++) {
            int64_t r = own_row + e / 2 * 8, c = own_column + 8 * j + e % 2;
            if (r < m && c < n) each(r, c, sums.at[j][e]);
        }
    }
}
