// Attention without the matrix of scores: y = softmax(scale q kᵀ) v, where query i sees the keys
// up to i + reach that its mask, if there is one, holds true for. A query, or a key, at a time: of
// float64, and where a tile met what isn't finite.
//
// A warp has a query, and its lanes have 32 keys at a time: the largest score and the sums are
// brought up to date from block to block (Milakov and Gimelshein, "Online normalizer calculation
// for softmax", 2018; Dao et al., "FlashAttention", NeurIPS 2022). Then lanes have the elements of
// a row of v, FT_HELD each; longer rows are made in several goes.
#pragma once
#include "rows.cuh"

constexpr int FT_HELD = 8;

template <class T>
FT_DEVICE T *head_row(const ft_cuda_heads &h, int64_t example, int64_t head, int64_t row) {
    return (T *)h.at + example * h.batch + head * h.head + row * h.row;
}

FT_DEVICE bool sees(const ft_cuda_attention &a, int64_t example, int64_t head, int64_t query,
                    int64_t key) {
    if (key >= a.keys || query >= a.queries || key > query + a.reach) return false;
    const long long *step = a.mask_stride;
    return !a.mask ||
           a.mask[example * step[0] + head * step[1] + query * step[2] + key * step[3]];
}
FT_DEVICE int64_t keys_seen(const ft_cuda_attention &a, int64_t query) {
    int64_t seen = query + a.reach + 1;
    return seen < 0 ? 0 : least(seen, a.keys);
}

// What elements are computed in, and what one is there.
template <class T> using number_of = typename element<T>::compute;
template <class T> FT_DEVICE number_of<T> at(const T *x, int64_t i) {
    return element<T>::load(x[i]);
}

template <class T> FT_DEVICE number_of<T> dot(const T *x, const T *y, int64_t n) {
    number_of<T> total = 0;
    for (int64_t i = 0; i < n; i++) total += at(x, i) * at(y, i);
    return total;
}

// The query of a warp, and its rows.
struct asker { int64_t example, head, own, query; };
FT_DEVICE asker asker_of(const ft_cuda_attention &a, int64_t number) {
    asker q;
    q.query = number % a.queries;
    q.head = number / a.queries % a.heads;
    q.example = number / a.queries / a.heads;
    q.own = q.head / a.sharing;
    return q;
}

// The largest score so far and the sum of exponentials of the differences to it; `more` is a sum
// of those times something else.
template <class T> struct running {
    T top;
    double total, more;

    // Goes on with the scores of 32 keys, one a lane. Gives what older sums were multiplied by,
    // and this lane's exponential.
    __device__ __forceinline__ T take(bool seen, T score, T by, T *own) {
        T next = warp_joined(seen ? score : real_least(T()), larger());
        next = real_max(top, next);
        T old = top == next ? (T)1 : real_exp(top - next);
        // All that was seen is -infinity so far.
        bool none = next == real_least(T());
        *own = seen && !none ? real_exp(score - next) : (T)0;
        double sum = warp_joined((double)*own, add_up());
        double other = warp_joined(seen ? (double)(*own * by) : 0.0, add_up());
        total = total * (double)old + sum;
        more = more * (double)old + other;
        top = next;
        return old;
    }
};

