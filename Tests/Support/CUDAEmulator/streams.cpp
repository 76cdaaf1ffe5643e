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
    if (int code = lost()) return code;
    std::lock_guard<std::mutex> guard(lock);
    if (captures) {
        counters().graph_nodes += 1;
        captured.push_back(std::move(work));
        return OK;
    }
    tasks.push_back(std::move(work));
    changed.notify_all();
    return OK;
}

int stream::synchronize() {
    std::unique_lock<std::mutex> guard(lock);
    if (captures) {
        spoiled = true;
        return CAPTURE_UNSUPPORTED;
    }
    changed.wait(guard, [this] { return tasks.empty() && !busy; });
    return lost();
}

int stream::query() {
    std::lock_guard<std::mutex> guard(lock);
    if (captures) return CAPTURE_UNSUPPORTED;
    if (int code = lost()) return code;
    return tasks.empty() && !busy ? OK : NOT_READY;
}

int stream::begin_capture(int how) {
    std::lock_guard<std::mutex> guard(lock);
    if (captures) return CAPTURE_UNSUPPORTED;
    captures = true;
    spoiled = false;
    mode = how;
    captured_by = std::this_thread::get_id();
    captured.clear();
    return OK;
}

int stream::end_capture(std::vector<task> *into) {
    std::lock_guard<std::mutex> guard(lock);
    if (!captures) return INVALID_VALUE;
    captures = false;
    *into = std::move(captured);
    captured.clear();
    return spoiled ? CAPTURE_INVALIDATED : OK;
}

bool stream::is_capturing() {
    std::lock_guard<std::mutex> guard(lock);
    return captures;
}

bool stream::allows_unsafe() {
    enum { GLOBAL = 0, THREAD = 1 };
    std::lock_guard<std::mutex> guard(lock);
    if (!captures) return true;
    bool own = captured_by == std::this_thread::get_id();
    if (mode != GLOBAL && !(mode == THREAD && own)) return true;
    spoiled = true;
    return false;
}
}  // namespace emulator
