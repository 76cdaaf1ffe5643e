// Attention by tiles: a warp has 16 queries, or 16 keys, and meets a stage of the others at a time,
// which its block has brought to shared memory (Dao, "FlashAttention-2", 2023). Where factors may
// be rounded tensor cores multiply them, else each lane what falls to it. A square of scores lies
// in the lanes as a product leaves it, and they take it on from there as the left factor of the
// next. The arithmetic between products is float32, and so are all sums.
//
// Where the rows that a square is multiplied by hold NaN or an infinity, 0 times these would reach
// queries that don't see them: a block that meets such makes its queries, or keys, once more, one
// by one.
#pragma once
#include "attention_rows.cuh"
#include "attention_stages.cuh"

// Queries, or keys, of a block: 16 for each warp.
constexpr int FT_OWNED = FT_SIDE * FT_WARPS;

// Where a tile lies, and sizes; 32 bits take half the registers.
struct tile_place { int example, head, own, query; };
struct tile_sizes {
    int queries, keys, width, value_width, reach;

    __device__ __forceinline__ explicit tile_sizes(const ft_cuda_attention &a)
        : queries((int)a.queries), keys((int)a.keys), width((int)a.width),
          value_width((int)a.value_width),
          reach(a.reach < -a.queries ? -queries : (int)least(a.reach, a.keys)) {}
    __device__ __forceinline__ int seen(int query) const {
        int end = query + reach + 1;
        return end < 0 ? 0 : end < keys ? end : keys;
    }
};

template <class T>
FT_DEVICE head_rows<T> rows_of(const ft_cuda_heads &h, int example, int head, int all,
                               int width) {
    const T *first = head_row<T>(h, example, head, 0);
    bool wide = width % 4 == 0 && h.row % 4 == 0 && is_aligned<T, 4>(first);
    return {first, h.row, all, width, wide};
}

// Elements of a square: at[j][e] is in row lane / 4 + 8 (e / 2), column 8 j + 2 (lane % 4) + e % 2.
struct square {
    float at[2][4];
    static __device__ __forceinline__ int row(int thread, int e) {
        return thread % FT_WARP / 4 + e / 2 * 8;
    }
    static __device__ __forceinline__ int column(int thread, int j, int e) {
        return 8 * j + thread % 4 * 2 + e % 2;
    }
};

// What a warp's 16 rows have to do with a stage of others, of which `count` matter: squares side
// by side.
template <class N> struct squares {
    static constexpr int all = FT_STAGE / FT_SIDE;
    square at[all];

    // Adds products over FT_SPAN columns, of which `width` are there.
    __device__ __forceinline__ void add(int thread, const left_rows<N> &x, const staged_rows<N> &y,
                                        int width, int count) {
#pragma unroll
        for (int c = 0; c < FT_SPAN / FT_SIDE; c++) {
            if (FT_SIDE * c >= width) continue;
            const auto &left = N::opened(thread, x.at[c]);
#pragma unroll
            for (int i = 0; i < all; i++) {
                if (FT_SIDE * i >= count) continue;
#pragma unroll
                for (int j = 0; j < 2; j++) {
                    auto right = y.over_columns(thread, FT_SIDE * i + 8 * j, FT_SIDE * c);
                    N::multiply(left, right, at[i].at[j]);
                }
            }
        }
    }
};

// FT_SPAN columns of 16 rows of sums.
struct span {
    float at[FT_STRIPS][4];

    // Adds what squares take of the rows' columns, of which `width` are there.
    template <class N>
    __device__ __forceinline__ void add(int thread, const squares<N> &s, const staged_rows<N> &rows,
                                        int width, int count) {
#pragma unroll
        for (int i = 0; i < squares<N>::all; i++) {
            if (FT_SIDE * i < count) add(thread, s.at[i], rows, FT_SIDE * i, width);
        }
    }
    template <class N>
    __device__ __forceinline__ void add(int thread, const square &s, const staged_rows<N> &rows,
                                        int from, int width) {
        four upper = {{s.at[0][0], s.at[0][1], s.at[1][0], s.at[1][1]}};
        four lower = {{s.at[0][2], s.at[0][3], s.at[1][2], s.at[1][3]}};
        auto own = N::left_of(run_of<N>(upper), run_of<N>(lower));
        const auto &left = N::opened(thread, own);
#pragma unroll
        for (int strip = 0; strip < FT_STRIPS; strip++) {
            if (8 * strip >= width) continue;
            N::multiply(left, rows.over_rows(thread, from, 8 * strip), at[strip]);
        }
    }
    __device__ __forceinline__ void scale(float upper, float lower) {
#pragma unroll
        for (int strip = 0; strip < FT_STRIPS; strip++) {
            at[strip][0] *= upper, at[strip][1] *= upper;
            at[strip][2] *= lower, at[strip][3] *= lower;
        }
    }
    // Writes columns `from` on of 16 rows that begin at `row`, `all` being there.
    template <class T>
    __device__ __forceinline__ void store(int thread, T *first, int64_t step, int row, int all,
                                          int from, int width) const {
        bool paired = width % 2 == 0 && step % 2 == 0 && is_aligned<T, 2>(first);
#pragma unroll
        for (int e = 0; e < 4; e += 2) {
            int own = square::row(thread, e);
            if (row + own >= all) continue;
            T *to = first + own * step;
#pragma unroll
            for (int strip = 0; strip < FT_STRIPS; strip++) {
                int column = from + square::column(thread, strip, e);
                if (column >= width) continue;
                pack<T, 2> two = {{element<T>::store(at[strip][e]),
                                   element<T>::store(at[strip][e + 1])}};
                if (paired) {
                    *(pack<T, 2> *)(to + column) = two;
                } else {
                    to[column] = two.at[0];
                    if (column + 1 < width) to[column + 1] = two.at[1];
                }
            }
        }
    }
};

