#define FT_PART
#define FT_WITH_make
#define FT_WITH_copy
#define FT_WITH_test
#define FT_WITH_compare
#define FT_WITH_select
#include "kernels.h"
