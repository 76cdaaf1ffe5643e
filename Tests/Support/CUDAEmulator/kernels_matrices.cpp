#define FT_PART
#define FT_WITH_matrices
#include "kernels.h"
