// The emulated driver, NVRTC and cuBLAS, by their symbols, as the backend calls them.
#include <dlfcn.h>

#include "layers.h"

namespace {
template <class F> F *symbol(const char *name) {
    F *found = (F *)ft_emulated_symbol(name);
    if (!found) fail("the emulator lacks %s", name);
    return found;
}
#define CALL(type, name, ...) symbol<type>(name)(__VA_ARGS__)
void expect(int got, int wanted, const char *what) {
    if (got != wanted) fail("%s: %d, not %d", what, got, wanted);
}

typedef unsigned long long address;
address allocate(size_t bytes) {
    address made = 0;
    expect(CALL(int(address *, size_t), "cuMemAlloc_v2", &made, bytes), 0, "cuMemAlloc");
    return made;
}
void release(address at) { expect(CALL(int(address), "cuMemFree_v2", at), 0, "cuMemFree"); }
void *make_stream() {
    void *made = nullptr;
    expect(CALL(int(void **, unsigned), "cuStreamCreate", &made, 1u), 0, "cuStreamCreate");
    return made;
}
int synchronize(void *stream) { return CALL(int(void *), "cuStreamSynchronize", stream); }
void *function(const char *name) {
    void *module = nullptr, *found = nullptr;
    void *program = nullptr;
    typedef int create(void **, const char *, const char *, int, const char *const *,
                       const char *const *);
    expect(CALL(create, "nvrtcCreateProgram", &program, ft_cuda_source_text(0), "main.cu", 0,
                nullptr, nullptr), 0, "create");
    const char *options[] = {"--gpu-architecture=sm_80"};
    expect(CALL(int(void *, int, const char *const *), "nvrtcCompileProgram", program, 1, options),
           0, "compile");
    size_t bytes = 0;
    expect(CALL(int(void *, size_t *), "nvrtcGetCUBINSize", program, &bytes), 0, "size");
    std::vector<char> image(bytes);
    expect(CALL(int(void *, char *), "nvrtcGetCUBIN", program, image.data()), 0, "cubin");
    expect(CALL(int(void **), "nvrtcDestroyProgram", &program), 0, "destroy");
    expect(CALL(int(void **, const void *), "cuModuleLoadData", &module, image.data()), 0, "load");
    int code =
        CALL(int(void **, void *, const char *), "cuModuleGetFunction", &found, module, name);
    expect(code, found ? 0 : 500, "function");
    return found;
}
int launch_on(void *stream, void *kernel, unsigned blocks, unsigned threads, void *arguments) {
    typedef int launch_kernel(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                              unsigned, void *, void **, void **);
    void *parameters[] = {arguments};
    return CALL(launch_kernel, "cuLaunchKernel", kernel, blocks, 1u, 1u, threads, 1u, 1u, 0u,
                stream, parameters, nullptr);
}

typedef int upload_call(address, const void *, size_t, void *);
typedef int download_call(void *, address, size_t, void *);

void test_launches() {
    void *stream = make_stream(), *kernel = function("ft_unary");
    if (function("ft_nothing")) fail("a kernel that isn't there");
    float x[4] = {1, -2, 3, -4}, y[4] = {0};
    address from = allocate(16), to = allocate(16);
    ft_cuda_unary u = {(void *)from, (void *)to, FT_UNARY_relu, FT_F32, 0, 0,
                       make_loop({4}, {1})};
    expect(CALL(upload_call, "cuMemcpyHtoDAsync_v2", from, x, 16, stream), 0, "upload");
    expect(launch_on(stream, kernel, 1, 256, &u), 0, "launch");
    // The arguments were read at the call.
    u.out = nullptr;
    expect(CALL(download_call, "cuMemcpyDtoHAsync_v2", y, to, 16, stream), 0, "download");
    expect(synchronize(stream), 0, "synchronize");
    if (y[0] != 1 || y[1] != 0 || y[2] != 3 || y[3] != 0) fail("a launch on a stream");
    // Wrong shapes.
    expect(launch_on(stream, kernel, 1, 128, &u), 1, "a launch of 128 threads");
    expect(launch_on(stream, kernel, 0, 256, &u), 1, "a launch of no blocks");
    release(from);
    release(to);
    expect(CALL(int(void *), "cuStreamDestroy_v2", stream), 0, "destroy");
}

void test_graphs() {
    void *stream = make_stream(), *kernel = function("ft_binary"), *graph = nullptr;
    void *executable = nullptr;
    address at = allocate(8);
    double zero = 0, result = 0, one = 1;
    ft_cuda_binary b = {};
    b.x = (void *)at, b.out = (void *)at;
    b.function = FT_BINARY_add, b.dtype = FT_F64, b.scalar = 2;
    memcpy(&b.number, &one, 8);
    b.loop = make_loop({1}, {1}, {0});
    expect(CALL(upload_call, "cuMemcpyHtoDAsync_v2", at, &zero, 8, stream), 0, "upload");
    expect(CALL(int(void *, int), "cuStreamBeginCapture_v2", stream, 1), 0, "begin");
    expect(launch_on(stream, kernel, 1, 256, &b), 0, "captured launch");
    expect(CALL(int(void *, void **), "cuStreamEndCapture", stream, &graph), 0, "end");
    expect(CALL(int(void **, void *, unsigned long long), "cuGraphInstantiateWithFlags",
                &executable, graph, 0ull), 0, "instantiate");
    for (int k = 0; k < 3; k++) {
        expect(CALL(int(void *, void *), "cuGraphLaunch", executable, stream), 0, "graph");
    }
    expect(CALL(download_call, "cuMemcpyDtoHAsync_v2", &result, at, 8, stream), 0, "download");
    expect(synchronize(stream), 0, "synchronize");
    if (result != 3) fail("a graph that ran 3 times gave %g", result);
    CALL(int(void *), "cuGraphDestroy", graph);
    CALL(int(void *), "cuGraphExecDestroy", executable);
    CALL(int(void *), "cuStreamDestroy_v2", stream);
    release(at);
}

// What may not be captured is refused, and spoils the capture, unless it is relaxed.
void test_capture_modes() {
    void *waiting = make_stream(), *none = nullptr;
    expect(CALL(int(void *, int), "cuStreamBeginCapture_v2", waiting, 2), 0, "begin");
    expect(synchronize(waiting), 900, "waiting in a capture");
    expect(CALL(int(void *, void **), "cuStreamEndCapture", waiting, &none), 901, "a spoiled end");
    CALL(int(void *), "cuStreamDestroy_v2", waiting);
    for (int mode = 0; mode < 3; mode++) {
        void *stream = make_stream(), *graph = nullptr;
        expect(CALL(int(void *, int), "cuStreamBeginCapture_v2", stream, mode), 0, "begin");
        address made = 0;
        expect(CALL(int(address *, size_t), "cuMemAlloc_v2", &made, (size_t)64),
               mode == 2 ? 0 : 900, "memory in a capture");
        expect(CALL(int(void *, void **), "cuStreamEndCapture", stream, &graph),
               mode == 2 ? 0 : 901, "the end of a capture");
        if (mode == 2) CALL(int(void *), "cuGraphDestroy", graph);
        if (made) release(made);
        CALL(int(void *), "cuStreamDestroy_v2", stream);
    }
}

// A stream waits for what another did before an event.
void test_events() {
    void *first = make_stream(), *second = make_stream(), *event = nullptr;
    expect(CALL(int(void **, unsigned), "cuEventCreate", &event, 2u), 0, "event");
    address at = allocate(4 << 20);
    std::vector<float> result(1 << 20);
    typedef int set_call(address, unsigned, size_t, void *);
    for (int k = 0; k < 20; k++) {
        CALL(set_call, "cuMemsetD32Async", at, 0x3f800000u + (unsigned)k, (size_t)1 << 20, first);
        CALL(int(void *, void *), "cuEventRecord", event, first);
        CALL(int(void *, void *, unsigned), "cuStreamWaitEvent", second, event, 0u);
        CALL(download_call, "cuMemcpyDtoHAsync_v2", result.data(), at, 4 << 20, second);
        expect(synchronize(second), 0, "synchronize");
        unsigned bits;
        memcpy(&bits, &result[(1 << 20) - 1], 4);
        if (bits != 0x3f800000u + (unsigned)k) fail("an event");
    }
    expect(CALL(int(void *), "cuEventQuery", event), 0, "query");
    CALL(int(void *), "cuEventDestroy_v2", event);
    CALL(int(void *), "cuStreamDestroy_v2", first);
    CALL(int(void *), "cuStreamDestroy_v2", second);
    release(at);
}

void test_memory() {
    size_t before, after, total;
    typedef int info_call(size_t *, size_t *);
    CALL(info_call, "cuMemGetInfo_v2", &before, &total);
    address at = allocate(1000);
    CALL(info_call, "cuMemGetInfo_v2", &after, &total);
    if (before - after != 1000) fail("memory in use");
    release(at);
    CALL(info_call, "cuMemGetInfo_v2", &after, &total);
    if (before != after) fail("memory given back");
    ft_emulator_set_memory(1 << 20);
    address none = 0;
    expect(CALL(int(address *, size_t), "cuMemAlloc_v2", &none, (size_t)2 << 20), 2, "too much");
    ft_emulator_set_memory((uint64_t)8 << 30);
    expect(CALL(int(address), "cuMemFree_v2", (address)12345), 1, "what wasn't allocated");
    // Fresh memory is NaN.
    float x = 0;
    at = allocate(4);
    CALL(int(void *, address, size_t), "cuMemcpyDtoH_v2", &x, at, (size_t)4);
    if (x == x) fail("fresh memory");
    release(at);
}

void test_products() {
    void *handle = nullptr, *stream = make_stream();
    expect(CALL(int(void **), "cublasCreate_v2", &handle), 0, "cublas");
    expect(CALL(int(void *, void *), "cublasSetStream_v2", handle, stream), 0, "stream");
    // Columns first: A is 2 by 3, B 3 by 2 and transposed.
    float a[6] = {1, 2, 3, 4, 5, 6}, b[6] = {1, 0, 2, 1, 0, 3}, c[4] = {9, 9, 9, 9};
    float alpha = 2, beta = 0;
    address da = allocate(24), db = allocate(24), dc = allocate(16);
    CALL(upload_call, "cuMemcpyHtoDAsync_v2", da, a, 24, stream);
    CALL(upload_call, "cuMemcpyHtoDAsync_v2", db, b, 24, stream);
    typedef int gemm(void *, int, int, int, int, int, const float *, const float *, int,
                     const float *, int, const float *, float *, int);
    expect(CALL(gemm, "cublasSgemm_v2", handle, 0, 1, 2, 2, 3, &alpha, (float *)da, 2, (float *)db,
                2, &beta, (float *)dc, 2), 0, "gemm");
    expect(CALL(gemm, "cublasSgemm_v2", handle, 0, 1, 2, 2, 3, &alpha, (float *)da, 1, (float *)db,
                2, &beta, (float *)dc, 2), 7, "a leading dimension that is too small");
    CALL(download_call, "cuMemcpyDtoHAsync_v2", c, dc, 16, stream);
    synchronize(stream);
    const float wanted[4] = {14, 20, 36, 44};
    for (int k = 0; k < 4; k++) if (c[k] != wanted[k]) fail("gemm [%d]: %g", k, (double)c[k]);
    CALL(int(void *), "cublasDestroy_v2", handle);
    CALL(int(void *), "cuStreamDestroy_v2", stream);
    release(da), release(db), release(dc);
}

void test_compiler() {
    void *program = nullptr;
    typedef int create(void **, const char *, const char *, int, const char *const *,
                       const char *const *);
    CALL(create, "nvrtcCreateProgram", &program, "FT_EMULATED_ERROR", "x.cu", 0, nullptr, nullptr);
    expect(CALL(int(void *, int, const char *const *), "nvrtcCompileProgram", program, 0, nullptr),
           6, "a source with errors");
    size_t bytes = 0;
    CALL(int(void *, size_t *), "nvrtcGetProgramLogSize", program, &bytes);
    if (bytes < 10) fail("a log of the errors");
    void *module = nullptr;
    expect(CALL(int(void **, const void *), "cuModuleLoadData", &module,
                "something else, but not an image"), 200, "no image");
    if (ft_emulated_symbol("cuNothing")) fail("a symbol that isn't there");
}

void test_sources() {
    if (strcmp(ft_cuda_source_name(0), "main.cu") != 0) fail("the first source");
    for (int k = 0; k < ft_cuda_source_count(); k++) {
        if (strlen(ft_cuda_source_text(k)) < 100) fail("%s is empty", ft_cuda_source_name(k));
    }
    ft_cuda_unary u = {};
    u.function = 7;
    char options[FT_CUDA_OPTIONS_BYTES];
    ft_cuda_variant_options(ft_cuda_variant(FT_KERNEL_unary, &u), options);
    if (strcmp(options, "-DFT_PART -DFT_WITH_unary -DFT_DTYPE=0 -DFT_FUNCTION=7 -fmad=false") != 0) {
        fail("options: %s", options);
    }
}
}  // namespace

void test_driver() {
    expect(CALL(int(unsigned), "cuInit", 0u), 0, "cuInit");
    test_launches();
    test_graphs();
    test_capture_modes();
    test_events();
    test_memory();
    test_products();
    test_compiler();
    test_sources();
}
