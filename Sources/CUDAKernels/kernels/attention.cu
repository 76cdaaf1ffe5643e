// Attention, forward and backward: a block has 128 queries or keys; of float64 a warp has one.
#include "attention_keys.cuh"
#include "attention_queries.cuh"
#include "exact_numbers.cuh"

// Calls f with an element that tiles are made of: float32, or halves.
template <class F> FT_DEVICE void with_elements(const ft_cuda_attention &a, F f) {
    for_floats(a.dtype, [&](auto like) {
        if constexpr (sizeof(like) <= sizeof(float)) f(like);
    });
}
// Calls f with the numbers of such elements if they aren't `made` by rounded ones; whether it did.
template <class F> FT_DEVICE bool for_exact(bool made, const ft_cuda_attention &a, F f) {
    if (made) return true;
    with_elements(a, [&](auto) { made = true; });
    if (made) f(exact_numbers());
    return made;
}

// Calls each(number) for the blocks' shares of `all`; and for the warps'.
template <class Each> FT_DEVICE void for_blocks(int64_t all, Each each) {
    for (int64_t k = blockIdx.x; k < all; k += gridDim.x) each(k);
}
template <class Each> FT_DEVICE void for_warps(int64_t all, Each each) {
    int64_t step = (int64_t)gridDim.x * FT_WARPS;
    int64_t first = (int64_t)blockIdx.x * FT_WARPS + threadIdx.x / FT_WARP;
    for (int64_t k = first; k < all; k += step) each(k);
}

// Halves leave room for two blocks on a multiprocessor. Rounded factors: tensor cores. Local
// memory: which rows it has waits there while they are made.
FT_PAIRED_KERNEL(attention, ft_cuda_attention) {
    const ft_cuda_attention &a = arguments;
    int64_t heads = a.batch * a.heads;
    auto by_tiles = [&](auto numbers) {
        __shared__ queries_space<decltype(numbers)> space;
        for_blocks(heads * ceil_div(a.queries, FT_OWNED), [&](int64_t number) {
            with_elements(a, [&](auto like) { attend_tile<decltype(like)>(a, number, space); });
        });
    };
    if (for_exact(for_numbers(FT_NUMBERS_OF(a), by_tiles), a, by_tiles)) return;
    for_warps(heads * a.queries, [&](int64_t k) { attend<double>(a, k); });
}

// Rounded factors: tensor cores.
FT_LARGE_KERNEL(attention_backward, ft_cuda_attention) {
    const ft_cuda_attention &a = arguments;
    int64_t heads = a.batch * a.heads;
    auto by_tiles = [&](auto numbers) {
        __shared__ queries_space<decltype(numbers)> space;
        for_blocks(heads * ceil_div(a.queries, FT_OWNED), [&](int64_t number) {
            with_elements(a, [&](auto like) {
                query_tile_backward<decltype(like)>(a, number, space);
            });
        });
    };
    if (for_exact(for_slopes(FT_NUMBERS_OF(a), by_tiles), a, by_tiles)) return;
    for_warps(heads * a.queries, [&](int64_t k) { query_backward<double>(a, k); });
}

// Rounded factors: tensor cores. Local memory: as of attention, for TF32 and float32.
FT_KERNEL(attention_backward_keys, ft_cuda_attention) {
    const ft_cuda_attention &a = arguments;
    int64_t heads = a.sharing > 0 ? a.batch * (a.heads / a.sharing) : 0;
    auto by_tiles = [&](auto numbers) {
        __shared__ keys_space<decltype(numbers)> space;
        for_blocks(heads * ceil_div(a.keys, FT_OWNED), [&](int64_t number) {
            with_elements(a, [&](auto like) {
                key_tile_backward<decltype(like)>(a, number, space);
            });
        });
    };
    if (for_exact(for_slopes(FT_NUMBERS_OF(a), by_tiles), a, by_tiles)) return;
    for_warps(heads * a.keys, [&](int64_t k) { key_backward<double>(a, k); });
}
