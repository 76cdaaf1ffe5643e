// Convolutions over three axes in groups, as products of matrices whose operands are read from the
// images as they are needed (implicit GEMM); see tiles.cuh.
#include "tiles.cuh"

// A place in a box of three axes.
struct spot { int64_t at[3]; };

FT_DEVICE spot spot_of(const long long *size, int64_t i) {
    spot s;
    s.at[2] = i % size[2];
    i /= size[2];
    s.at[1] = i % size[1];
    s.at[0] = i / size[1];
    return s;
}
FT_DEVICE int64_t volume(const long long *size) { return size[0] * size[1] * size[2]; }

// The place in an input plane that a tap of the kernel meets for a result, or -1 in the padding.
FT_DEVICE int64_t input_place(const ft_cuda_convolution &p, const spot &result, const spot &tap) {
    int64_t place = 0;
#pragma unroll
    for (int d = 0; d < 3; d++) {
        int64_t x = result.at[d] * p.stride[d] + tap.at[d] * p.dilation[d] - p.padding[d];
        if (x < 0 || x >= p.in[d]) return -1;
        place = place * p.in[d] + x;
    }
    return place;
}

// The place in an output plane that meets an input element by a tap, or -1.
FT_DEVICE int64_t output_place(const ft_cuda_convolution &p, const spot &element,
                               const spot &tap) {
    int64_t place = 0;
#pragma unroll
    for (int d = 0; d < 3; d++) {
        int64_t x = element.at[d] + p.padding[d] - tap.at[d] * p.dilation[d];
        int64_t y = x / p.stride[d];
        if (x < 0 || y * p.stride[d] != x || y >= p.out[d]) return -1;
        place = place * p.out[d] + y;
    }
    return place;
}

// Rows of the product are results of all images, columns features, and k the channels' taps.
template <class T> struct output_part {
    const ft_cuda_convolution &p;
    int64_t group, taps, pixels, input;

    __device__ __forceinline__ output_part(const ft_cuda_convolution &p, int64_t group)
        : p(p), group(group), taps(volume(p.kernel)), pixels(volume(p.out)), input(volume(p.in)) {}
    __device__ __forceinline__ int64_t rows() const { return p.images * pixels; }
    __device__ __forceinline__ int64_t columns() const { return p.features; }
    __device__ __forceinline__ int64_t depth() const { return p.channels * taps; }
    __device__ __forceinline__ T a(int64_t row, int64_t k) const {
        if (row >= rows()) return 0;
        int64_t image = row / pixels, channel = k / taps;
        spot result = spot_of(p.out, row - image * pixels);
        int64_t at = input_place(p, result, spot_of(p.kernel, k - channel * taps));
        int64_t plane = (image * p.groups + group) * p.channels + channel;
        return at < 0 ? (T)0 : ((const T *)p.x)[plane * input + at];
    }
    __device__ __forceinline__ T b(int64_t k, int64_t column) const {
        if (column >= columns()) return 0;
        return ((const T *)p.weight)[(group * p.features + column) * depth() + k];
    }
    __device__ __forceinline__ void store(int64_t row, int64_t column, T sum) const {
        int64_t image = row / pixels, feature = group * p.features + column;
        if (p.bias) sum += ((const T *)p.bias)[feature];
        if (p.relu && sum < 0) sum = 0;
        int64_t plane = image * p.groups * p.features + feature;
        ((T *)p.y)[plane * pixels + row % pixels] = sum;
    }
};

// Rows are elements of the input of all images, columns channels, and k the features' taps.
template <class T> struct input_part {
    const ft_cuda_convolution &p;
    int64_t group, taps, pixels, input;

    __device__ __forceinline__ input_part(const ft_cuda_convolution &p, int64_t group)
        : p(p), group(group), taps(volume(p.kernel)), pixels(volume(p.out)), input(volume(p.in)) {}
    __device__ __forceinline__ int64_t rows() const { return p.images * input; }
    __device__ __forceinline__ int64_t columns() const { return p.channels; }
    __device__ __forceinline__ int64_t depth() const { return p.features * taps; }
    __device__ __forceinline__ T a(int64_t row, int64_t k) const {
        if (row >= rows()) return 0;
        int64_t image = row / input, feature = k / taps;
        spot element = spot_of(p.in, row - image * input);
        int64_t at = output_place(p, element, spot_of(p.kernel, k - feature * taps));
        int64_t plane = (image * p.groups + group) * p.features + feature;
        return at < 0 ? (T)0 : ((const T *)p.y)[plane * pixels + at];
    }
    __device__ __forceinline__ T b(int64_t k, int64_t column) const {
        if (column >= columns()) return 0;
        int64_t feature = k / taps, tap = k - feature * taps;
        int64_t row = (group * p.features + feature) * p.channels + column;
        return ((const T *)p.weight)[row * taps + tap];
    }
    __device__ __forceinline__ void store(int64_t row, int64_t column, T sum) const {
        int64_t image = row / input;
        int64_t plane = (image * p.groups + group) * p.channels + column;
        ((T *)p.x)[plane * input + row % input] = sum;
    }
};

