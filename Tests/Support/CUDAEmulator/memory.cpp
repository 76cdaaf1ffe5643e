// Device memory. Without the address sanitizer it is one range of addresses that nobody may touch
// while no task of a stream runs; with it each allocation is one of its own, between red zones.
#include <sys/mman.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "device.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FT_ASAN 1
#endif
#endif

namespace emulator {
namespace {
constexpr size_t alignment = 512;
[[maybe_unused]] constexpr size_t range_bytes = (size_t)64 << 30;
// Fresh memory holds NaN in every float dtype, and what lies between allocations stays as it is.
constexpr int fresh = 0xff;
[[maybe_unused]] constexpr int unused = 0xa5;

struct state {
    std::mutex lock;
    char *base = nullptr;
    size_t used = 0, total = (size_t)8 << 30, held = 0, touched = 0;
    // Allocations by address, and what is free, by address, both with their sizes.
    std::map<uint64_t, size_t> blocks, free;
    std::map<uint64_t, size_t> asked;
    int users = 0;
    ft_emulator_counters counters = {};
};
// One device for the process, as there would be.
state &device() {
    static state *s = [] {
        state *made = new state;
        if (const char *bytes = getenv("FT_EMULATOR_MEMORY")) {
            made->total = strtoull(bytes, nullptr, 10);
        }
        return made;
    }();
    return *s;
}

#ifndef FT_ASAN
void protect(state &s, int how) {
    if (s.used > 0 && mprotect(s.base, s.used, how) != 0) {
        perror("emulator: mprotect");
        abort();
    }
}

// Memory that was given back must be as it was left.
void check_free(uint64_t at, size_t bytes) {
    const unsigned char *p = (const unsigned char *)at;
    for (size_t k = 0; k < bytes; k++) {
        if (p[k] == fresh) continue;
        fprintf(stderr, "emulator: memory was written after it had been given back\n");
        abort();
    }
}

// A free range of that size: the first that is large enough, or new addresses.
uint64_t find_place(state &s, size_t bytes) {
    for (auto it = s.free.begin(); it != s.free.end(); ++it) {
        if (it->second < bytes) continue;
        uint64_t at = it->first;
        size_t rest = it->second - bytes;
        check_free(at, bytes);
        s.free.erase(it);
        if (rest > 0) s.free[at + bytes] = rest;
        return at;
    }
    if (!s.base) {
        void *base = mmap(nullptr, range_bytes, PROT_NONE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (base == MAP_FAILED) return 0;
        s.base = (char *)base;
    }
    if (s.used + bytes > range_bytes) return 0;
    uint64_t at = (uint64_t)s.base + s.used;
    s.used += bytes;
    protect(s, s.users > 0 ? PROT_READ | PROT_WRITE : PROT_NONE);
    return at;
}

void give_back(state &s, uint64_t at, size_t bytes) {
    auto next = s.free.lower_bound(at);
    if (next != s.free.end() && at + bytes == next->first) {
        bytes += next->second;
        next = s.free.erase(next);
    }
    if (next != s.free.begin()) {
        auto before = std::prev(next);
        if (before->first + before->second == at) {
            before->second += bytes;
            return;
        }
    }
    s.free[at] = bytes;
}

// What lies behind an allocation must be as it was left.
void check_end(uint64_t at, size_t asked, size_t bytes) {
    const unsigned char *p = (const unsigned char *)at;
    for (size_t k = asked; k < bytes; k++) {
        if (p[k] == unused) continue;
        fprintf(stderr, "emulator: byte %zu behind an allocation of %zu was written\n", k - asked,
                asked);
        abort();
    }
}
#endif
}  // namespace

ft_emulator_counters &counters() { return device().counters; }
void set_memory(uint64_t bytes) { device().total = bytes; }

double now() {
    auto time = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::milli>(time).count();
}

void memory_info(size_t *free, size_t *total) {
    state &s = device();
    std::lock_guard<std::mutex> guard(s.lock);
    *total = s.total;
    *free = s.held < s.total ? s.total - s.held : 0;
}

#ifdef FT_ASAN
access::access() {}
access::~access() {}

int allocate(uint64_t *address, size_t bytes) {
    state &s = device();
    std::lock_guard<std::mutex> guard(s.lock);
    if (bytes == 0) return INVALID_VALUE;
    if (s.held + bytes > s.total) return OUT_OF_MEMORY;
    void *memory = nullptr;
    if (posix_memalign(&memory, alignment, bytes) != 0) return OUT_OF_MEMORY;
    memset(memory, fresh, bytes);
    s.held += bytes;
    s.blocks[(uint64_t)memory] = bytes;
    s.counters.allocations += 1;
    s.counters.allocated_bytes += bytes;
    *address = (uint64_t)memory;
    return OK;
}

int release(uint64_t address) {
    state &s = device();
    std::lock_guard<std::mutex> guard(s.lock);
    auto found = s.blocks.find(address);
    if (found == s.blocks.end()) return INVALID_VALUE;
    s.held -= found->second;
    s.blocks.erase(found);
    free((void *)address);
    return OK;
}
#else
access::access() {
    state &s = device();
    std::lock_guard<std::mutex> guard(s.lock);
    if (s.users++ == 0) protect(s, PROT_READ | PROT_WRITE);
}
access::~access() {
    state &s = device();
    std::lock_guard<std::mutex> guard(s.lock);
    if (--s.users == 0) protect(s, PROT_NONE);
}

int allocate(uint64_t *address, size_t asked) {
    if (asked == 0) return INVALID_VALUE;
    access opened;
    state &s = device();
    std::lock_guard<std::mutex> guard(s.lock);
    // Always some bytes behind it that no one may write.
    size_t bytes = (asked + 16 + alignment - 1) / alignment * alignment;
    if (s.held + asked > s.total) return OUT_OF_MEMORY;
    uint64_t at = find_place(s, bytes);
    if (at == 0) return OUT_OF_MEMORY;
    memset((void *)at, fresh, asked);
    memset((char *)at + asked, unused, bytes - asked);
    s.held += asked;
    s.blocks[at] = bytes;
    s.asked[at] = asked;
    s.counters.allocations += 1;
    s.counters.allocated_bytes += asked;
    *address = at;
    return OK;
}

int release(uint64_t address) {
    access opened;
    state &s = device();
    std::lock_guard<std::mutex> guard(s.lock);
    auto found = s.blocks.find(address);
    if (found == s.blocks.end()) return INVALID_VALUE;
    size_t asked = s.asked[address], bytes = found->second;
    check_end(address, asked, bytes);
    // Who still uses it sees NaN.
    memset((void *)address, fresh, bytes);
    s.held -= asked;
    s.asked.erase(address);
    s.blocks.erase(found);
    give_back(s, address, bytes);
    return OK;
}
#endif
}  // namespace emulator
