// Kernels that are held, and a device that fails.
#include <atomic>

#include "device.h"

namespace emulator {
namespace {
struct state {
    std::mutex lock;
    std::condition_variable changed;
    bool holds = false;
    uint64_t left = 0;
    int code = 0;
    std::atomic<int> lost = 0;
};
state &faults() {
    static state *s = new state;
    return *s;
}
}  // namespace

int lost() { return faults().lost; }

bool begin_kernel() {
    state &s = faults();
    std::unique_lock<std::mutex> guard(s.lock);
    s.changed.wait(guard, [&] { return !s.holds; });
    if (s.lost != 0) return false;
    if (s.code == 0) return true;
    if (s.left > 0) {
        s.left -= 1;
        return true;
    }
    s.lost = s.code;
    return false;
}

void hold(bool holds) {
    state &s = faults();
    std::lock_guard<std::mutex> guard(s.lock);
    s.holds = holds;
    s.changed.notify_all();
}

void fail_after(uint64_t kernels, int code) {
    state &s = faults();
    std::lock_guard<std::mutex> guard(s.lock);
    s.left = kernels;
    s.code = code;
    s.lost = 0;
}
}  // namespace emulator
