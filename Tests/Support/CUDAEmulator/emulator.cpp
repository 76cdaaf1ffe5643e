// The emulator's own functions.
#include "cuda_emulator.h"

#include <cstring>

#include "blocks.h"
#include "device.h"
#include "symbols.h"

using namespace emulator;

void *ft_emulated_symbol(const char *name) {
    for (const symbol *table :
         {driver_symbols, queue_symbols, memory_symbols, nvrtc_symbols, cublas_symbols,
          cublaslt_symbols}) {
        for (const symbol *s = table; s->name; s++) {
            if (strcmp(s->name, name) == 0) return s->function;
        }
    }
    return nullptr;
}

void ft_emulator_set_order(uint64_t order) { set_order(order); }
void ft_emulator_set_memory(uint64_t bytes) { set_memory(bytes); }
void ft_emulator_hold(int holds) { hold(holds != 0); }
void ft_emulator_fail_after(uint64_t kernels, int code) { fail_after(kernels, code); }
ft_emulator_counters ft_emulator_count(void) { return counters(); }
void ft_emulator_reset_counters(void) { counters() = {}; }

int ft_emulator_launch(const char *name, unsigned blocks, unsigned threads,
                       const void *arguments) {
    const kernel_entry *kernel = find_kernel(name);
    if (!kernel) return NOT_FOUND;
    if (threads != 256 || blocks == 0) return INVALID_VALUE;
    unsigned grid[3] = {blocks, 1, 1}, block[3] = {threads, 1, 1};
    run_grid(kernel->name, kernel->body, arguments, grid, block);
    return OK;
}
