// Elementwise kernels against those of the CPU, to the bit: both expand one list.
#include "check.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);

// Shapes with the strides of up to three operands.
struct layout {
    const char *name;
    list sizes, a, b, c;
    int64_t before;
};
const layout layouts[] = {
    {"contiguous", {1003}, {1}, {1}, {1}, 0},
    {"one", {}, {}, {}, {}, 0},
    {"none", {0}, {1}, {1}, {1}, 0},
    {"size 1", {1}, {1}, {1}, {1}, 0},
    {"unaligned", {517}, {1}, {1}, {1}, 3},
    {"every second", {300}, {2}, {1}, {3}, 1},
    {"backward", {300}, {-1}, {1}, {-2}, 0},
    {"a repeated", {777}, {0}, {1}, {1}, 0},
    {"b repeated", {777}, {1}, {0}, {0}, 0},
    {"rows", {33, 20}, {20, 1}, {0, 1}, {1, 33}, 0},
    {"columns", {33, 16}, {1, 33}, {1, 0}, {0, 1}, 0},
    {"three axes", {5, 7, 9}, {9, 45, 1}, {0, 9, 1}, {63, 9, 1}, 2},
    {"four axes", {3, 4, 5, 8}, {160, 8, 32, -1}, {0, 0, 1, 0}, {1, 3, 12, 60}, 0},
};

std::string title(const char *kernel, const char *function, int dtype, const layout &l) {
    return std::string(kernel) + " " + function + " " + dtype_names[dtype] + " " + l.name;
}

ft_cuda_unary unary_arguments(const operand &x, const array &out, int function, int dtype,
                              const layout &l) {
    ft_cuda_unary u = {};
    u.x = x.start();
    u.out = out.at();
    u.function = function;
    u.dtype = dtype;
    u.p0 = 0.75;
    u.p1 = 2.5;
    u.loop = make_loop(l.sizes, l.a);
    return u;
}

void check_unary(int dtype, int function, const layout &l, uint64_t order) {
    if (!is_float(dtype) && !ft_unary_has(function, dtype)) return;
    operand x(dtype, l.sizes, l.a, l.before);
    fill(*x.memory, (uint64_t)(function * 16 + dtype), -6, 6, true);
    int64_t count = product_of(l.sizes);
    array out(dtype, count), wanted(dtype, count);
    ft_cuda_unary u = unary_arguments(x, out, function, dtype, l);
    launch(FT_KERNEL_unary, u, order);
    ft_loop loop = cpu_loop(u.loop);
    cpu.unary(function, dtype, &loop, 0, count, x.start(), wanted.at(), u.p0, u.p1);
    same_bits(out, wanted, title("unary", ft_unary_name(function), dtype, l));
}

void check_test(int dtype, int function, const layout &l, uint64_t order) {
    operand x(dtype, l.sizes, l.a, l.before);
    fill(*x.memory, (uint64_t)(function * 16 + dtype), -6, 6, true);
    int64_t count = product_of(l.sizes);
    array out(FT_BOOL, count), wanted(FT_BOOL, count);
    ft_cuda_unary u = unary_arguments(x, out, function, dtype, l);
    launch(FT_KERNEL_test, u, order);
    ft_loop loop = cpu_loop(u.loop);
    cpu.test(function, dtype, &loop, 0, count, x.start(), wanted.at());
    same_bits(out, wanted, title("test", ft_test_name(function), dtype, l));
}

// Numbers that all functions of two operands take: no exponents of integers beyond 3.
void fill_pair(const operand &x, const operand &y, int dtype, int function) {
    fill(*x.memory, (uint64_t)(function * 16 + dtype), is_float(dtype) ? 0.1 : -6, 6,
         is_float(dtype));
    bool divides = function == FT_BINARY_floor_div || function == FT_BINARY_mod ||
                   function == FT_BINARY_fmod || function == FT_BINARY_trunc_div;
    bool draws = function == FT_BINARY_log_gamma_draw || function == FT_BINARY_poisson_draw;
    bool unit = draws || function == FT_BINARY_log_gamma_slope;
    fill(*y.memory, (uint64_t)(function * 16 + dtype + 7), divides || unit ? 0.1 : -3,
         unit ? 0.9 : 4, is_float(dtype) && !divides && !unit);
    if (divides && !is_float(dtype)) fill(*y.memory, 5, 1, 5);
}

ft_cuda_binary binary_arguments(const operand &x, const operand &y, const array &out, int function,
                                int dtype, const layout &l, int scalar) {
    ft_cuda_binary b = {};
    b.x = scalar == 1 ? nullptr : x.start();
    b.y = scalar == 2 ? nullptr : y.start();
    b.out = out.at();
    b.function = function;
    b.dtype = dtype;
    b.scalar = scalar;
    const void *number = scalar == 1 ? x.start() : y.start();
    if (scalar) memcpy(&b.number, number, (size_t)dtype_sizes[dtype]);
    b.loop = make_loop(l.sizes, l.a, l.b);
    return b;
}

ft_loop pair_loop(const ft_cuda_binary &b) {
    ft_loop loop = cpu_loop(b.loop);
    for (int d = 0; d < loop.rank; d++) {
        if (b.scalar == 1) loop.a[d] = 0;
        if (b.scalar == 2) loop.b[d] = 0;
    }
    return loop;
}

