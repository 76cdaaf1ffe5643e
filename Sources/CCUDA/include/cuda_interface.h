// What this program uses of CUDA's driver, NVRTC and cuBLAS: their functions by the exact names
// that the libraries export, which hold from driver 470 (CUDA 11.4) to CUDA 13. No header of CUDA
// is needed to build, no library to start: Swift looks the names up when a GPU is asked for.
//
// Un-suffixed twins of names with _v2 are exported too, with an older interface: never use them.
#pragma once
#include <stddef.h>

#pragma clang assume_nonnull begin

typedef int cuda_result;
typedef unsigned long long cuda_address;
typedef struct cuda_context *cuda_context;
typedef struct cuda_module *cuda_module;
typedef struct cuda_function *cuda_function;
typedef struct cuda_stream *cuda_stream;
typedef struct cuda_event *cuda_event;
typedef struct cuda_graph *cuda_graph;
typedef struct cuda_graph_exec *cuda_graph_exec;
typedef struct nvrtc_program *nvrtc_program;
typedef struct cublas_handle *cublas_handle;
typedef struct cublaslt_product *cublaslt_product;
typedef struct cublaslt_layout *cublaslt_layout;
typedef struct cublaslt_preference *cublaslt_preference;
// A way to compute a product, which the library fills in.
typedef struct cublaslt_way {
    unsigned long long algorithm[8];
    size_t workspace;
    cuda_result state;
    float waves;
    int reserved[4];
} cublaslt_way;

// CUDA_SYMBOL(name, parameters): a function that gives an error code, 0 for none.
#define CUDA_DRIVER_SYMBOLS(CUDA_SYMBOL)                                                           \
    CUDA_SYMBOL(cuInit, (unsigned flags))                                                          \
    CUDA_SYMBOL(cuDriverGetVersion, (int *version))                                                \
    CUDA_SYMBOL(cuGetErrorName, (cuda_result, const char *_Nullable *_Nonnull name))               \
    CUDA_SYMBOL(cuGetErrorString, (cuda_result, const char *_Nullable *_Nonnull text))             \
    CUDA_SYMBOL(cuDeviceGetCount, (int *count))                                                    \
    CUDA_SYMBOL(cuDeviceGet, (int *device, int ordinal))                                           \
    CUDA_SYMBOL(cuDeviceGetName, (char *name, int length, int device))                             \
    CUDA_SYMBOL(cuDeviceGetAttribute, (int *value, int attribute, int device))                     \
    CUDA_SYMBOL(cuDeviceTotalMem_v2, (size_t *bytes, int device))                                  \
    CUDA_SYMBOL(cuDevicePrimaryCtxRetain, (cuda_context _Nullable *_Nonnull context, int device))  \
    CUDA_SYMBOL(cuDevicePrimaryCtxRelease_v2, (int device))                                        \
    CUDA_SYMBOL(cuCtxSetCurrent, (cuda_context _Nullable context))                                 \
    CUDA_SYMBOL(cuModuleLoadData, (cuda_module _Nullable *_Nonnull module, const void *image))     \
    CUDA_SYMBOL(cuModuleUnload, (cuda_module module))                                              \
    CUDA_SYMBOL(cuModuleGetFunction,                                                               \
                (cuda_function _Nullable *_Nonnull function, cuda_module, const char *name))       \
    CUDA_SYMBOL(cuFuncSetAttribute, (cuda_function, int attribute, int value))                     \
    CUDA_SYMBOL(cuLaunchKernel,                                                                    \
                (cuda_function, unsigned grid_x, unsigned grid_y, unsigned grid_z,                 \
                 unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,      \
                 cuda_stream, void *_Nullable *_Nullable parameters,                               \
                 void *_Nullable *_Nullable extra))                                                \
    CUDA_SYMBOL(cuStreamCreate, (cuda_stream _Nullable *_Nonnull stream, unsigned flags))          \
    CUDA_SYMBOL(cuStreamDestroy_v2, (cuda_stream stream))                                          \
    CUDA_SYMBOL(cuStreamSynchronize, (cuda_stream stream))                                         \
    CUDA_SYMBOL(cuStreamWaitEvent, (cuda_stream stream, cuda_event event, unsigned flags))         \
    CUDA_SYMBOL(cuEventCreate, (cuda_event _Nullable *_Nonnull event, unsigned flags))             \
    CUDA_SYMBOL(cuEventDestroy_v2, (cuda_event event))                                             \
    CUDA_SYMBOL(cuEventRecord, (cuda_event event, cuda_stream stream))                             \
    CUDA_SYMBOL(cuEventSynchronize, (cuda_event event))                                            \
    CUDA_SYMBOL(cuEventQuery, (cuda_event event))                                                  \
    CUDA_SYMBOL(cuMemGetInfo_v2, (size_t *free, size_t *total))                                    \
    CUDA_SYMBOL(cuMemAlloc_v2, (cuda_address *address, size_t bytes))                              \
    CUDA_SYMBOL(cuMemFree_v2, (cuda_address address))                                              \
    CUDA_SYMBOL(cuMemAllocHost_v2, (void *_Nullable *_Nonnull memory, size_t bytes))               \
    CUDA_SYMBOL(cuMemFreeHost, (void *memory))                                                     \
    CUDA_SYMBOL(cuMemcpyHtoDAsync_v2,                                                              \
                (cuda_address to, const void *from, size_t bytes, cuda_stream stream))             \
    CUDA_SYMBOL(cuMemcpyDtoHAsync_v2,                                                              \
                (void *to, cuda_address from, size_t bytes, cuda_stream stream))                   \
    CUDA_SYMBOL(cuMemcpyDtoDAsync_v2,                                                              \
                (cuda_address to, cuda_address from, size_t bytes, cuda_stream stream))            \
    CUDA_SYMBOL(cuMemsetD8Async,                                                                   \
                (cuda_address to, unsigned char value, size_t bytes, cuda_stream stream))

