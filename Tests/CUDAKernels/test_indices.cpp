// Gathering, scattering and positions, against the CPU's, to the bit.
#include <algorithm>

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

// How the index goes: anywhere, with the rows in order, to one row, or to two by turns.
enum way { RANDOM, SORTED, SAME, TURNS };

void fill_index(const array &index, int64_t rows, way where) {
    fill(index, 2, -(double)rows, (double)rows);
    int64_t *at = index.at<int64_t>();
    if (where == SORTED) std::sort(at, at + index.count);
    for (int64_t i = 0; i < index.count && where >= SAME; i++) {
        at[i] = where == SAME ? rows / 2 : i % 2 * (rows - 1);
    }
}

// By the shares that the plan makes, or by blocks of so many columns of every so many-th row.
struct share { int64_t columns, parts; };

void check_scatter(int dtype, int rule, int64_t rows, int64_t width, int64_t count, way where,
                   uint64_t order, share own = {}, unsigned most = 5) {
    bool half = dtype == FT_F16 || dtype == FT_BF16;
    int table_type = rule != 0 && half ? (int)FT_F32 : dtype;
    array x(dtype, count * width), index(FT_I64, count);
    array out(table_type, rows * width), wanted(table_type, rows * width);
    fill(x, 1, -3, 3, true);
    fill_index(index, rows, where);
    fill(out, 3, -3, 3);
    memcpy(wanted.at(), out.at(), (size_t)(rows * width * dtype_sizes[table_type]));
    ft_cuda_scatter s = {};
    s.x = x.at(), s.index = index.at<long long>(), s.out = out.at();
    s.count = count, s.width = width, s.rows = rows, s.rule = rule, s.dtype = dtype;
    ft_cuda_scatter_plan(&s);
    if (own.columns > 0) s.columns = own.columns, s.parts = own.parts;
    launch(FT_KERNEL_scatter, s, order, most);
    ft_scatter plan = {rule, dtype, count, width, rows, x.at(), index.at<int64_t>(), wanted.at()};
    cpu.scatter(&plan, 0, rows, 0, width);
    same_bits(out, wanted,
              std::string("scatter ") + dtype_names[dtype] + " rule " + std::to_string(rule) +
                  " " + std::to_string(rows) + " rows of " + std::to_string(width));
}

// Rows with no, one and many hits; strips of columns of every width; as many items as are looked at
// at once, and one more or less. Then blocks that have several rows, fewer than they have groups of
// threads and more.
void check_scatters() {
    uint64_t turn = 0;
    for (int64_t rows : {1, 2, 19}) {
        for (int64_t width : {1, 3, 31, 33, 300}) {
            for (int64_t count : {1, 31, 33, 1023, 1024, 1025, 2500}) {
                if (count * width > 40000) continue;
                int dtype = turn % 3 == 0 ? FT_F64 : FT_F32;
                check_scatter(dtype, 1, rows, width, count, (way)(turn % 4), orders[turn % 3], {},
                              turn % 2 ? 5 : 100);
                turn++;
            }
        }
    }
    check_scatter(FT_F32, 1, 1025, 2, 3000, RANDOM, orders[turn++ % 3], {}, 600);
    for (way where : {RANDOM, SORTED, SAME, TURNS}) {
        for (int rule = 0; rule < 5; rule++) {
            check_scatter(FT_F32, rule, 700, 2, 2500, where, orders[turn++ % 3], {2, 4});
            check_scatter(FT_I16, rule, 37, 1, 2500, where, orders[turn++ % 3], {1, 1});
            check_scatter(FT_F16, rule, 37, 300, 90, where, orders[turn++ % 3], {256, 4});
            check_scatter(FT_F64, rule, 37, 21, 1100, where, orders[turn++ % 3], {8, 16});
        }
    }
}

// What the plan promises: every row and column in one block's share, a row a block where blocks
// suffice, a warp's width at least.
void check_shares() {
    struct { int64_t rows, width, columns, parts; } wanted[] = {
        {50257, 768, 256, 128}, {2, 768, 32, 2}, {65, 384, 32, 128}, {1, 1, 1, 1},
        {0, 5, 8, 1}, {1000, 48, 64, 1024}, {3000, 3, 4, 512}, {7, 100000, 256, 1},
    };
    for (auto &w : wanted) {
        ft_cuda_scatter s = {};
        s.count = 9, s.rows = w.rows, s.width = w.width;
        ft_cuda_scatter_plan(&s);
        if (s.columns != w.columns || s.parts != w.parts) {
            fail("a share of %lld rows of %lld: %lld columns, %lld parts", s.rows, s.width,
                 s.columns, s.parts);
        }
    }
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
    ft_cuda_gather g = {table.at(), index.at<long long>(), out.at(), 30, 16, 10,
                        {&report, 1, nullptr}};
    launch(FT_KERNEL_gather, g, order);
    if (report.key != (1ull << 40 | 20) || report.value != 10) fail("gather out of range");
    ft_cuda_scatter s = {};
    s.x = out.at(), s.index = index.at<long long>(), s.out = table.at();
    s.count = 30, s.width = 4, s.rows = 10, s.rule = 1, s.dtype = FT_F32;
    report = {0, 0, ~0ull, 0};
    s.witness = {&report, 2, nullptr};
    ft_cuda_scatter_plan(&s);
    launch(FT_KERNEL_scatter, s, order);
    if (report.key != (2ull << 40 | 20) || report.value != 10) fail("scatter out of range");
    // A table without rows has none for any index.
    s.rows = 0;
    report = {0, 0, ~0ull, 0};
    ft_cuda_scatter_plan(&s);
    launch(FT_KERNEL_scatter, s, order);
    if (report.key != 2ull << 40) fail("scatter to no rows");
}
}  // namespace

void test_indices() {
    uint64_t turn = 0;
    for (int dtype = 0; dtype <= FT_BOOL; dtype++) {
        for (int64_t width : {0, 1, 3, 4, 16, 33}) {
            for (int64_t count : {0, 1, 50, 700}) {
                check_gather(dtype, 20, width, count, (int64_t)(turn % 2), orders[turn % 3]);
                check_scatter(dtype, (int)(turn % 5), 20, width, count, (way)(turn % 4),
                              orders[turn % 3]);
                turn++;
            }
        }
        for (int rule = 0; rule < 5; rule++) {
            check_scatter(dtype, rule, 7, 5, 90, RANDOM, orders[turn++ % 3]);
            check_scatter(dtype, rule, 7, 5, 90, SORTED, orders[turn++ % 3]);
        }
    }
    check_scatters();
    check_shares();
    for (uint64_t order : orders) {
        check_positions(order);
        check_outside(order);
    }
}