template <class T> FT_DEVICE void attend(const ft_cuda_attention &a, int64_t number) {
    typedef number_of<T> C;
    asker who = asker_of(a, number);
    int lane = threadIdx.x % FT_WARP;
    const T *q = head_row<T>(a.q, who.example, who.head, who.query);
    T *y = head_row<T>(a.y, who.example, who.head, who.query);
    int64_t seen = keys_seen(a, who.query);
    for (int64_t from = 0; from < a.value_width; from += FT_HELD * FT_WARP) {
        running<C> r = {real_least(C()), 0, 0};
        C held[FT_HELD] = {};
        for (int64_t block = 0; block < seen; block += FT_WARP) {
            int64_t key = block + lane;
            bool own = sees(a, who.example, who.head, who.query, key);
            C score = 0, share;
            if (own) {
                score = dot(q, head_row<T>(a.k, who.example, who.own, key), a.width) * (C)a.scale;
            }
            C old = r.take(own, score, 0, &share);
            for (int e = 0; e < FT_HELD; e++) held[e] *= old;
            unsigned which = __ballot_sync(0xffffffffu, own);
            for (int j = 0; j < FT_WARP; j++) {
                C by = __shfl_sync(0xffffffffu, share, j);
                if (!(which >> j & 1)) continue;
                const T *v = head_row<T>(a.v, who.example, who.own, block + j);
#pragma unroll
                for (int e = 0; e < FT_HELD; e++) {
                    int64_t i = from + e * FT_WARP + lane;
                    if (i < a.value_width) held[e] += by * at(v, i);
                }
            }
        }
        // Who sees nothing, or -infinity alone, gets 0.
        bool none = r.top == real_least(C());
        C scale = none ? (C)0 : (C)(1 / r.total);
#pragma unroll
        for (int e = 0; e < FT_HELD; e++) {
            int64_t i = from + e * FT_WARP + lane;
            if (i < a.value_width) y[i] = element<T>::store(none ? (C)0 : held[e] * scale);
        }
    }
}

// What a query and a key have to do with each other: the share that it takes of it, and the
// gradient by the score before it was scaled.
template <class C> struct bond { C share, slope; };

// What is kept of a query: the largest score, 1 / the sum of exponentials, and the sum of shares
// times the gradients by them.
template <class C> FT_DEVICE C *statistics_of(const ft_cuda_attention &a, const asker &who) {
    int64_t number = (who.example * a.heads + who.head) * a.queries + who.query;
    return (C *)a.statistics + 3 * number;
}

template <class T>
FT_DEVICE bond<number_of<T>> bond_of(const ft_cuda_attention &a, const asker &who, int64_t key) {
    typedef number_of<T> C;
    bond<C> b = {0, 0};
    if (!sees(a, who.example, who.head, who.query, key)) return b;
    const T *q = head_row<T>(a.q, who.example, who.head, who.query);
    const T *dy = head_row<T>(a.dy, who.example, who.head, who.query);
    const C *s = statistics_of<C>(a, who);
    if (s[0] == real_least(C())) return b;
    C score = dot(q, head_row<T>(a.k, who.example, who.own, key), a.width) * (C)a.scale;
    C by = dot(dy, head_row<T>(a.v, who.example, who.own, key), a.value_width);
    b.share = real_exp(score - s[0]) * s[1];
    b.slope = b.share * (by - s[2]) * (C)a.scale;
    return b;
}

// Makes the statistics of a query.
template <class T> FT_DEVICE void make_statistics(const ft_cuda_attention &a, const asker &who) {
    typedef number_of<T> C;
    int lane = threadIdx.x % FT_WARP;
    const T *q = head_row<T>(a.q, who.example, who.head, who.query);
    const T *dy = head_row<T>(a.dy, who.example, who.head, who.query);
    running<C> r = {real_least(C()), 0, 0};
    int64_t seen = keys_seen(a, who.query);
    for (int64_t block = 0; block < seen; block += FT_WARP) {
        int64_t key = block + lane;
        bool own = sees(a, who.example, who.head, who.query, key);
        C score = 0, by = 0, share;
        if (own) {
            score = dot(q, head_row<T>(a.k, who.example, who.own, key), a.width) * (C)a.scale;
            by = dot(dy, head_row<T>(a.v, who.example, who.own, key), a.value_width);
        }
        (void)r.take(own, score, by, &share);
    }
    C *s = statistics_of<C>(a, who);
    if (lane == 0) {
        s[0] = r.top;
        s[1] = (C)(1 / r.total);
        s[2] = (C)(r.more / r.total);
    }
    // The other lanes read them from memory.
    __syncwarp();
}

