// Filling, counting, copying and converting.
#include "check.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);

struct layout {
    const char *name;
    list sizes, a, b;
    int64_t before;
};
const layout layouts[] = {
    {"contiguous", {1003}, {1}, {1}, 0},
    {"one", {}, {}, {}, 0},
    {"none", {4, 0}, {1, 1}, {1, 1}, 0},
    {"unaligned", {300}, {1}, {1}, 1},
    {"from strided", {300}, {3}, {1}, 0},
    {"to strided", {300}, {1}, {-2}, 0},
    {"transposed", {24, 16}, {1, 24}, {16, 1}, 0},
    {"repeated", {24, 15}, {1, 0}, {15, 1}, 0},
    {"three axes", {3, 8, 16}, {128, 16, 1}, {16, 48, 1}, 0},
};

void check_copy(int from, int to, const layout &l, uint64_t order) {
    operand x(from, l.sizes, l.a, l.before), out(to, l.sizes, l.b, l.before);
    operand wanted(to, l.sizes, l.b, l.before);
    fill(*x.memory, (uint64_t)(from * 13 + to), -300, 70000, true);
    ft_cuda_copy c = {x.start(), out.start(), from, to, make_loop(l.sizes, l.a, l.b)};
    launch(FT_KERNEL_copy, c, order);
    ft_loop loop = cpu_loop(c.loop);
    cpu.copy(from, to, &loop, 0, c.loop.count, x.start(), wanted.start());
    same_bits(*out.memory, *wanted.memory,
              std::string("copy ") + dtype_names[from] + " " + dtype_names[to] + " " + l.name);
}

// Numbers at the edges of each range.
void check_edges(int from, int to) {
    const double edges[] = {0, -0.0, 0.5, -0.5, 1, -1, 127, 128, -128, -129, 255, 256, 32767,
                            32768, -32769, 65535, 65536, 65519, 65520, 2147483647.0, 2147483648.0,
                            -2147483649.0, 4294967295.0, 4294967296.0, 9223372036854775807.0,
                            -9223372036854775808.0, 18446744073709551615.0, 1e300, -1e300,
                            INFINITY, -INFINITY, NAN, 1e-40, 6e-8, 3e-8, 1.00048828125,
                            1.0004882812500002, 1.001464843, 3.4028235e38, 1.00390625};
    int64_t count = sizeof(edges) / sizeof(edges[0]);
    array x(from, count), out(to, count), wanted(to, count);
    for (int64_t i = 0; i < count; i++) {
        bool fits = is_float(from) || std::fabs(edges[i]) < 100;
        x.set(i, fits ? edges[i] : (double)i);
    }
    ft_cuda_copy c = {x.at(), out.at(), from, to, make_loop({count}, {1}, {1})};
    launch(FT_KERNEL_copy, c, 0);
    ft_loop loop = cpu_loop(c.loop);
    cpu.copy(from, to, &loop, 0, count, x.at(), wanted.at());
    same_bits(out, wanted, std::string("edges ") + dtype_names[from] + " " + dtype_names[to]);
}

void check_fill(int dtype, int64_t count, int64_t offset, uint64_t order) {
    array out(dtype, count + offset), wanted(dtype, count + offset), element(dtype, 1);
    element.set(0, 3);
    ft_cuda_fill f = {out.at(offset), count, dtype_sizes[dtype], 0};
    memcpy(&f.bits, element.at(), (size_t)dtype_sizes[dtype]);
    launch(FT_KERNEL_fill, f, order);
    cpu.fill(dtype, count, element.at(), wanted.at(offset));
    same_bits(out, wanted, std::string("fill ") + dtype_names[dtype]);
}

void check_range(int dtype, uint64_t order) {
    const int64_t starts[] = {-5, 250, -40000, 9007199254740993}, steps[] = {1, -7, 1000};
    for (int64_t start : starts) {
        for (int64_t step : steps) {
            array out(dtype, 700);
            ft_cuda_range r = {out.at(), 700, dtype, start, step};
            launch(FT_KERNEL_range, r, order);
            for (int64_t i = 0; i < 700; i++) {
                int64_t value = start + i * step;
                array wanted(dtype, 1);
                const int64_t low[] = {0, 0, 0, 0, -128, 0, -32768, 0, INT32_MIN, 0, INT64_MIN, 0};
                const int64_t high[] = {0, 0, 0, 0, 127, 255, 32767, 65535, INT32_MAX, UINT32_MAX,
                                        INT64_MAX, INT64_MAX};
                if (!is_float(dtype) && dtype != FT_BOOL) {
                    value = value < low[dtype] ? low[dtype] : value;
                    value = value > high[dtype] ? high[dtype] : value;
                }
                if (dtype == FT_F32) {
                    *wanted.at<float>() = (float)value;
                } else if (dtype == FT_I64 || dtype == FT_U64) {
                    *wanted.at<int64_t>() = value;
                } else {
                    wanted.set(0, (double)value);
                }
                if (memcmp(out.at(i), wanted.at(), (size_t)dtype_sizes[dtype]) != 0) {
                    fail("range %s [%lld]: %g, not %g", dtype_names[dtype], (long long)i,
                         out.number(i), wanted.number(0));
                    return;
                }
            }
        }
    }
}
}  // namespace

void test_copies() {
    uint64_t turn = 0;
    for (int from = 0; from <= FT_BOOL; from++) {
        for (int to = 0; to <= FT_BOOL; to++) {
            for (const layout &l : layouts) check_copy(from, to, l, orders[turn++ % 3]);
            check_edges(from, to);
        }
        for (int64_t count : {0, 1, 15, 16, 17, 5000}) {
            check_fill(from, count, count % 2, orders[turn++ % 3]);
        }
        check_range(from, orders[turn++ % 3]);
    }
    // A grid of two blocks takes it all.
    array x(FT_U8, 300000), out(FT_F32, 300000);
    fill(x, 1, 0, 255);
    ft_cuda_copy c = {x.at(), out.at(), FT_U8, FT_F32, make_loop({300000}, {1}, {1})};
    launch(FT_KERNEL_copy, c, 0, 2);
    for (int64_t i = 0; i < x.count; i++) {
        if (x.number(i) != out.number(i)) return fail("a grid of two blocks");
    }
}
