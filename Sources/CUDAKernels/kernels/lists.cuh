// Arrays in a table, of which a block takes a piece after the other.
#pragma once
#include "loops.cuh"

// The array that a piece belongs to: the last one that begins at it or before. Arrays without
// elements begin where the next does.
FT_DEVICE const ft_cuda_array *array_of(const ft_cuda_list &list, int64_t piece) {
    int64_t low = 0, high = list.array_count;
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        if (list.arrays[middle].first_piece <= piece) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return list.arrays + low;
}
