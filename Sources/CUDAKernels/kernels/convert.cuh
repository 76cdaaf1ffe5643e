// Conversions between any two dtypes: a number is brought to one of three wide types, which hold
// every element exactly, and rounded once from there.
#pragma once
#include "common.cuh"

// Toward zero, saturating, NaN to 0. The bounds are powers of two and exact.
template <class T> struct bounds {
    // Whether T has a sign, and 2^(its bits without that).
    static const bool has_sign = (T)-1 < (T)0;
    static const int width = 8 * (int)sizeof(T) - has_sign;
};
template <class T> FT_DEVICE T saturated(double x) {
    double top = ldexp(1.0, bounds<T>::width);
    T most = (T)(((uint64_t)1 << (bounds<T>::width - 1)) - 1) * 2 + 1;
    if (x != x) return 0;
    if (x >= top) return most;
    if (bounds<T>::has_sign) return x <= -top ? (T)(-most - 1) : (T)(int64_t)x;
    return x <= 0 ? (T)0 : (T)(uint64_t)x;
}

// From double, int64 and uint64 to an element.
template <class T> struct narrowed {
    static __device__ __forceinline__ T of(double x) { return saturated<T>(x); }
    static __device__ __forceinline__ T of(int64_t x) { return (T)x; }
    static __device__ __forceinline__ T of(uint64_t x) { return (T)x; }
};
template <> struct narrowed<float> {
    static __device__ __forceinline__ float of(double x) { return (float)x; }
    static __device__ __forceinline__ float of(int64_t x) { return (float)x; }
    static __device__ __forceinline__ float of(uint64_t x) { return (float)x; }
};
template <> struct narrowed<double> {
    static __device__ __forceinline__ double of(double x) { return x; }
    static __device__ __forceinline__ double of(int64_t x) { return (double)x; }
    static __device__ __forceinline__ double of(uint64_t x) { return (double)x; }
};
template <class H> struct narrowed_half {
    static __device__ __forceinline__ H of(double x) {
        return element<H>::store(toward_odd(x));
    }
    static __device__ __forceinline__ H of(int64_t x) { return of((double)x); }
    static __device__ __forceinline__ H of(uint64_t x) { return of((double)x); }
};
template <> struct narrowed<half16> : narrowed_half<half16> {};
template <> struct narrowed<bhalf16> : narrowed_half<bhalf16> {};
template <> struct narrowed<truth> {
    static __device__ __forceinline__ truth of(double x) { return element<truth>::store(x != 0); }
    static __device__ __forceinline__ truth of(int64_t x) { return element<truth>::store(x != 0); }
    static __device__ __forceinline__ truth of(uint64_t x) { return element<truth>::store(x != 0); }
};

FT_DEVICE double wide(float x) { return (double)x; }
FT_DEVICE double wide(double x) { return x; }
FT_DEVICE double wide(half16 x) { return (double)widened(x); }
FT_DEVICE double wide(bhalf16 x) { return (double)widened(x); }
FT_DEVICE uint64_t wide(uint64_t x) { return x; }
FT_DEVICE int64_t wide(truth x) { return x.bits; }
template <class T> FT_DEVICE int64_t wide(T x) { return (int64_t)x; }

// One of the three, and which.
struct wide_number {
    int kind;
    double real;
    int64_t whole;
};
FT_DEVICE wide_number tagged(double x) { return {0, x, 0}; }
FT_DEVICE wide_number tagged(int64_t x) { return {1, 0, x}; }
FT_DEVICE wide_number tagged(uint64_t x) { return {2, 0, (int64_t)x}; }
template <class T> FT_DEVICE wide_number wide_number_of(T x) { return tagged(wide(x)); }

// Between floats of 32 bits and less there is no way through double, which is slow where few units
// compute it.
template <class From, class To> struct converted {
    static __device__ __forceinline__ To of(From x) { return narrowed<To>::of(wide(x)); }
};
template <class T> struct converted<T, T> {
    static __device__ __forceinline__ T of(T x) { return x; }
};
#define FT_SHORT_WAY(From, To)                                                                     \
    template <> struct converted<From, To> {                                                       \
        static __device__ __forceinline__ To of(From x) {                                          \
            return element<To>::store(element<From>::load(x));                                     \
        }                                                                                          \
    };
FT_SHORT_WAY(float, half16)
FT_SHORT_WAY(float, bhalf16)
FT_SHORT_WAY(half16, float)
FT_SHORT_WAY(bhalf16, float)
FT_SHORT_WAY(half16, bhalf16)
FT_SHORT_WAY(bhalf16, half16)
#undef FT_SHORT_WAY
