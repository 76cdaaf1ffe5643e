// Fused programs against the kernels of their instructions, to the bit.
#include "../Support/CUDAEmulator/blocks.h"
#include "layers.h"
// Last, for its macros are not for others.
#include "../Support/CUDAEmulator/cuda_shim.h"

// The same kernel compiled for one program, that of `check` for floats.
#pragma clang diagnostic ignored "-Wtautological-unsigned-zero-compare"
#pragma clang diagnostic ignored "-Wtautological-type-limit-compare"
#pragma clang diagnostic ignored "-Wunused-parameter"
#define FT_STEPS                                                                                   \
    STEP(0, 1, FT_BINARY_mul, 0, 1)                                                                \
    STEP(1, 0, FT_UNARY_tanh, -1, -1)                                                              \
    STEP(2, 3, FT_BINARY_sub, -2, -2)                                                              \
    STEP(3, 1, FT_BINARY_add, -3, -1)                                                              \
    STEP(4, 2, FT_BINARY_leaky_relu_grad, -4, -4)
#define ft_fused ft_fused_steps
#include "fused.cu"
#undef ft_fused

namespace {
void run_steps(const void *arguments) { ft_fused_steps(*(const ft_cuda_fused *)arguments); }

void run_alone(int dtype, const ft_cuda_instruction &step, const array &x, const array &y,
               const array &out) {
    ft_cuda_loop loop = make_loop({out.count}, {x.count == 1 ? 0 : 1}, {y.count == 1 ? 0 : 1});
    if (step.kind == 0) {
        ft_cuda_unary u = {x.at(), out.at(), step.function, dtype, step.p0, step.p1, loop};
        return launch(FT_KERNEL_unary, u, 0);
    }
    ft_cuda_binary b = {};
    bool first = step.kind == 3;
    if (first) loop = make_loop({out.count}, {0}, {x.count == 1 ? 0 : 1});
    b.x = first ? nullptr : x.at();
    b.y = first ? x.at() : y.at();
    b.out = out.at();
    b.function = step.function, b.dtype = dtype, b.number = step.number, b.p0 = step.p0;
    b.scalar = step.kind == 1 ? 0 : first ? 1 : 2;
    b.loop = loop;
    launch(FT_KERNEL_binary, b, 0);
}

void check(int dtype, uint64_t order) {
    int64_t count = 777;
    array x(dtype, count), one(dtype, 1), out(dtype, count), number(dtype, 1);
    fill(x, 1, -2, 2, true);
    one.set(0, 1.5);
    number.set(0, 3);
    unsigned long long bits = 0;
    memcpy(&bits, number.at(), (size_t)dtype_sizes[dtype]);
    bool real = is_float(dtype);
    const ft_cuda_instruction steps[] = {
        {1, FT_BINARY_mul, 0, 1, 0, 0, 0},
        {0, real ? FT_UNARY_tanh : FT_UNARY_square, -1, -1, 0, 0, 0},
        {3, FT_BINARY_sub, -2, -2, 0, 0, bits},
        {1, FT_BINARY_add, -3, -1, 0, 0, 0},
        {2, real ? FT_BINARY_leaky_relu_grad : FT_BINARY_mul, -4, -4, 0.25, 0, bits},
    };
    const ft_cuda_fused_array arrays[] = {{x.at(), 1}, {one.at(), 0}};
    ft_cuda_fused f = {steps, arrays, out.at(), count, 5, dtype, 0};
    launch(FT_KERNEL_fused, f, order);
    std::vector<std::unique_ptr<array>> results;
    for (const ft_cuda_instruction &step : steps) {
        const array *operands[2];
        const int places[2] = {step.first, step.second};
        for (int k = 0; k < 2; k++) {
            operands[k] = places[k] < 0    ? results[(size_t)(-1 - places[k])].get()
                          : places[k] == 0 ? &x
                                           : &one;
        }
        results.push_back(std::make_unique<array>(dtype, count));
        run_alone(dtype, step, *operands[0], *operands[1], *results.back());
    }
    same_bits(out, *results.back(), std::string("fused ") + dtype_names[dtype]);
    if (real) {
        array alone(dtype, count);
        f.out = alone.at();
        unsigned grid[3] = {3, 1, 1}, block[3] = {FT_THREADS, 1, 1};
        ft_emulator_set_order(order);
        emulator::run_grid("ft_fused", run_steps, &f, grid, block);
        same_bits(alone, *results.back(), std::string("fused steps ") + dtype_names[dtype]);
    }
    char option[400];
    int length = ft_cuda_fused_option(steps, 5, option, sizeof(option));
    if (length <= 0 || strchr(option, ' ')) fail("the option of a fused program: %s", option);
    if (ft_cuda_fused_option(steps, 5, option, 40) != -1) fail("an option that doesn't fit");
}
}  // namespace

void test_fused() {
    for (int dtype = 0; dtype < FT_BOOL; dtype++) check(dtype, orders[dtype % 3]);
}
