// Steps of optimizers: the rules of optimizers.h over all parameters in one launch.
#include "lists.cuh"

#ifdef FT_FUNCTION
#define FT_RULE_OF(list) (FT_FUNCTION)
#else
#define FT_RULE_OF(list) ((list).rule)
#endif

// Sixteen bytes of each array at a time, where they are aligned.
#define FT_UPDATE(name, slots, ...)                                                                \
    static __device__ __forceinline__ void update_##name(                                          \
        const ft_cuda_array &array, int64_t begin, int64_t end, const real *n, real by) {          \
        constexpr int V = 16 / sizeof(real);                                                       \
        (void)n;                                                                                   \
        real *at[5];                                                                               \
        for (int k = 0; k < 5; k++) at[k] = (real *)array.at[k];                                   \
        for (int64_t i = begin + threadIdx.x * V; i < end; i += FT_THREADS * V) {                  \
            int count = (int)least(V, end - i);                                                    \
            pack<real, V> ps = read<V>(at[0] + i, 1, count), gs = read<V>(at[1] + i, 1, count);    \
            pack<real, V> a0 = ps, a1 = ps, a2 = ps;                                               \
            if (slots > 0) a0 = read<V>(at[2] + i, 1, count);                                      \
            if (slots > 1) a1 = read<V>(at[3] + i, 1, count);                                      \
            if (slots > 2) a2 = read<V>(at[4] + i, 1, count);                                      \
            _Pragma("unroll") for (int j = 0; j < V; j++) {                                        \
                real p = ps.at[j], g = by * gs.at[j], s0 = a0.at[j], s1 = a1.at[j], s2 = a2.at[j]; \
                __VA_ARGS__;                                                                       \
                (void)g;                                                                           \
                ps.at[j] = p, a0.at[j] = s0, a1.at[j] = s1, a2.at[j] = s2;                         \
            }                                                                                      \
            write<V>(at[0] + i, 1, count, ps);                                                     \
            if (slots > 0) write<V>(at[2] + i, 1, count, a0);                                      \
            if (slots > 1) write<V>(at[3] + i, 1, count, a1);                                      \
            if (slots > 2) write<V>(at[4] + i, 1, count, a2);                                      \
        }                                                                                          \
    }
#define FT_UPDATE_CASE(name, slots, ...)                                                           \
    case FT_RULE_##name: update_##name(array, begin, end, n, by); break;

// The rules in each precision.
#define FT_RULES                                                                                   \
    FT_RULE_LIST(FT_UPDATE)                                                                        \
    static __device__ __forceinline__ void run(                                                    \
        int rule, const ft_cuda_array &array, int64_t begin, int64_t end, const real *n,           \
        real by) {                                                                                 \
        switch (rule) { FT_RULE_LIST(FT_UPDATE_CASE) }                                             \
    }
template <class T> struct rules;
#define R(name) ft_##name##_f
template <> struct rules<float> {
    typedef float real;
    FT_RULES
};
#undef R
#define R(name) ft_##name##_d
template <> struct rules<double> {
    typedef double real;
    FT_RULES
};
#undef R

// 4 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(update, ft_cuda_list) {
    if (arguments.gate && !*arguments.gate) return;
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        T n[FT_RULE_NUMBERS];
        for (int k = 0; k < FT_RULE_NUMBERS; k++) n[k] = (T)arguments.numbers[k];
        for (int64_t piece = blockIdx.x; piece < arguments.pieces; piece += gridDim.x) {
            const ft_cuda_array *array = array_of(arguments, piece);
            int64_t place = array - arguments.arrays;
            T by = arguments.clip ? (T)arguments.clip[place * arguments.clip_stride] : (T)1;
            int64_t begin = (piece - array->first_piece) * FT_CUDA_PIECE;
            int64_t end = least(array->count, begin + FT_CUDA_PIECE);
            rules<T>::run(FT_RULE_OF(arguments), *array, begin, end, n, by);
        }
    });
}
