// The unary functions of elementwise.h.
#include "functions.cuh"
#include "loops.cuh"

template <class T> FT_DEVICE void unary_groups(const ft_cuda_unary &arguments) {
    typedef typename element<T>::compute C;
    constexpr int V = 16 / sizeof(T);
    const T *x = (const T *)arguments.x;
    T *out = (T *)arguments.out;
    int function = FT_FUNCTION_OF(arguments);
    C p0 = (C)arguments.p0, p1 = (C)arguments.p1;
    bool even = is_even<V>(arguments.loop, x, (T *)nullptr, (T *)nullptr) && is_aligned<T, V>(out);
    for_groups<V>(arguments.loop, even, [&](int64_t i, place at, auto step, auto n) {
        pack<T, V> group = read<V>(x + at.a, step.a, n);
#pragma unroll
        for (int j = 0; j < V; j++) {
            C value = element<T>::load(group.at[j]);
            if (j < n) group.at[j] = element<T>::store(unary_value(function, value, p0, p1));
        }
        write<V>(out + i, 1, n, group);
    });
}

// 8 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(unary, ft_cuda_unary) {
    for_all(arguments.dtype, [&](auto like) { unary_groups<decltype(like)>(arguments); });
}
