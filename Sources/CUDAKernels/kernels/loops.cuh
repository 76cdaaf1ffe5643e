// Walks over the index space of an elementwise kernel: each thread takes groups of neighbouring
// elements of the output, as many as 16 bytes hold of the larger operand, and reads and writes
// them at once where they are neighbours in memory.
#pragma once
#include "common.cuh"

template <class T, int V> struct alignas(sizeof(T) * V) pack { T at[V]; };

template <class T, int V> FT_DEVICE bool is_aligned(const T *p) {
    return ((uint64_t)p & (sizeof(T) * V - 1)) == 0;
}

// V elements from p on, `stride` apart.
template <int V, class T> FT_DEVICE pack<T, V> read(const T *p, int64_t stride) {
    pack<T, V> group;
    if (stride == 1 && is_aligned<T, V>(p)) return *(const pack<T, V> *)p;
    if (stride == 0) {
        T x = *p;
#pragma unroll
        for (int j = 0; j < V; j++) group.at[j] = x;
        return group;
    }
#pragma unroll
    for (int j = 0; j < V; j++) group.at[j] = p[j * stride];
    return group;
}
// What is known where a whole group lies next to each other, at a multiple of its size.
template <int V> struct whole_group {
    __device__ __forceinline__ constexpr operator int() const { return V; }
};
struct next_to_each_other { static constexpr int64_t a = 1, b = 1, c = 1; };

template <int V, class T> FT_DEVICE pack<T, V> read(const T *p, int64_t, whole_group<V>) {
    return *(const pack<T, V> *)p;
}
template <int V, class T>
FT_DEVICE void write(T *p, int64_t, whole_group<V>, const pack<T, V> &group) {
    *(pack<T, V> *)p = group;
}

// V elements, of which only n are there.
template <int V, class T> FT_DEVICE pack<T, V> read(const T *p, int64_t stride, int n) {
    if (n == V) return read<V>(p, stride);
    pack<T, V> group;
#pragma unroll
    for (int j = 0; j < V; j++) group.at[j] = p[j < n ? j * stride : 0];
    return group;
}
template <int V, class T>
FT_DEVICE void write(T *p, int64_t stride, int n, const pack<T, V> &group) {
    if (n == V && stride == 1 && is_aligned<T, V>(p)) {
        *(pack<T, V> *)p = group;
        return;
    }
#pragma unroll
    for (int j = 0; j < V; j++) {
        if (j < n) p[j * stride] = group.at[j];
    }
}

// Where the operands are for one element of the output.
struct place { int64_t a, b, c; };

template <class Whole> FT_DEVICE place place_by(const ft_cuda_loop &loop, Whole i) {
    place at = {0, 0, 0};
#pragma unroll 1
    for (int d = (int)loop.rank - 1; d > 0; d--) {
        Whole size = (Whole)loop.dims[d], rest = i / size;
        int64_t k = (int64_t)(i - rest * size);
        i = rest;
        at.a += k * loop.a[d];
        at.b += k * loop.b[d];
        at.c += k * loop.c[d];
    }
    if (loop.rank > 0) {
        at.a += (int64_t)i * loop.a[0];
        at.b += (int64_t)i * loop.b[0];
        at.c += (int64_t)i * loop.c[0];
    }
    return at;
}
// A division of 32 bits takes a third of the instructions of one of 64.
FT_DEVICE place place_of(const ft_cuda_loop &loop, int64_t i) {
    return loop.count <= 0x7fffffff ? place_by<uint32_t>(loop, (uint32_t)i)
                                    : place_by<uint64_t>(loop, (uint64_t)i);
}

// Strides from an element to the next inside a group.
FT_DEVICE place inner_steps(const ft_cuda_loop &loop) {
    place step = {0, 0, 0};
    if (loop.rank > 0) {
        step.a = loop.a[loop.rank - 1];
        step.b = loop.b[loop.rank - 1];
        step.c = loop.c[loop.rank - 1];
    }
    return step;
}

// Whether the operands of a loop, of which those that aren't there count as even, lie as the output
// does: then groups are read and written at once.
template <int V, class A, class B, class C>
FT_DEVICE bool is_even(const ft_cuda_loop &loop, const A *a, const B *b, const C *c) {
    if (loop.rank != 1) return false;
    return (!a || (loop.a[0] == 1 && is_aligned<A, V>(a))) &&
           (!b || (loop.b[0] == 1 && is_aligned<B, V>(b))) &&
           (!c || (loop.c[0] == 1 && is_aligned<C, V>(c)));
}

// Calls each(i, at, step, n) for groups of n <= V elements from element i on. A group doesn't leave
// a row of the innermost axis. `even`: see is_even.
template <int V, class Each>
FT_DEVICE void for_groups(const ft_cuda_loop &loop, bool even, Each each) {
    bool whole = loop.rank <= 1 || loop.dims[loop.rank - 1] % V == 0;
    int64_t size = whole ? V : 1, i = grid_thread() * size, by = grid_threads() * size;
    if (even) {
#pragma unroll 1
        for (; i + V <= loop.count; i += by) {
            each(i, place{i, i, i}, next_to_each_other(), whole_group<V>());
        }
    }
    place step = inner_steps(loop);
#pragma unroll 1
    for (; i < loop.count; i += by) {
        each(i, place_of(loop, i), step, (int)least(size, loop.count - i));
    }
}
