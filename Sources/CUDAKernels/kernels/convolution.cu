// Convolutions over three axes in groups, as products of matrices whose operands are read from the
// images as they are needed (implicit GEMM); see tiles.cuh, and number_tiles.cuh where factors may
// be rounded. A plane has fewer than 2^31 elements.
#include "joins.cuh"
#include "number_tiles.cuh"

// Where something lies: an offset in memory, below 0 for nowhere, and a place in a box of three
// axes.
struct corner {
    int64_t offset;
    int at[3];
};

FT_DEVICE int64_t volume(const long long *size) { return size[0] * size[1] * size[2]; }

// The place of element i of a box, times `step` if there is one, plus `shift`, or minus it.
FT_DEVICE void set_place(corner *c, const long long *size, int i, const long long *step,
                         const long long *shift, int sign) {
    int rest = i / (int)size[2];
    int place[3] = {rest / (int)size[1], rest % (int)size[1], i % (int)size[2]};
#pragma unroll
    for (int d = 0; d < 3; d++) {
        c->at[d] = place[d] * (step ? (int)step[d] : 1) + (shift ? sign * (int)shift[d] : 0);
    }
}

// An operand by its offset alone.
FT_DEVICE corner line_at(int64_t offset, bool inside) { return {inside ? offset : -1, {}}; }

// What the three parts have in common.
template <class T> struct geometry {
    const ft_cuda_convolution &p;
    int64_t group, taps, pixels, input;

    __device__ __forceinline__ geometry(const ft_cuda_convolution &p, int64_t group)
        : p(p), group(group), taps(volume(p.kernel)), pixels(volume(p.out)), input(volume(p.in)) {}

    // The first input element that a result of an image meets, and how far a tap of a channel is
    // from there.
    __device__ __forceinline__ corner result(int64_t number) const {
        int64_t image = divided(number, pixels);
        corner c = {(image * p.groups + group) * p.channels * input, {}};
        set_place(&c, p.out, (int)(number - image * pixels), p.stride, p.padding, -1);
        return c;
    }
    __device__ __forceinline__ corner channel_tap(int64_t number) const {
        int64_t channel = divided(number, taps);
        corner c = {channel * input, {}};
        set_place(&c, p.kernel, (int)(number - channel * taps), p.dilation, nullptr, 0);
        return c;
    }
    // The element of x where they meet; 0 in the padding.
    __device__ __forceinline__ T met(const corner &result, const corner &tap) const {
        if (result.offset < 0 || tap.offset < 0) return 0;
        int place = 0;
#pragma unroll
        for (int d = 0; d < 3; d++) {
            int x = result.at[d] + tap.at[d];
            if (x < 0 || x >= (int)p.in[d]) return 0;
            place = place * (int)p.in[d] + x;
        }
        return ((const T *)p.x)[result.offset + tap.offset + place];
    }
};

// Rows of the product are results of all images, columns features, and k the channels' taps.
template <class T> struct output_part : geometry<T> {
    using geometry<T>::geometry;
    __device__ __forceinline__ int64_t rows() const { return this->p.images * this->pixels; }
    __device__ __forceinline__ int64_t columns() const { return this->p.features; }
    __device__ __forceinline__ int64_t depths() const { return this->p.channels * this->taps; }

    struct left {
        const output_part &part;
        __device__ __forceinline__ corner row(int64_t r) const {
            return r < part.rows() ? part.result(r) : line_at(0, false);
        }
        __device__ __forceinline__ corner depth(int64_t k) const { return part.channel_tap(k); }
        __device__ __forceinline__ T at(const corner &row, const corner &depth) const {
            return part.met(row, depth);
        }
    };
    struct right {
        const output_part &part;
        __device__ __forceinline__ corner column(int64_t c) const {
            return line_at((part.group * part.p.features + c) * part.depths(), c < part.columns());
        }
        __device__ __forceinline__ int64_t depth(int64_t k) const { return k; }
        __device__ __forceinline__ T at(int64_t depth, const corner &column) const {
            return column.offset < 0 ? (T)0 : ((const T *)part.p.weight)[column.offset + depth];
        }
    };
    __device__ __forceinline__ void store(int64_t row, int64_t column, T sum) const {
        const ft_cuda_convolution &p = this->p;
        int64_t image = divided(row, this->pixels), feature = this->group * p.features + column;
        if (p.bias) sum += ((const T *)p.bias)[feature];
        if (p.relu && sum < 0) sum = 0;
        int64_t plane = image * p.groups * p.features + feature;
        ((T *)p.y)[plane * this->pixels + row - image * this->pixels] = sum;
    }
};

