// Totals over many arrays: the sum of squares, and whether all elements are finite.
#include "lists.cuh"
#include "rows.cuh"

// Calls each(element) for this thread's of a piece.
template <class T, class Each>
FT_DEVICE void for_array(const ft_cuda_array &array, int64_t begin, int64_t end, Each each) {
    constexpr int V = 16 / sizeof(T);
    const T *x = (const T *)array.at[0];
    for (int64_t i = begin + threadIdx.x * V; i < end; i += FT_THREADS * V) {
        int n = (int)least(V, end - i);
        pack<T, V> group = read<V>(x + i, 1, n);
#pragma unroll
        for (int j = 0; j < V; j++) {
            if (j < n) each(group.at[j]);
        }
    }
}

// The sum of the squares of each piece, in double.
// 8 blocks a multiprocessor; loads of 16 bytes.
FT_KERNEL(squared_norm, ft_cuda_list) {
    team block = {FT_THREADS, (int)threadIdx.x, 0, 1};
    for (int64_t piece = blockIdx.x; piece < arguments.pieces; piece += gridDim.x) {
        const ft_cuda_array *array = array_of(arguments, piece);
        int64_t begin = (piece - array->first_piece) * FT_CUDA_PIECE;
        int64_t end = least(array->count, begin + FT_CUDA_PIECE);
        double total = 0;
        for_floats(array->dtype, [&](auto like) {
            typedef decltype(like) T;
            for_array<T>(*array, begin, end, [&](T x) {
                double value = (double)element<T>::load(x);
                total += value * value;
            });
        });
        total = team_joined(block, total, add_up());
        if (threadIdx.x == 0) ((double *)arguments.out)[piece] = total;
    }
}

// Sums of the pieces of all arrays, by one block, or of each array by one.
FT_KERNEL(squared_norm_join, ft_cuda_list) {
    team block = {FT_THREADS, (int)threadIdx.x, 0, 1};
    int64_t results = arguments.each ? arguments.array_count : 1;
    for (int64_t k = blockIdx.x; k < results; k += gridDim.x) {
        int64_t begin = 0, end = arguments.pieces;
        if (arguments.each) {
            begin = arguments.arrays[k].first_piece;
            if (k + 1 < results) end = arguments.arrays[k + 1].first_piece;
        }
        double total = 0;
        for (int64_t i = begin + threadIdx.x; i < end; i += FT_THREADS) {
            total += arguments.partial[i];
        }
        total = team_joined(block, total, add_up());
        if (threadIdx.x == 0) ((double *)arguments.out)[k] = total;
    }
}

// Clears the bool where an element is infinite or NaN; it doesn't matter who does.
// 8 blocks a multiprocessor; loads of 16 bytes.
FT_KERNEL(all_finite, ft_cuda_list) {
    for (int64_t piece = blockIdx.x; piece < arguments.pieces; piece += gridDim.x) {
        const ft_cuda_array *array = array_of(arguments, piece);
        int64_t begin = (piece - array->first_piece) * FT_CUDA_PIECE;
        int64_t end = least(array->count, begin + FT_CUDA_PIECE);
        bool bad = false;
        for_floats(array->dtype, [&](auto like) {
            typedef decltype(like) T;
            for_array<T>(*array, begin, end, [&](T x) {
                bad |= !is_finite(element<T>::load(x));
            });
        });
        if (bad) *(uint8_t *)arguments.out = 0;
    }
}
