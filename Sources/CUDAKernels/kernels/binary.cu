// The binary functions of elementwise.h.
#include "functions.cuh"
#include "pairs.cuh"

template <class T> FT_DEVICE void binary_groups(const ft_cuda_binary &arguments) {
    typedef typename element<T>::compute C;
    constexpr int V = 16 / sizeof(T);
    pair_reader<T, V> operands(arguments);
    T *out = (T *)arguments.out;
    int function = FT_FUNCTION_OF(arguments);
    C p0 = (C)arguments.p0;
    // Floats are those types whose half is no 0.
    bool checks = fails_at_zero(function, (C)0.5 != (C)0, arguments.p0);
    bool even = operands.is_even(arguments.loop) && is_aligned<T, V>(out);
    for_groups<V>(arguments.loop, even, [&](int64_t i, place at, auto step, auto n) {
        pack<T, V> xs, ys;
        operands.take(at, step, n, &xs, &ys);
#pragma unroll
        for (int j = 0; j < V; j++) {
            if (j >= n) continue;
            C x = element<T>::load(xs.at[j]), y = element<T>::load(ys.at[j]), value = (C)0;
            if (checks && y == (C)0) {
                tell(arguments.witness, i + j, 0);
            } else {
                value = binary_value(function, x, y, p0);
            }
            xs.at[j] = element<T>::store(value);
        }
        write<V>(out + i, 1, n, xs);
    });
}

// 8 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(binary, ft_cuda_binary) {
    for_all(arguments.dtype, [&](auto like) { binary_groups<decltype(like)>(arguments); });
}
