// Reductions over any axes of any layout, of elements or of a function of them.
//
// A block takes a number of kept elements, `lanes`, and 256 / lanes threads each. Thread t of them
// takes the elements t, t + threads, … of a piece in order, or groups of 16 bytes where they are
// neighbours in memory; then the threads' parts are joined two by two: an order that depends on
// sizes and strides alone.
#include "functions.cuh"
#include "joins.cuh"
#include "loops.cuh"
#include "reducers.cuh"

#ifdef FT_MAP
#define FT_MAP_OF(arguments) (FT_MAP)
#else
#define FT_MAP_OF(arguments) ((arguments).map)
#endif

#ifdef FT_SECOND
#define FT_SECOND_OF(arguments) (FT_SECOND)
#else
#define FT_SECOND_OF(arguments) ((arguments).second_dtype)
#endif

// The element y[at] of one of the float dtypes.
template <class C> FT_DEVICE C second_float(int dtype, const void *y, int64_t at) {
    if (dtype == FT_F32) return (C)((const float *)y)[at];
    if (dtype == FT_F64) return (C)((const double *)y)[at];
    if (dtype == FT_F16) return (C)widened(((const half16 *)y)[at]);
    return (C)widened(((const bhalf16 *)y)[at]);
}
template <bool is_float, class C> struct second_operand {
    static __device__ __forceinline__ C load(int dtype, const void *y, int64_t at) {
        return second_float<C>(dtype, y, at);
    }
};
template <class C> struct second_operand<false, C> {
    static __device__ __forceinline__ C load(int, const void *y, int64_t at) {
        return ((const C *)y)[at];
    }
};

// Elements as they enter a reduction: of type T, computed in C, accumulated in A.
template <class T, class C> struct mapped {
    typedef typename accumulated<T>::type A;
    static const bool is_float = (A)0.5 != (A)0;

    static __device__ __forceinline__ A at(const ft_cuda_reduce &r, int64_t x, int64_t y) {
        return of(r, ((const T *)r.x)[x], y);
    }
    static __device__ __forceinline__ A of(const ft_cuda_reduce &r, T x, int64_t y) {
        C value = (C)element<T>::load(x);
        int map = FT_MAP_OF(r), function = FT_FUNCTION_OF(r);
        if (map == FT_CUDA_MAP_UNARY) {
            value = unary_value(function, value, (C)r.p0, (C)r.p1);
        } else if (map == FT_CUDA_MAP_BINARY) {
            C other = second_operand<is_float, C>::load(FT_SECOND_OF(r), r.y, y);
            value = binary_value(function, value, other, (C)r.p0);
        }
        return (A)value;
    }
};

// Accumulators become elements of the output.
template <class A> FT_DEVICE void store_result(const ft_cuda_reduce &r, int64_t kept, A total) {
    total = reducer_finish(FT_OP_OF(r), total, r.reduced_count);
    int64_t at = place_of(r.kept, kept).c;
    if (r.out_dtype == FT_BOOL) ((truth *)r.out)[at] = narrowed<truth>::of(total);
    if constexpr ((A)0.5 != (A)0) {
        if (r.out_dtype == FT_F32) ((float *)r.out)[at] = narrowed<float>::of(total);
        if (r.out_dtype == FT_F64) ((double *)r.out)[at] = narrowed<double>::of(total);
        if (r.out_dtype == FT_F16) ((half16 *)r.out)[at] = narrowed<half16>::of(total);
        if (r.out_dtype == FT_BF16) ((bhalf16 *)r.out)[at] = narrowed<bhalf16>::of(total);
    } else {
        // What is narrower than an accumulator are extremes, which fit.
        if (r.out_dtype == FT_I8 || r.out_dtype == FT_U8) ((uint8_t *)r.out)[at] = (uint8_t)total;
        if (r.out_dtype == FT_I16 || r.out_dtype == FT_U16) ((int16_t *)r.out)[at] = (int16_t)total;
        if (r.out_dtype == FT_I32 || r.out_dtype == FT_U32) ((int32_t *)r.out)[at] = (int32_t)total;
        if (r.out_dtype == FT_I64 || r.out_dtype == FT_U64) ((int64_t *)r.out)[at] = (int64_t)total;
    }
}