// Rows are elements of the input of all images, columns channels, and k the features' taps.
template <class T> struct input_part : geometry<T> {
    using geometry<T>::geometry;
    __device__ __forceinline__ int64_t rows() const { return this->p.images * this->input; }
    __device__ __forceinline__ int64_t columns() const { return this->p.channels; }
    __device__ __forceinline__ int64_t depths() const { return this->p.features * this->taps; }

    struct left {
        const input_part &part;
        __device__ __forceinline__ corner row(int64_t r) const {
            const ft_cuda_convolution &p = part.p;
            if (r >= part.rows()) return line_at(0, false);
            int64_t image = divided(r, part.input);
            corner c = {(image * p.groups + part.group) * p.features * part.pixels, {}};
            set_place(&c, p.in, (int)(r - image * part.input), nullptr, p.padding, 1);
            return c;
        }
        __device__ __forceinline__ corner depth(int64_t k) const {
            int64_t feature = divided(k, part.taps);
            corner c = {feature * part.pixels, {}};
            set_place(&c, part.p.kernel, (int)(k - feature * part.taps), part.p.dilation, nullptr,
                      0);
            return c;
        }
        // The result that meets an input element by a tap, if one does.
        __device__ __forceinline__ T at(const corner &row, const corner &depth) const {
            const ft_cuda_convolution &p = part.p;
            if (row.offset < 0) return 0;
            int place = 0;
#pragma unroll
            for (int d = 0; d < 3; d++) {
                int x = row.at[d] - depth.at[d], step = (int)p.stride[d];
                int y = step == 1 ? x : x / step;
                if (x < 0 || y * step != x || y >= (int)p.out[d]) return 0;
                place = place * (int)p.out[d] + y;
            }
            return ((const T *)p.y)[row.offset + depth.offset + place];
        }
    };
    struct right {
        const input_part &part;
        __device__ __forceinline__ corner column(int64_t c) const {
            return line_at(c * part.taps, c < part.columns());
        }
        __device__ __forceinline__ int64_t depth(int64_t k) const {
            int64_t feature = divided(k, part.taps), tap = k - feature * part.taps;
            int64_t row = part.group * part.p.features + feature;
            return row * part.p.channels * part.taps + tap;
        }
        __device__ __forceinline__ T at(int64_t depth, const corner &column) const {
            return column.offset < 0 ? (T)0 : ((const T *)part.p.weight)[depth + column.offset];
        }
    };
    __device__ __forceinline__ void store(int64_t row, int64_t column, T sum) const {
        int64_t image = divided(row, this->input);
        int64_t plane = (image * this->p.groups + this->group) * this->p.channels + column;
        ((T *)this->p.x)[plane * this->input + row - image * this->input] = sum;
    }
};

// Rows are features, columns the channels' taps, and k the results of all images.
template <class T> struct weight_part : geometry<T> {
    using geometry<T>::geometry;
    __device__ __forceinline__ int64_t rows() const { return this->p.features; }
    __device__ __forceinline__ int64_t columns() const { return this->p.channels * this->taps; }
    __device__ __forceinline__ int64_t depths() const { return this->p.images * this->pixels; }

    struct left {
        const weight_part &part;
        __device__ __forceinline__ corner row(int64_t r) const {
            return line_at(r * part.pixels, r < part.rows());
        }
        __device__ __forceinline__ int64_t depth(int64_t k) const {
            int64_t image = divided(k, part.pixels), pixel = k - image * part.pixels;
            int64_t plane = (image * part.p.groups + part.group) * part.p.features;
            return plane * part.pixels + pixel;
        }
        __device__ __forceinline__ T at(const corner &row, int64_t depth) const {
            return row.offset < 0 ? (T)0 : ((const T *)part.p.y)[row.offset + depth];
        }
    };
    struct right {
        const weight_part &part;
        __device__ __forceinline__ corner column(int64_t c) const {
            return c < part.columns() ? part.channel_tap(c) : line_at(0, false);
        }
        __device__ __forceinline__ corner depth(int64_t k) const { return part.result(k); }
        __device__ __forceinline__ T at(const corner &depth, const corner &column) const {
            return part.met(depth, column);
        }
    };
    __device__ __forceinline__ int64_t place(int64_t row, int64_t column) const {
        return (this->group * this->p.features + row) * columns() + column;
    }
};

