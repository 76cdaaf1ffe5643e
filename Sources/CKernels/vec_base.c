// The kernels for the instruction set that every processor of the target has; on Arm that
// includes NEON.
#include "kernels.h"

#define FT_TABLE ft_kernels_base
#include "loops/vec.inc"
