#include "device.h"

namespace emulator {
stream::stream() : worker([this] { run(); }) {}

stream::~stream() {
    {
        std::lock_guard<std::mutex> guard(lock);
        ends = true;
    }
    changed.notify_all();
    worker.join();
}

void stream::run() {
    std::unique_lock<std::mutex> guard(lock);
    for (;;) {
        changed.wait(guard, [this] { return ends || !tasks.empty(); });
        if (tasks.empty()) return;
        busy = true;
        {
            // As long as there is work the memory stays open: that is a system call each time.
            access opened;
            while (!tasks.empty()) {
                task work = std::move(tasks.front());
                tasks.pop_front();
                guard.unlock();
                work();
                work = nullptr;
                guard.lock();
            }
        }
        busy = false;
        changed.notify_all();
    }
}

int stream::add(task work) {
    std::lock_guard<std::mutex> guard(lock);
    if (captures) {
        captured.push_back(std::move(work));
        return OK;
    }
    tasks.push_back(std::move(work));
    changed.notify_all();
    return OK;
}

int stream::synchronize() {
    std::unique_lock<std::mutex> guard(lock);
    if (captures) return CAPTURE_UNSUPPORTED;
    changed.wait(guard, [this] { return tasks.empty() && !busy; });
    return OK;
}

int stream::query() {
    std::lock_guard<std::mutex> guard(lock);
    if (captures) return CAPTURE_UNSUPPORTED;
    return tasks.empty() && !busy ? OK : NOT_READY;
}

int stream::begin_capture() {
    std::lock_guard<std::mutex> guard(lock);
    if (captures) return CAPTURE_UNSUPPORTED;
    captures = true;
    captured.clear();
    return OK;
}

int stream::end_capture(std::vector<task> *into) {
    std::lock_guard<std::mutex> guard(lock);
    if (!captures) return INVALID_VALUE;
    captures = false;
    *into = std::move(captured);
    captured.clear();
    return OK;
}

bool stream::is_capturing() {
    std::lock_guard<std::mutex> guard(lock);
    return captures;
}
}  // namespace emulator
