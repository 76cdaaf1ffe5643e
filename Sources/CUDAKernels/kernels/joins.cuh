// Sums that were made in pieces, and other reductions: partial [pieces, count], joined to one of
// each column.
#pragma once
#include "common.cuh"

// Of how many threads that share the pieces of a column the exponent, for they are a power of two:
// about eight pieces have one, at most 32 have a share. In grids.c too.
FT_DEVICE int join_exponent(int64_t pieces) {
    int exponent = 0;
    while (exponent < 5 && (8 << exponent) < pieces) exponent++;
    return exponent;
}

// Calls each(column, all of it) for every column. Of so many threads a column the k-th takes the
// pieces k, k + parts, … in order, from `none` on; then what they have is joined two by two: an
// order that the number of pieces gives. Neighbours in a block have neighbouring columns. Called
// by all threads of a block.
template <class A, class Join, class Each>
FT_DEVICE void join_pieces(const A *partial, int64_t pieces, int64_t count, A none, Join join,
                           Each each) {
    static_assert(FT_THREADS == 1 << 8, "threads are told apart by their bits");
    __shared__ A shares[FT_THREADS];
    int exponent = join_exponent(pieces), parts = 1 << exponent, columns = FT_THREADS >> exponent;
    int thread = (int)threadIdx.x, part = thread >> (8 - exponent);
    int own = (int)(pieces + parts - 1 - part) >> exponent;
    int64_t row = count << exponent;
    int64_t first = (int64_t)blockIdx.x * columns, step = (int64_t)gridDim.x * columns;
    for (; first < count; first += step) {
        int64_t column = first + (thread & (columns - 1));
        A total = none;
        const A *at = partial + part * count + column;
        for (int k = 0; k < own && column < count; k += 8) {
            // Loads that depend on nothing go out together; where there is no more, the last again.
            A ahead[8];
#pragma unroll
            for (int j = 0; j < 8; j++) ahead[j] = at[(k + j < own ? k + j : own - 1) * row];
#pragma unroll
            for (int j = 0; j < 8; j++) total = join(total, k + j < own ? ahead[j] : none);
        }
        shares[thread] = total;
        __syncthreads();
        for (int half = parts / 2; half > 0; half /= 2) {
            if (part < half) {
                total = join(total, shares[thread + half * columns]);
                shares[thread] = total;
            }
            __syncthreads();
        }
        if (part == 0 && column < count) each(column, total);
    }
}