// Whether each of 16 queries sees each of 16 keys, by their places alone.
FT_DEVICE bool all_seen(const ft_cuda_attention &a, const tile_sizes &all, int query, int key) {
    return !a.mask && key + FT_SIDE - 1 <= query + all.reach && key + FT_SIDE <= all.keys &&
           query + FT_SIDE <= all.queries;
}
FT_DEVICE bool tile_sees(const ft_cuda_attention &a, const tile_sizes &all, const tile_place &who,
                         int query, int key) {
    if (key >= all.keys || query >= all.queries || key > query + all.reach) return false;
    const long long *step = a.mask_stride;
    return !a.mask ||
           a.mask[who.example * step[0] + who.head * step[1] + query * step[2] + key * step[3]];
}

// Scales scores of 16 queries and the keys from `block` on; -infinity where one isn't seen.
FT_DEVICE void scale_seen(int thread, const ft_cuda_attention &a, const tile_sizes &all,
                          const tile_place &who, int block, square &s) {
    float scale = (float)a.scale;
    bool every = all_seen(a, all, who.query, block);
#pragma unroll
    for (int j = 0; j < 2; j++) {
#pragma unroll
        for (int e = 0; e < 4; e++) {
            bool seen = every || tile_sees(a, all, who, who.query + square::row(thread, e),
                                           block + square::column(thread, j, e));
            s.at[j][e] = seen ? s.at[j][e] * scale : real_least(0.0f);
        }
    }
}

// The four lanes that have a row, joined.
template <class Join> FT_DEVICE float row_joined(float mine, Join join) {
    mine = join(mine, __shfl_xor_sync(0xffffffffu, mine, 1));
    return join(mine, __shfl_xor_sync(0xffffffffu, mine, 2));
}

// The largest scores of the two rows that a lane has parts of, and sums of its own parts: of
// exponentials of the differences to them, and of these times something else.
struct running_rows {
    float top[2], total[2], more[2];

    // Turns scores into exponentials; gives what older sums of a row were multiplied by.
    template <class N> __device__ __forceinline__ void take(squares<N> &s, float *old) {
#pragma unroll
        for (int r = 0; r < 2; r++) {
            float mine = real_least(0.0f);
#pragma unroll
            for (int i = 0; i < squares<N>::all; i++) {
#pragma unroll
                for (int j = 0; j < 2; j++) {
                    const float *two = &s.at[i].at[j][2 * r];
                    mine = real_max(mine, real_max(two[0], two[1]));
                }
            }
            float next = real_max(top[r], row_joined(mine, larger()));
            old[r] = top[r] == next ? 1.0f : real_exp(top[r] - next);
            // Differences to a finite number, of which those of hidden scores are -infinity.
            float base = next == real_least(0.0f) ? 0.0f : next, sum = 0;
#pragma unroll
            for (int i = 0; i < squares<N>::all; i++) {
#pragma unroll
                for (int j = 0; j < 2; j++) {
#pragma unroll
                    for (int e = 2 * r; e < 2 * r + 2; e++) {
                        float &x = s.at[i].at[j][e];
                        x = real_exp(x - base);
                        sum += x;
                    }
                }
            }
            total[r] = total[r] * old[r] + sum;
            more[r] *= old[r];
            top[r] = next;
        }
    }
    __device__ __forceinline__ void join() {
#pragma unroll
        for (int r = 0; r < 2; r++) {
            total[r] = row_joined(total[r], add_up());
            more[r] = row_joined(more[r], add_up());
        }
    }
    __device__ __forceinline__ bool none(int r) const { return top[r] == real_least(0.0f); }
};
FT_DEVICE running_rows none_so_far() {
    return {{real_least(0.0f), real_least(0.0f)}, {}, {}};
}

// The first of 16 queries that a warp of a block has. Later ones see more keys: they come first.
FT_DEVICE tile_place place_of(int thread, const ft_cuda_attention &a,
                              int64_t number) {
    int64_t tiles = ceil_div(a.queries, FT_OWNED), all = divided(number, tiles);
    int tile = (int)(tiles - 1 - (number - all * tiles)), example = (int)divided(all, a.heads);
    int head = (int)(all - example * a.heads);
    int query = tile * FT_OWNED + thread / FT_WARP * FT_SIDE;
    return {example, head, head / (int)a.sharing, query};
}
// How many keys the last query of a warp sees, 0 where it has none; and the last one of the block.
FT_DEVICE int warp_seen(const tile_sizes &all, int query) {
    if (query >= all.queries) return 0;
    return all.seen((query + FT_SIDE < all.queries ? query + FT_SIDE : all.queries) - 1);
}
FT_DEVICE int block_seen(const tile_sizes &all, int query) {
    int end = (query / FT_OWNED + 1) * FT_OWNED;
    return all.seen((end < all.queries ? end : all.queries) - 1);
}
// Calls again(number) for the queries of a warp, if a thread of its block met what isn't finite.
template <class Again>
FT_DEVICE void one_by_one(const ft_cuda_attention &a, const tile_place &who, bool sound,
                          Again again) {
    if (__syncthreads_and(sound)) return;
    int64_t first = ((int64_t)who.example * a.heads + who.head) * a.queries;
    int64_t end = least(who.query + FT_SIDE, a.queries);
    for (int64_t query = who.query; query < end; query++) again(first + query);
}
