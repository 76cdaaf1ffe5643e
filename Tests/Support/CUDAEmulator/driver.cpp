// The driver's functions of the device, its context, modules and launches.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "blocks.h"
#include "handles.h"
#include "symbols.h"

namespace emulator {
namespace {
int cu_init(unsigned flags) {
    if (const char *order = getenv("FT_EMULATOR_ORDER")) set_order(strtoull(order, nullptr, 10));
    return flags == 0 ? OK : INVALID_VALUE;
}
int driver_version(int *version) {
    *version = 13000;
    return OK;
}
int device_count(int *count) {
    *count = 1;
    return OK;
}
int device_get(int *device, int ordinal) {
    *device = 0;
    return ordinal == 0 ? OK : INVALID_DEVICE;
}
int device_name(char *name, int bytes, int) {
    snprintf(name, (size_t)bytes, "Emulated device");
    return OK;
}
int device_memory(size_t *bytes, int) {
    size_t free;
    memory_info(&free, bytes);
    return OK;
}
// Those of cuda.h by number; the figures are those of a small card.
int device_attribute(int *value, int attribute, int) {
    switch (attribute) {
    case 1: *value = 1024; break;
    case 8: *value = 49152; break;
    case 10: *value = 32; break;
    case 13: *value = 1000000; break;
    case 16: *value = 4; break;
    case 36: *value = 1000000; break;
    case 37: *value = 128; break;
    case 38: *value = 1 << 20; break;
    case 39: *value = 2048; break;
    case 75: *value = 8; break;
    case 76: *value = 0; break;
    case 81: case 97: *value = 102400; break;
    case 115: *value = 1; break;
    default: *value = 0; break;
    }
    return OK;
}
int error_name(int code, const char **name) {
    switch (code) {
    case OK: *name = "CUDA_SUCCESS"; break;
    case INVALID_VALUE: *name = "CUDA_ERROR_INVALID_VALUE"; break;
    case OUT_OF_MEMORY: *name = "CUDA_ERROR_OUT_OF_MEMORY"; break;
    case INVALID_IMAGE: *name = "CUDA_ERROR_INVALID_IMAGE"; break;
    case NOT_FOUND: *name = "CUDA_ERROR_NOT_FOUND"; break;
    case ILLEGAL_ADDRESS: *name = "CUDA_ERROR_ILLEGAL_ADDRESS"; break;
    case LAUNCH_FAILED: *name = "CUDA_ERROR_LAUNCH_FAILED"; break;
    case NOT_READY: *name = "CUDA_ERROR_NOT_READY"; break;
    case CAPTURE_INVALIDATED: *name = "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED"; break;
    case CAPTURE_UNSUPPORTED: *name = "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"; break;
    default: *name = "CUDA_ERROR_UNKNOWN"; break;
    }
    return OK;
}

int context;
int retain_context(void **made, int device) {
    *made = &context;
    counters().contexts += 1;
    return device == 0 ? OK : INVALID_DEVICE;
}
int release_context(int) { return OK; }
int set_context(void *) { return OK; }
int get_context(void **current) {
    *current = &context;
    return OK;
}
int context_synchronize() {
    counters().synchronizations += 1;
    return synchronize_all();
}

// --- Modules.

int load_module(void **module, const void *image) {
    if (!allows_unsafe()) return CAPTURE_UNSUPPORTED;
    if (memcmp(image, image_mark, sizeof(image_mark) - 1) != 0) return INVALID_IMAGE;
    *module = &context;
    return OK;
}
int load_module_ex(void **module, const void *image, unsigned, int *, void **) {
    return load_module(module, image);
}
int unload_module(void *) { return OK; }
int get_function(void **function, void *, const char *name) {
    *function = (void *)find_kernel(name);
    return *function ? OK : NOT_FOUND;
}
int set_function_attribute(void *, int, int) { return OK; }
int get_function_attribute(int *value, int, void *) {
    *value = 32;
    return OK;
}
int occupancy(int *blocks, void *, int, size_t) {
    *blocks = 8;
    return OK;
}

// What a device refuses, kernels being compiled for 256 threads.
bool is_launchable(const unsigned grid[3], const unsigned block[3], unsigned shared) {
    uint64_t threads = (uint64_t)block[0] * block[1] * block[2];
    return threads == 256 && block[0] == 256 && grid[0] > 0 && grid[0] <= 0x7fffffff &&
           grid[1] > 0 && grid[1] < 65536 && grid[2] > 0 && grid[2] < 65536 && shared <= 49152;
}

int launch(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
           unsigned bz, unsigned shared, void *on, void **parameters, void **) {
    const kernel_entry *kernel = (const kernel_entry *)function;
    unsigned grid[3] = {gx, gy, gz}, block[3] = {bx, by, bz};
    if (!kernel || !parameters) return INVALID_VALUE;
    if (!is_launchable(grid, block, shared)) return INVALID_VALUE;
    if (!stream_of(on)->is_capturing()) counters().launches += 1;
    // Arguments are read at the call, not when the kernel runs.
    const char *from = (const char *)parameters[0];
    std::vector<char> copy(from, from + kernel->bytes);
    return stream_of(on)->add([kernel, gx, gy, gz, copy = std::move(copy)] {
        if (!begin_kernel()) return;
        unsigned grid[3] = {gx, gy, gz}, block[3] = {256, 1, 1};
        run_grid(kernel->name, kernel->body, copy.data(), grid, block);
    });
}
int launch_host(void *on, void (*body)(void *), void *argument) {
    return stream_of(on)->add([=] { body(argument); });
}
}  // namespace

const symbol driver_symbols[] = {
    {"cuInit", (void *)cu_init},
    {"cuDriverGetVersion", (void *)driver_version},
    {"cuDeviceGetCount", (void *)device_count},
    {"cuDeviceGet", (void *)device_get},
    {"cuDeviceGetName", (void *)device_name},
    {"cuDeviceTotalMem_v2", (void *)device_memory},
    {"cuDeviceGetAttribute", (void *)device_attribute},
    {"cuGetErrorName", (void *)error_name},
    {"cuGetErrorString", (void *)error_name},
    {"cuDevicePrimaryCtxRetain", (void *)retain_context},
    {"cuDevicePrimaryCtxRelease_v2", (void *)release_context},
    {"cuCtxSetCurrent", (void *)set_context},
    {"cuCtxGetCurrent", (void *)get_context},
    {"cuCtxSynchronize", (void *)context_synchronize},
    {"cuModuleLoadData", (void *)load_module},
    {"cuModuleLoadDataEx", (void *)load_module_ex},
    {"cuModuleUnload", (void *)unload_module},
    {"cuModuleGetFunction", (void *)get_function},
    {"cuFuncSetAttribute", (void *)set_function_attribute},
    {"cuFuncGetAttribute", (void *)get_function_attribute},
    {"cuOccupancyMaxActiveBlocksPerMultiprocessor", (void *)occupancy},
    {"cuLaunchKernel", (void *)launch},
    {"cuLaunchHostFunc", (void *)launch_host},
    {nullptr, nullptr},
};
}  // namespace emulator
