// The list of elementwise operations: one line each. The C kernels and, later, CUDA kernels expand
// it with the scalar functions of scalar_math.h; Swift sees the enums.
//
// In an expression x, y are the operands in the compute type `real` (float or double), p0 and p1
// the call's parameters. R(name) picks the float or double version of a scalar function.
#pragma once

// FT_UNARY(name, value)
#define FT_UNARY_LIST(FT_UNARY)                                                                    \
    FT_UNARY(neg, -x)                                                                              \
    FT_UNARY(abs, R(abs)(x))                                                                       \
    FT_UNARY(sign, R(sign)(x))                                                                     \
    FT_UNARY(square, x * x)                                                                        \
    FT_UNARY(sqrt, R(sqrt)(x))                                                                     \
    FT_UNARY(rsqrt, 1 / R(sqrt)(x))                                                                \
    FT_UNARY(reciprocal, 1 / x)                                                                    \
    FT_UNARY(exp, R(exp)(x))                                                                       \
    FT_UNARY(expm1, R(expm1)(x))                                                                   \
    FT_UNARY(exp2, R(exp2)(x))                                                                     \
    FT_UNARY(log, R(log)(x))                                                                       \
    FT_UNARY(log2, R(log2)(x))                                                                     \
    FT_UNARY(log10, R(log10)(x))                                                                   \
    FT_UNARY(log1p, R(log1p)(x))                                                                   \
    FT_UNARY(sin, R(sin)(x))                                                                       \
    FT_UNARY(cos, R(cos)(x))                                                                       \
    FT_UNARY(tan, R(tan)(x))                                                                       \
    FT_UNARY(asin, R(asin)(x))                                                                     \
    FT_UNARY(acos, R(acos)(x))                                                                     \
    FT_UNARY(atan, R(atan)(x))                                                                     \
    FT_UNARY(sinh, R(sinh)(x))                                                                     \
    FT_UNARY(cosh, R(cosh)(x))                                                                     \
    FT_UNARY(tanh, R(tanh)(x))                                                                     \
    FT_UNARY(asinh, R(asinh)(x))                                                                   \
    FT_UNARY(acosh, R(acosh)(x))                                                                   \
    FT_UNARY(atanh, R(atanh)(x))                                                                   \
    FT_UNARY(erf, R(erf)(x))                                                                       \
    FT_UNARY(erfc, R(erfc)(x))                                                                     \
    FT_UNARY(erfinv, R(erfinv)(x))                                                                 \
    FT_UNARY(lgamma, R(lgamma)(x))                                                                 \
    FT_UNARY(digamma, R(digamma)(x))                                                               \
    FT_UNARY(sinc, R(sinc)(x))                                                                     \
    FT_UNARY(i0, R(i0)(x))                                                                         \
    FT_UNARY(i1, R(i1)(x))                                                                         \
    FT_UNARY(i0e, R(i0e)(x))                                                                       \
    FT_UNARY(i1e, R(i1e)(x))                                                                       \
    FT_UNARY(floor, R(floor)(x))                                                                   \
    FT_UNARY(ceil, R(ceil)(x))                                                                     \
    FT_UNARY(round, R(rint)(x))                                                                    \
    FT_UNARY(trunc, R(trunc)(x))                                                                   \
    FT_UNARY(clip, R(clip)(x, p0, p1))                                                             \
    FT_UNARY(relu, R(relu)(x))                                                                     \
    FT_UNARY(leaky_relu, x > 0 ? x : p0 * x)                                                       \
    FT_UNARY(elu, R(elu)(x, p0))                                                                   \
    FT_UNARY(celu, R(celu)(x, p0))                                                                 \
    FT_UNARY(sigmoid, R(sigmoid)(x))                                                               \
    FT_UNARY(softplus, R(softplus)(x))                                                             \
    FT_UNARY(silu, x * R(sigmoid)(x))                                                              \
    FT_UNARY(mish, R(mish)(x))                                                                     \
    FT_UNARY(hardsigmoid, R(clip)(x + 3, 0, 6) / 6)                                                \
    FT_UNARY(hardswish, x * (R(clip)(x + 3, 0, 6) / 6))                                            \
    FT_UNARY(hardshrink, R(abs)(x) <= p0 ? 0 : x)                                                  \
    FT_UNARY(softshrink, x > p0 ? x - p0 : x < -p0 ? x + p0 : x * 0)                               \
    FT_UNARY(gelu, R(gelu)(x))                                                                     \
    FT_UNARY(gelu_tanh, R(gelu_tanh)(x))

