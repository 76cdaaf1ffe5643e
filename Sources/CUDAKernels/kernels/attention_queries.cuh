// Attention, and its gradient by queries, by tensor cores; see attention_tiles.cuh.
#pragma once
#include "attention_tiles.cuh"

template <class N> struct queries_space {
    staged_rows<N> keys, values;
};

template <class T, class N>
FT_DEVICE void attend_tile(const ft_cuda_attention &a, int64_t number,
                           queries_space<N> &space) {
    int thread = threadIdx.x;
    tile_sizes all(a);
    tile_place who = place_of(thread, a, number);
    head_rows<T> q = rows_of<T>(a.q, who.example, who.head, all.queries, all.width);
    head_rows<T> k = rows_of<T>(a.k, who.example, who.own, all.keys, all.width);
    head_rows<T> v = rows_of<T>(a.v, who.example, who.own, all.keys, all.value_width);
    left_rows<N> left;
    typename staged_rows<N>::template part<T> keys, values;
    left.take(thread, q, who.query, 0);
    int seen = block_seen(all, who.query), own = warp_seen(all, who.query);
    bool sound = true;
    for (int from = 0; from < all.value_width; from += FT_SPAN) {
        running_rows r = none_so_far();
        span held = {};
        for (int block = 0; block < seen; block += FT_STAGE) {
            squares<N> s = {};
            for_spans(
                thread, all.width,
                [&](int part) {
                    space.keys.load(thread, keys, k, block, part);
                    if (part == 0) space.values.load(thread, values, v, block, from);
                },
                [&](int part) {
                    (void)space.keys.put(thread, keys);
                    if (part == 0) sound &= space.values.put(thread, values);
                },
                [&](int part) {
                    if (all.width > FT_SPAN) left.take(thread, q, who.query, part);
                    s.add(thread, left, space.keys, all.width - part, own - block);
                });
            if (block >= own) continue;
#pragma unroll
            for (int i = 0; i < squares<N>::all; i++) {
                scale_seen(thread, a, all, who, block + FT_SIDE * i, s.at[i]);
            }
            float old[2];
            r.take(s, old);
            held.scale(old[0], old[1]);
            held.add(thread, s, space.values, all.value_width - from, own - block);
        }
        r.join();
        // Who sees nothing, or -infinity alone, gets 0.
        held.scale(r.none(0) ? 0.0f : 1 / r.total[0], r.none(1) ? 0.0f : 1 / r.total[1]);
        held.store(thread, head_row<T>(a.y, who.example, who.head, who.query), a.y.row,
                   who.query, all.queries, from, all.value_width);
    }
    one_by_one(a, who, sound, [&](int64_t query) { attend<T>(a, query); });
}

