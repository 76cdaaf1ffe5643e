// The predicates of elementwise.h.
#include "functions.cuh"
#include "loops.cuh"

// Writes a byte an element, so that a group of 16 bytes of elements makes one of 2 to 16.
template <class T> FT_DEVICE void test_groups(const ft_cuda_unary &arguments) {
    constexpr int V = 16 / sizeof(T);
    const T *x = (const T *)arguments.x;
    uint8_t *out = (uint8_t *)arguments.out;
    int function = FT_FUNCTION_OF(arguments);
    bool even = is_even<V>(arguments.loop, x, (T *)nullptr, (T *)nullptr) &&
                is_aligned<uint8_t, V>(out);
    for_groups<V>(arguments.loop, even, [&](int64_t i, place at, auto step, auto n) {
        pack<T, V> group = read<V>(x + at.a, step.a, n);
        pack<uint8_t, V> result;
#pragma unroll
        for (int j = 0; j < V; j++) {
            result.at[j] = test_value(function, element<T>::load(group.at[j]));
        }
        write<V>(out + i, 1, n, result);
    });
}

// 8 blocks a multiprocessor; loads of 16 bytes.
FT_KERNEL(test, ft_cuda_unary) {
    for_all(arguments.dtype, [&](auto like) { test_groups<decltype(like)>(arguments); });
}
