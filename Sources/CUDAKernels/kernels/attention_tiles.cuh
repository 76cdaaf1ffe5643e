// Attention by tensor cores, whose factors are rounded: a warp has 16 queries, or 16 keys, and
// meets 16 of the others at a time. A square of scores lies in the lanes as a product leaves it,
// and they take it on from there as the left factor of the next: no shared memory. The arithmetic
// between products is float32, and so are all sums.
//
// Where the rows that a square is multiplied by hold NaN or an infinity, 0 times these would reach
// queries that don't see them: such 16 are made once more, one by one.
#pragma once
#include "attention_rows.cuh"
#include "tensor_cores.cuh"

// Rows and columns of a square; strips of 8 columns that a warp adds up at a time.
constexpr int FT_SIDE = 16, FT_STRIPS = 8, FT_SPAN = 8 * FT_STRIPS;

// 16 rows of a head, of which `count` are there; `wide`: groups of four lie at multiples of 16
// bytes.
struct sixteen {
    const float *first;
    int64_t step, count, width;
    bool wide;

    // Four neighbours of a row; 0 outside.
    __device__ __forceinline__ four at(int row, int64_t from) const {
        four x = {};
        if (row >= count) return x;
        const float *place = first + row * step + from;
        if (wide) return from < width ? *(const four *)place : x;
#pragma unroll
        for (int e = 0; e < 4; e++) x.at[e] = from + e < width ? place[e] : 0.0f;
        return x;
    }
};
FT_DEVICE sixteen rows_from(const ft_cuda_heads &h, int64_t example, int64_t head, int64_t row,
                            int64_t all, int64_t width) {
    const float *first = head_row<float>(h, example, head, row);
    bool wide = width % 4 == 0 && h.row % 4 == 0 && is_aligned<float, 4>(first);
    return {first, h.row, all - row, width, wide};
}

// Elements of a square: at[j][e] is in row lane / 4 + 8 (e / 2), column 8 j + 2 (lane % 4) + e % 2.
struct square {
    float at[2][4];
    static __device__ __forceinline__ int row(int e) {
        return threadIdx.x % FT_WARP / 4 + e / 2 * 8;
    }
    static __device__ __forceinline__ int column(int j, int e) {
        return 8 * j + threadIdx.x % 4 * 2 + e % 2;
    }
};

// The products of 16 rows with 16 others.
template <class N> FT_DEVICE square paired(const sixteen &x, const sixteen &y) {
    int g = threadIdx.x % FT_WARP / 4, t = threadIdx.x % 4;
    square s = {};
    for (int64_t k = 4 * t; k - 4 * t < x.width; k += FT_SIDE) {
        auto left = N::left_of(run_of<N>(x.at(g, k)), run_of<N>(x.at(g + 8, k)));
#pragma unroll
        for (int j = 0; j < 2; j++) {
            N::multiply(left, N::right_of(run_of<N>(y.at(8 * j + g, k))), s.at[j]);
        }
    }
    return s;
}

// FT_SPAN columns of 16 rows of sums.
struct span {
    float at[FT_STRIPS][4];

    // Adds what a square takes of the rows' columns `from` on. Whether those are finite.
    template <class N>
    __device__ __forceinline__ bool add(const square &s, const sixteen &rows, int64_t from) {
        four upper = {{s.at[0][0], s.at[0][1], s.at[1][0], s.at[1][1]}};
        four lower = {{s.at[0][2], s.at[0][3], s.at[1][2], s.at[1][3]}};
        auto left = N::left_of(run_of<N>(upper), run_of<N>(lower));
        bool sound = true;
#pragma unroll
        for (int strip = 0; strip < FT_STRIPS; strip++) {
            if (from + 8 * strip >= rows.width) continue;
            int64_t column = from + 8 * strip + threadIdx.x % FT_WARP / 4;
            four y;
#pragma unroll
            for (int e = 0; e < 4; e++) {
                int row = square::column(e / 2, e);
                bool inside = row < rows.count && column < rows.width;
                y.at[e] = inside ? rows.first[row * rows.step + column] : 0.0f;
            }
            auto rounded = run_of<N>(y);
            // A number that float32 holds may be an infinity of halves.
#pragma unroll
            for (int e = 0; e < 4; e++) sound &= N::is_sound(rounded.at[e]);
            N::multiply(left, N::right_of(rounded), at[strip]);
        }
        return sound;
    }
    __device__ __forceinline__ void scale(float upper, float lower) {
#pragma unroll
        for (int strip = 0; strip < FT_STRIPS; strip++) {
            at[strip][0] *= upper, at[strip][1] *= upper;
            at[strip][2] *= lower, at[strip][3] *= lower;
        }
    }
    // Writes columns `from` on of 16 rows that begin at `row`, `all` being there.
    __device__ __forceinline__ void store(float *first, int64_t step, int64_t row, int64_t all,
                                          int64_t from, int64_t width) const {
#pragma unroll
        for (int strip = 0; strip < FT_STRIPS; strip++) {
#pragma unroll
            for (int e = 0; e < 4; e++) {
                int64_t own = square::row(e), column = from + square::column(strip, e);
                if (row + own >= all || column >= width) continue;
                first[own * step + column] = at[strip][e];
            }
        }
    }
};

