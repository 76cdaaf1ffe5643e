#include "fibers.h"

#include <stdlib.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdio>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FT_ASAN 1
#endif
#endif
#ifdef FT_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#if defined(__x86_64__)
// Saves what a function has to keep, changes stacks, and takes it back. System V ABI, 3.2.1.
extern "C" void ft_switch_stacks(void **from, void *to);
asm(R"(
.text
.globl ft_switch_stacks
.type ft_switch_stacks, @function
ft_switch_stacks:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size ft_switch_stacks, .-ft_switch_stacks
)");
#else
#include <ucontext.h>
#endif

namespace emulator {
namespace {
#ifdef FT_ASAN
constexpr size_t stack_bytes = 512 << 10;
#else
constexpr size_t stack_bytes = 128 << 10;
#endif
constexpr size_t guard_bytes = 4096 * 4;
}  // namespace

struct fiber {
    char *memory = nullptr;
    void (*body)(void *) = nullptr;
    void *argument = nullptr;
    bool begun = false, done = true;
#if defined(__x86_64__)
    void *here = nullptr, *back = nullptr;
#else
    ucontext_t here, back;
#endif
    // What the address sanitizer wants to know of the two stacks.
    void *fake = nullptr, *outer_fake = nullptr;
    const void *outer_bottom = nullptr;
    size_t outer_size = 0;
};

namespace {
void enter_stack(fiber *f) {
#ifdef FT_ASAN
    __sanitizer_finish_switch_fiber(f->fake, &f->outer_bottom, &f->outer_size);
#else
    (void)f;
#endif
}
void change_out(fiber *f) {
#ifdef FT_ASAN
    __sanitizer_start_switch_fiber(&f->fake, f->outer_bottom, f->outer_size);
#endif
#if defined(__x86_64__)
    ft_switch_stacks(&f->here, f->back);
#else
    swapcontext(&f->here, &f->back);
#endif
    enter_stack(f);
}
void change_in(fiber *f) {
#ifdef FT_ASAN
    __sanitizer_start_switch_fiber(&f->outer_fake, f->memory + guard_bytes, stack_bytes);
#endif
#if defined(__x86_64__)
    ft_switch_stacks(&f->back, f->here);
#else
    swapcontext(&f->back, &f->here);
#endif
#ifdef FT_ASAN
    __sanitizer_finish_switch_fiber(f->outer_fake, nullptr, nullptr);
#endif
}

thread_local fiber *beginning = nullptr;

// The loop that a fiber is: one body after the other.
void live() {
    fiber *f = beginning;
    enter_stack(f);
    for (;;) {
        f->body(f->argument);
        f->done = true;
        change_out(f);
    }
}
}  // namespace

fiber *make_fiber() {
    fiber *f = new fiber;
    void *memory = mmap(nullptr, guard_bytes + stack_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, guard_bytes, PROT_NONE) != 0) {
        fprintf(stderr, "emulator: no memory for a stack\n");
        abort();
    }
    f->memory = (char *)memory;
    return f;
}

void free_fiber(fiber *f) {
    munmap(f->memory, guard_bytes + stack_bytes);
    delete f;
}

void start(fiber *f, void (*body)(void *), void *argument) {
    f->body = body;
    f->argument = argument;
    f->done = false;
    if (!f->begun) {
        f->begun = true;
        beginning = f;
#if defined(__x86_64__)
        // Six registers, the address of `live`, and a slot that keeps the stack aligned there.
        uint64_t *top = (uint64_t *)(f->memory + guard_bytes + stack_bytes) - 2;
        top[0] = (uint64_t)&live;
        top[1] = 0;
        for (int k = 1; k <= 6; k++) top[-k] = 0;
        f->here = top - 6;
#else
        getcontext(&f->here);
        f->here.uc_stack.ss_sp = f->memory + guard_bytes;
        f->here.uc_stack.ss_size = stack_bytes;
        f->here.uc_link = nullptr;
        makecontext(&f->here, live, 0);
#endif
    }
    change_in(f);
}

void resume(fiber *f) { change_in(f); }
void yield(fiber *f) { change_out(f); }
bool is_done(const fiber *f) { return f->done; }
}  // namespace emulator
