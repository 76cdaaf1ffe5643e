// The driver's functions of memory.
#include <cstdlib>
#include <cstring>
#include <vector>

#include "handles.h"
#include "symbols.h"

namespace emulator {
namespace {
typedef unsigned long long address;

int allocate_now(address *at, size_t bytes) {
    if (int code = lost()) return code;
    if (!allows_unsafe()) return CAPTURE_UNSUPPORTED;
    uint64_t made = 0;
    int code = allocate(&made, bytes);
    *at = made;
    return code;
}
int free_now(address at) {
    if (!allows_unsafe()) return CAPTURE_UNSUPPORTED;
    // As the driver does: whatever runs ends first.
    int code = synchronize_all();
    return code != OK ? code : release(at);
}
int allocate_async(address *at, size_t bytes, void *) { return allocate_now(at, bytes); }
int free_async(address at, void *on) {
    return stream_of(on)->add([at] { release(at); });
}
int info(size_t *free, size_t *total) {
    memory_info(free, total);
    return OK;
}
int pool_of(void **pool, int) {
    static int only;
    *pool = &only;
    return OK;
}
int set_pool_attribute(void *, int, void *) { return OK; }
int get_pool_attribute(void *, int, void *value) {
    size_t free, total;
    memory_info(&free, &total);
    *(uint64_t *)value = total - free;
    return OK;
}
int trim_pool(void *, size_t) { return OK; }

int allocate_host(void **at, size_t bytes) {
    *at = malloc(bytes);
    return *at ? OK : OUT_OF_MEMORY;
}
int allocate_host_flags(void **at, size_t bytes, unsigned) { return allocate_host(at, bytes); }
int free_host(void *at) {
    free(at);
    return OK;
}
int register_host(void *, size_t, unsigned) { return OK; }
int unregister_host(void *) { return OK; }

void count_upload(size_t bytes) {
    counters().uploads += 1;
    counters().uploaded_bytes += bytes;
}
void count_download(size_t bytes) {
    counters().downloads += 1;
    counters().downloaded_bytes += bytes;
}

// Those that wait do it for everything, and then copy on the calling thread.
int upload(address to, const void *from, size_t bytes) {
    count_upload(bytes);
    int code = synchronize_all();
    if (code != OK) return code;
    access opened;
    memcpy((void *)to, from, bytes);
    return OK;
}
int download(void *to, address from, size_t bytes) {
    count_download(bytes);
    int code = synchronize_all();
    if (code != OK) return code;
    access opened;
    memcpy(to, (const void *)from, bytes);
    return OK;
}
// The host's memory is read and written when the task runs, as by a device that reads pinned
// memory: who changes or frees it before is found out.
int upload_async(address to, const void *from, size_t bytes, void *on) {
    count_upload(bytes);
    return stream_of(on)->add([=] {
        memcpy((void *)to, from, bytes);
        counters().arrived += 1;
    });
}
int download_async(void *to, address from, size_t bytes, void *on) {
    count_download(bytes);
    return stream_of(on)->add([=] { memcpy(to, (const void *)from, bytes); });
}
int copy_async(address to, address from, size_t bytes, void *on) {
    return stream_of(on)->add([=] { memmove((void *)to, (const void *)from, bytes); });
}

template <class T> int set_async(address at, T value, size_t count, void *on) {
    return stream_of(on)->add([=] {
        T *elements = (T *)at;
        for (size_t k = 0; k < count; k++) elements[k] = value;
    });
}
int set_8(address at, unsigned char value, size_t count, void *on) {
    return set_async(at, value, count, on);
}
int set_16(address at, unsigned short value, size_t count, void *on) {
    return set_async(at, value, count, on);
}
int set_32(address at, unsigned value, size_t count, void *on) {
    return set_async(at, value, count, on);
}
}  // namespace

const symbol memory_symbols[] = {
    {"cuMemGetInfo_v2", (void *)info},
    {"cuMemAlloc_v2", (void *)allocate_now},
    {"cuMemFree_v2", (void *)free_now},
    {"cuMemAllocAsync", (void *)allocate_async},
    {"cuMemFreeAsync", (void *)free_async},
    {"cuDeviceGetDefaultMemPool", (void *)pool_of},
    {"cuMemPoolSetAttribute", (void *)set_pool_attribute},
    {"cuMemPoolGetAttribute", (void *)get_pool_attribute},
    {"cuMemPoolTrimTo", (void *)trim_pool},
    {"cuMemAllocHost_v2", (void *)allocate_host},
    {"cuMemHostAlloc", (void *)allocate_host_flags},
    {"cuMemFreeHost", (void *)free_host},
    {"cuMemHostRegister_v2", (void *)register_host},
    {"cuMemHostUnregister", (void *)unregister_host},
    {"cuMemcpyHtoD_v2", (void *)upload},
    {"cuMemcpyDtoH_v2", (void *)download},
    {"cuMemcpyHtoDAsync_v2", (void *)upload_async},
    {"cuMemcpyDtoHAsync_v2", (void *)download_async},
    {"cuMemcpyDtoDAsync_v2", (void *)copy_async},
    {"cuMemsetD8Async", (void *)set_8},
    {"cuMemsetD16Async", (void *)set_16},
    {"cuMemsetD32Async", (void *)set_32},
    {nullptr, nullptr},
};
}  // namespace emulator
