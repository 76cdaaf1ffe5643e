// Several elementwise functions in one pass, compiled for one program with -D FT_STEPS=STEP(…)….
#include "fused.cuh"

// Of long programs the compiler would load all arrays ahead and leave no room for a second block;
// but elements of one byte, 16 a thread, need that room. 0: as many blocks as there happen to be.
#if defined(FT_STEPS) && defined(FT_DTYPE)
template <class, class... Codes> constexpr bool is_long = sizeof...(Codes) > 4;
constexpr int FUSED_BLOCKS = is_long<void FT_STEPS> && sizeof(type_of<FT_DTYPE>::type) > 1 ? 2 : 0;
#else
constexpr int FUSED_BLOCKS = 0;
#endif

// 4 blocks a multiprocessor, 2 of the largest programs; loads and stores of 16 bytes.
FT_BOUND_KERNEL(fused, ft_cuda_fused, FUSED_BLOCKS) {
    int64_t i = grid_thread(), by = grid_threads(), end = arguments.count;
    for_all(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
#ifdef FT_STEPS
        run_compiled<T FT_STEPS>(arguments, i, end, by);
#else
        run_interpreted<T>(arguments, i, end, by);
#endif
    });
}