// The four lanes that have a row, joined.
template <class Join> FT_DEVICE float row_joined(float mine, Join join) {
    mine = join(mine, __shfl_xor_sync(0xffffffffu, mine, 1));
    return join(mine, __shfl_xor_sync(0xffffffffu, mine, 2));
}

// Scores of 16 queries and the keys from `block` on, scaled; -infinity where one isn't seen.
template <class N>
FT_DEVICE square scores_of(const ft_cuda_attention &a, const asker &who, const sixteen &q,
                           int64_t block) {
    sixteen k = rows_from(a.k, who.example, who.own, block, a.keys, a.width);
    square s = paired<N>(q, k);
#pragma unroll
    for (int j = 0; j < 2; j++) {
#pragma unroll
        for (int e = 0; e < 4; e++) {
            int64_t key = block + square::column(j, e);
            bool seen = sees(a, who.example, who.head, who.query + square::row(e), key);
            s.at[j][e] = seen ? s.at[j][e] * (float)a.scale : real_least(0.0f);
        }
    }
    return s;
}

// The largest scores of the two rows that a lane has parts of, and sums of its own parts: of
// exponentials of the differences to them, and of these times something else.
struct running_rows {
    float top[2], total[2], more[2];

    // Turns scores into exponentials; gives what older sums of a row were multiplied by.
    __device__ __forceinline__ void take(square *s, float *old) {
#pragma unroll
        for (int r = 0; r < 2; r++) {
            float mine = real_max(real_max(s->at[0][2 * r], s->at[0][2 * r + 1]),
                                  real_max(s->at[1][2 * r], s->at[1][2 * r + 1]));
            float next = real_max(top[r], row_joined(mine, larger()));
            old[r] = top[r] == next ? 1.0f : real_exp(top[r] - next);
            bool none = next == real_least(0.0f);
            float sum = 0;
#pragma unroll
            for (int j = 0; j < 2; j++) {
#pragma unroll
                for (int e = 2 * r; e < 2 * r + 2; e++) {
                    bool hidden = none || s->at[j][e] == real_least(0.0f);
                    s->at[j][e] = hidden ? 0.0f : real_exp(s->at[j][e] - next);
                    sum += s->at[j][e];
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

// The first of 16 queries that a warp has, and how many keys the last one sees.
FT_DEVICE asker tile_asker(const ft_cuda_attention &a, int64_t number) {
    int64_t tiles = ceil_div(a.queries, FT_SIDE);
    asker who;
    who.query = number % tiles * FT_SIDE;
    who.head = number / tiles % a.heads;
    who.example = number / tiles / a.heads;
    who.own = who.head / a.sharing;
    return who;
}
FT_DEVICE int64_t tile_seen(const ft_cuda_attention &a, const asker &who) {
    return keys_seen(a, least(who.query + FT_SIDE, a.queries) - 1);
}
// Calls again(number) for the queries of a tile.
template <class Again>
FT_DEVICE void one_by_one(const ft_cuda_attention &a, const asker &who, Again again) {
    int64_t first = (who.example * a.heads + who.head) * a.queries;
    int64_t end = least(who.query + FT_SIDE, a.queries);
    for (int64_t query = who.query; query < end; query++) again(first + query);
}

template <class N> FT_DEVICE void attend_tile(const ft_cuda_attention &a, int64_t number) {
    asker who = tile_asker(a, number);
    sixteen q = rows_from(a.q, who.example, who.head, who.query, a.queries, a.width);
    int64_t seen = tile_seen(a, who);
    bool sound = true;
    for (int64_t from = 0; from < a.value_width; from += FT_SPAN) {
        running_rows r = none_so_far();
        span held = {};
        for (int64_t block = 0; block < seen; block += FT_SIDE) {
            square s = scores_of<N>(a, who, q, block);
            float old[2];
            r.take(&s, old);
            held.scale(old[0], old[1]);
            sound &= held.add<N>(
                s, rows_from(a.v, who.example, who.own, block, a.keys, a.value_width), from);
        }
        r.join();
        // Who sees nothing, or -infinity alone, gets 0.
        held.scale(r.none(0) ? 0.0f : 1 / r.total[0], r.none(1) ? 0.0f : 1 / r.total[1]);
        held.store(head_row<float>(a.y, who.example, who.head, who.query), a.y.row, who.query,
                   a.queries, from, a.value_width);
    }
    if (__all_sync(0xffffffffu, sound)) return;
    __syncwarp();
    one_by_one(a, who, [&](int64_t query) { attend<float>(a, query); });
}

// Makes the statistics of 16 queries, and leaves them in `r`: total is 1 / the sum.
template <class N>
FT_DEVICE running_rows tile_statistics(const ft_cuda_attention &a, const asker &who,
                                       const sixteen &q, const sixteen &dy) {
    running_rows r = none_so_far();
    int64_t seen = tile_seen(a, who);
    for (int64_t block = 0; block < seen; block += FT_SIDE) {
        square s = scores_of<N>(a, who, q, block);
        square by = paired<N>(
            dy, rows_from(a.v, who.example, who.own, block, a.keys, a.value_width));
        square before = s;
        float old[2];
        r.take(&s, old);
#pragma unroll
        for (int j = 0; j < 2; j++) {
#pragma unroll
            for (int e = 0; e < 4; e++) {
                if (before.at[j][e] != real_least(0.0f)) r.more[e / 2] += s.at[j][e] * by.at[j][e];
            }
        }
    }
    r.join();
#pragma unroll
    for (int k = 0; k < 2; k++) {
        r.more[k] /= r.total[k];
        r.total[k] = 1 / r.total[k];
        asker own = who;
        own.query += square::row(2 * k);
        if (threadIdx.x % 4 != 0 || own.query >= a.queries) continue;
        float *kept = statistics_of<float>(a, own);
        kept[0] = r.top[k], kept[1] = r.total[k], kept[2] = r.more[k];
    }
    return r;
}

template <class N> FT_DEVICE void query_tile_backward(const ft_cuda_attention &a, int64_t number) {
    asker who = tile_asker(a, number);
    sixteen q = rows_from(a.q, who.example, who.head, who.query, a.queries, a.width);
    sixteen dy = rows_from(a.dy, who.example, who.head, who.query, a.queries, a.value_width);
    running_rows r = tile_statistics<N>(a, who, q, dy);
    int64_t seen = tile_seen(a, who);
    bool sound = true;
    for (int64_t from = 0; from < a.width; from += FT_SPAN) {
        span dq = {};
        for (int64_t block = 0; block < seen; block += FT_SIDE) {
            square s = scores_of<N>(a, who, q, block);
            square by = paired<N>(
                dy, rows_from(a.v, who.example, who.own, block, a.keys, a.value_width));
#pragma unroll
            for (int j = 0; j < 2; j++) {
#pragma unroll
                for (int e = 0; e < 4; e++) {
                    int k = e / 2;
                    bool hidden = r.none(k) || s.at[j][e] == real_least(0.0f);
                    float share = real_exp(s.at[j][e] - r.top[k]) * r.total[k];
                    float slope = share * (by.at[j][e] - r.more[k]) * (float)a.scale;
                    s.at[j][e] = hidden ? 0.0f : slope;
                }
            }
            sound &= dq.add<N>(s, rows_from(a.k, who.example, who.own, block, a.keys, a.width),
                               from);
        }
        dq.store(head_row<float>(a.dq, who.example, who.head, who.query), a.dq.row, who.query,
                 a.queries, from, a.width);
    }
    if (__all_sync(0xffffffffu, sound)) return;
    __syncwarp();
    one_by_one(a, who, [&](int64_t query) { query_backward<float>(a, query); });
}
