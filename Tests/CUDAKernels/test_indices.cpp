// Gathering, scattering and positions, against the CPU's, to the bit.
#include "check.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);

void check_gather(int dtype, int64_t rows, int64_t width, int64_t count, int64_t offset,
                  uint64_t order) {
    int64_t size = dtype_sizes[dtype];
    array table(dtype, rows * width + offset), index(FT_I64, count);
    array out(dtype, count * width), wanted(dtype, count * width);
    fill(table, 1, -9, 9, true);
    fill(index, 2, -(double)rows, (double)rows);
    ft_cuda_gather g = {table.at(offset), index.at<long long>(), out.at(), count, width * size,
                        rows, {}};
    launch(FT_KERNEL_gather, g, order);
    cpu.gather(count, width * size, rows, table.at(offset), index.at<int64_t>(), wanted.at());
    same_bits(out, wanted, std::string("gather ") + dtype_names[dtype]);
}

void check_scatter(int dtype, int rule, int64_t rows, int64_t width, int64_t count,
                   bool sorted, uint64_t order) {
    bool half = dtype == FT_F16 || dtype == FT_BF16;
    int table_type = rule != 0 && half ? (int)FT_F32 : dtype;
    array x(dtype, count * width), index(FT_I64, count);
    array out(table_type, rows * width), wanted(table_type, rows * width);
    fill(x, 1, -3, 3, true);
    fill(index, 2, -(double)rows, (double)rows);
    fill(out, 3, -3, 3);
    memcpy(wanted.at(), out.at(), (size_t)(rows * width * dtype_sizes[table_type]));
    ft_cuda_scatter s = {};
    s.x = x.at(), s.index = index.at<long long>(), s.out = out.at();
    s.count = count, s.width = width, s.rows = rows, s.rule = rule, s.dtype = dtype;
    // The places by row, each row's in order.
    std::vector<long long> places;
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t i = 0; i < count; i++) {
            int64_t at = *index.at<int64_t>(i);
            if (at == row || at + rows == row) places.push_back(i);
        }
    }
    s.order = sorted ? places.data() : nullptr;
    launch(FT_KERNEL_scatter, s, order);
    ft_scatter plan = {rule, dtype, count, width, rows, x.at(), index.at<int64_t>(), wanted.at()};
    cpu.scatter(&plan, 0, rows, 0, width);
    same_bits(out, wanted,
              std::string("scatter ") + dtype_names[dtype] + " rule " + std::to_string(rule));
}

void check_positions(uint64_t order) {
    array index(FT_I64, 3000), out(FT_I64, 3000), wanted(FT_I64, 3000);
    fill(index, 1, -50, 50);
    ft_cuda_report report = {0, 0, ~0ull, 0};
    ft_cuda_positions p = {index.at<long long>(), out.at<long long>(), 3000, 50,
                           {&report, 9, nullptr}};
    launch(FT_KERNEL_positions, p, order);
    cpu.positions(3000, 50, index.at<int64_t>(), wanted.at<int64_t>());
    same_bits(out, wanted, "positions");
    if (report.key != ~0ull) fail("a report of nothing");
    index.set(2999, 50);
    index.set(700, -51);
    index.set(701, 99);
    launch(FT_KERNEL_positions, p, order);
    if (report.key != (9ull << 40 | 700) || report.value != -51) fail("an index out of range");
    // Of many that are, the value of the first.
    for (int64_t i = 3; i < 3000; i++) index.set(i, 1000 + (double)i);
    report = {0, 0, ~0ull, 0};
    launch(FT_KERNEL_positions, p, order);
    if (report.key != (9ull << 40 | 3) || report.value != 1003) fail("many out of range");
}

void check_outside(uint64_t order) {
    array table(FT_F32, 40), index(FT_I64, 30), out(FT_F32, 120);
    fill(table, 1, 0, 1);
    fill(index, 2, 0, 10);
    index.set(20, 10);
    ft_cuda_report report = {0, 0, ~0ull, 0};
    ft_cuda_gather g = {table.at(), index.at<long long>(), out.at(), 30, 16, 10, {&report, 1, nullptr}};
    launch(FT_KERNEL_gather, g, order);
    if (report.key != (1ull << 40 | 20) || report.value != 10) fail("gather out of range");
    ft_cuda_scatter s = {};
    s.x = out.at(), s.index = index.at<long long>(), s.out = table.at();
    s.count = 30, s.width = 4, s.rows = 10, s.rule = 1, s.dtype = FT_F32;
    report = {0, 0, ~0ull, 0};
    s.witness = {&report, 2, nullptr};
    launch(FT_KERNEL_scatter, s, order);
    if (report.key != (2ull << 40 | 20) || report.value != 10) fail("scatter out of range");
}
}  // namespace

void test_indices() {
    uint64_t turn = 0;
    for (int dtype = 0; dtype <= FT_BOOL; dtype++) {
        for (int64_t width : {0, 1, 3, 4, 16, 33}) {
            for (int64_t count : {0, 1, 50, 700}) {
                check_gather(dtype, 20, width, count, (int64_t)(turn % 2), orders[turn % 3]);
                check_scatter(dtype, (int)(turn % 5), 20, width, count, turn % 2, orders[turn % 3]);
                turn++;
            }
        }
        for (int rule = 0; rule < 5; rule++) {
            check_scatter(dtype, rule, 7, 5, 90, false, orders[turn++ % 3]);
            check_scatter(dtype, rule, 7, 5, 90, true, orders[turn++ % 3]);
        }
    }
    for (uint64_t order : orders) {
        check_positions(order);
        check_outside(order);
    }
}
