#include "blocks.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

#include "cuda_shim.h"
#include "fibers.h"

namespace emulator {
namespace {
constinit uint64_t thread_order = 0;

struct warp_state {
    unsigned arrived = 0;
    uint64_t turn = 0;
    // What lanes leave for each other, in two places that take turns: whoever is about to write
    // the one again knows that all have read it, for they came to the other since.
    uint64_t left[2][32];
    bool holds[2][32];
    lane_registers registers[2][32];
};

struct block_state;
struct thread_state {
    block_state *block;
    fiber *runs_on = nullptr;
    unsigned number = 0;
    bool done = false;
    // The turn of a block's or warp's barrier that it waits to see over, or null.
    const uint64_t *waits_for = nullptr;
    uint64_t turn = 0;
};

struct block_state {
    const char *name;
    kernel_body *body;
    const void *arguments;
    dim3 index, size, grid;
    unsigned arrived = 0, count = 0, done = 0;
    uint64_t turn = 0;
    std::vector<thread_state> threads;
    std::vector<warp_state> warps;
};

// Fibers and state are kept from block to block by each thread of the operating system.
struct pool {
    std::vector<fiber *> free;
    ~pool() {
        for (fiber *f : free) free_fiber(f);
    }
};
thread_local pool fibers;
thread_local thread_state *current = nullptr;

void place_thread(thread_state *t) {
    unsigned n = t->number;
    const dim3 &size = t->block->size;
    threadIdx.x = n % size.x;
    threadIdx.y = n / size.x % size.y;
    threadIdx.z = n / size.x / size.y;
    current = t;
}

void thread_main(void *given) {
    thread_state *t = (thread_state *)given;
    t->block->body(t->block->arguments);
    t->done = true;
    t->block->done += 1;
}

// The i-th of n things in the order that was chosen: a walk by steps that have no divisor in
// common with n.
struct permutation {
    unsigned n, first, step;
    explicit permutation(unsigned n, uint64_t salt) : n(n), first(0), step(1) {
        if (thread_order == 0 || n == 0) return;
        if (thread_order == 1) {
            first = n - 1;
            step = n - 1;
            return;
        }
        uint64_t mixed = (thread_order * 0x9E3779B97F4A7C15u) ^ (salt * 0xBF58476D1CE4E5B9u);
        first = (unsigned)((mixed >> 33) % n);
        step = (unsigned)((mixed >> 17) % n) | 1;
        while (gcd(step, n) != 1) step += 2;
        step %= n;
    }
    unsigned at(unsigned i) const { return (unsigned)((first + (uint64_t)i * step) % n); }
    static unsigned gcd(unsigned x, unsigned y) { return y == 0 ? x : gcd(y, x % y); }
};

[[noreturn]] void stuck(const block_state &block) {
    unsigned waiting = 0, first = ~0u;
    for (const thread_state &t : block.threads) {
        if (t.done) continue;
        waiting += 1;
        if (t.number < first) first = t.number;
    }
    fprintf(stderr,
            "emulator: deadlock in %s, block %u: %u of %u threads wait at a barrier that the "
            "others don't reach, the first is %u\n",
            block.name, block.index.x, waiting, block.count, first);
    abort();
}

// One turn of a thread. Whether it did anything.
bool give_turn(thread_state *t) {
    if (t->done) return false;
    if (t->waits_for && *t->waits_for == t->turn) return false;
    t->waits_for = nullptr;
    place_thread(t);
    if (!t->runs_on) {
        if (fibers.free.empty()) fibers.free.push_back(make_fiber());
        t->runs_on = fibers.free.back();
        fibers.free.pop_back();
        start(t->runs_on, thread_main, t);
    } else {
        resume(t->runs_on);
    }
    if (t->done) {
        fibers.free.push_back(t->runs_on);
        t->runs_on = nullptr;
    }
    return true;
}

void run_block(block_state &block) {
    block.arrived = block.done = 0;
    blockIdx = block.index;
    for (warp_state &w : block.warps) w.arrived = 0;
    for (unsigned k = 0; k < block.count; k++) {
        thread_state *t = &block.threads[k];
        *t = thread_state{};
        t->block = &block;
        t->number = k;
    }
    permutation order(block.count, block.index.x + 1);
    while (block.done < block.count) {
        bool moved = false;
        for (unsigned k = 0; k < block.count; k++) {
            moved |= give_turn(&block.threads[order.at(k)]);
        }
        if (!moved) stuck(block);
    }
}

void wait(const uint64_t *turn) {
    thread_state *t = current;
    t->waits_for = turn;
    t->turn = *turn;
    yield(t->runs_on);
}
}  // namespace

void set_order(uint64_t order) { thread_order = order; }

void run_grid(const char *name, kernel_body *body, const void *arguments, unsigned grid[3],
              unsigned size[3]) {
    // Shared memory is there once.
    static std::mutex one_at_a_time;
    std::lock_guard<std::mutex> guard(one_at_a_time);
    block_state block;
    block.name = name;
    block.body = body;
    block.arguments = arguments;
    block.size.x = size[0], block.size.y = size[1], block.size.z = size[2];
    block.grid.x = grid[0], block.grid.y = grid[1], block.grid.z = grid[2];
    block.count = size[0] * size[1] * size[2];
    block.threads.resize(block.count);
    block.warps.resize((block.count + 31) / 32);
    blockDim = block.size;
    gridDim = block.grid;
    unsigned count = grid[0] * grid[1] * grid[2];
    permutation order(count, 0);
    for (unsigned k = 0; k < count; k++) {
        unsigned b = order.at(k);
        block.index.x = b % grid[0];
        block.index.y = b / grid[0] % grid[1];
        block.index.z = b / grid[0] / grid[1];
        run_block(block);
    }
}

int lane() { return (int)(current->number % 32); }

void pass() {
    thread_state *t = current;
    t->waits_for = nullptr;
    yield(t->runs_on);
}

void wait_for_block() {
    block_state *block = current->block;
    if (++block->arrived == block->count) {
        block->arrived = 0;
        block->turn += 1;
        return;
    }
    wait(&block->turn);
}

void wait_for_warp(unsigned mask) {
    warp_state *warp = &current->block->warps[current->number / 32];
    unsigned rest = current->block->count - current->number / 32 * 32;
    if (rest < 32) mask &= (1u << rest) - 1;
    warp->arrived |= 1u << lane();
    if ((warp->arrived & mask) == mask) {
        warp->arrived &= ~mask;
        warp->turn += 1;
        return;
    }
    wait(&warp->turn);
}

uint64_t exchange(unsigned mask, uint64_t bits, int from) {
    warp_state *warp = &current->block->warps[current->number / 32];
    uint64_t *left = warp->left[warp->turn & 1];
    left[lane()] = bits;
    int own = lane();
    wait_for_warp(mask);
    // From a lane that isn't there, or that doesn't take part, nothing is to be had.
    bool takes_part = from >= 0 && from < 32 && (mask >> from & 1);
    return takes_part ? left[from] : left[own];
}

const lane_registers *shown(const lane_registers registers) {
    warp_state *warp = &current->block->warps[current->number / 32];
    lane_registers *all = warp->registers[warp->turn & 1];
    memcpy(all[lane()], registers, sizeof(lane_registers));
    wait_for_warp(0xffffffffu);
    return all;
}

unsigned vote(unsigned mask, bool holds) {
    warp_state *warp = &current->block->warps[current->number / 32];
    bool *seen = warp->holds[warp->turn & 1];
    unsigned rest = current->block->count - current->number / 32 * 32, all = 0;
    seen[lane()] = holds;
    wait_for_warp(mask);
    for (unsigned k = 0; k < 32 && k < rest; k++) all |= (mask >> k & 1) && seen[k] ? 1u << k : 0;
    return all;
}
}  // namespace emulator
