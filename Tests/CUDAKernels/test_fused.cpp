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
    STEP(0, 1, FT_BINARY_mul, f.dtype, 0, f.dtype, 1, f.dtype)                                     \
    STEP(1, 0, FT_UNARY_tanh, f.dtype, -1, f.dtype, -1, f.dtype)                                   \
    STEP(2, 3, FT_BINARY_sub, f.dtype, -2, f.dtype, -2, f.dtype)                                   \
    STEP(3, 1, FT_BINARY_add, f.dtype, -3, f.dtype, -1, f.dtype)                                   \
    STEP(4, 2, FT_BINARY_leaky_relu_grad, f.dtype, -4, f.dtype, -4, f.dtype)
#define ft_fused ft_fused_steps
#include "fused.cu"
#undef ft_fused

namespace {
void run_steps(const void *arguments) { ft_fused_steps(*(const ft_cuda_fused *)arguments); }

void run_alone(int dtype, const ft_cuda_instruction &step, const array &x, const array &y,
               const array &out) {
    ft_cuda_loop loop = make_loop({out.count}, {x.count == 1 ? 0 : 1}, {y.count == 1 ? 0 : 1});
    if (step.kind == 4) {
        ft_cuda_copy c = {};
        c.x = x.at(), c.out = out.at(), c.from = step.first_dtype, c.to = dtype;
        c.loop = make_loop({out.count}, {1}, {1});
        return launch(FT_KERNEL_copy, c, 0);
    }
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

// A number as an element of a dtype.
unsigned long long bits_of(int dtype, double value) {
    array number(dtype, 1);
    number.set(0, value);
    unsigned long long bits = 0;
    memcpy(&bits, number.at(), (size_t)dtype_sizes[dtype]);
    return bits;
}

// The last result of instructions that are run one after the other, each to the end.
std::unique_ptr<array> run_alone(const std::vector<ft_cuda_instruction> &steps, const array &x,
                                 const array &y) {
    std::vector<std::unique_ptr<array>> results;
    for (const ft_cuda_instruction &step : steps) {
        const array *operands[2];
        const int places[2] = {step.first, step.second};
        for (int k = 0; k < 2; k++) {
            operands[k] = places[k] < 0    ? results[(size_t)(-1 - places[k])].get()
                          : places[k] == 0 ? &x
                                           : &y;
        }
        results.push_back(std::make_unique<array>(step.dtype, x.count));
        run_alone(step.dtype, step, *operands[0], *operands[1], *results.back());
    }
    return std::move(results.back());
}

void check(int d, uint64_t order) {
    int64_t count = 777;
    array x(d, count), one(d, 1), out(d, count);
    fill(x, 1, -2, 2, true);
    one.set(0, 1.5);
    unsigned long long three = bits_of(d, 3);
    bool real = is_float(d);
    const std::vector<ft_cuda_instruction> steps = {
        {1, FT_BINARY_mul, 0, 1, d, d, d, 0, 0, 0, 0},
        {0, real ? FT_UNARY_tanh : FT_UNARY_square, -1, -1, d, d, d, 0, 0, 0, 0},
        {3, FT_BINARY_sub, -2, -2, d, d, d, 0, 0, 0, three},
        {1, FT_BINARY_add, -3, -1, d, d, d, 0, 0, 0, 0},
        {2, real ? FT_BINARY_leaky_relu_grad : FT_BINARY_mul, -4, -4, d, d, d, 0, 0.25, 0, three},
    };
    const ft_cuda_fused_array arrays[] = {{x.at(), 1}, {one.at(), 0}};
    ft_cuda_fused f = {steps.data(), arrays, out.at(), count, 5, d, 0};
    launch(FT_KERNEL_fused, f, order);
    std::unique_ptr<array> right = run_alone(steps, x, one);
    same_bits(out, *right, std::string("fused ") + dtype_names[d]);
    if (real) {
        array alone(d, count);
        f.out = alone.at();
        unsigned grid[3] = {3, 1, 1}, block[3] = {FT_THREADS, 1, 1};
        ft_emulator_set_order(order);
        emulator::run_grid("ft_fused", run_steps, &f, grid, block);
        same_bits(alone, *right, std::string("fused steps ") + dtype_names[d]);
    }
    char option[400];
    int length = ft_cuda_fused_option(steps.data(), 5, option, sizeof(option));
    if (length <= 0 || strchr(option, ' ')) fail("the option of a fused program: %s", option);
    if (ft_cuda_fused_option(steps.data(), 5, option, 40) != -1) fail("an option that doesn't fit");
}

// A half becomes float32, is computed with such, in between rounded to the half `d`, and ends as
// the dtype `last`.
void check_mixed(int d, int last, uint64_t order) {
    int64_t count = 1003;
    array x(d, count), y(FT_F32, count), out(last, count);
    fill(x, 1, -2, 2, true);
    fill(y, 2, -3, 3, true);
    const int w = FT_F32;
    std::vector<ft_cuda_instruction> steps = {
        {4, 0, 0, 0, w, d, d, 0, 0, 0, 0},
        {1, FT_BINARY_mul, -1, 1, w, w, w, 0, 0, 0, 0},
        {4, 0, -2, -2, d, w, w, 0, 0, 0, 0},
        {2, FT_BINARY_add, -3, -3, d, d, d, 0, 0, 0, bits_of(d, 3)},
    };
    if (last != d) steps.push_back({4, 0, -4, -4, last, d, d, 0, 0, 0, 0});
    const ft_cuda_fused_array arrays[] = {{x.at(), 1}, {y.at(), 1}};
    ft_cuda_fused f = {steps.data(), arrays, out.at(), count, (int64_t)steps.size(), last, 0};
    launch(FT_KERNEL_fused, f, order);
    same_bits(out, *run_alone(steps, x, y),
              std::string("fused ") + dtype_names[d] + " to " + dtype_names[last]);
}
}  // namespace

void test_fused() {
    for (int dtype = 0; dtype < FT_BOOL; dtype++) check(dtype, orders[dtype % 3]);
    for (int half : {FT_F16, FT_BF16}) {
        for (int last : {FT_F32, FT_F16, FT_BF16}) check_mixed(half, last, orders[last % 3]);
    }
}