// dq of a query: the slopes of all keys times the keys.
template <class T> FT_DEVICE void query_backward(const ft_cuda_attention &a, int64_t number) {
    typedef number_of<T> C;
    asker who = asker_of(a, number);
    int lane = threadIdx.x % FT_WARP;
    make_statistics<T>(a, who);
    T *dq = head_row<T>(a.dq, who.example, who.head, who.query);
    int64_t seen = keys_seen(a, who.query);
    for (int64_t from = 0; from < a.width; from += FT_HELD * FT_WARP) {
        C held[FT_HELD] = {};
        for (int64_t block = 0; block < seen; block += FT_WARP) {
            bond<C> own = bond_of<T>(a, who, block + lane);
            bool is_seen = sees(a, who.example, who.head, who.query, block + lane);
            unsigned which = __ballot_sync(0xffffffffu, is_seen);
            for (int j = 0; j < FT_WARP; j++) {
                C by = __shfl_sync(0xffffffffu, own.slope, j);
                if (!(which >> j & 1)) continue;
                const T *k = head_row<T>(a.k, who.example, who.own, block + j);
#pragma unroll
                for (int e = 0; e < FT_HELD; e++) {
                    int64_t i = from + e * FT_WARP + lane;
                    if (i < a.width) held[e] += by * at(k, i);
                }
            }
        }
#pragma unroll
        for (int e = 0; e < FT_HELD; e++) {
            int64_t i = from + e * FT_WARP + lane;
            if (i < a.width) dq[i] = element<T>::store(held[e]);
        }
    }
}

// Goes on with dk and dv, elements `from` on of each, by 32 queries of a head.
template <class T>
FT_DEVICE void keys_by_queries(const ft_cuda_attention &a, asker who, int64_t key, int64_t from,
                               number_of<T> *dk, number_of<T> *dv) {
    typedef number_of<T> C;
    int lane = threadIdx.x % FT_WARP;
    int64_t block = who.query;
    who.query = block + lane;
    bool is_seen = sees(a, who.example, who.head, who.query, key);
    bond<C> own = {0, 0};
    if (is_seen) own = bond_of<T>(a, who, key);
    unsigned which = __ballot_sync(0xffffffffu, is_seen);
    for (int j = 0; j < FT_WARP; j++) {
        C share = __shfl_sync(0xffffffffu, own.share, j);
        C slope = __shfl_sync(0xffffffffu, own.slope, j);
        if (!(which >> j & 1)) continue;
        const T *q = head_row<T>(a.q, who.example, who.head, block + j);
        const T *dy = head_row<T>(a.dy, who.example, who.head, block + j);
#pragma unroll
        for (int e = 0; e < FT_HELD; e++) {
            int64_t i = from + e * FT_WARP + lane;
            if (i < a.width) dk[e] += slope * at(q, i);
            if (i < a.value_width) dv[e] += share * at(dy, i);
        }
    }
}

// A warp has a key, and goes through the queries of all heads that share it, in order.
template <class T> FT_DEVICE void key_backward(const ft_cuda_attention &a, int64_t number) {
    int lane = threadIdx.x % FT_WARP;
    int64_t key = number % a.keys, heads = a.heads / a.sharing, own = number / a.keys % heads;
    asker who = {number / a.keys / heads, 0, own, 0};
    T *to_k = head_row<T>(a.dk, who.example, own, key);
    T *to_v = head_row<T>(a.dv, who.example, own, key);
    int64_t widest = a.width > a.value_width ? a.width : a.value_width;
    int64_t first = key - a.reach < 0 ? 0 : key - a.reach;
    for (int64_t from = 0; from < widest; from += FT_HELD * FT_WARP) {
        number_of<T> dk[FT_HELD] = {}, dv[FT_HELD] = {};
        for (int64_t shared = 0; shared < a.sharing; shared++) {
            who.head = own * a.sharing + shared;
            for (int64_t block = first; block < a.queries; block += FT_WARP) {
                who.query = block;
                keys_by_queries<T>(a, who, key, from, dk, dv);
            }
        }
#pragma unroll
        for (int e = 0; e < FT_HELD; e++) {
            int64_t i = from + e * FT_WARP + lane;
            if (i < a.width) to_k[i] = element<T>::store(dk[e]);
            if (i < a.value_width) to_v[i] = element<T>::store(dv[e]);
        }
    }
}
