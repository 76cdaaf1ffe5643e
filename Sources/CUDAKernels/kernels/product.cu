// Products of matrices of any dtype and layout: all there is for integers, and for floats where no
// library is found.
#include "loops.cuh"
#include "tiles.cuh"

// Integers multiply without a sign, in 64 bits, of which the lower ones are kept.
template <class T> struct multiplied {
    typedef uint64_t type;
    static __device__ __forceinline__ T store(uint64_t x) { return (T)x; }
};
template <> struct multiplied<float> : element<float> { typedef float type; };
template <> struct multiplied<double> : element<double> { typedef double type; };
template <> struct multiplied<half16> : element<half16> { typedef float type; };
template <> struct multiplied<bhalf16> : element<bhalf16> { typedef float type; };
template <> struct multiplied<truth> {
    typedef uint64_t type;
    static __device__ __forceinline__ truth store(uint64_t x) {
        return element<truth>::store(x != 0);
    }
};

// Rows of A, or columns of B, which may have any strides, those below 0 included.
struct matrix_line {
    int64_t at;
    bool inside;
};
template <class T, class C> struct matrix_operand {
    const T *x;
    int64_t count, step, depth_step;
    __device__ __forceinline__ matrix_line row(int64_t r) const {
        return {r * step, r < count};
    }
    __device__ __forceinline__ matrix_line column(int64_t c) const { return row(c); }
    __device__ __forceinline__ int64_t depth(int64_t k) const { return k * depth_step; }
    __device__ __forceinline__ C at(matrix_line line, int64_t depth) const {
        return line.inside ? (C)element<T>::load(x[line.at + depth]) : (C)0;
    }
    __device__ __forceinline__ C at(int64_t depth, matrix_line line) const {
        return at(line, depth);
    }
};

template <class T> FT_DEVICE void product_tiles(const ft_cuda_product &p) {
    typedef typename multiplied<T>::type C;
    __shared__ tile_space<C> space;
    int64_t rows = ceil_div(p.m, FT_TILE), columns = ceil_div(p.n, FT_TILE), tiles = rows * columns;
    for (int64_t b = blockIdx.x; b < tiles * p.batch.count; b += gridDim.x) {
        int64_t batch = b / tiles, tile = b % tiles;
        int64_t row = tile / columns * FT_TILE, column = tile % columns * FT_TILE;
        place at = place_of(p.batch, batch);
        matrix_operand<T, C> left = {(const T *)p.a + at.a, p.m, p.a_row, p.a_column};
        matrix_operand<T, C> right = {(const T *)p.b + at.b, p.n, p.b_column, p.b_row};
        tile_sums<C> sums = tile_product<C>(space, row, column, 0, p.k, left, right);
        T *out = (T *)p.c + batch * p.m * p.n;
        for_sums(row, column, p.m, p.n, sums, [&](int64_t r, int64_t c, C sum) {
            if (p.bias) sum += (C)element<T>::load(((const T *)p.bias)[c]);
            if (p.relu && sum < (C)0) sum = 0;
            out[r * p.n + c] = multiplied<T>::store(sum);
        });
    }
}

// 4 blocks a multiprocessor; shared memory is read by 16 bytes.
FT_KERNEL(product, ft_cuda_product) {
    for_all(arguments.dtype, [&](auto like) { product_tiles<decltype(like)>(arguments); });
}
