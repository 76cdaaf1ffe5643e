// Chooses the kernels by instruction set.
#include "kernels.h"

int ft_isa_best(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                __builtin_cpu_supports("f16c");
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    if (avx2) return avx512 ? FT_AVX512 : FT_AVX2;
#endif
    return FT_BASE;
}

const char *ft_isa_name(int isa) {
    switch (isa) {
    case FT_AVX2: return "avx2";
    case FT_AVX512: return "avx512";
    default:
#if defined(__aarch64__)
        return "neon";
#else
        return "base";
#endif
    }
}

bool ft_isa_fuses(int isa) {
#if defined(__aarch64__)
    (void)isa;
    return true;
#else
    return isa != FT_BASE;
#endif
}

const ft_kernels *ft_kernels_for(int isa) {
#if defined(__x86_64__)
    if (isa == FT_AVX512) return &ft_kernels_avx512;
    if (isa == FT_AVX2) return &ft_kernels_avx2;
#endif
    (void)isa;
    return &ft_kernels_base;
}

bool ft_unary_has(int op, int dtype) {
    switch (op) {
#define FT_ONE(name, value) case FT_UNARY_##name:
        FT_INT_UNARY_LIST(FT_ONE)
#undef FT_ONE
        return true;
    default: return dtype <= FT_BF16;
    }
}

bool ft_binary_has(int op, int dtype) {
    switch (op) {
#define FT_ONE(name, value) case FT_BINARY_##name:
        FT_INT_BINARY_LIST(FT_ONE)
        return true;
        FT_WHOLE_BINARY_LIST(FT_ONE)
        return dtype > FT_BF16;
#undef FT_ONE
    default: return dtype <= FT_BF16;
    }
}

#define FT_NAME(name, value) #name,
#define FT_NAMES(kind, LIST)                                                                       \
    const char *ft_##kind##_name(int op) {                                                         \
        static const char *const names[] = {LIST(FT_NAME)};                                        \
        return names[op];                                                                          \
    }
FT_NAMES(unary, FT_UNARY_LIST)
FT_NAMES(test, FT_TEST_LIST)
#define FT_ALL_BINARY_LIST(FT_BINARY) FT_BINARY_LIST(FT_BINARY) FT_WHOLE_BINARY_LIST(FT_BINARY)
FT_NAMES(binary, FT_ALL_BINARY_LIST)
FT_NAMES(compare, FT_COMPARE_LIST)

int ft_rule_slots(int rule) {
#define FT_ONE(name, slots, ...) slots,
    static const int counts[] = {FT_RULE_LIST(FT_ONE)};
#undef FT_ONE
    return counts[rule];
}

const char *ft_rule_name(int rule) {
#define FT_ONE(name, slots, ...) #name,
    static const char *const names[] = {FT_RULE_LIST(FT_ONE)};
#undef FT_ONE
    return names[rule];
}
