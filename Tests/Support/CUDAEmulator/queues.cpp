// The driver's functions of streams, events and graphs.
#include <set>

#include "handles.h"
#include "symbols.h"

namespace emulator {
namespace {
std::mutex streams_lock;
std::set<stream *> &streams() {
    static std::set<stream *> *all = new std::set<stream *>;
    return *all;
}

int create_stream(void **made, unsigned) {
    stream *s = new stream;
    std::lock_guard<std::mutex> guard(streams_lock);
    streams().insert(s);
    *made = s;
    return OK;
}
int create_stream_by_priority(void **made, unsigned flags, int) {
    return create_stream(made, flags);
}
int destroy_stream(void *handle) {
    {
        std::lock_guard<std::mutex> guard(streams_lock);
        if (streams().erase((stream *)handle) == 0) return INVALID_HANDLE;
    }
    delete (stream *)handle;
    return OK;
}
int synchronize_stream(void *handle) {
    counters().synchronizations += 1;
    return stream_of(handle)->synchronize();
}
int query_stream(void *handle) { return stream_of(handle)->query(); }

int create_event(void **made, unsigned) {
    *made = new event_handle;
    return OK;
}
int destroy_event(void *handle) {
    delete (event_handle *)handle;
    return OK;
}
int record_event(void *handle, void *on) {
    event state = ((event_handle *)handle)->state;
    uint64_t number;
    {
        std::lock_guard<std::mutex> guard(state->lock);
        number = ++state->recorded;
    }
    return stream_of(on)->add([state, number] {
        std::lock_guard<std::mutex> guard(state->lock);
        if (state->reached < number) state->reached = number;
        state->time = now();
        state->changed.notify_all();
    });
}
void wait_for(const event &state, uint64_t number) {
    std::unique_lock<std::mutex> guard(state->lock);
    state->changed.wait(guard, [&] { return state->reached >= number; });
}
uint64_t number_of(const event &state) {
    std::lock_guard<std::mutex> guard(state->lock);
    return state->recorded;
}
int wait_event(void *on, void *handle, unsigned) {
    event state = ((event_handle *)handle)->state;
    uint64_t number = number_of(state);
    return stream_of(on)->add([state, number] { wait_for(state, number); });
}
int synchronize_event(void *handle) {
    if (!allows_unsafe()) return CAPTURE_UNSUPPORTED;
    counters().event_waits += 1;
    event state = ((event_handle *)handle)->state;
    wait_for(state, number_of(state));
    return OK;
}
int query_event(void *handle) {
    if (int code = lost()) return code;
    if (!allows_unsafe()) return CAPTURE_UNSUPPORTED;
    event state = ((event_handle *)handle)->state;
    std::lock_guard<std::mutex> guard(state->lock);
    return state->reached >= state->recorded ? OK : NOT_READY;
}
int elapsed(float *milliseconds, void *first, void *second) {
    *milliseconds = (float)(((event_handle *)second)->state->time -
                            ((event_handle *)first)->state->time);
    return OK;
}

// --- Graphs: the tasks of one stream in order.

int begin_capture(void *on, int mode) { return stream_of(on)->begin_capture(mode); }
int end_capture(void *on, void **graph) {
    graph_handle *made = new graph_handle;
    int code = stream_of(on)->end_capture(&made->tasks);
    if (code != OK) {
        delete made;
        made = nullptr;
    }
    *graph = made;
    return code;
}
int is_capturing(void *on, int *status) {
    *status = stream_of(on)->is_capturing() ? 1 : 0;
    return OK;
}
int instantiate(void **made, void *graph, unsigned long long) {
    *made = new graph_handle(*(graph_handle *)graph);
    return OK;
}
int launch_graph(void *executable, void *on) {
    if (int code = lost()) return code;
    counters().graph_launches += 1;
    std::vector<task> tasks = ((graph_handle *)executable)->tasks;
    return stream_of(on)->add([tasks = std::move(tasks)] {
        for (const task &work : tasks) work();
    });
}
int destroy_graph(void *graph) {
    delete (graph_handle *)graph;
    return OK;
}
}  // namespace

stream *stream_of(void *handle) {
    static stream *first = [] {
        stream *made = new stream;
        std::lock_guard<std::mutex> guard(streams_lock);
        streams().insert(made);
        return made;
    }();
    return handle ? (stream *)handle : first;
}

bool allows_unsafe() {
    std::lock_guard<std::mutex> guard(streams_lock);
    bool allowed = true;
    for (stream *s : streams()) allowed &= s->allows_unsafe();
    return allowed;
}

int synchronize_all() {
    std::vector<stream *> all;
    {
        std::lock_guard<std::mutex> guard(streams_lock);
        all.assign(streams().begin(), streams().end());
    }
    for (stream *s : all) {
        int code = s->synchronize();
        if (code != OK) return code;
    }
    return OK;
}

const symbol queue_symbols[] = {
    {"cuStreamCreate", (void *)create_stream},
    {"cuStreamCreateWithPriority", (void *)create_stream_by_priority},
    {"cuStreamDestroy_v2", (void *)destroy_stream},
    {"cuStreamSynchronize", (void *)synchronize_stream},
    {"cuStreamQuery", (void *)query_stream},
    {"cuStreamWaitEvent", (void *)wait_event},
    {"cuEventCreate", (void *)create_event},
    {"cuEventDestroy_v2", (void *)destroy_event},
    {"cuEventRecord", (void *)record_event},
    {"cuEventSynchronize", (void *)synchronize_event},
    {"cuEventQuery", (void *)query_event},
    {"cuEventElapsedTime", (void *)elapsed},
    {"cuStreamBeginCapture_v2", (void *)begin_capture},
    {"cuStreamEndCapture", (void *)end_capture},
    {"cuStreamIsCapturing", (void *)is_capturing},
    {"cuGraphInstantiateWithFlags", (void *)instantiate},
    {"cuGraphLaunch", (void *)launch_graph},
    {"cuGraphExecDestroy", (void *)destroy_graph},
    {"cuGraphDestroy", (void *)destroy_graph},
    {nullptr, nullptr},
};
}  // namespace emulator
