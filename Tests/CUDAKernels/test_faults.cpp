// Planted faults: each has to be found, each in a process of its own where it ends one.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../Support/CUDAEmulator/blocks.h"
#include "layers.h"
// Last, for its macros are not for others.
#include "../Support/CUDAEmulator/cuda_shim.h"

#pragma clang diagnostic ignored "-Wtautological-unsigned-zero-compare"
#include "faults.cu"

namespace {
void run_fault(const void *arguments) { ft_fault(*(const ft_cuda_fill *)arguments); }

// The sum of the numbers from `first` on.
float sum_with(int fault, uint64_t order, int first = 0) {
    array x(FT_F32, FT_THREADS);
    for (int64_t i = 0; i < FT_THREADS; i++) x.set(i, (double)(first + i));
    ft_cuda_fill f = {x.at(), FT_THREADS, fault, 0};
    unsigned grid[3] = {1, 1, 1}, block[3] = {FT_THREADS, 1, 1};
    ft_emulator_set_order(order);
    emulator::run_grid("ft_fault", run_fault, &f, grid, block);
    return *x.at<float>();
}

// Whether a body ends the process that it runs in.
template <class Body> bool ends(Body body) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        // What it says of its end is not for the reader.
        if (!freopen("/dev/null", "w", stderr)) _exit(0);
        alarm(60);
        body();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    bool hangs = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
    return !hangs && !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#endif

// Memory of the device, by the driver's symbols.
typedef unsigned long long address;
address allocate(size_t bytes) {
    address at = 0;
    ((int (*)(address *, size_t))ft_emulated_symbol("cuMemAlloc_v2"))(&at, bytes);
    return at;
}
void release(address at) { ((int (*)(address))ft_emulated_symbol("cuMemFree_v2"))(at); }
}  // namespace

void test_faults() {
    const float right = 255 * 128, next = right + 256;
    int found_in = 0;
    for (uint64_t order : orders) {
        if (sum_with(0, order) != right) fail("a kernel without faults");
        // In shared memory is what the kernel before left there. Backward each thread happens to
        // come after those that it waits for.
        found_in += sum_with(1, order, 1) != next;
    }
    if (found_in != 2) fail("a missing barrier shows in %d orders", found_in);
    if (!ends([] { sum_with(2, 0); })) fail("a barrier that not all reach");
    if (sanitized && !ends([] { sum_with(3, 0); })) fail("a thread that writes behind an array");
    // The host can't read the device's memory.
    if (!sanitized && !ends([] { (void)*(volatile float *)allocate(4); })) {
        fail("the host reads the device's memory");
    }
    // A write behind an allocation is found where it is given back.
    bool found = ends([] {
        address at = allocate(4000);
        // A stream of this process: threads of others don't live here.
        void *stream = nullptr;
        ((int (*)(void **, unsigned))ft_emulated_symbol("cuStreamCreate"))(&stream, 0);
        ((int (*)(address, unsigned, size_t, void *))ft_emulated_symbol("cuMemsetD32Async"))(
            at, 7, 1001, stream);
        release(at);
    });
    if (!found) fail("a write behind an allocation");
}
