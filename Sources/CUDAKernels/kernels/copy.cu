// Copying and converting.
#include "convert.cuh"
#include "loops.cuh"

// Groups as large as 16 bytes of the wider of the two.
template <class From, class To> FT_DEVICE void copy_groups(const ft_cuda_copy &arguments) {
    constexpr int V = 16 / (sizeof(From) > sizeof(To) ? sizeof(From) : sizeof(To));
    const From *x = (const From *)arguments.x;
    To *out = (To *)arguments.out;
    bool even = is_even<V>(arguments.loop, x, out, (To *)nullptr);
    for_groups<V>(arguments.loop, even, [&](int64_t, place at, auto step, auto n) {
        pack<From, V> group = read<V>(x + at.a, step.a, n);
        pack<To, V> result;
#pragma unroll
        for (int j = 0; j < V; j++) result.at[j] = converted<From, To>::of(group.at[j]);
        write<V>(out + at.b, step.b, n, result);
    });
}

#if defined(FT_DTYPE) && defined(FT_SECOND)
// 8 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(copy, ft_cuda_copy) {
    copy_groups<type_of<FT_DTYPE>::type, type_of<FT_SECOND>::type>(arguments);
}
#else
// Of any two dtypes, an element at a time.
FT_CALLED void store_wide(int dtype, void *out, int64_t at, wide_number x) {
    for_all(dtype, [&](auto like) {
        typedef decltype(like) T;
        ((T *)out)[at] = x.kind == 0   ? narrowed<T>::of(x.real)
                         : x.kind == 1 ? narrowed<T>::of(x.whole)
                                       : narrowed<T>::of((uint64_t)x.whole);
    });
}
FT_CALLED wide_number load_wide(int dtype, const void *x, int64_t at) {
    wide_number number = {0, 0, 0};
    for_all(dtype, [&](auto like) { number = wide_number_of(((decltype(like) *)x)[at]); });
    return number;
}

FT_KERNEL(copy, ft_cuda_copy) {
    if (arguments.from == arguments.to) {
        int size = 0;
        for_all(arguments.from, [&](auto like) { size = (int)sizeof(like); });
        for_size(size, [&](auto like) {
            copy_groups<decltype(like), decltype(like)>(arguments);
        });
        return;
    }
    for (int64_t i = grid_thread(); i < arguments.loop.count; i += grid_threads()) {
        place at = place_of(arguments.loop, i);
        wide_number number = load_wide(arguments.from, arguments.x, at.a);
        store_wide(arguments.to, arguments.out, at.b, number);
    }
}
#endif
