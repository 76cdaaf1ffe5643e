// Fused programs against the kernels of their instructions, to the bit.
#include "../Support/CUDAEmulator/blocks.h"
#include "layers.h"
// Last, for its macros are not for others.
#include "../Support/CUDAEmulator/cuda_shim.h"

// The same kernels compiled for the programs of `chain` and for a copy.
#pragma clang diagnostic ignored "-Wtautological-unsigned-zero-compare"
#pragma clang diagnostic ignored "-Wtautological-type-limit-compare"
#pragma clang diagnostic ignored "-Wunused-parameter"
#define CHAIN(d)                                                                                   \
    STEP(0, 1, FT_BINARY_mul, d, -1, 0, d, 1, d, 0, 0)                                             \
    STEP(1, 0, FT_UNARY_tanh, d, 2, -1, d, 0, 0, 0, 0)                                             \
    STEP(2, 3, FT_BINARY_sub, d, -1, -2, d, 0, 0, 0, 0)                                            \
    STEP(3, 1, FT_BINARY_add, d, -1, -3, d, -1, d, 0, 0)                                           \
    STEP(4, 2, FT_BINARY_leaky_relu_grad, d, 3, -4, d, 0, 0, 0, 0)
#define FT_STEPS CHAIN(FT_F32)
#define FT_CODES                                                                                   \
    CODE(0, FT_F32, CHAIN(FT_F32)) CODE(1, FT_F16, CHAIN(FT_F16)) CODE(2, FT_BF16, CHAIN(FT_BF16)) \
    CODE(3, FT_F64, CHAIN(FT_F64)) CODE(4, FT_U16, STEP(0, 4, 0, FT_U16, 1, 0, FT_U16, 0, 0, 0, 0))
#define ft_fused ft_fused_steps
#define ft_together ft_together_codes
#define FT_DTYPE FT_F32
#include "fused.cu"
#undef FT_DTYPE
#include "together.cu"
#undef ft_fused
#undef ft_together

