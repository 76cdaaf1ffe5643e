// The scalar functions behind elementwise.h, in C that is also valid CUDA C++. `ft_name_f` works in
// float and `ft_name_d` in double.
//
// The float versions that matter for speed are branch-free polynomials, so that loops over them
// vectorise; they stay within three units in the last place (gelu five, below zero). They use
// no operation whose rounding depends on how a loop is compiled: the compiler fuses a * b + c in
// one expression or not at all, the same in a vector body and in its remainder.
#pragma once

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define FT_FN static __device__ __forceinline__
#define FT_INF_F __int_as_float(0x7f800000)
#define FT_INF_D __longlong_as_double(0x7ff0000000000000LL)
FT_FN unsigned ft_bits(float x) { return __float_as_uint(x); }
FT_FN float ft_from_bits(unsigned bits) { return __uint_as_float(bits); }
FT_FN float ft_sqrt_f(float x) { return sqrtf(x); }
FT_FN double ft_sqrt_d(double x) { return sqrt(x); }
#else
#include <math.h>
#include <stdbool.h>
#define FT_FN static inline __attribute__((always_inline))
#define FT_INF_F __builtin_inff()
#define FT_INF_D __builtin_inf()
FT_FN unsigned ft_bits(float x) {
    unsigned bits;
    __builtin_memcpy(&bits, &x, 4);
    return bits;
}
FT_FN float ft_from_bits(unsigned bits) {
    float x;
    __builtin_memcpy(&x, &bits, 4);
    return x;
}
// The library's sqrt may set errno, which would keep loops scalar.
FT_FN float ft_sqrt_f(float x) { return __builtin_elementwise_sqrt(x); }
FT_FN double ft_sqrt_d(double x) { return __builtin_elementwise_sqrt(x); }
#endif

#include "scalar_float.h"

// Functions of the C library, in both precisions or in double alone.
#define FT_LIBRARY_F(name) FT_FN float ft_##name##_f(float x) { return name##f(x); }
#define FT_LIBRARY_D(name) FT_FN double ft_##name##_d(double x) { return name(x); }
#define FT_LIBRARY(name) FT_LIBRARY_F(name) FT_LIBRARY_D(name)
FT_LIBRARY(floor)
FT_LIBRARY(ceil)
FT_LIBRARY(trunc)
FT_LIBRARY(rint)
FT_LIBRARY(tan)
FT_LIBRARY(asin)
FT_LIBRARY(acos)
FT_LIBRARY(atan)
FT_LIBRARY(sinh)
FT_LIBRARY(cosh)
FT_LIBRARY(asinh)
FT_LIBRARY(acosh)
FT_LIBRARY(atanh)
FT_LIBRARY(erfc)
FT_LIBRARY_D(exp)
FT_LIBRARY_D(expm1)
FT_LIBRARY_D(exp2)
FT_LIBRARY_D(log)
FT_LIBRARY_D(log2)
FT_LIBRARY_D(log10)
FT_LIBRARY_D(log1p)
FT_LIBRARY_D(sin)
FT_LIBRARY_D(cos)
FT_LIBRARY_D(tanh)
FT_LIBRARY_D(erf)
FT_FN float ft_atan2_f(float x, float y) { return atan2f(x, y); }
FT_FN double ft_atan2_d(double x, double y) { return atan2(x, y); }
FT_FN float ft_fmod_f(float x, float y) { return fmodf(x, y); }
FT_FN double ft_fmod_d(double x, double y) { return fmod(x, y); }
FT_FN float ft_hypot_f(float x, float y) { return hypotf(x, y); }
FT_FN double ft_hypot_d(double x, double y) { return hypot(x, y); }
FT_FN float ft_copysign_f(float x, float y) { return copysignf(x, y); }
FT_FN double ft_copysign_d(double x, double y) { return copysign(x, y); }
FT_FN float ft_abs_f(float x) { return fabsf(x); }
FT_FN double ft_abs_d(double x) { return fabs(x); }

// Sine and cosine outside the range of the fast reduction go to the C library.
FT_FN float ft_fast_angle_f(void) { return 1e5f; }
FT_FN float ft_sin_f(float x) {
    return fabsf(x) <= ft_fast_angle_f() ? ft_fast_sin_f(x) : sinf(x);
}
FT_FN float ft_cos_f(float x) {
    return fabsf(x) <= ft_fast_angle_f() ? ft_fast_cos_f(x) : cosf(x);
}
FT_FN double ft_fast_angle_d(void) { return FT_INF_D; }
FT_FN double ft_fast_sin_d(double x) { return sin(x); }
FT_FN double ft_fast_cos_d(double x) { return cos(x); }

// The distribution function of the standard normal; accurate in the lower tail too.
FT_FN double ft_normal_cdf_d(double x) { return 0.5 * erfc(x * -0.70710678118654752440); }
FT_FN double ft_normal_density_d(double x) {
    return 0.39894228040143267794 * exp(-0.5 * (x * x));
}

