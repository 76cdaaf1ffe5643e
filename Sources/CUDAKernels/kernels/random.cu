// Random numbers, a function of the key and the place alone, and to the bit those of the CPU: the
// streams are described in ckernels.h. A thread makes one block of four words.
#include "loops.cuh"

struct four_words { uint32_t w[4]; };

FT_DEVICE four_words philox(const ft_cuda_random &arguments, uint64_t block) {
    uint32_t a = (uint32_t)block, b = (uint32_t)(block >> 32);
    uint32_t c = (uint32_t)arguments.stream, d = (uint32_t)(arguments.stream >> 32);
    uint32_t key_0 = (uint32_t)arguments.seed, key_1 = (uint32_t)(arguments.seed >> 32);
#pragma unroll
    for (int round = 0; round < 10; round++) {
        FT_PHILOX_ROUND(a, b, c, d, key_0, key_1);
        FT_PHILOX_NEXT_KEY(key_0, key_1);
    }
    return {{a, b, c, d}};
}

// The first block of this draw: a replayed graph says how far its stream has gone.
FT_DEVICE uint64_t first_block(const ft_cuda_random &arguments) {
    return arguments.block + (arguments.moved ? *arguments.moved : 0);
}

// Calls each(first element, words, how many elements) for blocks that make V elements.
template <int V, class Each> FT_DEVICE void for_blocks(const ft_cuda_random &arguments, Each each) {
    uint64_t begin = first_block(arguments);
    for (int64_t i = grid_thread() * V; i < arguments.count; i += grid_threads() * V) {
        four_words words = philox(arguments, begin + (uint64_t)(i / V));
        each(i, words, (int)least(V, arguments.count - i));
    }
}

// The words of two blocks, or of one, which make 16 bytes of an element's type of 2 bytes, or more.
template <class T> constexpr int FT_DRAWN = sizeof(T) == 2 ? 8 : 4;
template <int V> struct drawn_words { uint32_t w[V]; };
template <int V, class Each> FT_DEVICE void for_draws(const ft_cuda_random &arguments, Each each) {
    uint64_t begin = first_block(arguments);
    for (int64_t i = grid_thread() * V; i < arguments.count; i += grid_threads() * V) {
        drawn_words<V> words;
#pragma unroll
        for (int block = 0; block < V / 4; block++) {
            four_words own = philox(arguments, begin + (uint64_t)(i / 4 + block));
#pragma unroll
            for (int j = 0; j < 4; j++) words.w[4 * block + j] = own.w[j];
        }
        each(i, words, (int)least(V, arguments.count - i));
    }
}

// 8 blocks a multiprocessor; stores of 16 bytes.
FT_KERNEL(words, ft_cuda_random) {
    for_blocks<4>(arguments, [&](int64_t i, four_words words, int n) {
        pack<uint32_t, 4> group;
        for (int j = 0; j < 4; j++) group.at[j] = words.w[j];
        write<4>((uint32_t *)arguments.out + i, 1, n, group);
    });
}

// Products and sums are rounded apart: no compiler may join what the CPU doesn't.
FT_DEVICE float uniform_float(const ft_cuda_random &arguments, uint32_t word) {
    float base = (float)arguments.first, span = (float)(arguments.second - arguments.first);
    float unit = (float)(int32_t)(word >> 8) * 0x1p-24f;
    float value = __fadd_rn(base, __fmul_rn(unit, span));
    return value > arguments.last ? arguments.last : value;
}
FT_DEVICE double uniform_double(const ft_cuda_random &arguments, uint32_t high, uint32_t low) {
    double least = arguments.first, most = arguments.second;
    double last = most > least ? nextafter(most, least) : least;
    double value = __dadd_rn(least, __dmul_rn(ft_unit_d(high, low), most - least));
    return value > last ? last : value;
}

template <class T> FT_DEVICE void uniform_floats(const ft_cuda_random &arguments) {
    constexpr int V = FT_DRAWN<T>;
    for_draws<V>(arguments, [&](int64_t i, drawn_words<V> words, int n) {
        pack<T, V> group;
#pragma unroll
        for (int j = 0; j < V; j++) {
            group.at[j] = element<T>::store(uniform_float(arguments, words.w[j]));
        }
        write<V>((T *)arguments.out + i, 1, n, group);
    });
}
FT_DEVICE void uniform_doubles(const ft_cuda_random &arguments) {
    for_blocks<2>(arguments, [&](int64_t i, four_words words, int n) {
        pack<double, 2> group;
        for (int j = 0; j < 2; j++) {
            group.at[j] = uniform_double(arguments, words.w[2 * j], words.w[2 * j + 1]);
        }
        write<2>((double *)arguments.out + i, 1, n, group);
    });
}

// 8 blocks a multiprocessor; stores of 16 bytes.
FT_KERNEL(uniform, ft_cuda_random) {
    for_floats(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        if constexpr (sizeof(T) == 8) {
            uniform_doubles(arguments);
        } else {
            uniform_floats<T>(arguments);
        }
    });
}

