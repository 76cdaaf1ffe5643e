#define FT_PART
#define FT_WITH_reduce
#define FT_WITH_extremes
#include "kernels.h"
