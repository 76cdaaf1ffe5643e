// Programs of elementwise functions. A compiled one is a list of STEP(…)s, which -D options bring:
// a thread takes as many neighbouring elements as 16 bytes hold. Else each thread reads the
// instructions for each of its elements.
#pragma once
#include "functions.cuh"
#include "loops.cuh"

// An instruction, and the arrays that it reads and writes.
struct fused_step {
    ft_cuda_instruction its;
    ft_cuda_fused_array operands[3], out;
};

// How many operands an instruction has.
FT_DEVICE constexpr int operands_of(int kind) {
    if (kind == FT_CUDA_STEP_BINARY || kind == FT_CUDA_STEP_COMPARE) return 2;
    return kind == FT_CUDA_STEP_SELECT ? 3 : kind == FT_CUDA_STEP_FILL ? 0 : 1;
}

// Calls f with an element of the type of a dtype that goes with T: T, bool, or where T is a float
// of 32 bits or less, any of these.
template <class T, class F> FT_DEVICE void beside(T *like, int dtype, F f) {
    if (dtype == FT_BOOL) return f(truth());
    among(like, dtype, f);
}

// V elements of operand `which` from element i on, of which n are there.
template <class T, class C, int V>
FT_DEVICE void fused_operand(const fused_step &step, int which, int64_t i, int n,
                             const C (*results)[V], C *to) {
    int number = step.its.operands[which];
    if (number < 0) {
#pragma unroll
        for (int j = 0; j < V; j++) to[j] = results[-1 - number][j];
        return;
    }
    const ft_cuda_fused_array &array = step.operands[which];
    beside((T *)nullptr, step.its.dtypes[which], [&](auto like) {
        typedef decltype(like) From;
        pack<From, V> group = read<V>((const From *)array.at + i * array.stride, array.stride, n);
#pragma unroll
        for (int j = 0; j < V; j++) to[j] = (C)element<From>::load(group.at[j]);
    });
}

// What an instruction makes of an element of each operand and its number. Bools are 0 and 1.
template <class C> FT_DEVICE C step_value(const ft_cuda_instruction &its, C x, C y, C z, C number) {
    switch (its.kind) {
    case FT_CUDA_STEP_UNARY: return unary_value(its.function, x, (C)its.p0, (C)its.p1);
    case FT_CUDA_STEP_BINARY: return binary_value(its.function, x, y, (C)its.p0);
    case FT_CUDA_STEP_NUMBER_SECOND: return binary_value(its.function, x, number, (C)its.p0);
    case FT_CUDA_STEP_NUMBER_FIRST: return binary_value(its.function, number, x, (C)its.p0);
    case FT_CUDA_STEP_TEST: return (C)test_value(its.function, x);
    case FT_CUDA_STEP_COMPARE: return (C)compare_value(its.function, x, y);
    case FT_CUDA_STEP_COMPARE_NUMBER: return (C)compare_value(its.function, x, number);
    case FT_CUDA_STEP_SELECT: return x != 0 ? y : z;
    case FT_CUDA_STEP_FILL: return number;
    default: return its.dtype == FT_BOOL ? (C)(x != 0) : x;
    }
}

// The number of an instruction: an element of its dtype, or of what it compares.
template <class T, class C> FT_DEVICE C step_number(const ft_cuda_instruction &its) {
    C number = 0;
    bool compares = its.kind == FT_CUDA_STEP_COMPARE_NUMBER;
    bool has = compares || its.kind == FT_CUDA_STEP_NUMBER_SECOND ||
               its.kind == FT_CUDA_STEP_NUMBER_FIRST || its.kind == FT_CUDA_STEP_FILL;
    if (!has) return number;
    int dtype = compares ? its.dtypes[0] : its.dtype;
    beside((T *)nullptr, dtype, [&](auto like) {
        typedef decltype(like) From;
        number = (C)element<From>::load(*(const From *)&its.number);
    });
    return number;
}

