// Windows over planes of three axes, and walks over the elements of planes. A plane has fewer than
// 2^31 elements, so that places in it are ints.
#pragma once
#include "common.cuh"

// An element of [planes, sizes].
struct plane_element {
    int64_t plane;
    unsigned at[3];

    __device__ __forceinline__ plane_element(const long long *size, int64_t i) {
#pragma unroll
        for (int d = 2; d >= 0; d--) {
            int64_t rest = divided(i, size[d]);
            at[d] = (unsigned)(i - rest * size[d]);
            i = rest;
        }
        plane = i;
    }
    // Moves on by as many elements as `step` counts: sums of digits, so no division.
    __device__ __forceinline__ void move(const long long *size, const plane_element &step) {
        unsigned carry = 0;
#pragma unroll
        for (int d = 2; d >= 0; d--) {
            at[d] += step.at[d] + carry;
            carry = at[d] >= (unsigned)size[d];
            if (carry) at[d] -= (unsigned)size[d];
        }
        plane += step.plane + carry;
    }
    __device__ __forceinline__ int place(const long long *size) const {
        return ((int)at[0] * (int)size[1] + (int)at[1]) * (int)size[2] + (int)at[2];
    }
};

// Calls each(i, element) for this thread's elements of [planes, sizes].
template <class Each>
FT_DEVICE void for_elements(int64_t planes, const long long *size, Each each) {
    int64_t all = planes * size[0] * size[1] * size[2], i = grid_thread();
    plane_element element(size, i);
    const plane_element step(size, grid_threads());
    for (; i < all; i += grid_threads(), element.move(size, step)) each(i, element);
}

// Division by one divisor above 0 of many numbers of 31 bits: the high half of the product with
// (2^32 - 1) / divisor is the quotient, or one less.
struct divider {
    unsigned by, factor;
    __device__ __forceinline__ divider(int64_t by)
        : by((unsigned)by), factor(0xffffffffu / (unsigned)by) {}
    __device__ __forceinline__ int divide(int x) const {
        unsigned quotient = (unsigned)((uint64_t)factor * (unsigned)x >> 32);
        return (int)(quotient + ((unsigned)x - quotient * by >= by));
    }
};

// The elements of a window along an axis, or the windows that may hold an element.
struct stretch { int first, end; };

// Window `number` of an axis: by its rule what lies inside of the elements from number stride -
// padding on, or as the table has it.
FT_DEVICE stretch window_along(const ft_cuda_pool &p, int d, int number) {
    int stride = (int)p.stride[d], step = (int)p.step[d], size = (int)p.in[d];
    if (stride == 0) return {(int)p.first[d][number], (int)p.end[d][number]};
    int start = number * stride - (int)p.padding[d], stop = start + (int)p.reach[d];
    if (start < 0) start = step == 1 ? 0 : start + (step - 1 - start) / step * step;
    if (start > size) start = size;
    if (stop > size) stop = size;
    return {start, stop < start ? start : stop};
}

// The first number in an ascending table that is above i.
FT_DEVICE int first_beyond(const long long *bound, int count, int i) {
    int low = 0, high = count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (bound[middle] > i) high = middle;
        else low = middle + 1;
    }
    return low;
}

// The windows of an axis that begin before element i or at it and end behind it.
FT_DEVICE stretch holders_along(const ft_cuda_pool &p, int d, const divider &stride, int i) {
    int count = (int)p.results[d];
    if (p.stride[d] == 0) {
        return {first_beyond(p.end[d], count, i), first_beyond(p.first[d], count, i)};
    }
    int from = i + (int)p.padding[d], behind = from - (int)p.reach[d];
    int last = stride.divide(from), first = behind < 0 ? 0 : stride.divide(behind) + 1;
    return {first, last < count ? last + 1 : count};
}

// Whether element i, which lies between the ends of a window, is one of its elements.
FT_DEVICE bool is_met(const ft_cuda_pool &p, int d, int number, int i) {
    int step = (int)p.step[d];
    if (step == 1) return true;
    int start = p.stride[d] == 0 ? (int)p.first[d][number]
                                 : number * (int)p.stride[d] - (int)p.padding[d];
    return (i - start) % step == 0;
}

struct pool_window { stretch along[3]; };

FT_DEVICE pool_window window_of(const ft_cuda_pool &p, const int *result) {
    return {{window_along(p, 0, result[0]), window_along(p, 1, result[1]),
             window_along(p, 2, result[2])}};
}

// Calls each(place) for the elements of a window, in row-major order. Places are below 2^31 and so
// are steps: without a sign a sum of them doesn't wrap.
template <class Each>
FT_DEVICE void for_window(const ft_cuda_pool &p, const pool_window &w, Each each) {
    const stretch &a = w.along[0], &b = w.along[1], &c = w.along[2];
    for (unsigned i = (unsigned)a.first; i < (unsigned)a.end; i += (unsigned)p.step[0]) {
        for (unsigned j = (unsigned)b.first; j < (unsigned)b.end; j += (unsigned)p.step[1]) {
            unsigned row = (i * (unsigned)p.in[1] + j) * (unsigned)p.in[2];
            for (unsigned k = (unsigned)c.first; k < (unsigned)c.end; k += (unsigned)p.step[2]) {
                each((int)(row + k));
            }
        }
    }
}

// Calls each(result, its number) for the windows that hold an element of a plane, in order.
template <class Each>
FT_DEVICE void for_holders(const ft_cuda_pool &p, const divider *strides, const unsigned *at,
                           Each each) {
    const int x[3] = {(int)at[0], (int)at[1], (int)at[2]};
    const stretch a = holders_along(p, 0, strides[0], x[0]);
    const stretch b = holders_along(p, 1, strides[1], x[1]);
    const stretch c = holders_along(p, 2, strides[2], x[2]);
    int r[3];
    for (r[0] = a.first; r[0] < a.end; r[0]++) {
        if (!is_met(p, 0, r[0], x[0])) continue;
        for (r[1] = b.first; r[1] < b.end; r[1]++) {
            if (!is_met(p, 1, r[1], x[1])) continue;
            int64_t row = (r[0] * p.results[1] + r[1]) * p.results[2];
            for (r[2] = c.first; r[2] < c.end; r[2]++) {
                if (is_met(p, 2, r[2], x[2])) each(r, row + r[2]);
            }
        }
    }
}
