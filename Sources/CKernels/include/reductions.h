// The list of reductions: one line each. The C kernels and, later, CUDA kernels expand it; Swift
// sees the enum.
//
// In an expression x is an element, a and b are what was made of elements so far, and n is how many
// there are: all double for floats of any size, all int64_t for integers and bool, but uint64_t for
// uint64. W(x) is x in uint64_t, so that overflow wraps, and x itself for floats. R(name) picks a
// function by type; LEAST and MOST are the type's bounds.
#pragma once

#include "elementwise.h"

// The dtype of a result: that of the elements; that, or int64 where they are integers other than
// uint64; int64; bool.
enum ft_result { FT_RESULT_OWN, FT_RESULT_WIDE, FT_RESULT_COUNT, FT_RESULT_TRUTH };

// FT_REDUCTION(name, result, start, take, join, finish): begins with `start`, takes one element
// after the other, joins two parts, and makes the result of it all. Joining `start` changes
// nothing. A reduction that starts at an infinity has no result of no elements.
#define FT_SIGNLESS_REDUCTION_LIST(FT_REDUCTION)                                                   \
    FT_REDUCTION(sum, WIDE, 0, W(a) + W(x), W(a) + W(b), a)                                        \
    FT_REDUCTION(product, WIDE, 1, W(a) * W(x), W(a) * W(b), a)                                    \
    FT_REDUCTION(any, TRUTH, 0, (a != 0) | (x != 0), (a != 0) | (b != 0), a)                       \
    FT_REDUCTION(all, TRUTH, 1, (a != 0) & (x != 0), (a != 0) & (b != 0), a)

// Those of integers that depend on whether there is a sign.
#define FT_ORDER_REDUCTION_LIST(FT_REDUCTION)                                                      \
    FT_REDUCTION(maximum, OWN, LEAST, R(max)(a, x), R(max)(a, b), a)                               \
    FT_REDUCTION(minimum, OWN, MOST, R(min)(a, x), R(min)(a, b), a)

#define FT_ANY_REDUCTION_LIST(FT_REDUCTION)                                                        \
    FT_SIGNLESS_REDUCTION_LIST(FT_REDUCTION)                                                       \
    FT_ORDER_REDUCTION_LIST(FT_REDUCTION)

// Those that only floats have.
#define FT_REAL_REDUCTION_LIST(FT_REDUCTION)                                                       \
    FT_REDUCTION(mean, OWN, 0, a + x, a + b, a / n)                                                \
    FT_REDUCTION(nan_sum, OWN, 0, x != x ? a : a + x, a + b, a)                                    \
    FT_REDUCTION(norm, OWN, 0, a + x * x, a + b, R(sqrt)(a))                                       \
    FT_REDUCTION(log_sum_exp, OWN, LEAST, R(logaddexp)(a, x), R(logaddexp)(a, b), a)

#define FT_REDUCTION_LIST(FT_REDUCTION)                                                            \
    FT_ANY_REDUCTION_LIST(FT_REDUCTION)                                                            \
    FT_REAL_REDUCTION_LIST(FT_REDUCTION)

// In Swift an enum with the plain names: `Reduction.sum`.
#define FT_ENUM_REDUCTION(name, ...) FT_NAMED(FT_REDUCTION_##name, name)
enum FT_SWIFT_ENUM(Reduction) ft_reduction_op { FT_REDUCTION_LIST(FT_ENUM_REDUCTION) };

#define FT_COUNT_REDUCTION(name, ...) +1
enum { FT_REDUCTION_COUNT = 0 FT_REDUCTION_LIST(FT_COUNT_REDUCTION) };