// FT_TEST(name, value): unary predicates, result bool.
#define FT_TEST_LIST(FT_TEST)                                                                      \
    FT_TEST(isnan, x != x)                                                                         \
    FT_TEST(isinf, R(abs)(x) == R_INFINITY)                                                        \
    FT_TEST(isfinite, R(abs)(x) < R_INFINITY)                                                      \
    FT_TEST(signbit, signbit(x) != 0)                                                              \
    FT_TEST(logical_not, x == 0)

// FT_BINARY(name, value). The *_grad entries are an activation's backward in one pass: x is the
// upstream gradient, y the activation's output (relu, tanh, sigmoid, elu) or its input
// (gelu, silu, softplus), as its class says.
#define FT_BINARY_LIST(FT_BINARY)                                                                  \
    FT_BINARY(add, x + y)                                                                          \
    FT_BINARY(sub, x - y)                                                                          \
    FT_BINARY(mul, x * y)                                                                          \
    FT_BINARY(div, x / y)                                                                          \
    FT_BINARY(floor_div, y == 0 ? x / y : R(floor_div)(x, y))                                      \
    FT_BINARY(mod, R(mod)(x, y))                                                                   \
    FT_BINARY(fmod, R(fmod)(x, y))                                                                 \
    FT_BINARY(trunc_div, R(trunc)(x / y))                                                          \
    FT_BINARY(pow, R(pow)(x, y))                                                                   \
    FT_BINARY(atan2, R(atan2)(x, y))                                                               \
    FT_BINARY(hypot, R(hypot)(x, y))                                                               \
    FT_BINARY(copysign, R(copysign)(x, y))                                                         \
    FT_BINARY(xlogy, y == y && x == 0 ? 0 : x * R(log)(y))                                         \
    FT_BINARY(xlog1py, y == y && x == 0 ? 0 : x * R(log1p)(y))                                     \
    FT_BINARY(logaddexp, R(logaddexp)(x, y))                                                       \
    FT_BINARY(logaddexp2, R(logaddexp2)(x, y))                                                     \
    FT_BINARY(zeta, R(zeta)(x, y))                                                                 \
    FT_BINARY(log_gamma_draw, R(log_gamma_draw)(x, y))                                             \
    FT_BINARY(log_gamma_slope, R(log_gamma_slope)(x, y))                                           \
    FT_BINARY(poisson_draw, R(poisson_draw)(x, y))                                                 \
    FT_BINARY(maximum, R(max)(x, y))                                                               \
    FT_BINARY(minimum, R(min)(x, y))                                                               \
    FT_BINARY(weigh, x == 0 ? 0 : x * y)                                                           \
    FT_BINARY(squared_difference, (x - y) * (x - y))                                               \
    FT_BINARY(exp_difference, x == y ? 1 : R(exp)(x - y))                                          \
    FT_BINARY(abs_pow, R(pow)(R(abs)(x), y))                                                       \
    FT_BINARY(relu_grad, y <= 0 ? 0 : x)                                                           \
    FT_BINARY(relu6_grad, ((y <= 0) | (y >= 6)) ? 0 : x)                                           \
    FT_BINARY(leaky_relu_grad, y > 0 ? x : p0 * x)                                                 \
    FT_BINARY(elu_grad, y > 0 ? x : x * (y + p0))                                                  \
    FT_BINARY(celu_grad, y > 0 ? x : x * (1 + y / p0))                                             \
    FT_BINARY(tanh_grad, x * (1 - y * y))                                                          \
    FT_BINARY(sigmoid_grad, x * y * (1 - y))                                                       \
    FT_BINARY(softplus_grad, x * R(sigmoid)(y))                                                    \
    FT_BINARY(silu_grad, x * R(silu_slope)(y))                                                     \
    FT_BINARY(mish_grad, x * R(mish_slope)(y))                                                     \
    FT_BINARY(hardsigmoid_grad, ((y <= -3) | (y >= 3)) ? 0 : x / 6)                                \
    FT_BINARY(hardswish_grad, x * R(hardswish_slope)(y))                                           \
    FT_BINARY(hardshrink_grad, R(abs)(y) <= p0 ? 0 : x)                                            \
    FT_BINARY(gelu_grad, x * R(gelu_slope)(y))                                                     \
    FT_BINARY(gelu_tanh_grad, x * R(gelu_tanh_slope)(y))