// What a stream was asked for, kept and asked for again as one. Nothing needs them.
#define CUDA_GRAPH_SYMBOLS(CUDA_SYMBOL)                                                            \
    CUDA_SYMBOL(cuStreamBeginCapture_v2, (cuda_stream stream, int mode))                           \
    CUDA_SYMBOL(cuStreamEndCapture, (cuda_stream stream, cuda_graph _Nullable *_Nonnull graph))    \
    CUDA_SYMBOL(cuGraphInstantiateWithFlags,                                                       \
                (cuda_graph_exec _Nullable *_Nonnull made, cuda_graph graph,                       \
                 unsigned long long flags))                                                        \
    CUDA_SYMBOL(cuGraphLaunch, (cuda_graph_exec graph, cuda_stream stream))                        \
    CUDA_SYMBOL(cuGraphExecDestroy, (cuda_graph_exec graph))                                       \
    CUDA_SYMBOL(cuGraphDestroy, (cuda_graph graph))

#define NVRTC_SYMBOLS(CUDA_SYMBOL)                                                                 \
    CUDA_SYMBOL(nvrtcVersion, (int *major, int *minor))                                            \
    CUDA_SYMBOL(nvrtcGetNumSupportedArchs, (int *count))                                           \
    CUDA_SYMBOL(nvrtcGetSupportedArchs, (int *architectures))                                      \
    CUDA_SYMBOL(nvrtcCreateProgram,                                                                \
                (nvrtc_program _Nullable *_Nonnull program, const char *source, const char *name,  \
                 int count, const char *_Nullable const *_Nullable headers,                        \
                 const char *_Nullable const *_Nullable names))                                    \
    CUDA_SYMBOL(nvrtcDestroyProgram, (nvrtc_program _Nullable *_Nonnull program))                  \
    CUDA_SYMBOL(nvrtcCompileProgram,                                                               \
                (nvrtc_program program, int count, const char *_Nullable const *_Nullable options))\
    CUDA_SYMBOL(nvrtcGetCUBINSize, (nvrtc_program program, size_t *bytes))                         \
    CUDA_SYMBOL(nvrtcGetCUBIN, (nvrtc_program program, char *image))                               \
    CUDA_SYMBOL(nvrtcGetPTXSize, (nvrtc_program program, size_t *bytes))                           \
    CUDA_SYMBOL(nvrtcGetPTX, (nvrtc_program program, char *image))                                 \
    CUDA_SYMBOL(nvrtcGetProgramLogSize, (nvrtc_program program, size_t *bytes))                    \
    CUDA_SYMBOL(nvrtcGetProgramLog, (nvrtc_program program, char *log))

