// Special functions without a place in the C library, in double; the float versions round once.
// Included by scalar_math.h.
#pragma once

#define FT_PI 3.14159265358979323846

// ln |gamma x|. The library's lgamma stores a sign in a global, which threads would fight over.
FT_FN double ft_lgamma_d(double x) {
#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
    return lgamma(x);
#else
    int sign;
    return lgamma_r(x, &sign);
#endif
}

// The derivative of ln gamma: raised to 10 by its recurrence, then its asymptotic series. Below 0
// by reflection.
FT_FN double ft_digamma_d(double x) {
    if (x == 0) return copysign(FT_INF_D, -x);
    double y = 0;
    if (x < 0) {
        if (x == floor(x)) return FT_INF_D - FT_INF_D;
        y = -FT_PI / tan(FT_PI * (x - trunc(x)));
        x = 1 - x;
    }
    for (; x < 10; x += 1) y -= 1 / x;
    double z = 1 / (x * x), tail = 1.0 / 12;
    tail = 691.0 / 32760 - z * tail;
    tail = 1.0 / 132 - z * tail;
    tail = 1.0 / 240 - z * tail;
    tail = 1.0 / 252 - z * tail;
    tail = 1.0 / 120 - z * tail;
    tail = 1.0 / 12 - z * tail;
    return y + log(x) - 0.5 / x - z * tail;
}

// The sum of (q + k)^-s for q > 0: nine terms and more, until q + k > 9, then Euler and Maclaurin.
FT_FN double ft_zeta_right_d(double s, double q) {
    // (2j)! over the Bernoulli number of 2j.
    const double divisor[12] = {
        12, -720, 30240, -1209600, 47900160, -1.8924375803183791606e9, 7.47242496e10,
        -2.950130727918164224e12, 1.1646782814350067249e14, -4.5979787224074726105e15,
        1.8152105401943546773e17, -7.1661652561756670113e18,
    };
    if (q == FT_INF_D) return 0;
    double sum = pow(q, -s), term = sum;
    for (int k = 0; k < 9 || q <= 9; k++) {
        q += 1;
        term = pow(q, -s);
        sum += term;
        if (term < 1e-17 * sum) return sum;
    }
    sum += term * q / (s - 1) - 0.5 * term;
    double rising = s;
    term /= q;
    for (int j = 0; j < 12; j++) {
        double next = rising * term / divisor[j];
        sum += next;
        if (fabs(next) < 1e-17 * fabs(sum)) break;
        rising *= (s + 2 * j + 1) * (s + 2 * j + 2);
        term /= q * q;
    }
    return sum;
}

// Hurwitz's zeta function, for s > 1; s is whole where q < 0, and the terms below 0 are those of
// two sums above.
FT_FN double ft_zeta_d(double s, double q) {
    if (s != s || q != q) return s + q;
    if (s == 1) return FT_INF_D;
    if (s < 1) return FT_INF_D - FT_INF_D;
    if (q > 0) return ft_zeta_right_d(s, q);
    double fraction = q - floor(q);
    if (q + FT_INF_D != FT_INF_D) return FT_INF_D - FT_INF_D;
    if (fraction == 0) return FT_INF_D;
    if (s != floor(s)) return FT_INF_D - FT_INF_D;
    double below = ft_zeta_right_d(s, 1 - fraction) - ft_zeta_right_d(s, 1 - q);
    return ft_zeta_right_d(s, fraction) + (fmod(s, 2) == 0 ? below : -below);
}

// The inverse of erf: Giles' rational approximations, then two steps of Newton's method, which in
// the tails compare erfc, for there erf has no digits left.
FT_FN double ft_erfinv_d(double y) {
    double t = fabs(y), x;
    if (!(t <= 1)) return FT_INF_D - FT_INF_D;
    if (t == 1) return copysign(FT_INF_D, y);
    if (t <= 0.7) {
        double z = t * t;
        double over = ((-0.140543331 * z + 0.914624893) * z - 1.645349621) * z + 0.886226899;
        double under = ((0.012229801 * z - 0.329097515) * z + 1.442710462) * z - 2.118377725;
        x = t * over / (under * z + 1);
    } else {
        double z = sqrt(-log((1 - t) / 2));
        double over = ((1.641345311 * z + 3.429567803) * z - 1.624906493) * z - 1.970840454;
        x = over / ((1.637067800 * z + 3.543889200) * z + 1);
    }
    for (int step = 0; step < 2; step++) {
        double error = t <= 0.5 ? erf(x) - t : (1 - t) - erfc(x);
        x -= error / (1.12837916709551257390 * exp(-x * x));
    }
    return copysign(x, y);
}

// The modified Bessel function of the first kind, of order 0 or 1, over e^|x| if `scaled`: its
// power series, whose terms are all positive, and far from 0 its asymptotic one.
FT_FN double ft_bessel_d(int order, double x, bool scaled) {
    double t = fabs(x), sum, y;
    if (t < 30) {
        double square = t * t / 4, term = order ? t / 2 : 1;
        sum = term;
        for (int k = 1; term > 1e-17 * sum; k++) {
            term *= square / ((double)k * (k + order));
            sum += term;
        }
        y = scaled ? sum * exp(-t) : sum;
    } else if (t == FT_INF_D) {
        y = scaled ? 0 : t;
    } else {
        double term = 1;
        sum = 1;
        for (int k = 1; k < 40 && fabs(term) > 1e-17; k++) {
            double odd = 2 * k - 1;
            term *= (odd * odd - 4 * order) / (8 * k * t);
            sum += term;
        }
        y = sum / sqrt(2 * FT_PI * t);
        // e^t overflows a little before the function does.
        if (!scaled) y = y * exp(t / 2) * exp(t / 2);
    }
    return order && x < 0 ? -y : y;
}
FT_FN double ft_i0_d(double x) { return ft_bessel_d(0, x, false); }
FT_FN double ft_i1_d(double x) { return ft_bessel_d(1, x, false); }
FT_FN double ft_i0e_d(double x) { return ft_bessel_d(0, x, true); }
FT_FN double ft_i1e_d(double x) { return ft_bessel_d(1, x, true); }

#define FT_NARROWED(name) FT_FN float ft_##name##_f(float x) { return (float)ft_##name##_d(x); }
FT_NARROWED(lgamma)
FT_NARROWED(digamma)
FT_NARROWED(erfinv)
FT_NARROWED(i0)
FT_NARROWED(i1)
FT_NARROWED(i0e)
FT_NARROWED(i1e)
FT_FN float ft_zeta_f(float s, float q) { return (float)ft_zeta_d(s, q); }

// sin(pi x) / (pi x). Half turns are subtracted before the multiplication, where that is exact.
FT_FN float ft_sinc_f(float x) {
    float turn = x - 2.0f * rintf(x * 0.5f);
    float quarter = rintf(2.0f * turn);
    float r = (turn - 0.5f * quarter) * 3.14159265f;
    float y = ft_sin_quadrant_f(r, ft_bits(quarter + FT_ROUNDER)) / (x * 3.14159265f);
    return x == 0 ? 1.0f : y;
}
FT_FN double ft_sinc_d(double x) {
    double turn = x - 2 * rint(x * 0.5), quarter = rint(2 * turn);
    double r = (turn - 0.5 * quarter) * FT_PI;
    double y = quarter == 0 ? sin(r) : fabs(quarter) == 2 ? -sin(r) : quarter * cos(r);
    return x == 0 ? 1 : y / (x * FT_PI);
}
