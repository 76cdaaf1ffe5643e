// Several elementwise functions in one pass. With -D FT_STEPS=STEP(…)… it is compiled for one
// program, and a thread takes as many neighbouring elements as 16 bytes hold; else each thread reads
// the instructions for each of its elements.
#include "functions.cuh"
#include "loops.cuh"

// V operands of an instruction from element i on, of which n are there: those of an array, or
// earlier results.
template <class T, class C, int V>
FT_DEVICE void fused_operand(const ft_cuda_fused_array &array, int number, int64_t i, int n,
                             const C (*results)[V], C *to) {
    if (number < 0) {
#pragma unroll
        for (int j = 0; j < V; j++) to[j] = results[-1 - number][j];
        return;
    }
    pack<T, V> group = read<V>((const T *)array.at + i * array.stride, array.stride, n);
#pragma unroll
    for (int j = 0; j < V; j++) to[j] = element<T>::load(group.at[j]);
}

// An instruction, and the arrays that it reads.
struct fused_step {
    ft_cuda_instruction its;
    ft_cuda_fused_array first, second;
};

template <class T, class C, int V>
FT_DEVICE pack<T, V> fused_result(const fused_step &step, int64_t i, int n,
                                  const C (*results)[V]) {
    const ft_cuda_instruction &its = step.its;
    C x[V], y[V], number = element<T>::load(*(const T *)&its.number);
    fused_operand<T, C, V>(step.first, its.first, i, n, results, x);
    if (its.kind == 1) fused_operand<T, C, V>(step.second, its.second, i, n, results, y);
    pack<T, V> made;
#pragma unroll
    for (int j = 0; j < V; j++) {
        C value;
        switch (its.kind) {
        case 0: value = unary_value(its.function, x[j], (C)its.p0, (C)its.p1); break;
        case 1: value = binary_value(its.function, x[j], y[j], (C)its.p0); break;
        case 2: value = binary_value(its.function, x[j], number, (C)its.p0); break;
        default: value = binary_value(its.function, number, x[j], (C)its.p0); break;
        }
        made.at[j] = element<T>::store(value);
    }
    return made;
}

// Results are rounded to the type as if they had been written and read.
template <class T, class C, int V>
FT_DEVICE void keep_result(const pack<T, V> &made, C (*results)[V], int k) {
#pragma unroll
    for (int j = 0; j < V; j++) results[k][j] = element<T>::load(made.at[j]);
}

#ifdef FT_STEPS
template <class T> FT_DEVICE void fused_elements(const ft_cuda_fused &f) {
    typedef typename element<T>::compute C;
    constexpr int V = 16 / sizeof(T);
#define STEP(k, its_kind, its_function, its_first, its_second)                                     \
    fused_step step_##k = {f.instructions[k], {}, {}};                                             \
    step_##k.its.kind = its_kind, step_##k.its.function = its_function;                            \
    step_##k.its.first = its_first, step_##k.its.second = its_second;                              \
    if (its_first >= 0) step_##k.first = f.arrays[its_first];                                      \
    if (its_kind == 1 && its_second >= 0) step_##k.second = f.arrays[its_second];
    FT_STEPS
#undef STEP
    for (int64_t i = grid_thread() * V; i < f.count; i += grid_threads() * V) {
        int n = (int)least(V, f.count - i);
        C results[FT_CUDA_FUSED_MOST][V];
        pack<T, V> last;
#define STEP(k, ...)                                                                               \
    last = fused_result<T, C, V>(step_##k, i, n, results);                                         \
    keep_result<T, C, V>(last, results, k);
        FT_STEPS
#undef STEP
        write<V>((T *)f.out + i, 1, n, last);
    }
}
#else
template <class T> FT_DEVICE void fused_elements(const ft_cuda_fused &f) {
    typedef typename element<T>::compute C;
    for (int64_t i = grid_thread(); i < f.count; i += grid_threads()) {
        C results[FT_CUDA_FUSED_MOST][1];
        pack<T, 1> last = {};
        for (int k = 0; k < f.length; k++) {
            fused_step step = {f.instructions[k], {}, {}};
            if (step.its.first >= 0) step.first = f.arrays[step.its.first];
            if (step.its.kind == 1 && step.its.second >= 0) {
                step.second = f.arrays[step.its.second];
            }
            last = fused_result<T, C, 1>(step, i, 1, results);
            keep_result<T, C, 1>(last, results, k);
        }
        ((T *)f.out)[i] = last.at[0];
    }
}
#endif

// 4 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(fused, ft_cuda_fused) {
    for_all(arguments.dtype, [&](auto like) { fused_elements<decltype(like)>(arguments); });
}
