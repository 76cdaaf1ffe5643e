// What a product by a library leaves to do: a bias on each row, and ReLU.
#include "loops.cuh"

template <class T> FT_DEVICE void bias_rows(const ft_cuda_bias &arguments) {
    typedef typename element<T>::compute C;
    constexpr int V = 16 / sizeof(T);
    ft_cuda_loop loop = {2, arguments.rows * arguments.n, {arguments.rows, arguments.n},
                         {arguments.n, 1}, {0, 1}, {}};
    T *c = (T *)arguments.c;
    const T *bias = (const T *)arguments.bias;
    for_groups<V>(loop, [&](int64_t i, place at, place step, int n) {
        pack<T, V> group = read<V>(c + i, 1, n), added = group;
        if (bias) added = read<V>(bias + at.b, step.b, n);
#pragma unroll
        for (int j = 0; j < V; j++) {
            C value = element<T>::load(group.at[j]);
            if (bias) value += element<T>::load(added.at[j]);
            group.at[j] = element<T>::store(arguments.relu && value < 0 ? (C)0 : value);
        }
        write<V>(c + i, 1, n, group);
    });
}

FT_KERNEL(bias_relu, ft_cuda_bias) {
    for_floats(arguments.dtype, [&](auto like) { bias_rows<decltype(like)>(arguments); });
}
