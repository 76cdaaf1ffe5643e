// The kernels' own sources, in C++. A file each for some of the programs, to be compiled side by
// side.
#pragma once
#include "cuda_shim.h"

// Lists are expanded for types without a sign too, and for functions that use no parameter.
#pragma clang diagnostic ignored "-Wtautological-unsigned-zero-compare"
#pragma clang diagnostic ignored "-Wtautological-type-limit-compare"
#pragma clang diagnostic ignored "-Wunused-parameter"
#include "../../../Sources/CUDAKernels/kernels/main.cu"
