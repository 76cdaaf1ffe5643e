// Rows of a head on their way to tensor cores: a stage of them is rounded and kept in shared
// memory, where all warps of a block read it, as the right factors of products that sum over
// columns or over rows.
#pragma once
#include "tensor_cores.cuh"

// Rows and columns of a square; strips of 8 columns that a warp adds up at a time; rows of a stage.
// With 8 columns more the rows that are read at once lie in different banks.
constexpr int FT_SIDE = 16, FT_STRIPS = 8, FT_SPAN = 8 * FT_STRIPS, FT_STAGE = 32, FT_APART = 8;

// Rows of a head, `all` of them; `wide`: groups of four lie at multiples of their size.
template <class T> struct head_rows {
    const T *first;
    int64_t step;
    int all, width;
    bool wide;

    // Neighbours of a row, C of them; 0 outside.
    template <int C> __device__ __forceinline__ pack<T, C> wide_at(int row, int from) const {
        pack<T, C> x = {};
        if (row < all && from < width) x = *(const pack<T, C> *)(first + row * step + from);
        return x;
    }
    template <int C> __device__ __forceinline__ pack<T, C> narrow_at(int row, int from) const {
        pack<T, C> x = {};
#pragma unroll
        for (int e = 0; e < C; e++) {
            if (row < all && from + e < width) x.at[e] = first[row * step + from + e];
        }
        return x;
    }
};

// The columns of 16 that a lane has of a row, two and two: those of its part of a square.
FT_DEVICE int own_column(int thread, int e) { return thread % 4 * 2 + e / 2 * 8 + e % 2; }

// A warp's 16 rows as left factors: FT_SPAN columns of them.
template <class N> struct left_rows {
    typename N::left at[FT_SPAN / FT_SIDE];

    // Takes columns `from` on of the rows from `row` on.
    template <class T>
    __device__ __forceinline__ void take(int thread, const head_rows<T> &rows, int row,
                                         int from) {
        row += thread % FT_WARP / 4;
#pragma unroll
        for (int c = 0; c < FT_SPAN / FT_SIDE; c++) {
            int column = from + FT_SIDE * c;
            auto upper = run_at(thread, rows, row, column);
            at[c] = N::left_of(upper, run_at(thread, rows, row + 8, column));
        }
    }

private:
    template <class T>
    static __device__ __forceinline__ pack<typename N::stored, 4> run_at(
        int thread, const head_rows<T> &rows, int row, int from) {
        pack<T, 2> x, y;
        int first = from + own_column(thread, 0), second = from + own_column(thread, 2);
        if (rows.wide) {
            x = rows.template wide_at<2>(row, first), y = rows.template wide_at<2>(row, second);
        } else {
            x = rows.template narrow_at<2>(row, first);
            y = rows.template narrow_at<2>(row, second);
        }
        pack<T, 4> both = {{x.at[0], x.at[1], y.at[0], y.at[1]}};
        return run_of<N>(both);
    }
};

// FT_SPAN columns of FT_STAGE rows. Threads first load their parts, and put them in place once
// nobody reads the stage before.
template <class N> struct alignas(16) staged_rows {
    static constexpr int runs = FT_SPAN / 4, own = FT_STAGE * runs / FT_THREADS;
    static constexpr int step = FT_SPAN + FT_APART;
    template <class T> struct part { pack<T, 4> at[own]; };
    typename N::stored at[FT_STAGE][step];

    // Loads rows `row` on, columns `from` on.
    template <class T>
    static __device__ __forceinline__ void load(int thread, part<T> &x, const head_rows<T> &rows,
                                                int row, int from) {
        row += thread / runs, from += thread % runs * 4;
        if (rows.wide) {
#pragma unroll
            for (int k = 0; k < own; k++) {
                x.at[k] = rows.template wide_at<4>(row + k * FT_THREADS / runs, from);
            }
        } else {
#pragma unroll
            for (int k = 0; k < own; k++) {
                x.at[k] = rows.template narrow_at<4>(row + k * FT_THREADS / runs, from);
            }
        }
    }
    // Whether what this thread put in place is finite. A number that float32 holds may be an
    // infinity of halves.
    template <class T> __device__ __forceinline__ bool put(int thread, const part<T> &x) {
        bool sound = true;
#pragma unroll
        for (int k = 0; k < own; k++) {
            auto run = run_of<N>(x.at[k]);
#pragma unroll
            for (int e = 0; e < 4; e++) sound &= N::is_sound(run.at[e]);
            int row = thread / runs + k * FT_THREADS / runs;
            *(pack<typename N::stored, 4> *)&at[row][thread % runs * 4] = run;
        }
        return sound;
    }

    // Right factors of columns `column` on of a square, summed over: 8 rows are its columns.
    __device__ __forceinline__ typename N::right over_columns(int thread, int row,
                                                                   int column) const {
        return N::right_of_rows(thread, at[0], row * step + column, step);
    }
    // Of 16 rows, summed over, and 8 columns.
    __device__ __forceinline__ typename N::right over_rows(int thread, int row,
                                                                int column) const {
        return N::right_of_columns(thread, at[0], row * step + column, step);
    }
};

// For spans of columns: load(from), and when all threads are done with the stage before, put(from),
// and when all have done so, use(from). At least once.
template <class Load, class Put, class Use>
FT_DEVICE void for_spans(int &thread, int width, Load load, Put put, Use use) {
    int from = 0;
    do {
        take_anew(thread);
        load(from);
        __syncthreads();
        put(from);
        __syncthreads();
        take_anew(thread);
        use(from);
        from += FT_SPAN;
    } while (from < width);
    take_anew(thread);
}
