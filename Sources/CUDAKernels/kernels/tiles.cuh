// Products of matrices by blocks: a tile of C of 64 by 64 elements, 16 a thread, of tiles of A and
// B in shared memory. What is multiplied is said by two functions, a(row, k) and b(k, column),
// which give 0 outside; so a convolution is a product whose left operand is never made.
#pragma once
#include "common.cuh"

constexpr int FT_TILE = 64, FT_DEPTH = 16, FT_OWN = 4;

// The sums of products of a tile that begins at (row, column), over k in [from, to), each thread
// having those of rows 4 (t / 16) and columns 4 (t % 16) on. In order of k.
template <class C> struct tile_sums { C at[FT_OWN][FT_OWN]; };

// The tiles of A and B, which a kernel has once. A column more keeps threads that step down a
// column in different banks.
template <class C> struct tile_space {
    C left[FT_DEPTH][FT_TILE + 1], right[FT_DEPTH][FT_TILE + 1];
};

template <class C, class A, class B>
FT_DEVICE tile_sums<C> tile_product(tile_space<C> &space, int64_t row, int64_t column,
                                    int64_t from, int64_t to, A a, B b) {
    auto &left = space.left, &right = space.right;
    tile_sums<C> sums = {};
    int own_row = threadIdx.x / 16 * FT_OWN, own_column = threadIdx.x % 16 * FT_OWN;
    for (int64_t k = from; k < to; k += FT_DEPTH) {
        for (int e = threadIdx.x; e < FT_DEPTH * FT_TILE; e += FT_THREADS) {
            // Neighbouring threads read neighbours along k of A, and along a row of B.
            int ak = e % FT_DEPTH, ar = e / FT_DEPTH, bk = e / FT_TILE, bc = e % FT_TILE;
            left[ak][ar] = k + ak < to ? a(row + ar, k + ak) : (C)0;
            right[bk][bc] = k + bk < to ? b(k + bk, column + bc) : (C)0;
        }
        __syncthreads();
#pragma unroll
        for (int d = 0; d < FT_DEPTH; d++) {
            C x[FT_OWN], y[FT_OWN];
#pragma unroll
            for (int i = 0; i < FT_OWN; i++) x[i] = left[d][own_row + i];
#pragma unroll
            for (int j = 0; j < FT_OWN; j++) y[j] = right[d][own_column + j];
#pragma unroll
            for (int i = 0; i < FT_OWN; i++) {
#pragma unroll
                for (int j = 0; j < FT_OWN; j++) sums.at[i][j] += x[i] * y[j];
            }
        }
        __syncthreads();
    }
    return sums;
}

// Calls each(row, column, sum) for this thread's sums inside m rows and n columns.
template <class C, class Each>
FT_DEVICE void for_sums(int64_t row, int64_t column, int64_t m, int64_t n,
                        const tile_sums<C> &sums, Each each) {
    int64_t own_row = row + threadIdx.x / 16 * FT_OWN;
    int64_t own_column = column + threadIdx.x % 16 * FT_OWN;
#pragma unroll
    for (int i = 0; i < FT_OWN; i++) {
#pragma unroll
        for (int j = 0; j < FT_OWN; j++) {
            if (own_row + i < m && own_column + j < n) {
                each(own_row + i, own_column + j, sums.at[i][j]);
            }
        }
    }
}
