// The channels of a batch [images, channels, pixels] brought to mean 0 and variance 1.
//
// What is summed over a channel is cut into pieces by sizes alone: a block has a piece, and
// channel_join adds them up in an order that the number of pieces gives. What is made of each
// element is made by warps, of FT_SEGMENT elements of a plane each.
#include "loops.cuh"
#include "rows.cuh"

constexpr int FT_SEGMENT = 1024;

// Whether groups of V elements of every plane lie at multiples of their size.
template <int V, class T> FT_DEVICE bool is_even(const ft_cuda_channels &c, bool writes) {
    uint64_t places = (uint64_t)c.x | (uint64_t)c.dy | (uint64_t)c.added;
    if (writes) places |= (uint64_t)c.out;
    return c.pixels % V == 0 && places % (V * sizeof(T)) == 0;
}

// Calls each(place in x, n) for this thread's groups of a piece of a channel: n is V, or 1 where
// planes have other sizes.
template <int V, class Count, class Each>
FT_DEVICE void for_piece_by(const ft_cuda_channels &c, int64_t channel, int64_t piece, Count n,
                            Each each) {
    int64_t begin = piece * c.piece, end = least(c.images * c.pixels, begin + c.piece);
    for (int64_t i = begin + threadIdx.x * n; i < end; i += FT_THREADS * n) {
        int64_t image = divided(i, c.pixels), pixel = i - image * c.pixels;
        each((image * c.channels + channel) * c.pixels + pixel, n);
    }
}
template <int V, class T, class Each>
FT_DEVICE void for_piece(const ft_cuda_channels &c, int64_t channel, int64_t piece, Each each) {
    if (is_even<V, T>(c, false)) return for_piece_by<V>(c, channel, piece, whole_group<V>(), each);
    for_piece_by<V>(c, channel, piece, c.pixels % V == 0 ? V : 1, each);
}

// How many elements a piece has.
FT_DEVICE double piece_count(const ft_cuda_channels &c, int64_t piece) {
    return (double)least(c.piece, c.images * c.pixels - piece * c.piece);
}

// Two sums of a channel, and those of its pieces.
FT_DEVICE double *sums_of(const ft_cuda_channels &c, int64_t channel) {
    return (double *)c.partial + 2 * channel;
}
FT_DEVICE double *piece_sums(const ft_cuda_channels &c, int64_t channel, int64_t piece) {
    return (double *)c.partial + 2 * ((piece + 1) * c.channels + channel);
}

// Elements are taken relative to one of them, so that equal ones, however large, have the
// variance 0.
template <class T> FT_DEVICE T first_of(const ft_cuda_channels &c, int64_t channel) {
    return ((const T *)c.x)[channel * c.pixels];
}

// The sum of a piece, and that of the squares about its own mean.
template <class T>
FT_DEVICE void moments_of(const ft_cuda_channels &c, int64_t channel, int64_t piece) {
    constexpr int V = 16 / sizeof(T);
    team block = {FT_THREADS, (int)threadIdx.x, 0, 1};
    const T *x = (const T *)c.x;
    T first = first_of<T>(c, channel);
    double total = 0, squares = 0;
    for_piece<V, T>(c, channel, piece, [&](int64_t at, auto n) {
        pack<T, V> group = read<V>(x + at, 1, n);
#pragma unroll
        for (int j = 0; j < V; j++) total += j < n ? (double)(group.at[j] - first) : 0.0;
    });
    total = team_joined(block, total, add_up());
    double mean = total / piece_count(c, piece);
    for_piece<V, T>(c, channel, piece, [&](int64_t at, auto n) {
        pack<T, V> group = read<V>(x + at, 1, n);
#pragma unroll
        for (int j = 0; j < V; j++) {
            double centred = (double)(group.at[j] - first) - mean;
            squares += j < n ? centred * centred : 0.0;
        }
    });
    squares = team_joined(block, squares, add_up());
    if (threadIdx.x > 0) return;
    piece_sums(c, channel, piece)[0] = total;
    piece_sums(c, channel, piece)[1] = squares;
}

// 6 blocks a multiprocessor; loads of 16 bytes.
FT_KERNEL(channel_moments, ft_cuda_channels) {
    int64_t all = arguments.channels * arguments.pieces;
    for_reals(arguments.dtype, [&](auto like) {
        for (int64_t k = blockIdx.x; k < all; k += gridDim.x) {
            moments_of<decltype(like)>(arguments, k % arguments.channels, k / arguments.channels);
        }
    });
}

