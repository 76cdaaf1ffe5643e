// Float versions of the transcendental functions; included by scalar_math.h. The coefficients are
// weighted minimax fits computed for this file, rounded to float.
#pragma once

// Adding and subtracting 1.5 * 2^23 rounds to an integer, which also stands in the low bits.
#define FT_ROUNDER 12582912.0f

// x = count * log 2 + rest with |rest| <= log(2) / 2; the first part of log 2 has few enough bits
// for its product with the count to be exact.
FT_FN float ft_exp_reduce_f(float x, unsigned *count) {
    float shifted = x * 1.44269504f + FT_ROUNDER;
    float n = shifted - FT_ROUNDER;
    *count = ft_bits(shifted) - ft_bits(FT_ROUNDER);
    float rest = x - n * 0.693359375f;
    return rest - n * -2.12194440e-4f;
}

// exp(r) - 1 for |r| <= log(2) / 2.
FT_FN float ft_exp_core_f(float r) {
    float p = 0.000199139497f;
    p = p * r + 0.00139412913f;
    p = p * r + 0.00833327323f;
    p = p * r + 0.0416663513f;
    p = p * r + 0.166666672f;
    p = p * r + 0.5f;
    return (r * r) * p + r;
}

// 2^n for -126 <= n <= 127.
FT_FN float ft_power_of_two_f(unsigned n) { return ft_from_bits((n + 127) << 23); }

// 2^n * exp(r). Two factors reach both infinity and the denormals with one rounding.
FT_FN float ft_exp_finish_f(float r, unsigned n) {
    unsigned half = (unsigned)((int)n >> 1);
    float y = 1.0f + ft_exp_core_f(r);
    return y * ft_power_of_two_f(half) * ft_power_of_two_f(n - half);
}

FT_FN float ft_exp_f(float x) {
    // Beyond these bounds the result is infinite or zero; NaN passes both comparisons. Zeros are
    // chosen, since processors take a hundred times as long for products that underflow.
    bool vanishes = x < -104.0f;
    x = x > 89.0f ? 89.0f : x;
    x = vanishes ? 0.0f : x;
    unsigned n;
    float r = ft_exp_reduce_f(x, &n);
    return vanishes ? 0.0f : ft_exp_finish_f(r, n);
}

FT_FN float ft_exp2_f(float x) {
    bool vanishes = x < -151.0f;
    x = x > 129.0f ? 129.0f : x;
    x = vanishes ? 0.0f : x;
    float shifted = x + FT_ROUNDER;
    float rest = x - (shifted - FT_ROUNDER);
    float y = ft_exp_finish_f(rest * 0.693147181f, ft_bits(shifted) - ft_bits(FT_ROUNDER));
    return vanishes ? 0.0f : y;
}

FT_FN float ft_expm1_f(float x) {
    float original = x;
    x = x > 89.0f ? 89.0f : x;
    x = x < -18.0f ? -18.0f : x;
    unsigned n;
    float r = ft_exp_reduce_f(x, &n);
    // Half of 2^n, so that n = 128 does not overflow early.
    float scale = ft_power_of_two_f(n - 1);
    float y = scale * ft_exp_core_f(r) + (scale - 0.5f);
    y = y + y;
    return fabsf(original) < 1e-8f ? original : y;
}

// log(1 + f) for 1 + f in [sqrt(1/2), sqrt 2], without its first term f.
FT_FN float ft_log_core_f(float f) {
    float p = 0.0692927241f;
    p = p * f + -0.118033662f;
    p = p * f + 0.118742213f;
    p = p * f + -0.123823017f;
    p = p * f + 0.142182395f;
    p = p * f + -0.166693449f;
    p = p * f + 0.200022489f;
    p = p * f + -0.249999851f;
    p = p * f + 0.333333105f;
    float square = f * f;
    return (square * f) * p - 0.5f * square;
}

