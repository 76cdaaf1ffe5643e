// Filling and counting.
#include "convert.cuh"
#include "loops.cuh"

// 8 blocks a multiprocessor; stores of 16 bytes.
FT_KERNEL(fill, ft_cuda_fill) {
    for_size((int)arguments.size, [&](auto like) {
        typedef decltype(like) T;
        constexpr int V = 16 / sizeof(T);
        T *out = (T *)arguments.out;
        pack<T, V> group = read<V>((const T *)&arguments.bits, 0);
        for (int64_t i = grid_thread() * V; i < arguments.count; i += grid_threads() * V) {
            write<V>(out + i, 1, (int)least(V, arguments.count - i), group);
        }
    });
}

// Integers that are out of the output's range saturate.
template <class T> struct counted {
    static __device__ __forceinline__ T of(int64_t x) {
        const int width = bounds<T>::width;
        int64_t most = (int64_t)(((uint64_t)1 << (width < 63 ? width : 63)) - 1);
        int64_t lowest = bounds<T>::has_sign ? -most - 1 : 0;
        return (T)(x < lowest ? lowest : x > most ? most : x);
    }
};
template <> struct counted<float> : narrowed<float> {};
template <> struct counted<double> : narrowed<double> {};
template <> struct counted<truth> : narrowed<truth> {};
// Beyond 2^53 a double keeps on which side of a tie a number lies only if it is rounded to odd.
template <class H> struct counted_half {
    static __device__ __forceinline__ H of(int64_t x) {
        uint64_t size = x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
        int lost = 0;
        while (size >> lost >> 53) lost++;
        uint64_t kept = size >> lost << lost;
        if (kept != size) kept |= (uint64_t)1 << lost;
        return narrowed<H>::of(x < 0 ? -(double)kept : (double)kept);
    }
};
template <> struct counted<half16> : counted_half<half16> {};
template <> struct counted<bhalf16> : counted_half<bhalf16> {};

FT_KERNEL(range, ft_cuda_range) {
    for_all((int)arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        T *out = (T *)arguments.out;
        for (int64_t i = grid_thread(); i < arguments.count; i += grid_threads()) {
            uint64_t value = (uint64_t)arguments.start + (uint64_t)i * (uint64_t)arguments.step;
            out[i] = counted<T>::of((int64_t)value);
        }
    });
}