// FT_COMPARE(name, operator)
#define FT_SIGNLESS_COMPARE_LIST(FT_COMPARE)                                                       \
    FT_COMPARE(eq, ==)                                                                             \
    FT_COMPARE(ne, !=)
#define FT_SIGNED_COMPARE_LIST(FT_COMPARE)                                                         \
    FT_COMPARE(lt, <)                                                                              \
    FT_COMPARE(le, <=)                                                                             \
    FT_COMPARE(gt, >)                                                                              \
    FT_COMPARE(ge, >=)
#define FT_COMPARE_LIST(FT_COMPARE)                                                                \
    FT_SIGNLESS_COMPARE_LIST(FT_COMPARE)                                                           \
    FT_SIGNED_COMPARE_LIST(FT_COMPARE)

// Operations that integers compute natively, in their own type. W(x) is x in an unsigned type of at
// least the same width, so that overflow wraps; I(name) picks a function of scalar_math.h by type.
// floor_div, mod, fmod and trunc_div: the divisor is known to be non-zero. On bool only logical
// ones: and = minimum, or = maximum, xor = ne.
//
// Those of a SIGNLESS list give the same bits with and without a sign: they are compiled once a
// width.
#define FT_SIGNLESS_UNARY_LIST(FT_UNARY)                                                           \
    FT_UNARY(neg, 0 - W(x))                                                                        \
    FT_UNARY(square, W(x) * W(x))                                                                  \
    FT_UNARY(floor, x)                                                                             \
    FT_UNARY(ceil, x)                                                                              \
    FT_UNARY(round, x)                                                                             \
    FT_UNARY(trunc, x)
#define FT_SIGNED_UNARY_LIST(FT_UNARY)                                                             \
    FT_UNARY(abs, x < 0 ? 0 - W(x) : W(x))                                                         \
    FT_UNARY(sign, (x > 0) - (x < 0))                                                              \
    FT_UNARY(relu, x > 0 ? x : 0)
#define FT_INT_UNARY_LIST(FT_UNARY)                                                                \
    FT_SIGNLESS_UNARY_LIST(FT_UNARY)                                                               \
    FT_SIGNED_UNARY_LIST(FT_UNARY)
#define FT_SIGNLESS_TEST_LIST(FT_TEST)                                                             \
    FT_TEST(isnan, 0 & x)                                                                          \
    FT_TEST(isinf, 0 & x)                                                                          \
    FT_TEST(isfinite, (0 & x) + 1)                                                                 \
    FT_TEST(logical_not, x == 0)
#define FT_SIGNED_TEST_LIST(FT_TEST) FT_TEST(signbit, x < 0)
#define FT_SIGNLESS_BINARY_LIST(FT_BINARY)                                                         \
    FT_BINARY(add, W(x) + W(y))                                                                    \
    FT_BINARY(sub, W(x) - W(y))                                                                    \
    FT_BINARY(mul, W(x) * W(y))
