#define FT_PART
#define FT_WITH_fused
#define FT_WITH_together
#include "kernels.h"
