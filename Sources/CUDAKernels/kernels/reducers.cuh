// The reductions of reductions.h by their numbers. Floats of every size accumulate in double,
// integers in int64, or in uint64 where they have no sign and 64 bits.
#pragma once
#include "convert.cuh"

template <class T> struct accumulated { typedef int64_t type; };
template <> struct accumulated<float> { typedef double type; };
template <> struct accumulated<double> { typedef double type; };
template <> struct accumulated<half16> { typedef double type; };
template <> struct accumulated<bhalf16> { typedef double type; };
template <> struct accumulated<uint64_t> { typedef uint64_t type; };

FT_DEVICE int64_t ft_max_whole(int64_t x, int64_t y) { return x > y ? x : y; }
FT_DEVICE int64_t ft_min_whole(int64_t x, int64_t y) { return x < y ? x : y; }
FT_DEVICE uint64_t ft_max_whole(uint64_t x, uint64_t y) { return x > y ? x : y; }
FT_DEVICE uint64_t ft_min_whole(uint64_t x, uint64_t y) { return x < y ? x : y; }

// What is made of no elements, of one more, of two parts, and in the end of n elements.
#define FT_START_CASE(name, result, start, take, join, finish)                                     \
    case FT_REDUCTION_##name: return (acc)(start);
#define FT_TAKE_CASE(name, result, start, take, join, finish)                                      \
    case FT_REDUCTION_##name: return (acc)(take);
#define FT_JOIN_CASE(name, result, start, take, join, finish)                                      \
    case FT_REDUCTION_##name: return (acc)(join);
#define FT_FINISH_CASE(name, result, start, take, join, finish)                                    \
    case FT_REDUCTION_##name: return (acc)(finish);
#define FT_REDUCERS(acc_type, LIST)                                                                \
    FT_DEVICE acc_type reducer_start(int op, acc_type) {                                           \
        typedef acc_type acc;                                                                      \
        switch (op) { LIST(FT_START_CASE) }                                                        \
        return 0;                                                                                  \
    }                                                                                              \
    FT_DEVICE acc_type reducer_take(int op, acc_type a, acc_type x) {                              \
        typedef acc_type acc;                                                                      \
        switch (op) { LIST(FT_TAKE_CASE) }                                                         \
        return a;                                                                                  \
    }                                                                                              \
    FT_DEVICE acc_type reducer_join(int op, acc_type a, acc_type b) {                              \
        typedef acc_type acc;                                                                      \
        switch (op) { LIST(FT_JOIN_CASE) }                                                         \
        return a;                                                                                  \
    }                                                                                              \
    FT_DEVICE acc_type reducer_finish(int op, acc_type a, int64_t n) {                             \
        typedef acc_type acc;                                                                      \
        (void)n;                                                                                   \
        switch (op) { LIST(FT_FINISH_CASE) }                                                       \
        return a;                                                                                  \
    }

#define R(name) ft_##name##_d
#define W(x) (x)
#define LEAST (-FT_INF_D)
#define MOST FT_INF_D
FT_REDUCERS(double, FT_REDUCTION_LIST)
#undef R
#undef W
#undef LEAST
#undef MOST
#define R(name) ft_##name##_whole
#define W(x) ((uint64_t)(x))
#define LEAST (-0x7fffffffffffffffLL - 1)
#define MOST 0x7fffffffffffffffLL
FT_REDUCERS(int64_t, FT_ANY_REDUCTION_LIST)
#undef LEAST
#undef MOST
#define LEAST 0
#define MOST 0xffffffffffffffffULL
FT_REDUCERS(uint64_t, FT_ANY_REDUCTION_LIST)
#undef R
#undef W
#undef LEAST
#undef MOST