// Matrices lie by columns; alpha and beta are of the computation's type, on the host.
#define CUBLAS_SYMBOLS(CUDA_SYMBOL)                                                                \
    CUDA_SYMBOL(cublasCreate_v2, (cublas_handle _Nullable *_Nonnull handle))                       \
    CUDA_SYMBOL(cublasDestroy_v2, (cublas_handle handle))                                          \
    CUDA_SYMBOL(cublasSetStream_v2, (cublas_handle handle, cuda_stream stream))                    \
    CUDA_SYMBOL(cublasSetWorkspace_v2, (cublas_handle handle, void *memory, size_t bytes))         \
    CUDA_SYMBOL(cublasSetMathMode, (cublas_handle handle, int mode))                               \
    /* What: 0 the major number of the release, 1 the minor one, 2 the patch. */                   \
    CUDA_SYMBOL(cublasGetProperty, (int what, int *value))                                         \
    CUDA_SYMBOL(cublasGemmEx,                                                                      \
                (cublas_handle handle, int transposes_a, int transposes_b, int m, int n, int k,    \
                 const void *alpha, const void *a, int a_type, int a_step, const void *b,          \
                 int b_type, int b_step, const void *beta, void *c, int c_type, int c_step,        \
                 int compute_type, int algorithm))                                                 \
    CUDA_SYMBOL(cublasGemmStridedBatchedEx,                                                        \
                (cublas_handle handle, int transposes_a, int transposes_b, int m, int n, int k,    \
                 const void *alpha, const void *a, int a_type, int a_step, long long a_stride,     \
                 const void *b, int b_type, int b_step, long long b_stride, const void *beta,      \
                 void *c, int c_type, int c_step, long long c_stride, int count,                   \
                 int compute_type, int algorithm))

// Products with what follows them, of cublasLt, which comes with cuBLAS. A handle of cuBLAS is one
// of cublasLt, too. Nothing needs them.
#define CUBLASLT_SYMBOLS(CUDA_SYMBOL)                                                              \
    CUDA_SYMBOL(cublasLtMatmulDescCreate,                                                          \
                (cublaslt_product _Nullable *_Nonnull product, int compute_type, int scale_type))  \
    CUDA_SYMBOL(cublasLtMatmulDescDestroy, (cublaslt_product product))                             \
    CUDA_SYMBOL(cublasLtMatmulDescSetAttribute,                                                    \
                (cublaslt_product product, int attribute, const void *value, size_t bytes))        \
    CUDA_SYMBOL(cublasLtMatrixLayoutCreate,                                                        \
                (cublaslt_layout _Nullable *_Nonnull layout, int type, unsigned long long rows,    \
                 unsigned long long columns, long long step))                                      \
    CUDA_SYMBOL(cublasLtMatrixLayoutDestroy, (cublaslt_layout layout))                             \
    CUDA_SYMBOL(cublasLtMatmulPreferenceCreate,                                                    \
                (cublaslt_preference _Nullable *_Nonnull preference))                              \
    CUDA_SYMBOL(cublasLtMatmulPreferenceDestroy, (cublaslt_preference preference))                 \
    CUDA_SYMBOL(cublasLtMatmulPreferenceSetAttribute,                                              \
                (cublaslt_preference preference, int attribute, const void *value, size_t bytes))  \
    CUDA_SYMBOL(cublasLtMatmulAlgoGetHeuristic,                                                    \
                (cublas_handle handle, cublaslt_product product, cublaslt_layout a,                \
                 cublaslt_layout b, cublaslt_layout c, cublaslt_layout d,                          \
                 cublaslt_preference preference, int wanted, cublaslt_way *ways, int *count))      \
    CUDA_SYMBOL(cublasLtMatmul,                                                                    \
                (cublas_handle handle, cublaslt_product product, const void *alpha, const void *a, \
                 cublaslt_layout a_layout, const void *b, cublaslt_layout b_layout,                \
                 const void *beta, const void *c, cublaslt_layout c_layout, void *d,               \
                 cublaslt_layout d_layout, const unsigned long long *algorithm, void *workspace,   \
                 size_t bytes, cuda_stream stream))

