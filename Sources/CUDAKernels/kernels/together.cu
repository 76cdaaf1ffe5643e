// Programs that have nothing to do with each other in one launch: blocks take a piece of one of
// them after the other. It is compiled for the programs that occur with
// -D FT_CODES=CODE(number, dtype, STEP(…)…)….
#include "fused.cuh"

// The program that a piece belongs to: the last one that begins there or before. Each thread of a
// warp looks at one.
FT_DEVICE ft_cuda_fused program_at(const ft_cuda_together &group, int64_t piece) {
    int begun = 0;
    for (int64_t first = 0; first < group.count; first += FT_WARP) {
        int64_t k = first + threadIdx.x % FT_WARP;
        bool is_begun = k < group.count && group.programs[k].first_piece <= piece;
        begun += __popc(__ballot_sync(0xffffffffu, is_begun));
    }
    return group.programs[begun - 1];
}

#ifdef FT_CODES
#define CODE(number, dtype, steps)                                                                 \
    case number: return run_compiled<type_of<dtype>::type steps>(program, i, end, FT_THREADS);
#endif

// Elements `begin` to `end` of a program, by a block. Pieces begin at whole groups.
FT_DEVICE void run_piece(const ft_cuda_fused &program, int64_t begin, int64_t end) {
#ifdef FT_CODES
    int64_t i = begin / program.group + threadIdx.x;
    switch (program.code) { FT_CODES }
#else
    for_all(program.dtype, [&](auto like) {
        run_interpreted<decltype(like)>(program, begin + threadIdx.x, end, FT_THREADS);
    });
#endif
}

// 4 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(together, ft_cuda_together) {
    for (int64_t piece = blockIdx.x; piece < arguments.pieces; piece += gridDim.x) {
        ft_cuda_fused program = program_at(arguments, piece);
        int64_t begin = (piece - program.first_piece) * FT_CUDA_PIECE;
        run_piece(program, begin, least(program.count, begin + FT_CUDA_PIECE));
    }
}
