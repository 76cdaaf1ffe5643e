// The comparisons of elementwise.h.
#include "functions.cuh"
#include "pairs.cuh"

template <class T> FT_DEVICE void compare_groups(const ft_cuda_binary &arguments) {
    constexpr int V = 16 / sizeof(T);
    pair_reader<T, V> operands(arguments);
    uint8_t *out = (uint8_t *)arguments.out;
    int function = FT_FUNCTION_OF(arguments);
    bool even = operands.is_even(arguments.loop) && is_aligned<uint8_t, V>(out);
    for_groups<V>(arguments.loop, even, [&](int64_t i, place at, auto step, auto n) {
        pack<T, V> xs, ys;
        operands.take(at, step, n, &xs, &ys);
        pack<uint8_t, V> result;
#pragma unroll
        for (int j = 0; j < V; j++) {
            result.at[j] = compare_value(
                function, element<T>::load(xs.at[j]), element<T>::load(ys.at[j]));
        }
        write<V>(out + i, 1, n, result);
    });
}

// 8 blocks a multiprocessor; loads of 16 bytes of 2 arrays.
FT_KERNEL(compare, ft_cuda_binary) {
    for_all(arguments.dtype, [&](auto like) { compare_groups<decltype(like)>(arguments); });
}
