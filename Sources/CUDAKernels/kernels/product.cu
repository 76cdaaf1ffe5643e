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

template <class T> FT_DEVICE void product_tiles(const ft_cuda_product &p) {
    typedef typename multiplied<T>::type C;
    __shared__ tile_space<C> space;
    int64_t rows = ceil_div(p.m, FT_TILE), columns = ceil_div(p.n, FT_TILE), tiles = rows * columns;
    for (int64_t b = blockIdx.x; b < tiles * p.batch.count; b += gridDim.x) {
        int64_t batch = b / tiles, tile = b % tiles;
        int64_t row = tile / columns * FT_TILE, column = tile % columns * FT_TILE;
        place at = place_of(p.batch, batch);
        const T *left = (const T *)p.a + at.a, *right = (const T *)p.b + at.b;
        tile_sums<C> sums = tile_product<C>(
            space, row, column, 0, p.k,
            [&](int64_t r, int64_t k) {
                return r < p.m ? (C)element<T>::load(left[r * p.a_row + k * p.a_column]) : (C)0;
            },
            [&](int64_t k, int64_t c) {
                return c < p.n ? (C)element<T>::load(right[k * p.b_row + c * p.b_column]) : (C)0;
            });
        T *out = (T *)p.c + batch * p.m * p.n;
        for_sums(row, column, p.m, p.n, sums, [&](int64_t r, int64_t c, C sum) {
            if (p.bias) sum += (C)element<T>::load(((const T *)p.bias)[c]);
            if (p.relu && sum < (C)0) sum = 0;
            out[r * p.n + c] = multiplied<T>::store(sum);
        });
    }
}

FT_KERNEL(product, ft_cuda_product) {
    for_all(arguments.dtype, [&](auto like) { product_tiles<decltype(like)>(arguments); });
}
