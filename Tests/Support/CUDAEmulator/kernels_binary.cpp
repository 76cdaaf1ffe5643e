#define FT_PART
#define FT_WITH_binary
#include "kernels.h"
