#define FT_PART
#define FT_WITH_fused
#include "kernels.h"