// 1 / sqrt(variance + epsilon) of a channel.
template <class T> FT_DEVICE T batch_factor(const ft_cuda_channels &c, int64_t channel) {
    double variance = (double)((const T *)c.moments)[c.channels + channel];
    return (T)(1 / sqrt(variance + c.epsilon));
}

// What the elements of a channel have in common: factor is 1 / sqrt(variance + epsilon), and scale
// that times weight.
template <class T> struct channel_terms {
    T mean, factor, scale, shift;

    __device__ __forceinline__ channel_terms(const ft_cuda_channels &c, int64_t channel)
        : mean(((const T *)c.moments)[channel]), factor(batch_factor<T>(c, channel)),
          scale(c.weight ? factor * ((const T *)c.weight)[channel] : factor),
          shift(c.bias ? ((const T *)c.bias)[channel] : (T)0) {}

    __device__ __forceinline__ T normal(T x) const { return (x - mean) * scale + shift; }
    // The gradient dy where ReLU, if it follows, lets it pass.
    __device__ __forceinline__ T passed(const ft_cuda_channels &c, T x, T dy) const {
        return c.relu && normal(x) <= 0 ? (T)0 : dy;
    }
};

// dw = sum(dy z) and db = sum(dy) of a piece, with z = (x - mean) r, r = 1 / sqrt(variance +
// epsilon).
template <class T>
FT_DEVICE void gradients_of(const ft_cuda_channels &c, int64_t channel, int64_t piece) {
    constexpr int V = 16 / sizeof(T);
    team block = {FT_THREADS, (int)threadIdx.x, 0, 1};
    const channel_terms<T> terms(c, channel);
    double total = 0, along = 0;
    for_piece<V, T>(c, channel, piece, [&](int64_t at, auto n) {
        pack<T, V> xs = read<V>((const T *)c.x + at, 1, n);
        pack<T, V> dys = read<V>((const T *)c.dy + at, 1, n);
#pragma unroll
        for (int j = 0; j < V; j++) {
            if (j >= n) continue;
            T dy = terms.passed(c, xs.at[j], dys.at[j]);
            along += (double)((xs.at[j] - terms.mean) * terms.factor * dy);
            total += (double)dy;
        }
    });
    along = team_joined(block, along, add_up());
    total = team_joined(block, total, add_up());
    if (threadIdx.x > 0) return;
    piece_sums(c, channel, piece)[0] = along;
    piece_sums(c, channel, piece)[1] = total;
}

// 5 blocks a multiprocessor; loads of 16 bytes of 2 arrays.
FT_KERNEL(batch_norm_sums, ft_cuda_channels) {
    int64_t all = arguments.channels * arguments.pieces;
    for_reals(arguments.dtype, [&](auto like) {
        for (int64_t k = blockIdx.x; k < all; k += gridDim.x) {
            gradients_of<decltype(like)>(arguments, k % arguments.channels,
                                         k / arguments.channels);
        }
    });
}

// What a warp makes of a channel's pieces. Of moments: the mean, and the squares about it, which
// are those about the pieces' own means and those of the means about it.
template <class T> FT_DEVICE void join_channel(const ft_cuda_channels &c, int64_t channel) {
    int lane = threadIdx.x % FT_WARP;
    double first = 0, second = 0, count = (double)(c.images * c.pixels);
    for (int64_t k = lane; k < c.pieces; k += FT_WARP) {
        first += piece_sums(c, channel, k)[0];
        second += piece_sums(c, channel, k)[1];
    }
    first = warp_joined(first, add_up());
    second = warp_joined(second, add_up());
    if (c.part == FT_CUDA_CHANNEL_GRADIENTS) {
        T *sums = (T *)c.out + c.images * c.channels * c.pixels;
        if (lane > 0) return;
        sums_of(c, channel)[0] = first / count;
        sums_of(c, channel)[1] = second / count;
        sums[channel] = (T)first;
        sums[c.channels + channel] = (T)second;
        return;
    }
    double mean = first / count, apart = 0;
    if (c.pieces > 1) {
        for (int64_t k = lane; k < c.pieces; k += FT_WARP) {
            double size = piece_count(c, k), off = piece_sums(c, channel, k)[0] / size - mean;
            apart += size * off * off;
        }
        apart = warp_joined(apart, add_up());
    }
    if (lane > 0) return;
    ((T *)c.out)[channel] = (T)((double)first_of<T>(c, channel) + mean);
    ((T *)c.out)[c.channels + channel] = (T)((second + apart) / count);
}