// Joins what the threads of each lane have; thread 0 of a lane gets it all. Called by all threads.
template <class A> FT_DEVICE A joined(int op, A mine, int lane, int thread, int lanes) {
    __shared__ A parts[FT_THREADS];
    int threads = FT_THREADS / lanes;
    A *part = parts + lane * threads;
    part[thread] = mine;
    __syncthreads();
    for (int half = threads / 2; half > 0; half /= 2) {
        if (thread < half) part[thread] = reducer_join(op, part[thread], part[thread + half]);
        __syncthreads();
    }
    A result = part[0];
    __syncthreads();
    return result;
}

template <class T, class C> FT_DEVICE void reduce_tiles(const ft_cuda_reduce &r) {
    typedef mapped<T, C> from;
    typedef typename from::A A;
    int op = FT_OP_OF(r), lanes = (int)r.lanes, threads = FT_THREADS / lanes;
    int lane = r.by_columns ? threadIdx.x % lanes : threadIdx.x / threads;
    int thread = r.by_columns ? threadIdx.x / lanes : threadIdx.x % threads;
    int64_t tiles = ceil_div(r.kept_count, lanes);
    for (int64_t b = blockIdx.x; b < tiles * r.pieces; b += gridDim.x) {
        int64_t kept = b % tiles * lanes + lane, piece = b / tiles;
        int64_t end = least(r.reduced_count, (piece + 1) * r.piece);
        A total = reducer_start(op, A());
        if (kept < r.kept_count) {
            place base = place_of(r.kept, kept);
            int64_t first = piece * r.piece + thread;
            if (r.reduced.rank == 1 && r.reduced.a[0] == 1) {
                // Groups of neighbours, by strides alone and not by where they lie.
                constexpr int V = 16 / sizeof(T);
                int64_t step = r.reduced.b[0];
                const T *x = (const T *)r.x + base.a;
#pragma unroll 2
                for (int64_t i = piece * r.piece + thread * V; i < end; i += threads * V) {
                    int n = (int)least(V, end - i);
                    pack<T, V> group = read<V>(x + i, 1, n);
#pragma unroll
                    for (int j = 0; j < V; j++) {
                        if (j >= n) continue;
                        A value = from::of(r, group.at[j], base.b + (i + j) * step);
                        total = reducer_take(op, total, value);
                    }
                }
            } else if (r.reduced.rank <= 1) {
                place step = inner_steps(r.reduced);
#pragma unroll 4
                for (int64_t i = first; i < end; i += threads) {
                    A x = from::at(r, base.a + i * step.a, base.b + i * step.b);
                    total = reducer_take(op, total, x);
                }
            } else {
#pragma unroll 1
                for (int64_t i = first; i < end; i += threads) {
                    place step = place_of(r.reduced, i);
                    A x = from::at(r, base.a + step.a, base.b + step.b);
                    total = reducer_take(op, total, x);
                }
            }
        }
        total = joined(op, total, lane, thread, lanes);
        if (kept >= r.kept_count || thread > 0) continue;
        if (r.pieces > 1) {
            ((A *)r.partial)[piece * r.kept_count + kept] = total;
        } else {
            store_result(r, kept, total);
        }
    }
}

// 5 blocks a multiprocessor; loads of 16 bytes.
FT_KERNEL(reduce, ft_cuda_reduce) {
    bool wide = FT_MAP_OF(arguments) == FT_CUDA_MAP_BINARY && FT_SECOND_OF(arguments) == FT_F64;
    for_all(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        typedef typename element<T>::compute C;
        // A map of floats of two dtypes is computed in the wider.
        if constexpr (sizeof(C) == 4 && mapped<T, C>::is_float) {
            if (wide) {
                reduce_tiles<T, double>(arguments);
                return;
            }
        }
        reduce_tiles<T, C>(arguments);
    });
}

FT_KERNEL(reduce_join, ft_cuda_reduce) {
    const ft_cuda_reduce &r = arguments;
    for_all(r.dtype, [&](auto like) {
        typedef typename accumulated<decltype(like)>::type A;
        int op = FT_OP_OF(r);
        join_pieces((const A *)r.partial, r.pieces, r.kept_count, reducer_start(op, A()),
                    [&](A a, A b) { return reducer_join(op, a, b); },
                    [&](int64_t kept, A total) { store_result(r, kept, total); });
    });
}
