// Tensor cores: mma.sync.aligned.m16n8k16 of halves and m16n8k8 of TF32. Which lane and register
// holds an element is what the PTX ISA says of the fragments of each; products are exact here, and
// their sum is rounded once, where a GPU rounds between.
#include "blocks.h"
#include "cuda_shim.h"
#include "half_types.h"

namespace emulator {
namespace {
// Element (row, k) of A or, with its column for the row and no second half of rows, (k, column) of
// B: register `first` on, of the lane that has it.
double factor(factors kind, const lane_registers *all, int first, int row, int k, int halves) {
    int own = row % 8;
    if (kind == TF32) {
        uint32_t bits = all[own * 4 + k % 4][first + row / 8 + halves * (k / 4)];
        return bits_as<float>(bits & ~0x1fffu);
    }
    uint32_t two = all[own * 4 + k % 8 / 2][first + row / 8 + halves * (k / 8)];
    return half_number((uint16_t)(k % 2 ? two >> 16 : two), kind == BHALVES);
}
}  // namespace

void multiply(factors kind, const uint32_t *a, const uint32_t *b, float *c) {
    lane_registers own = {a[0], a[1], a[2], a[3], b[0], b[1]};
    const lane_registers *all = shown(own);
    for (int e = 0; e < 4; e++) {
        int row = lane() / 4 + e / 2 * 8, column = lane() % 4 * 2 + e % 2;
        double sum = c[e];
        for (int k = 0; k < (kind == TF32 ? 8 : 16); k++) {
            sum += factor(kind, all, 0, row, k, 2) * factor(kind, all, 4, column, k, 1);
        }
        c[e] = (float)sum;
    }
}
}  // namespace emulator
