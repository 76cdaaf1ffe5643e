// The kernels for AVX-512. All other headers come first: the attribute is for vec.inc alone.
#include "kernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma,f16c"))), apply_to = function)
#define FT_TABLE ft_kernels_avx512
// A vector in bytes, a panel of B in vectors, a tile in rows.
#define FT_VECTOR_BYTES 64
#define FT_PANEL 2
#define FT_TILE_ROWS 12
#include "loops/vec.inc"
#pragma clang attribute pop
#endif
