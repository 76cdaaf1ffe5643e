// Fibers: stacks that take turns on one thread of the operating system.
#pragma once
#include <stddef.h>

namespace emulator {
struct fiber;

// A fiber with a stack of its own that runs nothing yet.
fiber *make_fiber();
void free_fiber(fiber *fiber);
// Lets a fiber without work begin `body(argument)`, until it yields or is done with it.
void start(fiber *fiber, void (*body)(void *), void *argument);
// Lets a fiber that yielded go on.
void resume(fiber *fiber);
// Gives the turn back, from inside a fiber, to whoever started or resumed it.
void yield(fiber *fiber);
bool is_done(const fiber *fiber);
}  // namespace emulator
