// The kernels' own sources, in C++. A program is compiled in a file of its own.
#pragma once
#include "cuda_shim.h"
#define FT_EMULATED 1
