#define FT_PART
#define FT_WITH_unary
#include "kernels.h"
