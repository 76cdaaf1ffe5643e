// NVRTC: compiling gives a marker, for the kernels are in the emulator already. A source that says
// so doesn't compile.
#include <cstring>
#include <string>

#include "handles.h"
#include "symbols.h"

namespace emulator {
namespace {
enum { SUCCESS = 0, INVALID_INPUT = 3, COMPILATION = 6 };
const char failing[] = "FT_EMULATED_ERROR";

struct program {
    std::string source, image, log;
};

int create(void **made, const char *source, const char *, int count, const char *const *headers,
           const char *const *names) {
    if (!source || (count > 0 && (!headers || !names))) return INVALID_INPUT;
    program *p = new program;
    p->source = source;
    *made = p;
    return SUCCESS;
}
int destroy(void **handle) {
    delete (program *)*handle;
    *handle = nullptr;
    return SUCCESS;
}
int compile(void *handle, int count, const char *const *options) {
    program *p = (program *)handle;
    counters().compilations += 1;
    if (p->source.find(failing) != std::string::npos) {
        p->log = "main.cu(1): error: FT_EMULATED_ERROR\n";
        return COMPILATION;
    }
    p->image = image_mark;
    for (int k = 0; k < count; k++) p->image += std::string(options[k]) + "\n";
    return SUCCESS;
}
int text_size(const std::string &text, size_t *bytes) {
    *bytes = text.size() + 1;
    return SUCCESS;
}
int text_copy(const std::string &text, char *to) {
    memcpy(to, text.c_str(), text.size() + 1);
    return SUCCESS;
}
int log_size(void *handle, size_t *bytes) { return text_size(((program *)handle)->log, bytes); }
int log_text(void *handle, char *to) { return text_copy(((program *)handle)->log, to); }
int image_size(void *handle, size_t *bytes) {
    return text_size(((program *)handle)->image, bytes);
}
int image_text(void *handle, char *to) { return text_copy(((program *)handle)->image, to); }
int version(int *major, int *minor) {
    *major = 13;
    *minor = 0;
    return SUCCESS;
}
const char *error_text(int code) {
    return code == SUCCESS ? "NVRTC_SUCCESS"
           : code == COMPILATION ? "NVRTC_ERROR_COMPILATION"
                                 : "NVRTC_ERROR_INVALID_INPUT";
}
const int architectures[] = {75, 80, 86, 89, 90, 100, 120};
int architecture_count(int *count) {
    *count = sizeof(architectures) / sizeof(int);
    return SUCCESS;
}
int architecture_list(int *list) {
    memcpy(list, architectures, sizeof(architectures));
    return SUCCESS;
}
}  // namespace

const symbol nvrtc_symbols[] = {
    {"nvrtcVersion", (void *)version},
    {"nvrtcGetErrorString", (void *)error_text},
    {"nvrtcGetNumSupportedArchs", (void *)architecture_count},
    {"nvrtcGetSupportedArchs", (void *)architecture_list},
    {"nvrtcCreateProgram", (void *)create},
    {"nvrtcDestroyProgram", (void *)destroy},
    {"nvrtcCompileProgram", (void *)compile},
    {"nvrtcGetProgramLogSize", (void *)log_size},
    {"nvrtcGetProgramLog", (void *)log_text},
    {"nvrtcGetCUBINSize", (void *)image_size},
    {"nvrtcGetCUBIN", (void *)image_text},
    {"nvrtcGetPTXSize", (void *)image_size},
    {"nvrtcGetPTX", (void *)image_text},
    {nullptr, nullptr},
};
}  // namespace emulator
