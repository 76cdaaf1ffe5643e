// The kernels for the instruction set that every processor of the target has; on Arm that
// includes NEON.
#include "kernels.h"

#define FT_TABLE ft_kernels_base
// A vector in bytes, a panel of B in vectors, a tile in rows.
#define FT_VECTOR_BYTES 16
#define FT_PANEL 4
#define FT_TILE_ROWS 6
#include "loops/vec.inc"
