// The gradients of attention by keys and values, by tensor cores; see attention_tiles.cuh.
#pragma once
#include "attention_tiles.cuh"

// What 16 keys from `key` on have to do with queries from who.query on: shares, and gradients by
// scores before they were scaled; rows are keys.
struct bonds { square shares, slopes; };
template <class N>
FT_DEVICE bonds bonds_of(const ft_cuda_attention &a, const asker &who, int64_t key,
                         const sixteen &k, const sixteen &v, const sixteen &q,
                         const sixteen &dy) {
    bonds b = {paired<N>(k, q), paired<N>(v, dy)};
#pragma unroll
    for (int j = 0; j < 2; j++) {
#pragma unroll
        for (int e = 0; e < 4; e++) {
            asker own = who;
            own.query += square::column(j, e);
            float &share = b.shares.at[j][e], &slope = b.slopes.at[j][e];
            bool seen = sees(a, own.example, own.head, own.query, key + square::row(e));
            const float *kept = statistics_of<float>(a, own);
            if (!seen || kept[0] == real_least(0.0f)) {
                share = slope = 0;
                continue;
            }
            share = real_exp(share * (float)a.scale - kept[0]) * kept[1];
            slope = share * (slope - kept[2]) * (float)a.scale;
        }
    }
    return b;
}

// A warp has 16 keys, and goes through the queries of all heads that share them, in order.
template <class N> FT_DEVICE void key_tile_backward(const ft_cuda_attention &a, int64_t number) {
    int64_t tiles = ceil_div(a.keys, FT_SIDE), heads = a.heads / a.sharing;
    int64_t key = number % tiles * FT_SIDE, own = number / tiles % heads;
    asker who = {number / tiles / heads, 0, own, 0};
    sixteen k = rows_from(a.k, who.example, own, key, a.keys, a.width);
    sixteen v = rows_from(a.v, who.example, own, key, a.keys, a.value_width);
    int64_t widest = a.width > a.value_width ? a.width : a.value_width;
    int64_t first = key - a.reach < 0 ? 0 : key - a.reach;
    bool sound = true;
    for (int64_t from = 0; from < widest; from += FT_SPAN) {
        span dk = {}, dv = {};
        for (int64_t shared = 0; shared < a.sharing; shared++) {
            who.head = own * a.sharing + shared;
            for (who.query = first; who.query < a.queries; who.query += FT_SIDE) {
                sixteen q =
                    rows_from(a.q, who.example, who.head, who.query, a.queries, a.width);
                sixteen dy =
                    rows_from(a.dy, who.example, who.head, who.query, a.queries, a.value_width);
                bonds b = bonds_of<N>(a, who, key, k, v, q, dy);
                sound &= dk.add<N>(b.slopes, q, from);
                sound &= dv.add<N>(b.shares, dy, from);
            }
        }
        dk.store(head_row<float>(a.dk, who.example, own, key), a.dk.row, key, a.keys, from,
                 a.width);
        dv.store(head_row<float>(a.dv, who.example, own, key), a.dv.row, key, a.keys, from,
                 a.value_width);
    }
    if (__all_sync(0xffffffffu, sound)) return;
    __syncwarp();
    int64_t before = (who.example * heads + own) * a.keys, end = least(key + FT_SIDE, a.keys);
    for (int64_t each = key; each < end; each++) key_backward<float>(a, before + each);
}