// Rows are features, columns the channels' taps, and k the results of all images.
template <class T> struct weight_part {
    const ft_cuda_convolution &p;
    int64_t group, taps, pixels, input;

    __device__ __forceinline__ weight_part(const ft_cuda_convolution &p, int64_t group)
        : p(p), group(group), taps(volume(p.kernel)), pixels(volume(p.out)), input(volume(p.in)) {}
    __device__ __forceinline__ int64_t rows() const { return p.features; }
    __device__ __forceinline__ int64_t columns() const { return p.channels * taps; }
    __device__ __forceinline__ int64_t depth() const { return p.images * pixels; }
    __device__ __forceinline__ T a(int64_t row, int64_t k) const {
        if (row >= rows()) return 0;
        int64_t image = k / pixels;
        int64_t plane = (image * p.groups + group) * p.features + row;
        return ((const T *)p.y)[plane * pixels + k - image * pixels];
    }
    __device__ __forceinline__ T b(int64_t k, int64_t column) const {
        if (column >= columns()) return 0;
        int64_t image = k / pixels, channel = column / taps;
        spot result = spot_of(p.out, k - image * pixels);
        int64_t at = input_place(p, result, spot_of(p.kernel, column - channel * taps));
        int64_t plane = (image * p.groups + group) * p.channels + channel;
        return at < 0 ? (T)0 : ((const T *)p.x)[plane * input + at];
    }
    __device__ __forceinline__ int64_t place(int64_t row, int64_t column) const {
        return (group * p.features + row) * columns() + column;
    }
};

template <class Part, class T>
FT_DEVICE void convolution_tiles(const ft_cuda_convolution &p, tile_space<T> &space) {
    Part size(p, 0);
    int64_t columns = ceil_div(size.columns(), FT_TILE);
    int64_t tiles = ceil_div(size.rows(), FT_TILE) * columns;
    for (int64_t b = blockIdx.x; b < tiles * p.groups; b += gridDim.x) {
        Part part(p, b / tiles);
        int64_t row = b % tiles / columns * FT_TILE, column = b % columns * FT_TILE;
        tile_sums<T> sums = tile_product<T>(
            space, row, column, 0, part.depth(), [&](int64_t r, int64_t k) { return part.a(r, k); },
            [&](int64_t k, int64_t c) { return part.b(k, c); });
        for_sums(row, column, part.rows(), part.columns(), sums,
                 [&](int64_t r, int64_t c, T sum) { part.store(r, c, sum); });
    }
}

// The sums over k are cut into pieces, for there are few tiles and many results.
template <class T>
FT_DEVICE void weight_tiles(const ft_cuda_convolution &p, tile_space<T> &space) {
    weight_part<T> size(p, 0);
    int64_t columns = ceil_div(size.columns(), FT_TILE);
    int64_t tiles = ceil_div(size.rows(), FT_TILE) * columns;
    int64_t elements = p.groups * size.rows() * size.columns();
    for (int64_t b = blockIdx.x; b < tiles * p.groups * p.pieces; b += gridDim.x) {
        int64_t piece = b / (tiles * p.groups), rest = b % (tiles * p.groups);
        weight_part<T> part(p, rest / tiles);
        int64_t row = rest % tiles / columns * FT_TILE, column = rest % columns * FT_TILE;
        int64_t end = least(part.depth(), (piece + 1) * p.piece);
        tile_sums<T> sums = tile_product<T>(
            space, row, column, piece * p.piece, end,
            [&](int64_t r, int64_t k) { return part.a(r, k); },
            [&](int64_t k, int64_t c) { return part.b(k, c); });
        T *out = p.pieces > 1 ? (T *)p.partial + piece * elements : (T *)p.weight;
        for_sums(row, column, part.rows(), part.columns(), sums,
                 [&](int64_t r, int64_t c, T sum) { out[part.place(r, c)] = sum; });
    }
}

FT_KERNEL(convolution, ft_cuda_convolution) {
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        __shared__ tile_space<T> space;
        if (FT_PART_OF(arguments) == 0) {
            convolution_tiles<output_part<T>, T>(arguments, space);
        } else if (FT_PART_OF(arguments) == 1) {
            convolution_tiles<input_part<T>, T>(arguments, space);
        } else {
            weight_tiles<T>(arguments, space);
        }
    });
}

// The pieces of the weight's gradient in order.
FT_KERNEL(convolution_join, ft_cuda_convolution) {
    int64_t elements = arguments.groups * arguments.features * arguments.channels *
                       volume(arguments.kernel);
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        const T *partial = (const T *)arguments.partial;
        for (int64_t i = grid_thread(); i < elements; i += grid_threads()) {
            T total = partial[i];
            for (int64_t piece = 1; piece < arguments.pieces; piece++) {
                total += partial[piece * elements + i];
            }
            ((T *)arguments.weight)[i] = total;
        }
    });
}
