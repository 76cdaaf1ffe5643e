// The kernels by the names of their functions.
#include <string.h>

#include "blocks.h"
#include "cuda_kernels.h"

#define FT_ONE(name, structure, ...) extern "C" void ft_##name(const structure arguments);
FT_CUDA_KERNELS(FT_ONE)
#undef FT_ONE

namespace emulator {
namespace {
#define FT_ONE(name, structure, ...)                                                               \
    void run_##name(const void *arguments) { ft_##name(*(const structure *)arguments); }
FT_CUDA_KERNELS(FT_ONE)
#undef FT_ONE

const kernel_entry entries[] = {
#define FT_ONE(name, structure, ...) {"ft_" #name, run_##name, sizeof(structure)},
    FT_CUDA_KERNELS(FT_ONE)
#undef FT_ONE
};
}  // namespace

const kernel_entry *find_kernel(const char *name) {
    for (const kernel_entry &entry : entries) {
        if (strcmp(entry.name, name) == 0) return &entry;
    }
    return nullptr;
}
}  // namespace emulator