template <class Part, class Space>
FT_DEVICE void convolution_tiles(const ft_cuda_convolution &p, Space &space) {
    Part size(p, 0);
    int64_t columns = ceil_div(size.columns(), FT_TILE);
    int64_t tiles = ceil_div(size.rows(), FT_TILE) * columns;
    for (int64_t b = blockIdx.x; b < tiles * p.groups; b += gridDim.x) {
        Part part(p, b / tiles);
        int64_t row = b % tiles / columns * FT_TILE, column = b % columns * FT_TILE;
        auto sums = tile_product(space, row, column, 0, part.depths(), typename Part::left{part},
                                 typename Part::right{part});
        for_sums(row, column, part.rows(), part.columns(), sums,
                 [&](int64_t r, int64_t c, auto sum) { part.store(r, c, sum); });
    }
}

// The sums over k are cut into pieces, for there are few tiles and many results.
template <class T, class Space>
FT_DEVICE void weight_tiles(const ft_cuda_convolution &p, Space &space) {
    typedef weight_part<T> Part;
    Part size(p, 0);
    int64_t columns = ceil_div(size.columns(), FT_TILE);
    int64_t tiles = ceil_div(size.rows(), FT_TILE) * columns;
    int64_t elements = p.groups * size.rows() * size.columns();
    for (int64_t b = blockIdx.x; b < tiles * p.groups * p.pieces; b += gridDim.x) {
        int64_t piece = b / (tiles * p.groups), rest = b % (tiles * p.groups);
        Part part(p, rest / tiles);
        int64_t row = rest % tiles / columns * FT_TILE, column = rest % columns * FT_TILE;
        int64_t end = least(part.depths(), (piece + 1) * p.piece);
        auto sums = tile_product(space, row, column, piece * p.piece, end,
                                 typename Part::left{part}, typename Part::right{part});
        T *out = p.pieces > 1 ? (T *)p.partial + piece * elements : (T *)p.weight;
        for_sums(row, column, part.rows(), part.columns(), sums,
                 [&](int64_t r, int64_t c, T sum) { out[part.place(r, c)] = sum; });
    }
}

template <class T, class Space>
FT_DEVICE void convolution_part(const ft_cuda_convolution &p, Space &space) {
    if (FT_PART_OF(p) == 0) {
        convolution_tiles<output_part<T>>(p, space);
    } else if (FT_PART_OF(p) == 1) {
        convolution_tiles<input_part<T>>(p, space);
    } else {
        weight_tiles<T>(p, space);
    }
}

// 2 blocks a multiprocessor; shared memory is read by 16 bytes. Rounded factors: tensor cores.
FT_KERNEL(convolution, ft_cuda_convolution) {
    bool made = for_numbers(FT_NUMBERS_OF(arguments), [&](auto numbers) {
        __shared__ number_space<decltype(numbers)> space;
        convolution_part<float>(arguments, space);
    });
    if (made) return;
    for_reals(arguments.dtype, [&](auto like) {
        __shared__ tile_space<decltype(like)> space;
        convolution_part<decltype(like)>(arguments, space);
    });
}

// The pieces of the weight's gradient.
// 6 blocks a multiprocessor.
FT_KERNEL(convolution_join, ft_cuda_convolution) {
    int64_t elements = arguments.groups * arguments.features * arguments.channels *
                       volume(arguments.kernel);
    for_reals(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        join_pieces((const T *)arguments.partial, arguments.pieces, elements, (T)0,
                    [](T a, T b) { return a + b; },
                    [&](int64_t i, T total) { ((T *)arguments.weight)[i] = total; });
    });
}
