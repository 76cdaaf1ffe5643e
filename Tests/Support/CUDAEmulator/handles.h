// What the driver's opaque handles point to.
#pragma once
#include <string>
#include <vector>

#include "device.h"

namespace emulator {
// A marker takes the place of machine code.
constexpr char image_mark[] = "FakeTensor emulated image\n";

// The stream of a handle; null is the default stream.
stream *stream_of(void *handle);
// Waits for all streams.
int synchronize_all();
// Whether calls that may not be captured are allowed now; see stream::allows_unsafe.
bool allows_unsafe();

struct event_handle {
    event state = std::make_shared<event_state>();
};
struct graph_handle {
    std::vector<task> tasks;
};
}  // namespace emulator
