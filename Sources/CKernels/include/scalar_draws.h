// Draws that take as many random numbers as it happens, in double. An element draws from a Philox
// stream of its own, whose seed are the 53 bits of a number uniform in [0, 1). Included by
// scalar_math.h.
#pragma once

// A round on the words of a block, and the key of the next. Salmon, Moraes, Dror, Shaw: Parallel
// random numbers, as easy as 1, 2, 3. SC'11.
#define FT_PHILOX_ROUND(a, b, c, d, key_0, key_1)                                                  \
    do {                                                                                           \
        unsigned long long p = (unsigned long long)(a) * 0xD2511F53u;                              \
        unsigned long long q = (unsigned long long)(c) * 0xCD9E8D57u;                              \
        a = (unsigned)(q >> 32) ^ b ^ key_0;                                                       \
        b = (unsigned)q;                                                                           \
        c = (unsigned)(p >> 32) ^ d ^ key_1;                                                       \
        d = (unsigned)p;                                                                           \
    } while (0)
#define FT_PHILOX_NEXT_KEY(key_0, key_1) (key_0 += 0x9E3779B9u, key_1 += 0xBB67AE85u)

// 53 bits of two words, in [0, 1).
FT_FN double ft_unit_d(unsigned high, unsigned low) {
    return (double)(((unsigned long long)high << 32 | low) >> 11) * 0x1p-53;
}

typedef struct {
    unsigned long long seed, block;
    double other;
    bool has_other;
} ft_units;

FT_FN ft_units ft_units_of(double seed) {
    ft_units units = {(unsigned long long)(seed * 0x1p53), 0, 0, false};
    return units;
}

// The stream's next number uniform in [0, 1); a block makes two.
FT_FN double ft_next_unit(ft_units *units) {
    if (units->has_other) {
        units->has_other = false;
        return units->other;
    }
    unsigned a = (unsigned)units->block, b = (unsigned)(units->block >> 32), c = 0, d = 0;
    unsigned key_0 = (unsigned)units->seed, key_1 = (unsigned)(units->seed >> 32);
    for (int round = 0; round < 10; round++) {
        FT_PHILOX_ROUND(a, b, c, d, key_0, key_1);
        FT_PHILOX_NEXT_KEY(key_0, key_1);
    }
    units->block += 1;
    units->other = ft_unit_d(c, d);
    units->has_other = true;
    return ft_unit_d(a, b);
}

// ln of a draw from the gamma distribution of a concentration and rate 1: the logarithm doesn't
// vanish where the draw would. A concentration below 1 is raised by 1 and the draw multiplied by
// u^(1 / concentration). Marsaglia and Tsang, "A simple method for generating gamma variables",
// 2000.
static inline double ft_log_gamma_draw_d(double concentration, double seed) {
    if (!(concentration > 0 && concentration < FT_INF_D)) return FT_INF_D - FT_INF_D;
    ft_units units = ft_units_of(seed);
    double shift = 0, shape = concentration;
    if (shape < 1) {
        shift = log(1 - ft_next_unit(&units)) / shape;
        shape += 1;
    }
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double radius = sqrt(-2 * log(1 - ft_next_unit(&units)));
        double x = radius * cos(2 * FT_PI * ft_next_unit(&units));
        double u = 1 - ft_next_unit(&units), root = 1 + c * x;
        if (root <= 0) continue;
        double v = root * root * root, log_v = 3 * log(root);
        if (log(u) < 0.5 * x * x + d - d * v + d * log_v) return log(d) + log_v + shift;
    }
}

// The derivative of a draw's logarithm y by the concentration a, at a fixed place of the
// distribution function P: -(dP/da) / (dP/dy), by the series P ∝ Σ T[n], T[n] = x^n / ((a + 1) ...
// (a + n)), x = e^y: (1/a) Σ T[n] (ψ(a + n + 1) - y). For large a by the expansion of x in z, a
// normal variable (Cornish and Fisher 1938): x = a + z √a + (z² - 1)/3 + (z³ - 7z)/(36 √a) - (3z⁴ +
// 7z² - 16)/(810 a).
static inline double ft_log_gamma_slope_d(double a, double y) {
    if (!(a > 0 && a < FT_INF_D && y < FT_INF_D)) return FT_INF_D - FT_INF_D;
    double x = exp(y);
    if (a > 1e4) {
        double root = sqrt(a), z = (x - a) / root;
        for (int turn = 0; turn < 12; turn++) {
            double z2 = z * z;
            double rest = (z2 - 1) / 3 + z * (z2 - 7) / (36 * root);
            rest -= (3 * z2 * z2 + 7 * z2 - 16) / (810 * a);
            z = (x - a - rest) / root;
        }
        double z2 = z * z, slope = 1 + z / (2 * root) - z * (z2 - 7) / (72 * a * root);
        return (slope + (3 * z2 * z2 + 7 * z2 - 16) / (810 * a * a)) / x;
    }
    double term = 1, place = a + 1, gap = ft_digamma_d(place) - y, sum = gap, size = fabs(gap);
    for (int n = 0; n < 100000; n++) {
        term *= x / place;
        gap += 1 / place;
        place += 1;
        sum += term * gap;
        size += term * fabs(gap);
        if (x < place && term * fabs(gap) < 1e-17 * size) break;
    }
    return sum / a;
}

// A draw from the Poisson distribution: below a rate of 10 by multiplying uniform numbers (Knuth,
// "The art of computer programming", volume 2, 3.4.1), else by the algorithm PTRS of Hörmann, "The
// transformed rejection method for generating Poisson random variables", 1993.
static inline double ft_poisson_draw_d(double rate, double seed) {
    if (!(rate >= 0 && rate < FT_INF_D)) return FT_INF_D - FT_INF_D;
    ft_units units = ft_units_of(seed);
    if (rate < 10) {
        double least = exp(-rate), product = ft_next_unit(&units), count = 0;
        for (; product > least; count++) product *= ft_next_unit(&units);
        return count;
    }
    double log_rate = log(rate), b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
    double log_alpha = log(1.1239 + 1.1328 / (b - 3.4)), inside = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = ft_next_unit(&units) - 0.5, v = ft_next_unit(&units);
        double edge = 0.5 - fabs(u), count = floor((2 * a / edge + b) * u + rate + 0.43);
        if (edge >= 0.07 && v <= inside) return count;
        if (count < 0 || (edge < 0.013 && v > edge)) continue;
        double height = log(v) + log_alpha - log(a / (edge * edge) + b);
        if (height <= count * log_rate - rate - ft_lgamma_d(count + 1)) return count;
    }
}

#define FT_ROUNDED_DRAW(name)                                                                      \
    FT_FN float ft_##name##_f(float x, float y) { return (float)ft_##name##_d(x, y); }
FT_ROUNDED_DRAW(log_gamma_draw)
FT_ROUNDED_DRAW(log_gamma_slope)
FT_ROUNDED_DRAW(poisson_draw)