FT_FN double ft_sigmoid_d(double x) {
    double tail = exp(-fabs(x));
    return (x >= 0 ? 1 : tail) / (1 + tail);
}

// Powers that occur all the time are computed by their definition, hence exactly rounded but for
// the cube.
FT_FN float ft_pow_f(float x, float y) {
    if (y == 1) return x;
    if (y == 2) return x * x;
    if (y == 3) return x * x * x;
    if (y == -1) return 1 / x;
    if (y == 0.5f && x > 0) return ft_sqrt_f(x);
    return powf(x, y);
}
FT_FN double ft_pow_d(double x, double y) {
    if (y == 1) return x;
    if (y == 2) return x * x;
    if (y == 3) return x * x * x;
    if (y == -1) return 1 / x;
    if (y == 0.5 && x > 0) return ft_sqrt_d(x);
    return pow(x, y);
}

// The remainder has the sign of the divisor, as in Python.
FT_FN float ft_mod_f(float x, float y) {
    float r = fmodf(x, y);
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
FT_FN double ft_mod_d(double x, double y) {
    double r = fmod(x, y);
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

// The quotient rounded down, by the remainder: x / y itself may round up to the next integer.
FT_FN float ft_floor_div_f(float x, float y) {
    float r = fmodf(x, y), q = rintf((x - r) / y);
    return r != 0 && (r < 0) != (y < 0) ? q - 1 : q;
}
FT_FN double ft_floor_div_d(double x, double y) {
    double r = fmod(x, y), q = rint((x - r) / y);
    return r != 0 && (r < 0) != (y < 0) ? q - 1 : q;
}

// What is composed of the functions above, the same in both precisions. NaN passes through all.
#define FT_COMPOSED(real, s)                                                                       \
    FT_FN real ft_max_##s(real x, real y) { return ((x > y) | (x != x)) ? x : y; }                 \
    FT_FN real ft_min_##s(real x, real y) { return ((x < y) | (x != x)) ? x : y; }                 \
    FT_FN real ft_clip_##s(real x, real low, real high) {                                          \
        real y = x < low ? low : x;                                                                \
        return y > high ? high : y;                                                                \
    }                                                                                              \
    FT_FN real ft_sign_##s(real x) { return x > 0 ? 1 : x < 0 ? -1 : x; }                          \
    FT_FN real ft_relu_##s(real x) { return x < 0 ? 0 : x; }                                       \
    FT_FN real ft_elu_##s(real x, real scale) {                                                    \
        real below = scale * ft_expm1_##s(x);                                                      \
        return x > 0 ? x : below;                                                                  \
    }                                                                                              \
    FT_FN real ft_softplus_##s(real x) {                                                           \
        real tail = ft_log1p_##s(ft_exp_##s(-ft_abs_##s(x)));                                      \
        return (x > 0 ? x : 0) + tail;                                                             \
    }                                                                                              \
    FT_FN real ft_logaddexp_##s(real x, real y) {                                                  \
        real gap = x == y ? 0 : ft_abs_##s(x - y);                                                 \
        return ft_max_##s(x, y) + ft_log1p_##s(ft_exp_##s(-gap));                                  \
    }                                                                                              \
    FT_FN real ft_logaddexp2_##s(real x, real y) {                                                 \
        real gap = x == y ? 0 : ft_abs_##s(x - y);                                                 \
        real tail = ft_log1p_##s(ft_exp2_##s(-gap)) * (real)1.4426950408889634;                    \
        return ft_max_##s(x, y) + tail;                                                            \
    }                                                                                              \
    FT_FN real ft_celu_##s(real x, real scale) {                                                   \
        real below = scale * ft_expm1_##s(x / scale);                                              \
        return x > 0 ? x : below;                                                                  \
    }                                                                                              \
    /* tanh ln(1 + n) = u / (u + 2) with u = n (n + 2); beyond 30 it is 1. */                      \
    FT_FN real ft_mish_##s(real x) {                                                               \
        real n = ft_exp_##s(x > 30 ? 30 : x), u = n * (n + 2);                                     \
        return x * (u / (u + 2));                                                                  \
    }                                                                                              \
    FT_FN real ft_mish_slope_##s(real x) {                                                         \
        real n = ft_exp_##s(x > 30 ? 30 : x), u = n * (n + 2);                                     \
        real t = u / (u + 2), rest = 2 / (u + 2);                                                  \
        return x > 30 ? 1 : t + x * (rest * (1 + t) * (n / (n + 1)));                              \
    }                                                                                              \
    FT_FN real ft_hardswish_slope_##s(real x) {                                                    \
        return x <= -3 ? 0 : x < 3 ? x / 3 + (real)0.5 : 1;                                        \
    }                                                                                              \
    FT_FN real ft_silu_slope_##s(real x) {                                                         \
        real up = ft_sigmoid_##s(x), down = ft_sigmoid_##s(-x);                                    \
        return up * (1 + x * down);                                                                \
    }                                                                                              \
    FT_FN real ft_gelu_##s(real x) { return x * ft_normal_cdf_##s(x); }                            \
    FT_FN real ft_gelu_slope_##s(real x) {                                                         \
        return ft_normal_cdf_##s(x) + x * ft_normal_density_##s(x);                                \
    }                                                                                              \
    FT_FN real ft_gelu_tanh_inner_##s(real x) {                                                    \
        /* Twice sqrt(2 / pi) (x + 0.044715 x^3): the tanh form written with a sigmoid. */         \
        return x * ((real)1.5957691216057308 + (real)0.07135481627260025 * (x * x));               \
    }                                                                                              \
    FT_FN real ft_gelu_tanh_##s(real x) {                                                          \
        return x * ft_sigmoid_##s(ft_gelu_tanh_inner_##s(x));                                      \
    }                                                                                              \
    FT_FN real ft_gelu_tanh_slope_##s(real x) {                                                    \
        real inner = ft_gelu_tanh_inner_##s(x);                                                    \
        real up = ft_sigmoid_##s(inner), down = ft_sigmoid_##s(-inner);                            \
        real slope = (real)1.5957691216057308 + (real)0.21406444881780073 * (x * x);               \
        return up * (1 + x * slope * down);                                                        \
    }