FT_KERNEL(channel_join, ft_cuda_channels) {
    int64_t step = (int64_t)gridDim.x * FT_WARPS;
    int64_t first = (int64_t)blockIdx.x * FT_WARPS + threadIdx.x / FT_WARP;
    for_reals(arguments.dtype, [&](auto like) {
        for (int64_t k = first; k < arguments.channels; k += step) {
            join_channel<decltype(like)>(arguments, k);
        }
    });
}

// Calls each(place, n) for groups of one segment of a plane, by the lanes of a warp.
template <int V, class Each>
FT_DEVICE void for_segment(const ft_cuda_channels &c, bool even, int64_t plane, int64_t segment,
                           Each each) {
    int64_t begin = segment * FT_SEGMENT, end = least(c.pixels, begin + FT_SEGMENT);
    int64_t i = begin + threadIdx.x % FT_WARP * V;
    if (even) {
#pragma unroll 1
        for (; i < end; i += FT_WARP * V) each(plane * c.pixels + i, whole_group<V>());
    }
#pragma unroll 1
    for (; i < end; i += FT_WARP * V) each(plane * c.pixels + i, (int)least(V, end - i));
}
// Calls each(plane, channel, segment) for what a warp has to do.
template <class Each> FT_DEVICE void for_segments(const ft_cuda_channels &c, Each each) {
    int64_t segments = ceil_div(c.pixels, FT_SEGMENT), all = c.images * c.channels * segments;
    int64_t step = (int64_t)gridDim.x * FT_WARPS;
    int64_t first = (int64_t)blockIdx.x * FT_WARPS + threadIdx.x / FT_WARP;
    for (int64_t k = first; k < all; k += step) {
        int64_t plane = divided(k, segments), image = divided(plane, c.channels);
        each(plane, plane - image * c.channels, k - plane * segments);
    }
}

// y = (x - mean) / sqrt(variance + epsilon) weight + bias, then what is added, then ReLU.
// 8 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(batch_norm, ft_cuda_channels) {
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        constexpr int V = 16 / sizeof(T);
        const ft_cuda_channels &c = arguments;
        bool even = is_even<V, T>(c, true);
        for_segments(c, [&](int64_t plane, int64_t channel, int64_t segment) {
            const channel_terms<T> terms(c, channel);
            for_segment<V>(c, even, plane, segment, [&](int64_t at, auto n) {
                pack<T, V> group = read<V>((const T *)c.x + at, 1, n), more;
                if (c.added) more = read<V>((const T *)c.added + at, 1, n);
#pragma unroll
                for (int j = 0; j < V; j++) {
                    T value = terms.normal(group.at[j]);
                    if (c.added) value += more.at[j];
                    group.at[j] = c.relu && value < 0 ? (T)0 : value;
                }
                write<V>((T *)c.out + at, 1, n, group);
            });
        });
    });
}

// dx = (dy - db / n - z dw / n) r weight.
// 5 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(batch_norm_backward, ft_cuda_channels) {
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        constexpr int V = 16 / sizeof(T);
        const ft_cuda_channels &c = arguments;
        bool even = is_even<V, T>(c, true);
        for_segments(c, [&](int64_t plane, int64_t channel, int64_t segment) {
            const channel_terms<T> terms(c, channel);
            T slope = (T)sums_of(c, channel)[0], level = (T)sums_of(c, channel)[1];
            for_segment<V>(c, even, plane, segment, [&](int64_t at, auto n) {
                pack<T, V> xs = read<V>((const T *)c.x + at, 1, n);
                pack<T, V> dys = read<V>((const T *)c.dy + at, 1, n);
#pragma unroll
                for (int j = 0; j < V; j++) {
                    T z = (xs.at[j] - terms.mean) * terms.factor;
                    T dy = terms.passed(c, xs.at[j], dys.at[j]);
                    xs.at[j] = (dy - level - z * slope) * terms.scale;
                }
                write<V>((T *)c.out + at, 1, n, xs);
            });
        });
    });
}
