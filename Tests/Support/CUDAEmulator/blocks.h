// Runs grids of kernels on fibers.
#pragma once
#include <stdint.h>

namespace emulator {
typedef void kernel_body(const void *arguments);

// Runs all blocks of a grid, one after the other. Ends the process with a sentence where some
// threads wait for others that never come.
void run_grid(const char *name, kernel_body *body, const void *arguments, unsigned grid[3],
              unsigned block[3]);
void set_order(uint64_t order);

// Leaves six registers for the other lanes of the warp, waits for all of them, and gives those of
// every lane, which stay until the next time but one.
typedef uint32_t lane_registers[6];
const lane_registers *shown(const lane_registers registers);

// A kernel by the name of its function, or null; and the size of its structure.
struct kernel_entry {
    const char *name;
    kernel_body *body;
    uint64_t bytes;
};
const kernel_entry *find_kernel(const char *name);
}  // namespace emulator
