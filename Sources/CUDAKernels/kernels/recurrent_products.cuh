// Sums of products of a block's rows of the batch with a matrix that stays the same from step to
// step.
//
// A thread has 16 bytes of columns and a piece of the depth. The first rows of its piece, up to
// 160 KB of all threads, it keeps in registers for the whole sequence; the others it reads anew at
// every step, from the first-level cache as far as that has room. Rows of the batch lie in shared
// memory, and so do the sums of pieces, which are joined in order. How the depth is cut follows
// from sizes alone.
#pragma once
#include "loops.cuh"

// Rows of a matrix that a thread keeps, as many as leave registers for all else. Of four rows of
// the batch the multiplications take longer than what is read.
template <class T, int ROWS> constexpr int FT_KEPT = sizeof(T) == 8 || ROWS == 4 ? 32 : 40;
// How many of these are added at once, at multiples of which pieces begin.
constexpr int FT_AT_ONCE = 8, FT_MOST_PIECES = 16;
// A row of a block's shared memory, in elements.
template <class T> constexpr int FT_ROOM = FT_CUDA_RECURRENT_BYTES / (int)sizeof(T);

// A matrix [depth, columns] whose depth has pieces of `length` rows, the last of them fewer.
struct matrix_cut {
    int depth, columns, length, pieces;
};

template <class T> FT_DEVICE matrix_cut cut_of(int depth, int columns) {
    constexpr int V = 16 / (int)sizeof(T);
    int groups = columns % V == 0 ? columns / V : columns;
    int most = groups > FT_THREADS ? 1 : FT_THREADS / groups;
    if (most > FT_MOST_PIECES) most = FT_MOST_PIECES;
    int length = (int)ceil_div(ceil_div(depth, most), FT_AT_ONCE) * FT_AT_ONCE;
    return {depth, columns, length, (int)ceil_div(depth, length)};
}

// Of V columns at a time, which groups of 16 bytes are where the matrix has such.
template <class T, int V, int ROWS> struct row_products {
    typedef pack<T, V> group;
    struct share { int column, first, count, to; };

    matrix_cut cut;
    const T *matrix;
    share own;
    group kept[FT_KEPT<T, ROWS>];

    __device__ __forceinline__ row_products(const void *matrix, const matrix_cut &cut)
        : cut(cut), matrix((const T *)matrix), own(share_of(threadIdx.x)) {
#pragma unroll
        for (int k = 0; k < FT_KEPT<T, ROWS>; k++) {
            group none = {};
            kept[k] = k < own.count ? group_at(row_of(own, k)) : none;
        }
    }

    // The share of a number: its first column, its piece of the depth, and where its sums go.
    // Beyond all shares there is none, of which nothing is read.
    __device__ __forceinline__ share share_of(int number) const {
        int groups = cut.columns / V, piece = number / groups;
        int column = number % groups * V, first = piece * cut.length;
        int rest = cut.depth - first, count = rest < cut.length ? rest : cut.length;
        return {column, first, count < 0 ? 0 : count, piece * cut.columns + column};
    }

    __device__ __forceinline__ const T *row_of(const share &s, int k) const {
        return matrix + (int64_t)(s.first + k) * cut.columns + s.column;
    }
    static __device__ __forceinline__ group group_at(const T *at) { return *(const group *)at; }

    // Adds products of an element of each row, or of four.
    template <int N>
    __device__ __forceinline__ void add(const T (*rows)[FT_ROOM<T>], int from, const group *w,
                                        T (*sums)[V]) const {
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            auto x = *(const pack<T, N> *)(rows[i] + from);
#pragma unroll
            for (int k = 0; k < N; k++) {
#pragma unroll
                for (int v = 0; v < V; v++) sums[i][v] += x.at[k] * w[k].at[v];
            }
        }
    }
    __device__ __forceinline__ void add_kept(const T (*rows)[FT_ROOM<T>], T (*sums)[V]) const {
#pragma unroll
        for (int k = 0; k < FT_KEPT<T, ROWS>; k += FT_AT_ONCE) {
            if (k >= own.count) continue;
            add<4>(rows, own.first + k, kept + k, sums);
            add<4>(rows, own.first + k + 4, kept + k + 4, sums);
        }
    }
    // Those of a share's rows of the matrix from `k` on, read anew.
    __device__ __forceinline__ void add_others(const T (*rows)[FT_ROOM<T>], const share &s, int k,
                                               T (*sums)[V]) const {
        const T *at = row_of(s, k);
        uint64_t row = (uint64_t)cut.columns;
#pragma unroll 2
        for (; k + 4 <= s.count; k += 4, at += 4 * row) {
            group w[4];
#pragma unroll
            for (int i = 0; i < 4; i++) w[i] = group_at(at + i * row);
            add<4>(rows, s.first + k, w, sums);
        }
#pragma unroll
        for (int i = 0; i < 3; i++) {
            if (k + i >= s.count) continue;
            group w = group_at(at + i * row);
            add<1>(rows, s.first + k + i, &w, sums);
        }
    }

    template <bool IS_OWN>
    __device__ __forceinline__ void sum_up(const T (*rows)[FT_ROOM<T>], const share &s,
                                           T (*results)[FT_ROOM<T>]) const {
        T sums[ROWS][V] = {};
        if (IS_OWN) add_kept(rows, sums);
        add_others(rows, s, IS_OWN ? FT_KEPT<T, ROWS> : 0, sums);
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            group sum;
#pragma unroll
            for (int v = 0; v < V; v++) sum.at[v] = sums[i][v];
            *(group *)(results[i] + s.to) = sum;
        }
    }

    // Sums over each piece of rows in shared memory, which hold 0 from the depth to a multiple of
    // FT_AT_ONCE: [pieces, columns] of each.
    __device__ __forceinline__ void run(const T (*rows)[FT_ROOM<T>],
                                        T (*results)[FT_ROOM<T>]) const {
        if (own.count > 0) sum_up<true>(rows, own, results);
        // There are no more groups of 16 bytes than threads.
        if constexpr (V > 1) return;
        int all = cut.columns * cut.pieces;
        for (int k = threadIdx.x + FT_THREADS; k < all; k += FT_THREADS) {
            sum_up<false>(rows, share_of(k), results);
        }
    }

    // The sum of a column over all pieces.
    __device__ __forceinline__ T joined(const T *results, int column) const {
        T sum = results[column];
#pragma unroll 4
        for (int k = 1; k < cut.pieces; k++) sum += results[k * cut.columns + column];
        return sum;
    }
};