// The functions of scalar_float.h that normal numbers are made of, with the products that the CPU
// joins to sums written out, so that they are joined here and no others.
FT_DEVICE float joined_log(float x) {
    unsigned offset = ft_bits(x) - 0x3f3504f3u;
    float n = (float)((int)offset >> 23);
    float f = ft_from_bits((offset & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
    float p = 0.0692927241f;
    p = __fmaf_rn(p, f, -0.118033662f);
    p = __fmaf_rn(p, f, 0.118742213f);
    p = __fmaf_rn(p, f, -0.123823017f);
    p = __fmaf_rn(p, f, 0.142182395f);
    p = __fmaf_rn(p, f, -0.166693449f);
    p = __fmaf_rn(p, f, 0.200022489f);
    p = __fmaf_rn(p, f, -0.249999851f);
    p = __fmaf_rn(p, f, 0.333333105f);
    float square = __fmul_rn(f, f);
    float core = __fmaf_rn(__fmul_rn(square, f), p, -__fmul_rn(0.5f, square));
    float small = __fmaf_rn(n, -2.12194440e-4f, core);
    return __fmaf_rn(n, 0.693359375f, __fadd_rn(small, f));
}
FT_DEVICE float joined_sin(float r, unsigned quadrant) {
    float s = __fmul_rn(r, r), p = 2.71787485e-06f, q = -2.7206184e-07f;
    p = __fmaf_rn(p, s, -0.000198392896f);
    p = __fmaf_rn(p, s, 0.00833332911f);
    p = __fmaf_rn(p, s, -0.166666672f);
    float sine = __fmaf_rn(__fmul_rn(s, r), p, r);
    q = __fmaf_rn(q, s, 2.47994722e-05f);
    q = __fmaf_rn(q, s, -0.00138888834f);
    q = __fmaf_rn(q, s, 0.0416666679f);
    float cosine = __fmaf_rn(__fmul_rn(s, s), q, __fmaf_rn(-0.5f, s, 1.0f));
    float y = quadrant & 1 ? cosine : sine;
    return ft_from_bits(ft_bits(y) ^ (quadrant & 2) << 30);
}

// Two normal numbers of two words, by Box and Muller.
FT_DEVICE void normal_pair(const ft_cuda_random &arguments, uint32_t first, uint32_t second,
                           float *out) {
    float mean = (float)arguments.first, deviation = (float)arguments.second;
    // In (0, 1], so that the logarithm is finite.
    float u = __fmaf_rn((float)(first >> 1), 0x1p-31f, 0x1p-32f);
    float turns = (float)(int32_t)(second >> 8) * 0x1p-22f;
    // The angle in quarter turns splits exactly.
    float shifted = turns + FT_ROUNDER;
    unsigned quadrant = ft_bits(shifted);
    float angle = (turns - (shifted - FT_ROUNDER)) * 1.57079633f;
    float radius = __fmul_rn(deviation, ft_sqrt_f(-2.0f * joined_log(u)));
    out[0] = __fmaf_rn(radius, joined_sin(angle, quadrant + 1), mean);
    out[1] = __fmaf_rn(radius, joined_sin(angle, quadrant), mean);
}

template <class T> FT_DEVICE void normal_floats(const ft_cuda_random &arguments) {
    constexpr int V = FT_DRAWN<T>;
    for_draws<V>(arguments, [&](int64_t i, drawn_words<V> words, int n) {
        pack<T, V> group;
#pragma unroll
        for (int j = 0; j < V; j += 2) {
            float values[2];
            normal_pair(arguments, words.w[j], words.w[j + 1], values);
            group.at[j] = element<T>::store(values[0]);
            group.at[j + 1] = element<T>::store(values[1]);
        }
        write<V>((T *)arguments.out + i, 1, n, group);
    });
}
// In double the library's logarithm and sines make the last bit: it may differ from the CPU's.
FT_DEVICE void normal_doubles(const ft_cuda_random &arguments) {
    double mean = arguments.first, deviation = arguments.second;
    for_blocks<2>(arguments, [&](int64_t i, four_words words, int n) {
        double u = 1 - ft_unit_d(words.w[0], words.w[1]);
        double angle = 6.28318530717958647693 * ft_unit_d(words.w[2], words.w[3]);
        double radius = deviation * sqrt(-2 * log(u));
        pack<double, 2> group;
        group.at[0] = fma(radius, cos(angle), mean);
        group.at[1] = fma(radius, sin(angle), mean);
        write<2>((double *)arguments.out + i, 1, n, group);
    });
}

// 8 blocks a multiprocessor; stores of 16 bytes.
// Local memory: of float64 the library's cosine has a table.
FT_KERNEL(normal, ft_cuda_random) {
    for_floats(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        if constexpr (sizeof(T) == 8) {
            normal_doubles(arguments);
        } else {
            normal_floats<T>(arguments);
        }
    });
}

// Word i % 4 of block i / 4 decides about element i, in every dtype.
// 8 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(dropout, ft_cuda_random) {
    // u >= rate, exactly, for u = bits 2^-24.
    uint32_t threshold = (uint32_t)ceil(arguments.first * 0x1p24);
    for_floats(arguments.dtype, [&](auto like) {
        typedef decltype(like) T;
        typedef typename element<T>::compute C;
        C scale = (C)(1 / (1 - arguments.first));
        constexpr int V = FT_DRAWN<T>;
        for_draws<V>(arguments, [&](int64_t i, drawn_words<V> words, int n) {
            pack<T, V> group = read<V>((const T *)arguments.x + i, 1, n);
#pragma unroll
            for (int j = 0; j < V; j++) {
                C kept = element<T>::load(group.at[j]) * scale;
                group.at[j] = element<T>::store(words.w[j] >> 8 >= threshold ? kept : (C)0);
            }
            write<V>((T *)arguments.out + i, 1, n, group);
        });
    });
}
