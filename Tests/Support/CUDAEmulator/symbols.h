// Tables of functions by name.
#pragma once

namespace emulator {
struct symbol {
    const char *name;
    void *function;
};
// Each ends with a null name.
extern const symbol driver_symbols[], queue_symbols[], memory_symbols[], nvrtc_symbols[],
    cublas_symbols[], cublaslt_symbols[];
}  // namespace emulator
