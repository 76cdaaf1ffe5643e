// How binary functions and comparisons read.
#pragma once
#include "loops.cuh"

// The operands of a binary function, one of which may be a number.
template <class T, int V> struct pair_reader {
    const T *x, *y;
    int scalar;
    T number;

    __device__ __forceinline__ pair_reader(const ft_cuda_binary &arguments)
        : x((const T *)arguments.x), y((const T *)arguments.y), scalar(arguments.scalar),
          number(*(const T *)&arguments.number) {}

    __device__ __forceinline__ bool is_even(const ft_cuda_loop &loop) const {
        return ::is_even<V>(loop, scalar == 1 ? nullptr : x, scalar == 2 ? nullptr : y,
                            (T *)nullptr);
    }

    template <class Step, class Count>
    __device__ __forceinline__ void take(place at, Step step, Count n, pack<T, V> *xs,
                                         pack<T, V> *ys) const {
        *xs = scalar == 1 ? read<V>(&number, 0) : read<V>(x + at.a, step.a, n);
        *ys = scalar == 2 ? read<V>(&number, 0) : read<V>(y + at.b, step.b, n);
    }
};