void check_binary(int dtype, int function, const layout &l, int scalar, uint64_t order) {
    if (!is_float(dtype) && !ft_binary_has(function, dtype)) return;
    if (is_float(dtype) && function >= FT_BINARY_REAL_COUNT) return;
    if (dtype == FT_BOOL && function <= FT_BINARY_trunc_div) return;
    int64_t count = product_of(l.sizes);
    if (count == 0 && scalar) return;
    operand x(dtype, l.sizes, l.a, l.before), y(dtype, l.sizes, l.b, l.before);
    fill_pair(x, y, dtype, function);
    array out(dtype, count), wanted(dtype, count);
    ft_cuda_binary b = binary_arguments(x, y, out, function, dtype, l, scalar);
    b.p0 = 1;
    launch(FT_KERNEL_binary, b, order);
    ft_loop loop = pair_loop(b);
    const void *first = scalar == 1 ? &b.number : x.start();
    const void *second = scalar == 2 ? &b.number : y.start();
    cpu.binary(function, dtype, &loop, 0, count, first, second, wanted.at(), b.p0);
    same_bits(out, wanted, title("binary", ft_binary_name(function), dtype, l));
}

void check_compare(int dtype, int function, const layout &l, int scalar, uint64_t order) {
    int64_t count = product_of(l.sizes);
    if (count == 0 && scalar) return;
    operand x(dtype, l.sizes, l.a, l.before), y(dtype, l.sizes, l.b, l.before);
    fill(*x.memory, 3, -2, 3, true);
    fill(*y.memory, 4, -2, 3, true);
    array out(FT_BOOL, count), wanted(FT_BOOL, count);
    ft_cuda_binary b = binary_arguments(x, y, out, function, dtype, l, scalar);
    launch(FT_KERNEL_compare, b, order);
    ft_loop loop = pair_loop(b);
    cpu.compare(function, dtype, &loop, 0, count, scalar == 1 ? &b.number : x.start(),
                scalar == 2 ? &b.number : y.start(), wanted.at());
    same_bits(out, wanted, title("compare", ft_compare_name(function), dtype, l));
}

void check_select(int dtype, const layout &l, uint64_t order) {
    int64_t count = product_of(l.sizes);
    operand condition(FT_BOOL, l.sizes, l.a, l.before), x(dtype, l.sizes, l.b, l.before);
    operand y(dtype, l.sizes, l.c, l.before);
    fill(*condition.memory, 3, 0, 2);
    fill(*x.memory, 4, -100, 100, true);
    fill(*y.memory, 5, -100, 100, true);
    array out(dtype, count), wanted(dtype, count);
    ft_cuda_select s = {};
    s.condition = condition.start(), s.x = x.start(), s.y = y.start(), s.out = out.at();
    s.size = dtype_sizes[dtype];
    s.loop = make_loop(l.sizes, l.a, l.b, l.c);
    launch(FT_KERNEL_select, s, order);
    ft_loop loop = cpu_loop(s.loop);
    cpu.select(dtype, &loop, 0, count, s.condition, s.x, s.y, wanted.at());
    same_bits(out, wanted, title("select", "", dtype, l));
}

// The least position of a divisor of 0 is told, in any order.
void check_division(uint64_t order) {
    array x(FT_I32, 4000), y(FT_I32, 4000), out(FT_I32, 4000);
    fill(x, 1, -9, 9);
    fill(y, 2, 1, 9);
    for (int64_t at : {3999, 1234, 1235, 2600}) y.set(at, 0);
    ft_cuda_report report = {0, 0, ~0ull, 0};
    ft_cuda_binary b = {};
    b.x = x.at(), b.y = y.at(), b.out = out.at();
    b.function = FT_BINARY_floor_div;
    b.dtype = FT_I32;
    b.witness = {&report, 5, nullptr};
    b.loop = make_loop({4000}, {1}, {1});
    launch(FT_KERNEL_binary, b, order);
    if (report.key != (5ull << 40 | 1234)) fail("division by zero: key %llx", report.key);
    // A later launch doesn't replace it.
    b.witness.ticket = 6;
    launch(FT_KERNEL_binary, b, order);
    if (report.key != (5ull << 40 | 1234)) fail("the first report is kept: %llx", report.key);
    // Every thread has something to tell.
    fill(y, 2, 0, 0);
    report.key = ~0ull;
    launch(FT_KERNEL_binary, b, order);
    if (report.key != 6ull << 40 || report.lock != 0) fail("zeros only: key %llx", report.key);
}
}  // namespace

void test_elementwise() {
    uint64_t turn = 0;
    for (int dtype = 0; dtype <= FT_BOOL; dtype++) {
        for (const layout &l : layouts) {
            for (int f = 0; f < FT_UNARY_COUNT; f++) check_unary(dtype, f, l, orders[turn++ % 3]);
            for (int f = 0; f < FT_TEST_COUNT; f++) check_test(dtype, f, l, orders[turn++ % 3]);
            for (int f = 0; f < FT_BINARY_COUNT; f++) {
                check_binary(dtype, f, l, (int)(turn % 3), orders[turn / 3 % 3]);
                turn++;
            }
            for (int f = 0; f < FT_COMPARE_COUNT; f++) {
                check_compare(dtype, f, l, (int)(turn % 3), orders[turn / 3 % 3]);
                turn++;
            }
            check_select(dtype, l, orders[turn++ % 3]);
        }
    }
    for (uint64_t order : orders) check_division(order);
}