// A warp's 16 queries on their way back.
template <class T, class N> struct query_tile {
    const ft_cuda_attention &a;
    queries_space<N> &space;
    int thread;
    tile_sizes all;
    tile_place who;
    int seen, own;
    head_rows<T> q, k, v, dy;
    left_rows<N> left_q, left_dy;
    running_rows r;
    bool sound;

    __device__ __forceinline__ query_tile(const ft_cuda_attention &a, int64_t number,
                                          queries_space<N> &space)
        : a(a), space(space), thread(threadIdx.x), all(a),
          who(place_of(thread, a, number)),
          seen(block_seen(all, who.query)), own(warp_seen(all, who.query)),
          q(rows_of<T>(a.q, who.example, who.head, all.queries, all.width)),
          k(rows_of<T>(a.k, who.example, who.own, all.keys, all.width)),
          v(rows_of<T>(a.v, who.example, who.own, all.keys, all.value_width)),
          dy(rows_of<T>(a.dy, who.example, who.head, all.queries, all.value_width)),
          r(none_so_far()), sound(true) {
        left_q.take(thread, q, who.query, 0);
        left_dy.take(thread, dy, who.query, 0);
    }

    // Scores of the keys from `block` on, and the gradients by shares of them.
    __device__ __forceinline__ void meet(int block, squares<N> &s, squares<N> &by) {
        typename staged_rows<N>::template part<T> keys, values;
        for_spans(
            thread, k.width > v.width ? k.width : v.width,
            [&](int part) {
                space.keys.load(thread, keys, k, block, part);
                space.values.load(thread, values, v, block, part);
            },
            [&](int part) {
                sound &= space.keys.put(thread, keys);
                (void)space.values.put(thread, values);
            },
            [&](int part) {
                if (k.width > FT_SPAN) left_q.take(thread, q, who.query, part);
                if (v.width > FT_SPAN) left_dy.take(thread, dy, who.query, part);
                s.add(thread, left_q, space.keys, k.width - part, own - block);
                by.add(thread, left_dy, space.values, v.width - part, own - block);
            });
#pragma unroll
        for (int i = 0; i < squares<N>::all; i++) {
            scale_seen(thread, a, all, who, block + FT_SIDE * i, s.at[i]);
        }
    }

    // Has columns `from` on of the keys staged, where a stage held them in several goes.
    __device__ __forceinline__ void stage_keys(int block, int from) {
        if (k.width <= FT_SPAN && v.width <= FT_SPAN) return;
        typename staged_rows<N>::template part<T> keys;
        space.keys.load(thread, keys, k, block, from);
        __syncthreads();
        sound &= space.keys.put(thread, keys);
        __syncthreads();
    }

    // Makes the statistics of the queries, and keeps them: total is 1 / the sum.
    __device__ __forceinline__ void make_statistics() {
        for (int block = 0; block < seen; block += FT_STAGE) {
            squares<N> s = {}, by = {};
            meet(block, s, by);
            squares<N> before = s;
            float old[2];
            r.take(s, old);
#pragma unroll
            for (int i = 0; i < squares<N>::all; i++) {
#pragma unroll
                for (int j = 0; j < 2; j++) {
#pragma unroll
                    for (int e = 0; e < 4; e++) {
                        bool hidden = before.at[i].at[j][e] == real_least(0.0f);
                        float more = s.at[i].at[j][e] * by.at[i].at[j][e];
                        if (!hidden) r.more[e / 2] += more;
                    }
                }
            }
        }
        r.join();
#pragma unroll
        for (int row = 0; row < 2; row++) {
            r.more[row] /= r.total[row];
            r.total[row] = 1 / r.total[row];
            asker one = {who.example, who.head, who.own, who.query + square::row(thread, 2 * row)};
            if (thread % 4 != 0 || one.query >= a.queries) continue;
            float *kept = statistics_of<float>(a, one);
            kept[0] = r.top[row], kept[1] = r.total[row], kept[2] = r.more[row];
        }
    }

    // Turns scores into gradients by them before they were scaled.
    __device__ __forceinline__ void slope(square &s, const square &by) const {
#pragma unroll
        for (int j = 0; j < 2; j++) {
#pragma unroll
            for (int e = 0; e < 4; e++) {
                int row = e / 2;
                bool hidden = r.none(row) || s.at[j][e] == real_least(0.0f);
                float share = real_exp(hidden ? 0.0f : s.at[j][e] - r.top[row]) * r.total[row];
                float slope = share * (by.at[j][e] - r.more[row]) * (float)a.scale;
                s.at[j][e] = hidden ? 0.0f : slope;
            }
        }
    }
};

template <class T, class N>
FT_DEVICE void query_tile_backward(const ft_cuda_attention &a, int64_t number,
                                   queries_space<N> &space) {
    query_tile<T, N> tile(a, number, space);
    const tile_place &who = tile.who;
    tile.make_statistics();
    for (int from = 0; from < tile.all.width; from += FT_SPAN) {
        span dq = {};
        for (int block = 0; block < tile.seen; block += FT_STAGE) {
            squares<N> s = {}, by = {};
            tile.meet(block, s, by);
            tile.stage_keys(block, from);
#pragma unroll
            for (int i = 0; i < squares<N>::all; i++) tile.slope(s.at[i], by.at[i]);
            dq.add(tile.thread, s, space.keys, tile.all.width - from, tile.own - block);
        }
        dq.store(tile.thread, head_row<T>(a.dq, who.example, who.head, who.query), a.dq.row,
                 who.query, tile.all.queries, from, tile.all.width);
    }
    one_by_one(a, who, tile.sound, [&](int64_t query) { query_backward<T>(a, query); });
}