#define FT_SIGNED_BINARY_LIST(FT_BINARY)                                                           \
    FT_BINARY(floor_div, I(floor_div)(x, y))                                                       \
    FT_BINARY(mod, I(mod)(x, y))                                                                   \
    FT_BINARY(fmod, I(fmod)(x, y))                                                                 \
    FT_BINARY(trunc_div, I(trunc_div)(x, y))                                                       \
    FT_BINARY(pow, I(pow)(x, y))                                                                   \
    FT_BINARY(maximum, x > y ? x : y)                                                              \
    FT_BINARY(minimum, x < y ? x : y)
#define FT_INT_BINARY_LIST(FT_BINARY)                                                              \
    FT_SIGNLESS_BINARY_LIST(FT_BINARY)                                                             \
    FT_SIGNED_BINARY_LIST(FT_BINARY)

// Those that integers alone have, and bool the first three. Shifts beyond the width, or by a
// negative number, leave what is shifted in: zeros, or to the right the sign.
#define FT_SIGNLESS_WHOLE_BINARY_LIST(FT_BINARY)                                                   \
    FT_BINARY(bit_and, x & y)                                                                      \
    FT_BINARY(bit_or, x | y)                                                                       \
    FT_BINARY(bit_xor, x ^ y)                                                                      \
    FT_BINARY(shift_left, I(shift_left)(x, y))
#define FT_SIGNED_WHOLE_BINARY_LIST(FT_BINARY)                                                     \
    FT_BINARY(shift_right, I(shift_right)(x, y))                                                   \
    FT_BINARY(gcd, I(gcd)(x, y))                                                                   \
    FT_BINARY(lcm, I(lcm)(x, y))
#define FT_WHOLE_BINARY_LIST(FT_BINARY)                                                            \
    FT_SIGNLESS_WHOLE_BINARY_LIST(FT_BINARY)                                                       \
    FT_SIGNED_WHOLE_BINARY_LIST(FT_BINARY)

// In Swift these are enums with the plain names: `UnaryFunction.tanh`.
#ifdef __CUDACC_RTC__
#define FT_NAMED(constant, name) constant,
#define FT_SWIFT_ENUM(name)
#else
#define FT_NAMED(constant, name) constant __attribute__((swift_name(#name))),
#define FT_SWIFT_ENUM(name) __attribute__((enum_extensibility(closed), swift_name(#name)))
#endif
#define FT_ENUM_UNARY(name, value) FT_NAMED(FT_UNARY_##name, name)
#define FT_ENUM_TEST(name, value) FT_NAMED(FT_TEST_##name, name)
#define FT_ENUM_BINARY(name, value) FT_NAMED(FT_BINARY_##name, name)
#define FT_ENUM_COMPARE(name, symbol) FT_NAMED(FT_COMPARE_##name, name)
enum FT_SWIFT_ENUM(UnaryFunction) ft_unary_op { FT_UNARY_LIST(FT_ENUM_UNARY) };
enum FT_SWIFT_ENUM(TestFunction) ft_test_op { FT_TEST_LIST(FT_ENUM_TEST) };
enum FT_SWIFT_ENUM(BinaryFunction) ft_binary_op {
    FT_BINARY_LIST(FT_ENUM_BINARY) FT_WHOLE_BINARY_LIST(FT_ENUM_BINARY)
};
enum FT_SWIFT_ENUM(CompareFunction) ft_compare_op { FT_COMPARE_LIST(FT_ENUM_COMPARE) };

#define FT_COUNT_ONE(name, value) +1
enum { FT_UNARY_COUNT = 0 FT_UNARY_LIST(FT_COUNT_ONE), FT_TEST_COUNT = 0 FT_TEST_LIST(FT_COUNT_ONE),
       FT_BINARY_REAL_COUNT = 0 FT_BINARY_LIST(FT_COUNT_ONE),
       FT_BINARY_COUNT = FT_BINARY_REAL_COUNT FT_WHOLE_BINARY_LIST(FT_COUNT_ONE),
       FT_COMPARE_COUNT = 0 FT_COMPARE_LIST(FT_COUNT_ONE) };