// x = 2^exponent * (1 + f) with 1 + f in [sqrt(1/2), sqrt 2), for positive finite normal x.
FT_FN float ft_log_split_f(float x, int *exponent) {
    unsigned offset = ft_bits(x) - 0x3f3504f3u;
    *exponent = (int)offset >> 23;
    return ft_from_bits((offset & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
}

// Replaces what the arithmetic does not reach: 0, negative numbers, infinity and NaN.
FT_FN float ft_log_special_f(float x, float y) {
    y = x == 0 ? -FT_INF_F : y;
    y = x < 0 ? FT_INF_F - FT_INF_F : y;
    return x < FT_INF_F ? y : x;
}

// Denormals are scaled up; the exponent is corrected for it.
FT_FN float ft_log_parts_f(float x, float *exponent) {
    int n, tiny = x < 1.17549435e-38f;
    float f = ft_log_split_f(tiny ? x * 8388608.0f : x, &n);
    *exponent = (float)(tiny ? n - 23 : n);
    return f;
}

FT_FN float ft_log_f(float x) {
    float n, f = ft_log_parts_f(x, &n);
    float small = ft_log_core_f(f) + n * -2.12194440e-4f;
    return ft_log_special_f(x, n * 0.693359375f + (small + f));
}

FT_FN float ft_log2_f(float x) {
    float n, f = ft_log_parts_f(x, &n);
    float rest = ft_log_core_f(f);
    // log2(e) = 1 + 0.4427; the leading one costs no rounding.
    float small = (f + rest) * 0.442695041f + rest;
    return ft_log_special_f(x, n + (small + f));
}

FT_FN float ft_log10_f(float x) {
    float n, f = ft_log_parts_f(x, &n);
    float y = (ft_log_core_f(f) + f) * 0.434294482f;
    y = n * 4.60503904e-6f + y;
    return ft_log_special_f(x, n * 0.301025391f + y);
}

FT_FN float ft_log1p_f(float x) {
    float u = 1.0f + x;
    int n;
    float f = ft_log_split_f(u, &n);
    // What the addition lost, scaled like the mantissa; beyond 2^60 it is nothing.
    float lost = n > 60 ? 0 : x - (u - 1.0f);
    f = f + lost * ft_power_of_two_f(n > 60 ? 0 : 0u - (unsigned)n);
    float count = (float)n;
    float small = ft_log_core_f(f) + count * -2.12194440e-4f;
    float y = count * 0.693359375f + (small + f);
    y = u == 0 ? -FT_INF_F : y;
    y = u < 0 ? FT_INF_F - FT_INF_F : y;
    y = x == 0 ? x : y;
    return x < FT_INF_F ? y : x;
}

// exp(-t) for t >= 0. With so narrow a range 2^n is one factor, and a constant brings denormals.
FT_FN float ft_exp_falling_f(float t) {
    bool vanishes = t > 104.0f;
    unsigned n;
    float r = ft_exp_reduce_f(vanishes ? 0.0f : -t, &n);
    float y = (1.0f + ft_exp_core_f(r)) * ft_power_of_two_f(n + 24);
    return vanishes ? 0.0f : y * 5.9604644775390625e-8f;
}

FT_FN float ft_sigmoid_f(float x) {
    float tail = ft_exp_falling_f(fabsf(x));
    return (x >= 0 ? 1.0f : tail) / (1.0f + tail);
}

// -t / (2 + t) with t = exp(-2 |x|) - 1, in halves of t.
FT_FN float ft_tanh_f(float x) {
    float least = -2.0f * fabsf(x);
    least = least < -18.0f ? -18.0f : least;
    unsigned n;
    float r = ft_exp_reduce_f(least, &n);
    float scale = ft_power_of_two_f(n - 1);
    float half = scale * ft_exp_core_f(r) + (scale - 0.5f);
    return copysignf(half / (1.0f + half), x);
}

// Sine and cosine. The quarter turns are subtracted in double: the first part of pi/2 has 33 bits,
// so its product with a count below 2^20 is exact.
FT_FN float ft_sin_core_f(float r) {
    float s = r * r, p = 2.71787485e-06f;
    p = p * s + -0.000198392896f;
    p = p * s + 0.00833332911f;
    p = p * s + -0.166666672f;
    return (s * r) * p + r;
}
FT_FN float ft_cos_core_f(float r) {
    float s = r * r, p = -2.7206184e-07f;
    p = p * s + 2.47994722e-05f;
    p = p * s + -0.00138888834f;
    p = p * s + 0.0416666679f;
    return (s * s) * p + (1.0f - 0.5f * s);
}
FT_FN float ft_quarter_turns_f(float x, unsigned *quadrant) {
    double wide = x;
    double shifted = wide * 0.63661977236758134308 + 6755399441055744.0;
    double n = shifted - 6755399441055744.0;
    // The count stands in the low bits of a float as well: |n| < 2^22.
    *quadrant = ft_bits((float)n + FT_ROUNDER);
    double rest = wide - n * 1.57079632673412561417;
    return (float)(rest - n * 6.07710050650619224932e-11);
}
// The sine of r plus a number of quarter turns.
FT_FN float ft_sin_quadrant_f(float r, unsigned quadrant) {
    float sine = ft_sin_core_f(r), cosine = ft_cos_core_f(r);
    float y = quadrant & 1 ? cosine : sine;
    return ft_from_bits(ft_bits(y) ^ (quadrant & 2) << 30);
}
FT_FN float ft_fast_sin_f(float x) {
    unsigned quadrant;
    float r = ft_quarter_turns_f(x, &quadrant);
    return ft_sin_quadrant_f(r, quadrant);
}
FT_FN float ft_fast_cos_f(float x) {
    unsigned quadrant;
    float r = ft_quarter_turns_f(x, &quadrant);
    return ft_sin_quadrant_f(r, quadrant + 1);
}

FT_FN float ft_erf_f(float x) {
    float s = x * x, near = 8.18524859e-05f;
    near = near * s + -0.000809774909f;
    near = near * s + 0.00519695738f;
    near = near * s + -0.0268577076f;
    near = near * s + 0.112836644f;
    near = near * s + -0.376126319f;
    near = near * s + 0.128379166f;
    near = near * x + x;
    // log(1 - erf t) as a polynomial without constant term.
    float t = fabsf(x);
    t = t > 4.0f ? 4.0f : t;
    float far = 2.36024653e-06f;
    far = far * t + -3.75265845e-05f;
    far = far * t + 0.000237831031f;
    far = far * t + -0.000583499146f;
    far = far * t + -0.00165684812f;
    far = far * t + 0.0210716482f;
    far = far * t + -0.104029566f;
    far = far * t + -0.636156142f;
    far = far * t + -1.12845373f;
    far = 1.0f - ft_exp_f(far * t);
    return t > 0.92f ? copysignf(far, x) : near;
}

// exp(-x^2 / 2). The square is taken in two parts, because exp would magnify its rounding error.
FT_FN float ft_gauss_f(float x) {
    float t = fabsf(x);
    t = t > 15.0f ? 15.0f : t;
    float high = ft_from_bits(ft_bits(t) & 0xfffff000u);
    float low = (t - high) * (t + high);
    unsigned n;
    float r = ft_exp_reduce_f(-0.5f * (high * high), &n);
    return ft_exp_finish_f(r - 0.5f * low, n);
}

FT_FN float ft_normal_density_f(float x) { return 0.398942280f * ft_gauss_f(x); }

// The distribution function of the standard normal; accurate in the lower tail too.
FT_FN float ft_normal_cdf_f(float x) {
    float t = fabsf(x);
    t = t > 15.0f ? 15.0f : t;
    float inverse = 1.0f / (t + 3.0f);
    float q = (t - 3.0f) * inverse;
    float p = 5.44554387e-05f;
    p = p * q + 0.000131254463f;
    p = p * q + -0.000244754861f;
    p = p * q + -0.00103252474f;
    p = p * q + 0.00102478394f;
    p = p * q + 0.00696930243f;
    p = p * q + -0.0104625206f;
    p = p * q + -0.0472626872f;
    p = p * q + 0.230017707f;
    p = p * q + -0.509332001f;
    p = p * q + 0.729083717f;
    float tail = p * inverse * ft_gauss_f(x);
    return x < 0 ? tail : 1.0f - tail;
}