FT_COMPOSED(float, f)
FT_COMPOSED(double, d)

#include "scalar_special.h"
#include "scalar_draws.h"

// Integers: as in Python, the quotient rounds down and the remainder has the divisor's sign.
// -1 is handled apart because the most negative number divided by it overflows.
#define FT_INTEGER(type, s)                                                                        \
    FT_FN type ft_floor_div_##s(type x, type y) {                                                  \
        if (y == (type)-1 && (type)-1 < 0) return (type)(0 - (unsigned long long)x);               \
        type q = (type)(x / y);                                                                    \
        return (type)(q - ((x % y != 0) & ((x < 0) != (y < 0))));                                  \
    }                                                                                              \
    FT_FN type ft_mod_##s(type x, type y) {                                                        \
        if (y == (type)-1 && (type)-1 < 0) return 0;                                               \
        type r = (type)(x % y);                                                                    \
        bool adjusts = (r != 0) & ((r < 0) != (y < 0));                                            \
        return (type)(r + (adjusts ? y : 0));                                                      \
    }                                                                                              \
    /* C's quotient and remainder, toward zero. */                                                 \
    FT_FN type ft_trunc_div_##s(type x, type y) {                                                  \
        if (y == (type)-1 && (type)-1 < 0) return (type)(0 - (unsigned long long)x);               \
        return (type)(x / y);                                                                      \
    }                                                                                              \
    FT_FN type ft_fmod_##s(type x, type y) {                                                       \
        return y == (type)-1 && (type)-1 < 0 ? 0 : (type)(x % y);                                  \
    }                                                                                              \
    FT_FN type ft_shift_left_##s(type x, type y) {                                                 \
        bool inside = y >= 0 && (unsigned long long)y < 8 * sizeof(type);                          \
        return inside ? (type)((unsigned long long)x << y) : 0;                                    \
    }                                                                                              \
    FT_FN type ft_shift_right_##s(type x, type y) {                                                \
        bool inside = y >= 0 && (unsigned long long)y < 8 * sizeof(type);                          \
        return inside ? (type)(x >> y) : x < 0 ? (type)-1 : 0;                                     \
    }                                                                                              \
    FT_FN type ft_gcd_##s(type x, type y) {                                                        \
        unsigned long long a = (unsigned long long)x, b = (unsigned long long)y;                   \
        a = x < 0 ? 0 - a : a, b = y < 0 ? 0 - b : b;                                              \
        while (b) {                                                                                \
            unsigned long long rest = a % b;                                                       \
            a = b, b = rest;                                                                       \
        }                                                                                          \
        return (type)a;                                                                            \
    }                                                                                              \
    FT_FN type ft_lcm_##s(type x, type y) {                                                        \
        type divisor = ft_gcd_##s(x, y);                                                           \
        if (divisor == 0) return 0;                                                                \
        type whole = ft_trunc_div_##s(x, divisor);                                                 \
        type product = (type)((unsigned long long)whole * (unsigned long long)y);                  \
        return product < 0 ? (type)(0 - (unsigned long long)product) : product;                    \
    }                                                                                              \
    /* Wraps around; 1 over a power is 0 but for 1 and -1. */                                      \
    FT_FN type ft_pow_##s(type x, type y) {                                                        \
        if (y < 0) return (type)(x == 1 ? 1 : x == (type)-1 ? (y & 1 ? -1 : 1) : 0);               \
        unsigned long long power = 1, factor = (unsigned long long)x;                              \
        for (; y; y = (type)(y >> 1), factor *= factor) power *= y & 1 ? factor : 1;               \
        return (type)power;                                                                        \
    }
FT_INTEGER(signed char, i8)
FT_INTEGER(unsigned char, u8)
FT_INTEGER(short, i16)
FT_INTEGER(unsigned short, u16)
FT_INTEGER(int, i32)
FT_INTEGER(unsigned, u32)
FT_INTEGER(long long, i64)
FT_INTEGER(unsigned long long, u64)