// Makes result k, rounded to its type as if it had been written and read.
template <class T, class C, int V>
FT_DEVICE void fused_result(const fused_step &step, int64_t i, int n, C (*results)[V], int k) {
    const ft_cuda_instruction &its = step.its;
    C x[V] = {}, y[V] = {}, z[V] = {}, number = step_number<T, C>(its);
    int operands = operands_of(its.kind);
    if (operands > 0) fused_operand<T, C, V>(step, 0, i, n, results, x);
    if (operands > 1) fused_operand<T, C, V>(step, 1, i, n, results, y);
    if (operands > 2) fused_operand<T, C, V>(step, 2, i, n, results, z);
    beside((T *)nullptr, its.dtype, [&](auto like) {
        typedef decltype(like) To;
#pragma unroll
        for (int j = 0; j < V; j++) {
            C value = step_value<C>(its, x[j], y[j], z[j], number);
            results[k][j] = (C)element<To>::load(element<To>::store(value));
        }
    });
}

// Writes result k where others than the program want it.
template <class T, class C, int V>
FT_DEVICE void fused_write(const fused_step &step, int64_t i, int n, const C (*results)[V], int k) {
    if (step.its.out < 0) return;
    beside((T *)nullptr, step.its.dtype, [&](auto like) {
        typedef decltype(like) To;
        pack<To, V> group;
#pragma unroll
        for (int j = 0; j < V; j++) group.at[j] = element<To>::store(results[k][j]);
        write<V>((To *)step.out.at + i, 1, n, group);
    });
}

// Instruction k with what is known of it when its program is compiled; what it calculates with is
// left to the tables.
template <int k, int kind, int function, int dtype, int out, int a, int a_dtype, int b, int b_dtype,
          int c, int c_dtype>
struct fused_code {
    static constexpr int number = k;
    static __device__ __forceinline__ fused_step of(const ft_cuda_fused &f) {
        fused_step step = {};
        step.its.kind = kind, step.its.function = function;
        step.its.dtype = dtype, step.its.out = out;
        step.its.operands[0] = a, step.its.dtypes[0] = a_dtype;
        step.its.operands[1] = b, step.its.dtypes[1] = b_dtype;
        step.its.operands[2] = c, step.its.dtypes[2] = c_dtype;
        step.its.p0 = f.instructions[k].p0, step.its.p1 = f.instructions[k].p1;
        step.its.number = f.instructions[k].number;
        constexpr int operands = operands_of(kind);
        if (operands > 0 && a >= 0) step.operands[0] = f.arrays[a];
        if (operands > 1 && b >= 0) step.operands[1] = f.arrays[b];
        if (operands > 2 && c >= 0) step.operands[2] = f.arrays[c];
        if (out >= 0) step.out = f.arrays[out];
        return step;
    }
};
#define STEP(...) , fused_code<__VA_ARGS__>

// A thread's elements of a program of these instructions: groups from element i to `end`, `by`
// groups apart.
template <class T, class... Codes>
FT_DEVICE void run_compiled(const ft_cuda_fused &f, int64_t i, int64_t end, int64_t by) {
    typedef typename element<T>::compute C;
    constexpr int V = 16 / sizeof(T), length = sizeof...(Codes);
    const fused_step steps[length] = {Codes::of(f)...};
    for (i *= V; i < end; i += by * V) {
        int n = (int)least(V, end - i);
        C results[length][V];
        (fused_result<T, C, V>(steps[Codes::number], i, n, results, Codes::number), ...);
        (fused_write<T, C, V>(steps[Codes::number], i, n, results, Codes::number), ...);
    }
}

// The same of any program.
template <class T>
FT_DEVICE void run_interpreted(const ft_cuda_fused &f, int64_t i, int64_t end, int64_t by) {
    typedef typename element<T>::compute C;
    for (; i < end; i += by) {
        C results[FT_CUDA_FUSED_MOST][1];
        fused_step step = {};
        for (int k = 0; k < f.length; k++) {
            step.its = f.instructions[k];
            for (int which = 0; which < operands_of(step.its.kind); which++) {
                int number = step.its.operands[which];
                if (number >= 0) step.operands[which] = f.arrays[number];
            }
            fused_result<T, C, 1>(step, i, 1, results, k);
        }
        for (int k = 0; k < f.length; k++) {
            step.its = f.instructions[k];
            if (step.its.out >= 0) step.out = f.arrays[step.its.out];
            fused_write<T, C, 1>(step, i, 1, results, k);
        }
    }
}
