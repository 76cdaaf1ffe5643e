// CUDA without a GPU: the driver, NVRTC and cuBLAS as far as the backend calls them, and the
// kernels' own sources run on the processor, a fiber for each thread.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The function of that name, as dlsym would give it; null if the emulator lacks it.
void *ft_emulated_symbol(const char *name);

// In which order the threads of a block, and the blocks of a grid, take turns: 0 forward, 1
// backward, other numbers seed a permutation. FT_EMULATOR_ORDER in the environment sets it too.
void ft_emulator_set_order(uint64_t order);

// How much memory the device has; what was allocated stays. FT_EMULATOR_MEMORY sets it too, in
// bytes.
void ft_emulator_set_memory(uint64_t bytes);

// Has kernels wait, whatever their stream, while `holds` isn't 0.
void ft_emulator_hold(int holds);

// Has the device fail for good with an error of the driver's when so many more kernels ran, as where
// one of them writes to a wrong address; 0 takes it back.
void ft_emulator_fail_after(uint64_t kernels, int code);

// What was done since the process began or the counters were reset. Launches and products that a
// graph makes aren't counted; `graph_nodes` are all calls that were captured. `product_handles` are
// those of cuBLAS that there are, `contexts` how often one was begun, and `arrived` the uploads
// that were made. `synchronizations` wait for all that was asked for, `event_waits` for a part.
typedef struct ft_emulator_counters {
    uint64_t launches, graph_launches, graph_nodes, product_handles, contexts, arrived;
    uint64_t uploads, downloads, uploaded_bytes, downloaded_bytes;
    uint64_t allocations, allocated_bytes, synchronizations, event_waits, compilations, products;
} ft_emulator_counters;
ft_emulator_counters ft_emulator_count(void);
void ft_emulator_reset_counters(void);

// Runs a kernel at once on the calling thread: the sources' ft_<name> with its structure. Gives
// 0, or a CUDA error code.
int ft_emulator_launch(const char *name, unsigned blocks, unsigned threads, const void *arguments);

#ifdef __cplusplus
}
#endif
