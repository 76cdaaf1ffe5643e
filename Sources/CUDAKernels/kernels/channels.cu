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

// y = (x - mean) / sqrt(variance + epsilon) weight + bias, a block for each plane or part of it.
FT_KERNEL(batch_norm, ft_cuda_channels) {
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        for (int64_t plane = blockIdx.x; plane < arguments.images * arguments.channels;
             plane += gridDim.x) {
            int64_t channel = plane % arguments.channels;
            const T *x = (const T *)arguments.x + plane * arguments.pixels;
            T *y = (T *)arguments.out + plane * arguments.pixels;
            T mean = ((const T *)arguments.moments)[channel];
            T scale = batch_factor<T>(arguments, channel);
            if (arguments.weight) scale *= ((const T *)arguments.weight)[channel];
            T shift = arguments.bias ? ((const T *)arguments.bias)[channel] : (T)0;
            for (int64_t i = threadIdx.x; i < arguments.pixels; i += FT_THREADS) {
                y[i] = (x[i] - mean) * scale + shift;
            }
        }
    });
}

// dw = sum(dy z), db = sum(dy) with z = (x - mean) r, and dx = (dy - db / n - z dw / n) r weight,
// for r = 1 / sqrt(variance + epsilon).
template <class T> FT_DEVICE void batch_backward(const ft_cuda_channels &c, int64_t channel) {
    team block = {FT_THREADS, (int)threadIdx.x, 0, 1};
    const T *x = (const T *)c.x, *dy = (const T *)c.dy;
    T mean = ((const T *)c.moments)[channel], factor = batch_factor<T>(c, channel);
    double total = 0, along = 0, count = (double)(c.images * c.pixels);
    for_channel(c, channel, [&](int64_t at) {
        along += (double)((x[at] - mean) * factor * dy[at]);
        total += (double)dy[at];
    });
    along = team_joined(block, along, add_up());
    total = team_joined(block, total, add_up());
    T *dx = (T *)c.out, *sums = dx + c.images * c.channels * c.pixels;
    if (threadIdx.x == 0) {
        sums[channel] = (T)along;
        sums[c.channels + channel] = (T)total;
    }
    T level = (T)(total / count), slope = (T)(along / count);
    T scale = c.weight ? factor * ((const T *)c.weight)[channel] : factor;
    for_channel(c, channel, [&](int64_t at) {
        T z = (x[at] - mean) * factor;
        dx[at] = (dy[at] - level - z * slope) * scale;
    });
}

FT_KERNEL(batch_norm_backward, ft_cuda_channels) {
    for_reals(arguments.dtype, [&](auto like) {
        for (int64_t k = blockIdx.x; k < arguments.channels; k += gridDim.x) {
            batch_backward<decltype(like)>(arguments, k);
        }
    });
}
