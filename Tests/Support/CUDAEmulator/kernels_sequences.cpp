#define FT_PART
#define FT_WITH_attention
#define FT_WITH_recurrence
#define FT_WITH_steps
#define FT_WITH_scan
#define FT_WITH_sort
#define FT_WITH_order
#include "kernels.h"
