// The emulated device: memory, streams and events. Codes are CUresult's.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "cuda_emulator.h"

namespace emulator {
enum code {
    OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NOT_INITIALIZED = 3, NO_DEVICE = 100,
    INVALID_DEVICE = 101, INVALID_IMAGE = 200, INVALID_CONTEXT = 201, INVALID_HANDLE = 400,
    NOT_FOUND = 500, NOT_READY = 600, ILLEGAL_ADDRESS = 700, LAUNCH_FAILED = 719, CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901,
};

typedef std::function<void()> task;

struct event_state {
    std::mutex lock;
    std::condition_variable changed;
    // Records that were asked for, and that were reached.
    uint64_t recorded = 0, reached = 0;
    double time = 0;
};
typedef std::shared_ptr<event_state> event;

// Tasks in order on a thread of its own, so that what doesn't wait for it sees the past.
class stream {
  public:
    stream();
    ~stream();
    // Adds a task, or, while it captures, keeps it for the graph.
    int add(task work);
    int synchronize();
    int query();
    int begin_capture(int mode);
    int end_capture(std::vector<task> *into);
    bool is_capturing();
    // Whether its capture lets this thread make calls that may not be captured; if not, it is
    // spoiled.
    bool allows_unsafe();

  private:
    void run();
    std::mutex lock;
    std::condition_variable changed;
    std::deque<task> tasks;
    std::vector<task> captured;
    bool busy = false, ends = false, captures = false, spoiled = false;
    int mode = 0;
    std::thread::id captured_by;
    std::thread worker;
};

// --- Faults. The code that every call gives once a kernel failed, or 0.
int lost();
// A kernel is about to run: waits while kernels are held; false where the device is lost.
bool begin_kernel();
void hold(bool holds);
void fail_after(uint64_t kernels, int code);

// --- Memory. The host can't touch that of the device while no task runs.

int allocate(uint64_t *address, size_t bytes);
int release(uint64_t address);
void memory_info(size_t *free, size_t *total);
// Makes the device's memory readable for as long as it lives.
class access {
  public:
    access();
    ~access();
    access(const access &) = delete;
};

ft_emulator_counters &counters();
void set_memory(uint64_t bytes);
double now();
}  // namespace emulator
