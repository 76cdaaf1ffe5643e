// The functions of elementwise.h by their numbers, for each type that they are computed in.
#pragma once
#include "common.cuh"

// A function of a list by its number; `kind` is that of the enum.
#define FT_UNARY_CASE(name, value) case FT_UNARY_##name: return (compute_type)(value);
#define FT_TEST_CASE(name, value) case FT_TEST_##name: return (value) != 0;
#define FT_BINARY_CASE(name, value) case FT_BINARY_##name: return (compute_type)(value);
#define FT_COMPARE_CASE(name, symbol) case FT_COMPARE_##name: return x symbol y;

#define FT_REAL_FUNCTIONS(real)                                                                    \
    FT_CALLED real unary_value(int function, real x, real p0, real p1) {                           \
        typedef real compute_type;                                                                 \
        switch (function) { FT_UNARY_LIST(FT_UNARY_CASE) }                                         \
        return x;                                                                                  \
    }                                                                                              \
    FT_DEVICE bool test_value(int function, real x) {                                              \
        switch (function) { FT_TEST_LIST(FT_TEST_CASE) }                                           \
        return false;                                                                              \
    }                                                                                              \
    FT_CALLED real binary_value(int function, real x, real y, real p0) {                           \
        typedef real compute_type;                                                                 \
        switch (function) { FT_BINARY_LIST(FT_BINARY_CASE) }                                       \
        return x;                                                                                  \
    }
#define R(name) ft_##name##_f
#define R_INFINITY FT_INF_F
FT_REAL_FUNCTIONS(float)
#undef R
#undef R_INFINITY
#define R(name) ft_##name##_d
#define R_INFINITY FT_INF_D
FT_REAL_FUNCTIONS(double)
#undef R
#undef R_INFINITY

// Integers wrap: W(x) is without a sign and at least an int wide.
template <class T> struct without_sign { typedef T type; };
template <> struct without_sign<int8_t> { typedef uint8_t type; };
template <> struct without_sign<int16_t> { typedef uint16_t type; };
template <> struct without_sign<int32_t> { typedef uint32_t type; };
template <> struct without_sign<int64_t> { typedef uint64_t type; };
#define W(x) (0u + (typename without_sign<compute_type>::type)(x))

// The functions of scalar_math.h for integers, by overloads in place of suffixes.
#define FT_INTEGER_FUNCTION(name)                                                                  \
    FT_DEVICE int8_t whole_##name(int8_t x, int8_t y) { return ft_##name##_i8(x, y); }             \
    FT_DEVICE uint8_t whole_##name(uint8_t x, uint8_t y) { return ft_##name##_u8(x, y); }          \
    FT_DEVICE int16_t whole_##name(int16_t x, int16_t y) { return ft_##name##_i16(x, y); }         \
    FT_DEVICE uint16_t whole_##name(uint16_t x, uint16_t y) { return ft_##name##_u16(x, y); }      \
    FT_DEVICE int32_t whole_##name(int32_t x, int32_t y) { return ft_##name##_i32(x, y); }         \
    FT_DEVICE uint32_t whole_##name(uint32_t x, uint32_t y) { return ft_##name##_u32(x, y); }      \
    FT_DEVICE int64_t whole_##name(int64_t x, int64_t y) { return ft_##name##_i64(x, y); }         \
    FT_DEVICE uint64_t whole_##name(uint64_t x, uint64_t y) { return ft_##name##_u64(x, y); }
FT_INTEGER_FUNCTION(floor_div)
FT_INTEGER_FUNCTION(mod)
FT_INTEGER_FUNCTION(fmod)
FT_INTEGER_FUNCTION(trunc_div)
FT_INTEGER_FUNCTION(shift_left)
FT_INTEGER_FUNCTION(shift_right)
FT_INTEGER_FUNCTION(gcd)
FT_INTEGER_FUNCTION(lcm)
FT_INTEGER_FUNCTION(pow)
#undef FT_INTEGER_FUNCTION
#define I(name) whole_##name

template <class T> FT_CALLED T unary_value(int function, T x, double, double) {
    typedef T compute_type;
    switch (function) { FT_INT_UNARY_LIST(FT_UNARY_CASE) }
    return x;
}
template <class T> FT_DEVICE bool test_value(int function, T x) {
    switch (function) { FT_SIGNLESS_TEST_LIST(FT_TEST_CASE) FT_SIGNED_TEST_LIST(FT_TEST_CASE) }
    return false;
}
template <class T> FT_CALLED T binary_value(int function, T x, T y, double) {
    typedef T compute_type;
    switch (function) { FT_INT_BINARY_LIST(FT_BINARY_CASE) FT_WHOLE_BINARY_LIST(FT_BINARY_CASE) }
    return x;
}
template <class T> FT_DEVICE bool compare_value(int function, T x, T y) {
    switch (function) { FT_COMPARE_LIST(FT_COMPARE_CASE) }
    return false;
}
#undef I
#undef W

// Whether a divisor of 0 is to be reported; floats may divide by 0 where the parameter is 1.
FT_DEVICE bool fails_at_zero(int function, bool is_float, double p0) {
    if (function == FT_BINARY_floor_div) return !is_float || p0 == 0;
    return !is_float && (function == FT_BINARY_mod || function == FT_BINARY_fmod ||
                         function == FT_BINARY_trunc_div);
}
