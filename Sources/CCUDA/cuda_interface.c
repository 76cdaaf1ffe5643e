#include "cuda_interface.h"

#define CUDA_LOAD(name, parameters)                                                                \
    void *found_##name = find(context, #name);                                                     \
    if (!found_##name && !table.missing) table.missing = #name;                                    \
    table.name = (cuda_result(*) parameters)found_##name;

#define CUDA_LOADER(type, SYMBOLS)                                                                 \
    type type##_load(cuda_find find, void *context) {                                              \
        type table = {.missing = NULL};                                                            \
        SYMBOLS(CUDA_LOAD)                                                                         \
        return table;                                                                              \
    }

CUDA_LOADER(cuda_driver, CUDA_DRIVER_SYMBOLS)
CUDA_LOADER(cuda_graphs, CUDA_GRAPH_SYMBOLS)
CUDA_LOADER(cuda_compiler, NVRTC_SYMBOLS)
CUDA_LOADER(cuda_products, CUBLAS_SYMBOLS)
CUDA_LOADER(cuda_joint_products, CUBLASLT_SYMBOLS)