namespace {
void run_steps(const void *arguments) { ft_fused_steps(*(const ft_cuda_fused *)arguments); }
void run_codes(const void *arguments) { ft_together_codes(*(const ft_cuda_together *)arguments); }

template <class Arguments>
void launch_compiled(const char *name, void (*kernel)(const void *), const Arguments &arguments,
                     uint64_t order) {
    unsigned grid[3] = {3, 1, 1}, block[3] = {FT_THREADS, 1, 1};
    ft_emulator_set_order(order);
    emulator::run_grid(name, kernel, &arguments, grid, block);
}

// --- What an instruction gives alone.

void run_alone(const ft_cuda_instruction &step, const array &x, const array &y, const array &z,
               const array &out) {
    int64_t strides[3] = {x.count == 1 ? 0 : 1, y.count == 1 ? 0 : 1, z.count == 1 ? 0 : 1};
    ft_cuda_loop loop = make_loop({out.count}, {strides[0]}, {strides[1]}, {strides[2]});
    switch (step.kind) {
    case FT_CUDA_STEP_CONVERT: {
        ft_cuda_copy c = {};
        c.x = x.at(), c.out = out.at(), c.from = step.dtypes[0], c.to = step.dtype;
        c.loop = make_loop({out.count}, {strides[0]}, {1});
        return launch(FT_KERNEL_copy, c, 0);
    }
    case FT_CUDA_STEP_FILL: {
        ft_cuda_fill f = {out.at(), out.count, dtype_sizes[step.dtype], step.number};
        return launch(FT_KERNEL_fill, f, 0);
    }
    case FT_CUDA_STEP_SELECT: {
        ft_cuda_select s = {x.at(), y.at(), z.at(), out.at(), dtype_sizes[step.dtype], loop};
        return launch(FT_KERNEL_select, s, 0);
    }
    case FT_CUDA_STEP_UNARY:
    case FT_CUDA_STEP_TEST: {
        ft_cuda_unary u = {x.at(), out.at(), step.function, step.dtypes[0], step.p0, step.p1, loop};
        return launch(step.kind == FT_CUDA_STEP_TEST ? FT_KERNEL_test : FT_KERNEL_unary, u, 0);
    }
    default: break;
    }
    bool first = step.kind == FT_CUDA_STEP_NUMBER_FIRST;
    bool compares = step.kind == FT_CUDA_STEP_COMPARE || step.kind == FT_CUDA_STEP_COMPARE_NUMBER;
    bool pair = step.kind == FT_CUDA_STEP_BINARY || step.kind == FT_CUDA_STEP_COMPARE;
    ft_cuda_binary b = {};
    if (first) loop = make_loop({out.count}, {0}, {strides[0]});
    b.x = first ? nullptr : x.at();
    b.y = first ? x.at() : y.at();
    b.out = out.at();
    b.function = step.function, b.dtype = step.dtypes[0], b.number = step.number, b.p0 = step.p0;
    b.scalar = pair ? 0 : first ? 1 : 2;
    b.loop = loop;
    launch(compares ? FT_KERNEL_compare : FT_KERNEL_binary, b, 0);
}

// A number as an element of a dtype.
unsigned long long bits_of(int dtype, double value) {
    array number(dtype, 1);
    number.set(0, value);
    unsigned long long bits = 0;
    memcpy(&bits, number.at(), (size_t)dtype_sizes[dtype]);
    return bits;
}

typedef std::vector<ft_cuda_instruction> steps_list;
typedef std::vector<const array *> operands_list;

// The results of instructions that are run one after the other, each to the end.
std::vector<std::unique_ptr<array>> run_alone(const steps_list &steps, const operands_list &given,
                                              int64_t count) {
    std::vector<std::unique_ptr<array>> results;
    for (const ft_cuda_instruction &step : steps) {
        const array *operands[3];
        for (int k = 0; k < 3; k++) {
            int place = step.operands[k];
            operands[k] = place < 0 ? results[(size_t)(-1 - place)].get() : given[(size_t)place];
        }
        results.push_back(std::make_unique<array>(step.dtype, count));
        run_alone(step, *operands[0], *operands[1], *operands[2], *results.back());
    }
    return results;
}

// --- Programs.

// A program, its arrays with room for what it writes, and what that should be.
struct sample {
    sample(const steps_list &steps, const operands_list &given, int64_t count, int numbers,
           const std::string &what)
        : steps(steps), what(what), right(run_alone(steps, given, count)) {
        for (const array *each : given) arrays.push_back({each->at(), each->count == 1 ? 0 : 1});
        for (size_t k = 0; k < steps.size(); k++) {
            int place = steps[k].out;
            if (place < 0) continue;
            if (place != (int)arrays.size()) fail("%s: array %d is written", what.c_str(), place);
            outs.push_back(std::make_unique<array>(steps[k].dtype, count));
            wanted.push_back(k);
            arrays.push_back({outs.back()->at(), 1});
        }
        program = {this->steps.data(), arrays.data(), count, (int)steps.size(), numbers, 0,
                   16 / dtype_sizes[numbers], 0};
    }
    void check(const char *how) {
        for (size_t k = 0; k < outs.size(); k++) {
            same_bits(*outs[k], *right[wanted[k]],
                      what + " " + how + " result " + std::to_string(wanted[k]));
            outs[k]->clear();
        }
    }
    steps_list steps;
    std::string what;
    std::vector<std::unique_ptr<array>> right, outs;
    std::vector<size_t> wanted;
    std::vector<ft_cuda_fused_array> arrays;
    ft_cuda_fused program;
};

// Five instructions, of which two results are written.
std::unique_ptr<sample> chain(int d, int64_t count, const operands_list &given) {
    unsigned long long three = bits_of(d, 3);
    bool real = is_float(d);
    int unary = real ? FT_UNARY_tanh : FT_UNARY_square;
    int last = real ? FT_BINARY_leaky_relu_grad : FT_BINARY_mul;
    const steps_list steps = {
        {FT_CUDA_STEP_BINARY, FT_BINARY_mul, d, -1, {0, 1, 0}, {d, d, 0}, 0, 0, 0},
        {FT_CUDA_STEP_UNARY, unary, d, 2, {-1, 0, 0}, {d, 0, 0}, 0, 0, 0},
        {FT_CUDA_STEP_NUMBER_FIRST, FT_BINARY_sub, d, -1, {-2, 0, 0}, {d, 0, 0}, 0, 0, three},
        {FT_CUDA_STEP_BINARY, FT_BINARY_add, d, -1, {-3, -1, 0}, {d, d, 0}, 0, 0, 0},
        {FT_CUDA_STEP_NUMBER_SECOND, last, d, 3, {-4, 0, 0}, {d, 0, 0}, 0.25, 0, three},
    };
    return std::make_unique<sample>(steps, given, count, d,
                                    std::string("fused ") + dtype_names[d]);
}

void check_chain(int d, uint64_t order) {
    array x(d, 777), one(d, 1);
    fill(x, 1, -2, 2, true);
    one.set(0, 1.5);
    auto it = chain(d, 777, {&x, &one});
    launch(FT_KERNEL_fused, it->program, order);
    it->check("read");
    if (d == FT_F32) {
        launch_compiled("ft_fused", run_steps, it->program, order);
        it->check("compiled");
    }
    char text[400];
    int length = ft_cuda_fused_steps(it->steps.data(), 5, text, sizeof(text));
    if (length <= 0 || strchr(text, ' ')) fail("the text of a fused program: %s", text);
    if (ft_cuda_fused_steps(it->steps.data(), 5, text, 40) != -1) fail("a text that doesn't fit");
}

// A half becomes float32, is computed with such, in between rounded to the half `d`, and ends as
// the dtype `last`.
void check_mixed(int d, int last, uint64_t order) {
    int64_t count = 1003;
    array x(d, count), y(FT_F32, count);
    fill(x, 1, -2, 2, true);
    fill(y, 2, -3, 3, true);
    const int w = FT_F32;
    steps_list steps = {
        {FT_CUDA_STEP_CONVERT, 0, w, -1, {0, 0, 0}, {d, 0, 0}, 0, 0, 0},
        {FT_CUDA_STEP_BINARY, FT_BINARY_mul, w, -1, {-1, 1, 0}, {w, w, 0}, 0, 0, 0},
        {FT_CUDA_STEP_CONVERT, 0, d, -1, {-2, 0, 0}, {w, 0, 0}, 0, 0, 0},
        {FT_CUDA_STEP_NUMBER_SECOND, FT_BINARY_add, d, 2, {-3, 0, 0}, {d, 0, 0}, 0, 0,
         bits_of(d, 3)},
    };
    if (last != d) {
        steps.push_back({FT_CUDA_STEP_CONVERT, 0, last, 3, {-4, 0, 0}, {d, 0, 0}, 0, 0, 0});
    }
    sample it(steps, {&x, &y}, count, last,
              std::string("fused ") + dtype_names[d] + " to " + dtype_names[last]);
    launch(FT_KERNEL_fused, it.program, order);
    it.check("read");
}

// Comparisons, tests and choices, with bools read, kept and written.
void check_bools(int d, uint64_t order) {
    int64_t count = 613;
    array x(d, count), y(d, count), one(d, 1), given(FT_BOOL, count);
    fill(x, 1, -2, 2, true);
    fill(y, 2, -2, 2, true);
    for (int64_t i = 0; i < count; i += 5) memcpy(y.at(i), x.at(i), (size_t)dtype_sizes[d]);
    for (int64_t i = 0; i < count; i++) given.set(i, i % 3 == 0);
    one.set(0, 1);
    const int t = FT_BOOL;
    const steps_list steps = {
        {FT_CUDA_STEP_COMPARE, FT_COMPARE_gt, t, -1, {0, 1, 0}, {d, d, 0}, 0, 0, 0},
        {FT_CUDA_STEP_COMPARE_NUMBER, FT_COMPARE_le, t, 4, {0, 0, 0}, {d, 0, 0}, 0, 0,
         bits_of(d, 1)},
        {FT_CUDA_STEP_TEST, FT_TEST_logical_not, t, -1, {3, 0, 0}, {t, 0, 0}, 0, 0, 0},
        {FT_CUDA_STEP_BINARY, FT_BINARY_minimum, t, -1, {-1, -3, 0}, {t, t, 0}, 0, 0, 0},
        {FT_CUDA_STEP_COMPARE, FT_COMPARE_ne, t, -1, {-4, -2, 0}, {t, t, 0}, 0, 0, 0},
        {FT_CUDA_STEP_SELECT, 0, d, 5, {-5, 1, 2}, {t, d, d}, 0, 0, 0},
        {FT_CUDA_STEP_CONVERT, 0, d, -1, {-3, 0, 0}, {t, 0, 0}, 0, 0, 0},
        {FT_CUDA_STEP_FILL, 0, d, -1, {0, 0, 0}, {d, 0, 0}, 0, 0, bits_of(d, 3)},
        {FT_CUDA_STEP_BINARY, FT_BINARY_add, d, -1, {-7, -8, 0}, {d, d, 0}, 0, 0, 0},
        {FT_CUDA_STEP_SELECT, 0, d, 6, {3, -9, 0}, {t, d, d}, 0, 0, 0},
        {FT_CUDA_STEP_TEST, FT_TEST_isfinite, t, 7, {1, 0, 0}, {d, 0, 0}, 0, 0, 0},
        {FT_CUDA_STEP_CONVERT, 0, t, 8, {1, 0, 0}, {d, 0, 0}, 0, 0, 0},
    };
    sample it(steps, {&x, &y, &one, &given}, count, d, std::string("bools ") + dtype_names[d]);
    launch(FT_KERNEL_fused, it.program, order);
    it.check("read");
}

// --- Several at once.

// Programs of five codes and sizes of less than a piece, of some and of one element, the tables of
// which say which is which: more than a warp looks at together.
void check_together(uint64_t order) {
    const int dtypes[] = {FT_F32, FT_F16, FT_BF16, FT_F64};
    const int64_t counts[] = {5, 9001, 1, 4096, 4097, 300};
    std::vector<std::unique_ptr<array>> memory;
    std::vector<std::unique_ptr<sample>> samples;
    for (int k = 0; k < 40; k++) {
        int d = k % 5 == 4 ? FT_U16 : dtypes[k % 5];
        int64_t count = k % 9 == 0 ? counts[(size_t)(k / 9 % 6)] : 1 + (k * 37) % 211;
        memory.push_back(std::make_unique<array>(d, count));
        const array &x = *memory.back();
        memory.push_back(std::make_unique<array>(d, 1));
        array &one = *memory.back();
        fill(x, (uint64_t)k, -2, 2, true);
        one.set(0, 1.5);
        if (d != FT_U16) {
            samples.push_back(chain(d, count, {&x, &one}));
        } else {
            const steps_list copy = {
                {FT_CUDA_STEP_CONVERT, 0, d, 1, {0, 0, 0}, {d, 0, 0}, 0, 0, 0}};
            samples.push_back(
                std::make_unique<sample>(copy, operands_list{&x}, count, d, "copied"));
        }
        samples.back()->program.code = k % 5;
    }
    std::vector<ft_cuda_fused> programs;
    ft_cuda_together group = {};
    for (auto &each : samples) {
        each->program.first_piece = group.pieces;
        group.pieces += (each->program.count + FT_CUDA_PIECE - 1) / FT_CUDA_PIECE;
        programs.push_back(each->program);
    }
    group.programs = programs.data();
    group.count = (long long)programs.size();
    launch(FT_KERNEL_together, group, order);
    for (auto &each : samples) each->check("together");
    launch_compiled("ft_together", run_codes, group, order);
    for (auto &each : samples) each->check("together, compiled");
}
}  // namespace

void test_fused() {
    for (int dtype = 0; dtype < FT_BOOL; dtype++) {
        check_chain(dtype, orders[dtype % 3]);
        check_bools(dtype, orders[dtype % 3]);
    }
    for (int half : {FT_F16, FT_BF16}) {
        for (int last : {FT_F32, FT_F16, FT_BF16}) check_mixed(half, last, orders[last % 3]);
    }
    for (uint64_t order : orders) check_together(order);
}
