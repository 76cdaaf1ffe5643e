// Several elementwise functions in one pass, compiled for one program with -D FT_STEPS=STEP(…)….
#include "fused.cuh"

// 4 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(fused, ft_cuda_fused) {
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
