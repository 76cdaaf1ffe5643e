// Halves by arithmetic, apart from how kernels do it.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

namespace emulator {
inline double half_number(uint16_t bits, bool is_bfloat) {
    int width = is_bfloat ? 8 : 5, digits = is_bfloat ? 7 : 10, bias = (1 << (width - 1)) - 1;
    int exponent = bits >> digits & ((1 << width) - 1), mantissa = bits & ((1 << digits) - 1);
    double size;
    if (exponent == (1 << width) - 1) {
        size = mantissa ? NAN : INFINITY;
    } else if (exponent == 0) {
        size = ldexp(mantissa, 1 - bias - digits);
    } else {
        size = ldexp(mantissa + (1 << digits), exponent - bias - digits);
    }
    return bits & 0x8000 ? -size : size;
}

// To nearest, ties to even.
inline uint16_t half_bits(double x, bool is_bfloat) {
    int digits = is_bfloat ? 7 : 10, bias = is_bfloat ? 127 : 15;
    int top = is_bfloat ? 0x7f80 : 0x7c00;
    uint16_t sign = std::signbit(x) ? 0x8000 : 0;
    if (x != x) return (uint16_t)(sign | top | 1 << (digits - 1));
    double size = fabs(x);
    if (size == 0) return sign;
    if (size == INFINITY) return (uint16_t)(sign | top);
    int exponent;
    frexp(size, &exponent);
    int least = 2 - bias;
    int place = (exponent < least ? least : exponent) - 1 - digits;
    // In units of the last place, which carry into the exponent by themselves.
    double units = nearbyint(ldexp(size, -place));
    double result = ldexp(units, place);
    if (result == 0) return sign;
    frexp(result, &exponent);
    if (exponent < least) return (uint16_t)(sign | (int)units);
    double mantissa = ldexp(result, digits + 1 - exponent);
    int bits = ((exponent - 1 + bias) << digits) + (int)mantissa - (1 << digits);
    return (uint16_t)(sign | (bits > top ? top : bits));
}
}  // namespace emulator
