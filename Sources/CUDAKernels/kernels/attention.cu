// Attention, forward and backward: by tensor cores where factors may be rounded, a warp having 16
// queries or keys, else exactly, a warp having one.
#include "attention_keys.cuh"

// Calls each(number) for the warps' shares of `all`.
template <class Each> FT_DEVICE void for_warps(int64_t all, Each each) {
    int64_t step = (int64_t)gridDim.x * FT_WARPS;
    int64_t first = (int64_t)blockIdx.x * FT_WARPS + threadIdx.x / FT_WARP;
    for (int64_t k = first; k < all; k += step) each(k);
}

// Rounded factors: tensor cores.
FT_KERNEL(attention, ft_cuda_attention) {
    const ft_cuda_attention &a = arguments;
    int64_t heads = a.batch * a.heads;
    bool made = for_numbers(FT_NUMBERS_OF(a), [&](auto numbers) {
        for_warps(heads * ceil_div(a.queries, FT_SIDE), [&](int64_t number) {
            attend_tile<decltype(numbers)>(a, number);
        });
    });
    if (made) return;
    for_reals(a.dtype, [&](auto like) {
        for_warps(heads * a.queries, [&](int64_t k) { attend<decltype(like)>(a, k); });
    });
}

// Rounded factors: tensor cores.
FT_LARGE_KERNEL(attention_backward, ft_cuda_attention) {
    const ft_cuda_attention &a = arguments;
    int64_t heads = a.batch * a.heads;
    bool made = for_slopes(FT_NUMBERS_OF(a), [&](auto numbers) {
        for_warps(heads * ceil_div(a.queries, FT_SIDE), [&](int64_t number) {
            query_tile_backward<decltype(numbers)>(a, number);
        });
    });
    if (made) return;
    for_reals(a.dtype, [&](auto like) {
        for_warps(heads * a.queries, [&](int64_t k) { query_backward<decltype(like)>(a, k); });
    });
}

// Rounded factors: tensor cores.
FT_KERNEL(attention_backward_keys, ft_cuda_attention) {
    const ft_cuda_attention &a = arguments;
    int64_t heads = a.sharing > 0 ? a.batch * (a.heads / a.sharing) : 0;
    bool made = for_slopes(FT_NUMBERS_OF(a), [&](auto numbers) {
        for_warps(heads * ceil_div(a.keys, FT_SIDE), [&](int64_t number) {
            key_tile_backward<decltype(numbers)>(a, number);
        });
    });
    if (made) return;
    for_reals(a.dtype, [&](auto like) {
        for_warps(heads * a.keys, [&](int64_t k) { key_backward<decltype(like)>(a, k); });
    });
}
