// Several elementwise functions in one pass. With -D FT_STEPS=STEP(…)… it is compiled for one
// program; else each thread reads the instructions for each of its elements.
#include "functions.cuh"
#include "loops.cuh"

// An operand of an instruction: an array's element, or an earlier result.
template <class T, class C>
FT_DEVICE C fused_operand(const ft_cuda_fused &f, int number, int64_t i, const C *results) {
    if (number < 0) return results[-1 - number];
    const ft_cuda_fused_array &array = f.arrays[number];
    return element<T>::load(((const T *)array.at)[i * array.stride]);
}

template <class T, class C>
FT_DEVICE C fused_result(const ft_cuda_fused &f, const ft_cuda_instruction &step, int64_t i,
                         const C *results) {
    C x = fused_operand<T>(f, step.first, i, results);
    C number = element<T>::load(*(const T *)&step.number);
    switch (step.kind) {
    case 0: return unary_value(step.function, x, (C)step.p0, (C)step.p1);
    case 1: {
        C y = fused_operand<T>(f, step.second, i, results);
        return binary_value(step.function, x, y, (C)step.p0);
    }
    case 2: return binary_value(step.function, x, number, (C)step.p0);
    default: return binary_value(step.function, number, x, (C)step.p0);
    }
}

// Results are rounded to the type as if they had been written and read.
#ifdef FT_STEPS
template <class T> FT_DEVICE void fused_elements(const ft_cuda_fused &f) {
    typedef typename element<T>::compute C;
#define STEP(k, its_kind, its_function, its_first, its_second)                                     \
    ft_cuda_instruction step_##k = f.instructions[k];                                              \
    step_##k.kind = its_kind, step_##k.function = its_function;                                    \
    step_##k.first = its_first, step_##k.second = its_second;
    FT_STEPS
#undef STEP
    for (int64_t i = grid_thread(); i < f.count; i += grid_threads()) {
        C results[FT_CUDA_FUSED_MOST];
        T last = T();
#define STEP(k, ...)                                                                               \
    last = element<T>::store(fused_result<T>(f, step_##k, i, results));                            \
    results[k] = element<T>::load(last);
        FT_STEPS
#undef STEP
        ((T *)f.out)[i] = last;
    }
}
#else
template <class T> FT_DEVICE void fused_elements(const ft_cuda_fused &f) {
    typedef typename element<T>::compute C;
    for (int64_t i = grid_thread(); i < f.count; i += grid_threads()) {
        C results[FT_CUDA_FUSED_MOST];
        T last = T();
        for (int k = 0; k < f.length; k++) {
            last = element<T>::store(fused_result<T>(f, f.instructions[k], i, results));
            results[k] = element<T>::load(last);
        }
        ((T *)f.out)[i] = last;
    }
}
#endif

FT_KERNEL(fused, ft_cuda_fused) {
    for_all(arguments.dtype, [&](auto like) { fused_elements<decltype(like)>(arguments); });
}
