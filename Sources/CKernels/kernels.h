// Shared by the dispatcher and the three compilations of vec.inc. Private to this target.
#pragma once
#include <math.h>
#include <string.h>

#include "ckernels.h"
#include "scalar_math.h"

// Elements that a reduction takes at a time.
enum { FT_RUN = 512 };

extern const ft_kernels ft_kernels_base;
#if defined(__x86_64__)
extern const ft_kernels ft_kernels_avx2;
extern const ft_kernels ft_kernels_avx512;
#endif
