// Sorting of rows: runs by a block each, in shared memory, then pairs of runs joined. An element
// finds its place in the joined run by how many of the other run come before it; of equal ones the
// first comes first.
#include "keys.cuh"

// Descending keys are turned round, so that equal ones keep their order.
template <class T> FT_DEVICE uint64_t sort_key(const ft_cuda_sort &s, int64_t at) {
    return s.descending ? ~key_of(((const T *)s.x)[at]) : key_of(((const T *)s.x)[at]);
}

FT_DEVICE bool is_before(uint64_t key, unsigned place, uint64_t other, unsigned other_place) {
    return key < other || (key == other && place < other_place);
}

// Batcher's bitonic sort of a run (Sorting networks and their applications, 1968). Called by all
// threads.
FT_DEVICE void sort_shared(uint64_t *keys, unsigned *places) {
    for (int size = 2; size <= FT_CUDA_RUN; size *= 2) {
        for (int step = size / 2; step > 0; step /= 2) {
            for (int e = threadIdx.x; e < FT_CUDA_RUN / 2; e += FT_THREADS) {
                int low = e / step * 2 * step + e % step, high = low + step;
                bool up = (low & size) == 0;
                uint64_t a = keys[low], b = keys[high];
                unsigned p = places[low], q = places[high];
                if (is_before(b, q, a, p) == up) {
                    keys[low] = b, keys[high] = a;
                    places[low] = q, places[high] = p;
                }
            }
            __syncthreads();
        }
    }
}

template <class T> FT_DEVICE void sort_run(const ft_cuda_sort &s, int64_t row, int64_t run) {
    __shared__ uint64_t keys[FT_CUDA_RUN];
    __shared__ unsigned places[FT_CUDA_RUN];
    int64_t begin = run * FT_CUDA_RUN, base = row * s.n;
    for (int e = threadIdx.x; e < FT_CUDA_RUN; e += FT_THREADS) {
        bool there = begin + e < s.n;
        // What fills the run up comes last.
        keys[e] = there ? sort_key<T>(s, base + begin + e) : ~0ull;
        places[e] = there ? (unsigned)(begin + e) : ~0u;
    }
    __syncthreads();
    sort_shared(keys, places);
    for (int e = threadIdx.x; e < FT_CUDA_RUN; e += FT_THREADS) {
        if (begin + e >= s.n) continue;
        s.keys[base + begin + e] = keys[e];
        s.places[base + begin + e] = places[e];
    }
    __syncthreads();
}

FT_KERNEL(sort_runs, ft_cuda_sort) {
    int64_t runs = ceil_div(arguments.n, FT_CUDA_RUN);
    for_all(arguments.dtype, [&](auto like) {
        for (int64_t b = blockIdx.x; b < arguments.rows * runs; b += gridDim.x) {
            sort_run<decltype(like)>(arguments, b / runs, b % runs);
        }
    });
}

// How many of n keys in order lie below a key, or at most at it.
FT_DEVICE int64_t keys_before(const unsigned long long *keys, int64_t n, uint64_t key,
                              bool or_equal) {
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        bool before = or_equal ? keys[middle] <= key : keys[middle] < key;
        if (before) low = middle + 1;
        else high = middle;
    }
    return low;
}

FT_KERNEL(sort_merge, ft_cuda_sort) {
    const ft_cuda_sort &s = arguments;
    for (int64_t i = grid_thread(); i < s.rows * s.n; i += grid_threads()) {
        int64_t base = i / s.n * s.n, at = i - base, pair = at / (2 * s.run) * (2 * s.run);
        int64_t middle = least(s.n, pair + s.run), end = least(s.n, pair + 2 * s.run);
        bool right = at >= middle;
        uint64_t key = s.keys[i];
        // What comes first of equal ones lies in the left run.
        int64_t others =
            right ? keys_before(s.keys + base + pair, middle - pair, key, true)
                  : keys_before(s.keys + base + middle, end - middle, key, false);
        int64_t to = base + others + (right ? pair + at - middle : at);
        s.keys_to[to] = key;
        s.places_to[to] = s.places[i];
    }
}

// The element of a row that `rank` names.
FT_DEVICE int64_t ranked(const ft_cuda_sort &s, int64_t base) {
    if (s.rank >= 0) return s.rank;
    int64_t counted = s.n;
    if (s.dtype <= FT_BF16) counted = keys_before(s.keys + base, s.n, nan_key(s.dtype), false);
    if (s.rank == -1 && counted < s.n) return counted;
    return counted > 0 ? (counted - 1) / 2 : 0;
}

FT_KERNEL(sort_places, ft_cuda_sort) {
    const ft_cuda_sort &s = arguments;
    bool by_rank = s.rank != FT_CUDA_RANK_NONE;
    int64_t count = by_rank ? 1 : s.count;
    for (int64_t i = grid_thread(); i < s.rows * count; i += grid_threads()) {
        int64_t row = i / count, base = row * s.n;
        int64_t at = by_rank ? ranked(s, base) : i - row * count;
        s.out[i] = s.places[base + at];
    }
}
