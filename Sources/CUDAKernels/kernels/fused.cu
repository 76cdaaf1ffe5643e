// Several elementwise functions in one pass. With -D FT_STEPS=STEP(…)… it is compiled for one
// program, and a thread takes as many neighbouring elements as 16 bytes hold; else each thread reads
// the instructions for each of its elements.
#include "functions.cuh"
#include "loops.cuh"

// V operands of an instruction from element i on, of which n are there: those of an array, or
// earlier results.
template <class T, class C, int V>
FT_DEVICE void fused_operand(const ft_cuda_fused_array &array, int number, int dtype, int64_t i,
                             int n, const C (*results)[V], C *to) {
    if (number < 0) {
#pragma unroll
        for (int j = 0; j < V; j++) to[j] = results[-1 - number][j];
        return;
    }
    among((T *)nullptr, dtype, [&](auto like) {
        typedef decltype(like) From;
        pack<From, V> group = read<V>((const From *)array.at + i * array.stride, array.stride, n);
#pragma unroll
        for (int j = 0; j < V; j++) to[j] = element<From>::load(group.at[j]);
    });
}

// An instruction, and the arrays that it reads.
struct fused_step {
    ft_cuda_instruction its;
    ft_cuda_fused_array first, second;
};

// Makes result k, rounded to its type as if it had been written and read.
template <class T, class C, int V>
FT_DEVICE void fused_result(const fused_step &step, int64_t i, int n, C (*results)[V], int k) {
    const ft_cuda_instruction &its = step.its;
    C x[V], y[V], number = 0;
    fused_operand<T, C, V>(step.first, its.first, its.first_dtype, i, n, results, x);
    if (its.kind == 1) {
        fused_operand<T, C, V>(step.second, its.second, its.second_dtype, i, n, results, y);
    }
    among((T *)nullptr, its.dtype, [&](auto like) {
        typedef decltype(like) To;
        if (its.kind == 2 || its.kind == 3) number = element<To>::load(*(const To *)&its.number);
#pragma unroll
        for (int j = 0; j < V; j++) {
            C value;
            switch (its.kind) {
            case 0: value = unary_value(its.function, x[j], (C)its.p0, (C)its.p1); break;
            case 1: value = binary_value(its.function, x[j], y[j], (C)its.p0); break;
            case 2: value = binary_value(its.function, x[j], number, (C)its.p0); break;
            case 3: value = binary_value(its.function, number, x[j], (C)its.p0); break;
            default: value = x[j]; break;
            }
            results[k][j] = element<To>::load(element<To>::store(value));
        }
    });
}

template <class T, class C, int V>
FT_DEVICE void write_results(const C *results, T *out, int n) {
    pack<T, V> group;
#pragma unroll
    for (int j = 0; j < V; j++) group.at[j] = element<T>::store(results[j]);
    write<V>(out, 1, n, group);
}

#ifdef FT_STEPS
template <class T> FT_DEVICE void fused_elements(const ft_cuda_fused &f) {
    typedef typename element<T>::compute C;
    constexpr int V = 16 / sizeof(T);
#define STEP(k, its_kind, its_function, its_dtype, its_first, its_first_dtype, its_second,         \
             its_second_dtype)                                                                     \
    fused_step step_##k = {f.instructions[k], {}, {}};                                             \
    step_##k.its.kind = its_kind, step_##k.its.function = its_function;                            \
    step_##k.its.dtype = its_dtype;                                                                \
    step_##k.its.first = its_first, step_##k.its.first_dtype = its_first_dtype;                    \
    step_##k.its.second = its_second, step_##k.its.second_dtype = its_second_dtype;                \
    if (its_first >= 0) step_##k.first = f.arrays[its_first];                                      \
    if (its_kind == 1 && its_second >= 0) step_##k.second = f.arrays[its_second];
    FT_STEPS
#undef STEP
    for (int64_t i = grid_thread() * V; i < f.count; i += grid_threads() * V) {
        int n = (int)least(V, f.count - i);
        C results[FT_CUDA_FUSED_MOST][V];
        int last = 0;
#define STEP(k, ...)                                                                               \
    fused_result<T, C, V>(step_##k, i, n, results, k);                                             \
    last = k;
        FT_STEPS
#undef STEP
        write_results<T, C, V>(results[last], (T *)f.out + i, n);
    }
}
#else
template <class T> FT_DEVICE void fused_elements(const ft_cuda_fused &f) {
    typedef typename element<T>::compute C;
    for (int64_t i = grid_thread(); i < f.count; i += grid_threads()) {
        C results[FT_CUDA_FUSED_MOST][1];
        for (int k = 0; k < f.length; k++) {
            fused_step step = {f.instructions[k], {}, {}};
            if (step.its.first >= 0) step.first = f.arrays[step.its.first];
            if (step.its.kind == 1 && step.its.second >= 0) {
                step.second = f.arrays[step.its.second];
            }
            fused_result<T, C, 1>(step, i, 1, results, k);
        }
        write_results<T, C, 1>(results[f.length - 1], (T *)f.out + i, 1);
    }
}
#endif

// 4 blocks a multiprocessor; loads and stores of 16 bytes.
FT_KERNEL(fused, ft_cuda_fused) {
    for_all(arguments.dtype, [&](auto like) { fused_elements<decltype(like)>(arguments); });
}
