// The list of dtypes: one line each, in the order of Swift's `DType`. The tables of the kernels
// follow from it.
#pragma once

// FT_DTYPE(name, suffix, type, compute, bits): the type of an element in memory (of halves their
// bits); the suffix of the elementwise functions it is computed with; and an unsigned type of its
// size that may stand for it. Floats come first, which FT_BF16 tells from the others, and bool
// last.
#define FT_REAL_DTYPES(FT_DTYPE)                                                                   \
    FT_DTYPE(F32, f32, float, f, any_32)                                                           \
    FT_DTYPE(F64, f64, double, d, any_64)
#define FT_HALF_DTYPES(FT_DTYPE)                                                                   \
    FT_DTYPE(F16, f16, uint16_t, f, any_16)                                                        \
    FT_DTYPE(BF16, bf16, uint16_t, f, any_16)
#define FT_INTEGER_DTYPES(FT_DTYPE)                                                                \
    FT_DTYPE(I8, i8, int8_t, i8, any_8)                                                            \
    FT_DTYPE(U8, u8, uint8_t, u8, any_8)                                                           \
    FT_DTYPE(I16, i16, int16_t, i16, any_16)                                                       \
    FT_DTYPE(U16, u16, uint16_t, u16, any_16)                                                      \
    FT_DTYPE(I32, i32, int32_t, i32, any_32)                                                       \
    FT_DTYPE(U32, u32, uint32_t, u32, any_32)                                                      \
    FT_DTYPE(I64, i64, int64_t, i64, any_64)                                                       \
    FT_DTYPE(U64, u64, uint64_t, u64, any_64)
#define FT_DTYPES(FT_DTYPE)                                                                        \
    FT_REAL_DTYPES(FT_DTYPE)                                                                       \
    FT_HALF_DTYPES(FT_DTYPE)                                                                       \
    FT_INTEGER_DTYPES(FT_DTYPE)                                                                    \
    FT_DTYPE(BOOL, bool, uint8_t, u8, any_8)

// Raw values of Swift's `DType`.
#define FT_ONE(name, ...) FT_##name,
enum ft_dtype { FT_DTYPES(FT_ONE) };
#undef FT_ONE
