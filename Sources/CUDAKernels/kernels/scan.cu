// Running reductions along rows, and the product of the other elements.
#include "reducers.cuh"
#include "rows.cuh"

// The parts of a team's threads up to each of them, joined in order; `all` becomes the joined parts
// of all. Called by all threads of the team.
template <class A> FT_DEVICE A team_scanned(const team &t, int op, A mine, A *all) {
    int lane = threadIdx.x % FT_WARP, warp = threadIdx.x / FT_WARP;
    for (int by = 1; by < FT_WARP; by *= 2) {
        A other = __shfl_up_sync(0xffffffffu, mine, by);
        if (lane >= by) mine = reducer_join(op, other, mine);
    }
    if (t.size == FT_WARP) {
        *all = __shfl_sync(0xffffffffu, mine, FT_WARP - 1);
        return mine;
    }
    __shared__ A parts[FT_WARPS];
    if (lane == FT_WARP - 1) parts[warp] = mine;
    __syncthreads();
    A before = reducer_start(op, A()), total = before;
    for (int k = 0; k < FT_WARPS; k++) {
        if (k == warp) before = total;
        total = k == 0 ? parts[0] : reducer_join(op, total, parts[k]);
    }
    if (warp > 0) mine = reducer_join(op, before, mine);
    __syncthreads();
    *all = total;
    return mine;
}

template <class T> FT_DEVICE void store_running(const ft_cuda_rows &arguments, int64_t at, T x) {
    if (arguments.out_dtype == FT_BOOL) ((truth *)arguments.out)[at] = narrowed<truth>::of(x);
    if constexpr ((T)0.5 != (T)0) {
        if (arguments.out_dtype == FT_F32) ((float *)arguments.out)[at] = (float)x;
        if (arguments.out_dtype == FT_F64) ((double *)arguments.out)[at] = x;
        if (arguments.out_dtype == FT_F16) ((half16 *)arguments.out)[at] = narrowed<half16>::of(x);
        if (arguments.out_dtype == FT_BF16) {
            ((bhalf16 *)arguments.out)[at] = narrowed<bhalf16>::of(x);
        }
    } else {
        int dtype = arguments.out_dtype;
        if (dtype == FT_I8 || dtype == FT_U8) ((uint8_t *)arguments.out)[at] = (uint8_t)x;
        if (dtype == FT_I16 || dtype == FT_U16) ((uint16_t *)arguments.out)[at] = (uint16_t)x;
        if (dtype == FT_I32 || dtype == FT_U32) ((uint32_t *)arguments.out)[at] = (uint32_t)x;
        if (dtype == FT_I64 || dtype == FT_U64) ((uint64_t *)arguments.out)[at] = (uint64_t)x;
    }
}

template <class T> FT_DEVICE void scan_row(const ft_cuda_rows &arguments, const team &t,
                                           int64_t row) {
    typedef typename accumulated<T>::type A;
    int op = FT_OP_OF(arguments);
    const T *x = (const T *)arguments.x + row * arguments.n;
    A carried = reducer_start(op, A());
    for (int64_t block = 0; block < arguments.n; block += t.size) {
        int64_t i = block + t.rank;
        A mine = reducer_start(op, A()), all;
        if (i < arguments.n) mine = reducer_take(op, mine, (A)element<T>::load(x[i]));
        mine = team_scanned(t, op, mine, &all);
        if (block > 0) mine = reducer_join(op, carried, mine);
        if (i < arguments.n) store_running(arguments, row * arguments.n + i, mine);
        carried = block > 0 ? reducer_join(op, carried, all) : all;
    }
}

FT_KERNEL(scan, ft_cuda_rows) {
    team t = team_of(arguments.n);
    for_all(arguments.dtype, [&](auto like) {
        for (int64_t row = t.first; row < arguments.rows; row += t.step) {
            scan_row<decltype(like)>(arguments, t, row);
        }
    });
}

// Factors that are finite and not 0 have the product mantissa 2^exponent in magnitude.
struct factors {
    double mantissa;
    int64_t exponent, zeros, infinities, nans;
    bool negative;
};

FT_DEVICE bool is_negative(double x) { return __double_as_longlong(x) < 0; }

FT_DEVICE void add_factor(factors *all, double x) {
    if (x != x) {
        all->nans++;
        return;
    }
    bool infinite = fabs(x) == FT_INF_D;
    all->negative ^= is_negative(x);
    all->zeros += x == 0;
    all->infinities += infinite;
    if (x == 0 || infinite) return;
    int exponent;
    all->mantissa *= frexp(fabs(x), &exponent);
    all->exponent += exponent;
    if (all->mantissa < 0x1p-900) {
        all->mantissa = frexp(all->mantissa, &exponent);
        all->exponent += exponent;
    }
}

FT_DEVICE double without_factor(const factors &all, double x) {
    bool nan = x != x, infinite = fabs(x) == FT_INF_D;
    int64_t zeros = all.zeros - (x == 0), infinities = all.infinities - infinite;
    if (all.nans > nan || (zeros && infinities)) return FT_INF_D - FT_INF_D;
    double result = zeros ? 0 : FT_INF_D;
    if (!zeros && !infinities) {
        double mantissa = all.mantissa;
        int own = 0;
        if (!nan && !infinite && x != 0) mantissa /= frexp(fabs(x), &own);
        int64_t exponent = all.exponent - own;
        result = exponent < -1100 ? 0 : exponent > 2100 ? FT_INF_D : ldexp(mantissa, (int)exponent);
    }
    bool negative = all.negative ^ (!nan && is_negative(x));
    return negative ? -result : result;
}

struct multiply {
    __device__ __forceinline__ double operator()(double x, double y) const { return x * y; }
};

// Where the product of all is an ordinary number it is divided by each; otherwise every thread
// counts zeros and infinities, and keeps exponents apart.
template <class T>
FT_DEVICE void others_row(const ft_cuda_rows &arguments, const team &t, int64_t row) {
    const T *x = (const T *)arguments.x + row * arguments.n;
    T *y = (T *)arguments.out + row * arguments.n;
    double product = 1;
    for (int64_t i = t.rank; i < arguments.n; i += t.size) product *= (double)x[i];
    product = team_joined(t, product, multiply());
    bool normal = fabs(product) >= 2.2250738585072014e-308 && fabs(product) < FT_INF_D;
    factors all = {1, 0, 0, 0, 0, false};
    if (!normal) {
        for (int64_t i = 0; i < arguments.n; i++) add_factor(&all, (double)x[i]);
    }
    for (int64_t i = t.rank; i < arguments.n; i += t.size) {
        double value = (double)x[i];
        y[i] = (T)(normal ? product / value : without_factor(all, value));
    }
}

FT_KERNEL(product_of_others, ft_cuda_rows) {
    team t = team_of(arguments.n);
    for_reals(arguments.dtype, [&](auto like) {
        for (int64_t row = t.first; row < arguments.rows; row += t.step) {
            others_row<decltype(like)>(arguments, t, row);
        }
    });
}
