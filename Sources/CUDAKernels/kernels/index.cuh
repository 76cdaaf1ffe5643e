// Places in tables.
#pragma once
#include "common.cuh"

// The place of an index in a table of `rows`, or -1.
FT_DEVICE int64_t row_of(int64_t index, int64_t rows) {
    int64_t row = index < 0 ? index + rows : index;
    return row >= 0 && row < rows ? row : -1;
}