// Values that are the same in CUDA 11, 12 and 13.
enum {
    CUDA_OK = 0, CUDA_OUT_OF_MEMORY = 2, CUDA_NO_DEVICE = 100, CUDA_NO_BINARY = 209,
    CUDA_NOT_READY = 600,
    CUDA_CAPTURE_RELAXED = 2,
    CUDA_STREAM_NON_BLOCKING = 1, CUDA_EVENT_WITHOUT_TIME = 2,
    CUDA_DEVICE_PROCESSORS = 16, CUDA_DEVICE_MAJOR = 75, CUDA_DEVICE_MINOR = 76,
    CUDA_DEVICE_SHARED_BYTES = 97,
    CUDA_FUNCTION_SHARED_BYTES = 8,
    CUBLAS_OUT_OF_MEMORY = 3, CUBLAS_INVALID = 7, CUBLAS_UNSUPPORTED = 15,
    CUBLAS_PLAIN = 0, CUBLAS_TRANSPOSED = 1,
    // Sums of parts of a product stay in the computation's type, not the output's.
    CUBLAS_MATH_OF_WIDE_SUMS = 16, CUBLAS_DEFAULT_ALGORITHM = -1,
    CUBLAS_FLOAT = 0, CUBLAS_DOUBLE = 1, CUBLAS_HALF = 2, CUBLAS_BFLOAT = 14,
    CUBLAS_COMPUTE_FLOAT = 68, CUBLAS_COMPUTE_DOUBLE = 70, CUBLAS_COMPUTE_TF32 = 77,
    // Attributes of products: operations, what follows, and where the bias lies.
    CUBLASLT_TRANSPOSES_A = 3, CUBLASLT_TRANSPOSES_B = 4, CUBLASLT_FOLLOWED_BY = 7,
    CUBLASLT_BIAS = 8,
    CUBLASLT_THEN_BIAS = 4,
    // Attributes of preferences: the most memory to work in, and how operands are aligned.
    CUBLASLT_MOST_WORKSPACE = 1, CUBLASLT_ALIGNMENT_A = 5, CUBLASLT_ALIGNMENT_B = 6,
    CUBLASLT_ALIGNMENT_C = 7, CUBLASLT_ALIGNMENT_D = 8,
    // How parts of sums may be joined: a mask, in which 2 is the computation's type.
    CUBLASLT_JOINS = 3, CUBLASLT_WIDE_SUMS = 2
};

// A function of a library by its name; null if it has none.
typedef void *_Nullable (*cuda_find)(void *context, const char *name);

#define CUDA_MEMBER(name, parameters) cuda_result (*name) parameters;
// The functions of a library. `missing` names the first that it lacks; then none may be called.
typedef struct cuda_driver { const char *_Nullable missing; CUDA_DRIVER_SYMBOLS(CUDA_MEMBER) }
    cuda_driver;
typedef struct cuda_graphs { const char *_Nullable missing; CUDA_GRAPH_SYMBOLS(CUDA_MEMBER) }
    cuda_graphs;
typedef struct cuda_compiler { const char *_Nullable missing; NVRTC_SYMBOLS(CUDA_MEMBER) }
    cuda_compiler;
typedef struct cuda_products { const char *_Nullable missing; CUBLAS_SYMBOLS(CUDA_MEMBER) }
    cuda_products;
typedef struct cuda_joint_products { const char *_Nullable missing; CUBLASLT_SYMBOLS(CUDA_MEMBER) }
    cuda_joint_products;

cuda_driver cuda_driver_load(cuda_find find, void *context);
cuda_graphs cuda_graphs_load(cuda_find find, void *context);
cuda_compiler cuda_compiler_load(cuda_find find, void *context);
cuda_products cuda_products_load(cuda_find find, void *context);
cuda_joint_products cuda_joint_products_load(cuda_find find, void *context);

#pragma clang assume_nonnull end
