// The channels of a batch [images, channels, pixels] brought to mean 0 and variance 1. A block has
// a channel where something is summed over it.
#include "rows.cuh"

// Calls each(place in x) for this thread's elements of a channel.
template <class Each>
FT_DEVICE void for_channel(const ft_cuda_channels &c, int64_t channel, Each each) {
    int64_t all = c.images * c.pixels;
    for (int64_t i = threadIdx.x; i < all; i += FT_THREADS) {
        int64_t image = i / c.pixels, pixel = i - image * c.pixels;
        each((image * c.channels + channel) * c.pixels + pixel);
    }
}

// The mean and that of the squares about it. Elements are first taken relative to one of them, so
// that equal ones, however large, have the variance 0.
template <class T> FT_DEVICE void moments_of(const ft_cuda_channels &c, int64_t channel) {
    team block = {FT_THREADS, (int)threadIdx.x, 0, 1};
    const T *x = (const T *)c.x;
    T first = x[channel * c.pixels];
    double total = 0, squares = 0, count = (double)(c.images * c.pixels);
    for_channel(c, channel, [&](int64_t at) { total += (double)(x[at] - first); });
    T mean = (T)((double)first + team_joined(block, total, add_up()) / count);
    for_channel(c, channel, [&](int64_t at) {
        T centred = x[at] - mean;
        squares += (double)(centred * centred);
    });
    squares = team_joined(block, squares, add_up());
    if (threadIdx.x > 0) return;
    ((T *)c.out)[channel] = mean;
    ((T *)c.out)[c.channels + channel] = (T)(squares / count);
}

FT_KERNEL(channel_moments, ft_cuda_channels) {
    for_reals(arguments.dtype, [&](auto like) {
        for (int64_t k = blockIdx.x; k < arguments.channels; k += gridDim.x) {
            moments_of<decltype(like)>(arguments, k);
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
};

// y = (x - mean) / sqrt(variance + epsilon) weight + bias, then what is added, then ReLU; a block
// for each plane or part of it.
FT_KERNEL(batch_norm, ft_cuda_channels) {
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        for (int64_t plane = blockIdx.x; plane < arguments.images * arguments.channels;
             plane += gridDim.x) {
            int64_t channel = plane % arguments.channels;
            const T *x = (const T *)arguments.x + plane * arguments.pixels;
            const T *added = (const T *)arguments.added;
            if (added) added += plane * arguments.pixels;
            T *y = (T *)arguments.out + plane * arguments.pixels;
            const channel_terms<T> terms(arguments, channel);
            for (int64_t i = threadIdx.x; i < arguments.pixels; i += FT_THREADS) {
                T value = terms.normal(x[i]);
                if (added) value += added[i];
                y[i] = arguments.relu && value < 0 ? (T)0 : value;
            }
        }
    });
}

// dw = sum(dy z), db = sum(dy) with z = (x - mean) r, and dx = (dy - db / n - z dw / n) r weight,
// for r = 1 / sqrt(variance + epsilon); dy counts where ReLU, if it follows, lets it pass.
template <class T> FT_DEVICE void batch_backward(const ft_cuda_channels &c, int64_t channel) {
    team block = {FT_THREADS, (int)threadIdx.x, 0, 1};
    const T *x = (const T *)c.x, *dy = (const T *)c.dy;
    const channel_terms<T> terms(c, channel);
    auto passed = [&](int64_t at) {
        return c.relu && terms.normal(x[at]) <= 0 ? (T)0 : dy[at];
    };
    double total = 0, along = 0, count = (double)(c.images * c.pixels);
    for_channel(c, channel, [&](int64_t at) {
        T gradient = passed(at);
        along += (double)((x[at] - terms.mean) * terms.factor * gradient);
        total += (double)gradient;
    });
    along = team_joined(block, along, add_up());
    total = team_joined(block, total, add_up());
    T *dx = (T *)c.out, *sums = dx + c.images * c.channels * c.pixels;
    if (threadIdx.x == 0) {
        sums[channel] = (T)along;
        sums[c.channels + channel] = (T)total;
    }
    T level = (T)(total / count), slope = (T)(along / count);
    for_channel(c, channel, [&](int64_t at) {
        T z = (x[at] - terms.mean) * terms.factor;
        dx[at] = (passed(at) - level - z * slope) * terms.scale;
    });
}

FT_KERNEL(batch_norm_backward, ft_cuda_channels) {
    for_reals(arguments.dtype, [&](auto like) {
        for (int64_t k = blockIdx.x; k < arguments.channels; k += gridDim.x) {
            batch_backward<decltype(like)>(arguments, k);
        }
    });
}
