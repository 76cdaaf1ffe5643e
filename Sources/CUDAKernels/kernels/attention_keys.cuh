// The gradients of attention by keys and values, by tensor cores; see attention_tiles.cuh.
#pragma once
#include "attention_tiles.cuh"

template <class N> struct keys_space {
    staged_rows<N> queries, slopes;
    // As statistics_of; -infinity, 0 and 0 for queries that aren't there.
    float statistics[FT_STAGE][3];

    __device__ __forceinline__ void fill_statistics(int row, const ft_cuda_attention &a,
                                                    const tile_place &at) {
        if (row >= FT_STAGE) return;
        asker who = {at.example, at.head, at.own, at.query + row};
        bool inside = who.query < a.queries;
        const float *kept = statistics_of<float>(a, who);
        statistics[row][0] = inside ? kept[0] : real_least(0.0f);
        statistics[row][1] = inside ? kept[1] : 0.0f;
        statistics[row][2] = inside ? kept[2] : 0.0f;
    }
};

// Turns what 16 keys from `key` on have to do with queries from who.query + `from` on
// into shares, and gradients by scores before they were scaled; rows are keys.
template <class N>
FT_DEVICE void bind(int thread, const ft_cuda_attention &a, const tile_sizes &all,
                    const tile_place &who, int key, int from, const keys_space<N> &space,
                    square &shares, square &slopes) {
    int query = who.query + from;
    bool every = all_seen(a, all, query, key);
#pragma unroll
    for (int j = 0; j < 2; j++) {
#pragma unroll
        for (int e = 0; e < 4; e++) {
            float &share = shares.at[j][e], &slope = slopes.at[j][e];
            int column = square::column(thread, j, e);
            int row = key + square::row(thread, e);
            bool seen = every || tile_sees(a, all, who, query + column, row);
            const float *kept = space.statistics[from + column];
            bool hidden = !seen || kept[0] == real_least(0.0f);
            float score = hidden ? 0.0f : share * (float)a.scale - kept[0];
            share = hidden ? 0.0f : real_exp(score) * kept[1];
            slope = hidden ? 0.0f : share * (slope - kept[2]) * (float)a.scale;
        }
    }
}

// A warp has 16 keys, and goes through the queries of all heads that share them, in order.
template <class T, class N>
FT_DEVICE void key_tile_backward(const ft_cuda_attention &a, int64_t number,
                                 keys_space<N> &space) {
    tile_sizes all(a);
    int64_t tiles = ceil_div(a.keys, FT_OWNED), heads = a.heads / a.sharing;
    int64_t every = divided(number, tiles), example = divided(every, heads);
    int first_key = (int)(number - every * tiles) * FT_OWNED, own = (int)(every - example * heads);
    int thread = threadIdx.x;
    int key = first_key + thread / FT_WARP * FT_SIDE;
    tile_place who = {(int)example, 0, own, 0};
    head_rows<T> k = rows_of<T>(a.k, who.example, own, all.keys, all.width);
    head_rows<T> v = rows_of<T>(a.v, who.example, own, all.keys, all.value_width);
    left_rows<N> left_k, left_v;
    typename staged_rows<N>::template part<T> their_queries, their_slopes;
    left_k.take(thread, k, key, 0);
    left_v.take(thread, v, key, 0);
    int widest = k.width > v.width ? k.width : v.width;
    // The first query that sees a key of the block; a warp skips squares that see none of its own.
    int first = first_key < all.reach ? 0 : first_key - all.reach;
    bool sound = true;
    for (int from = 0; from < widest; from += FT_SPAN) {
        span dk = {}, dv = {};
        for (int shared = 0; shared < (int)a.sharing; shared++) {
            who.head = own * (int)a.sharing + shared;
            head_rows<T> q = rows_of<T>(a.q, who.example, who.head, all.queries, all.width);
            head_rows<T> dy = rows_of<T>(a.dy, who.example, who.head, all.queries, all.value_width);
            for (int block = first; block < all.queries; block += FT_STAGE) {
                who.query = block;
                bool sees_some = key < all.keys && block + FT_STAGE - 1 + all.reach >= key;
                int count = sees_some ? all.queries - block : 0;
                squares<N> shares = {}, slopes = {};
                for_spans(
                    thread, widest,
                    [&](int part) {
                        space.queries.load(thread, their_queries, q, block, part);
                        space.slopes.load(thread, their_slopes, dy, block, part);
                    },
                    [&](int part) {
                        sound &= space.queries.put(thread, their_queries);
                        sound &= space.slopes.put(thread, their_slopes);
                        if (part == 0) space.fill_statistics(thread, a, who);
                    },
                    [&](int part) {
                        if (k.width > FT_SPAN) left_k.take(thread, k, key, part);
                        if (v.width > FT_SPAN) left_v.take(thread, v, key, part);
                        shares.add(thread, left_k, space.queries, k.width - part, count);
                        slopes.add(thread, left_v, space.slopes, v.width - part, count);
                    });
                if (widest > FT_SPAN) {
                    space.queries.load(thread, their_queries, q, block, from);
                    space.slopes.load(thread, their_slopes, dy, block, from);
                    __syncthreads();
                    sound &= space.queries.put(thread, their_queries);
                    sound &= space.slopes.put(thread, their_slopes);
                    __syncthreads();
                }
                if (!sees_some) continue;
#pragma unroll
                for (int i = 0; i < squares<N>::all; i++) {
                    bind(thread, a, all, who, key, FT_SIDE * i, space, shares.at[i], slopes.at[i]);
                }
                dk.add(thread, slopes, space.queries, k.width - from, count);
                dv.add(thread, shares, space.slopes, v.width - from, count);
            }
        }
        dk.store(thread, head_row<T>(a.dk, who.example, own, key), a.dk.row, key,
                 all.keys, from, all.width);
        dv.store(thread, head_row<T>(a.dv, who.example, own, key), a.dv.row, key,
                 all.keys, from, all.value_width);
    }
    if (__syncthreads_and(sound)) return;
    int64_t before = ((int64_t)who.example * heads + own) * a.keys;
    int64_t end = least(key + FT_SIDE, a.keys);
    for (int64_t each = key; each < end; each++) key_backward<T>(a, before + each);
}
