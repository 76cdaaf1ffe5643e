// Products of matrices by blocks: a tile of C of 64 by 64 elements, 16 a thread, of tiles of A and
// B in shared memory.
//
// What is multiplied is said by two objects, so that a convolution is a product whose operands are
// never made. A gives for a row and for a k what is needed of them, row(r) and depth(k), and for
// both an element, at(row, depth); B likewise by depth(k) and column(c). A thread reads four rows
// of A and one column of B, and asks for them once. Rows and columns outside give 0.
#pragma once
#include "loops.cuh"

constexpr int FT_TILE = 64, FT_DEPTH = 16, FT_OWN = 4;

// The sums of products of a tile that begins at (row, column), over k in [from, to), each thread
// having those of rows 4 (t / 16) and columns 4 (t % 16) on. In order of k.
template <class C> struct tile_sums { C at[FT_OWN][FT_OWN]; };

// The tiles of A and B, which a kernel has once. Four columns more keep most threads that step down
// a column in different banks, and let four neighbours be read at once: of 16 products eight reads
// would take twice the time.
template <class C> struct alignas(sizeof(C) * FT_OWN) tile_space {
    C left[FT_DEPTH][FT_TILE + 4], right[FT_DEPTH][FT_TILE + 4];
};

template <class C, class A, class B>
FT_DEVICE tile_sums<C> tile_product(tile_space<C> &space, int64_t row, int64_t column,
                                    int64_t from, int64_t to, const A &a, const B &b) {
    auto &left = space.left, &right = space.right;
    tile_sums<C> sums = {};
    constexpr int row_step = FT_THREADS / FT_DEPTH, depth_step = FT_THREADS / FT_TILE;
    int own_row = threadIdx.x / 16 * FT_OWN, own_column = threadIdx.x % 16 * FT_OWN;
    // Neighbouring threads read neighbours along k of A, and along a row of B.
    int ak = threadIdx.x % FT_DEPTH, ar = threadIdx.x / FT_DEPTH;
    int bk = threadIdx.x / FT_TILE, bc = threadIdx.x % FT_TILE;
    decltype(a.row(0)) rows[FT_OWN];
#pragma unroll
    for (int i = 0; i < FT_OWN; i++) rows[i] = a.row(row + ar + i * row_step);
    auto own = b.column(column + bc);
    C of_a[FT_OWN], of_b[FT_OWN];
    auto load = [&](int64_t k) {
        bool inside = k + ak < to;
        auto depth = a.depth(inside ? k + ak : from);
#pragma unroll
        for (int i = 0; i < FT_OWN; i++) {
            of_a[i] = inside ? a.at(rows[i], depth) : (C)0;
            int64_t at = k + bk + i * depth_step;
            of_b[i] = at < to ? b.at(b.depth(at), own) : (C)0;
        }
    };
    if (from < to) load(from);
    for (int64_t k = from; k < to; k += FT_DEPTH) {
#pragma unroll
        for (int i = 0; i < FT_OWN; i++) {
            left[ak][ar + i * row_step] = of_a[i];
            right[bk + i * depth_step][bc] = of_b[i];
        }
        __syncthreads();
        // On their way while this tile is multiplied.
        if (k + FT_DEPTH < to) load(k + FT_DEPTH);
#pragma unroll
        for (int d = 0; d < FT_DEPTH; d++) {
            auto x = *(const pack<C, FT_OWN> *)&left[d][own_row];
            auto y = *(const pack<C, FT_OWN> *)&right[d][own_column];
#pragma unroll
            for (int i = 0; i < FT_OWN; i++) {
#pragma unroll
                for (int j = 0; j < FT_OWN; j++) sums.at[i][j] += x.at[i] * y.at[j];
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
