// Elements as unsigned keys that ascend as the elements do: -0 like 0, and NaN of either sign
// above all numbers. Those of up to four bytes have keys of 32 bits, the upper half being 0.
#pragma once
#include "common.cuh"

FT_DEVICE uint64_t key_of(float x) {
    unsigned bits = ft_bits(x + 0.0f), key = bits ^ ((0u - (bits >> 31)) | 0x80000000u);
    return x != x ? 0xffffffffu : key;
}
FT_DEVICE uint64_t key_of(double x) {
    uint64_t bits = (uint64_t)__double_as_longlong(x + 0.0);
    uint64_t key = bits ^ ((0ull - (bits >> 63)) | 0x8000000000000000ull);
    return x != x ? 0xffffffffffffffffull : key;
}
FT_DEVICE uint64_t key_of(half16 x) { return key_of(widened(x)); }
FT_DEVICE uint64_t key_of(bhalf16 x) { return key_of(widened(x)); }
FT_DEVICE uint64_t key_of(truth x) { return x.bits; }
template <class T> FT_DEVICE uint64_t key_of(T x) {
    const int width = 8 * (int)sizeof(T);
    uint64_t mask = width == 64 ? ~0ull : ((uint64_t)1 << (width & 63)) - 1;
    uint64_t sign = (T)-1 < (T)0 ? (uint64_t)1 << (width - 1) : 0;
    return ((uint64_t)x & mask) ^ sign;
}
// The key of NaN, of types that have it.
FT_DEVICE uint64_t nan_key(int dtype) {
    return dtype == FT_F64 ? 0xffffffffffffffffull : 0xffffffffull;
}
