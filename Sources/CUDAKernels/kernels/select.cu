// Choosing between two operands by a third.
#include "loops.cuh"

// 8 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(select, ft_cuda_select) {
    for_size((int)arguments.size, [&](auto like) {
        typedef decltype(like) T;
        constexpr int V = 16 / sizeof(T);
        const uint8_t *condition = (const uint8_t *)arguments.condition;
        const T *x = (const T *)arguments.x, *y = (const T *)arguments.y;
        T *out = (T *)arguments.out;
        bool even = is_even<V>(arguments.loop, condition, x, y) && is_aligned<T, V>(out);
        for_groups<V>(arguments.loop, even, [&](int64_t i, place at, auto step, auto n) {
            pack<uint8_t, V> which = read<V>(condition + at.a, step.a, n);
            pack<T, V> xs = read<V>(x + at.b, step.b, n), ys = read<V>(y + at.c, step.c, n);
#pragma unroll
            for (int j = 0; j < V; j++) xs.at[j] = which.at[j] ? xs.at[j] : ys.at[j];
            write<V>(out + i, 1, n, xs);
        });
    });
}
