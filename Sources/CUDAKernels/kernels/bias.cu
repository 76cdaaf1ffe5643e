// What a product by a library leaves to do: a bias on each row, and ReLU.
#include "loops.cuh"

template <class T> FT_DEVICE void bias_rows(const ft_cuda_bias &arguments) {
    typedef typename element<T>::compute C;
    constexpr int V = 16 / sizeof(T);
    T *c = (T *)arguments.c;
    const T *bias = (const T *)arguments.bias;
    int64_t n = arguments.n, count = arguments.rows * n;
    auto add = [&](int64_t i, auto size) {
        pack<T, V> group = read<V>(c + i, 1, size), added = group;
        if (bias) added = read<V>(bias + i - divided(i, n) * n, 1, size);
#pragma unroll
        for (int j = 0; j < V; j++) {
            C value = element<T>::load(group.at[j]);
            if (bias) value += element<T>::load(added.at[j]);
            group.at[j] = element<T>::store(arguments.relu && value < 0 ? (C)0 : value);
        }
        write<V>(c + i, 1, size, group);
    };
    // A group doesn't leave a row.
    if (n % V == 0 && is_aligned<T, V>(c) && is_aligned<T, V>(bias)) {
        for (int64_t i = grid_thread() * V; i < count; i += grid_threads() * V) {
            add(i, whole_group<V>());
        }
    } else {
        for (int64_t i = grid_thread(); i < count; i += grid_threads()) add(i, 1);
    }
}

// 6 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(bias_relu, ft_cuda_bias) {
    for_floats(arguments.dtype, [&](auto like) { bias_rows<decltype(like)>(arguments); });
}
