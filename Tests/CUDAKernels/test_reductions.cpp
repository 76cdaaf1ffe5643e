// Reductions against sums in long double, and against the CPU's where the result has no rounding.
#include "check.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);

struct layout {
    const char *name;
    // Kept axes, their strides in x and y; reduced axes alike. out is contiguous.
    list kept, kept_a, kept_b, reduced, reduced_a, reduced_b;
};
const layout layouts[] = {
    {"all", {}, {}, {}, {1000}, {1}, {1}},
    {"all of many", {}, {}, {}, {70000}, {1}, {1}},
    {"one", {}, {}, {}, {}, {}, {}},
    {"rows", {37}, {50}, {50}, {50}, {1}, {0}},
    {"short rows", {300}, {3}, {3}, {3}, {1}, {1}},
    {"long rows", {3}, {3000}, {0}, {3000}, {1}, {1}},
    {"columns", {37}, {1}, {0}, {60}, {37}, {1}},
    {"long columns", {5}, {1}, {1}, {9000}, {5}, {5}},
    {"many columns", {300}, {1}, {1}, {4}, {300}, {0}},
    {"middle", {6, 7}, {35, 1}, {35, 1}, {5}, {7}, {7}},
    {"outer and inner", {9}, {11}, {1}, {6, 11}, {99, 1}, {0, 9}},
    {"backward", {20}, {-1}, {1}, {30}, {-20}, {20}},
    {"none kept", {0}, {1}, {1}, {5}, {1}, {1}},
};

list joined(const list &x, const list &y) {
    list all = x;
    all.insert(all.end(), y.begin(), y.end());
    return all;
}

// A reduction with its operands; a layout's operand x is in memory that just holds it.
struct setting {
    operand x, y;
    array out;
    ft_cuda_reduce r = {};
    std::unique_ptr<array> partial;

    setting(const layout &l, int op, int dtype, int second, int out_dtype)
        : x(dtype, joined(l.kept, l.reduced), joined(l.kept_a, l.reduced_a)),
          y(second, joined(l.kept, l.reduced), joined(l.kept_b, l.reduced_b)),
          out(out_dtype, product_of(l.kept)) {
        r.x = x.start();
        r.y = y.start();
        r.out = out.at();
        r.op = op;
        r.dtype = dtype;
        r.second_dtype = second;
        r.out_dtype = out_dtype;
        r.kept = make_loop(l.kept, l.kept_a, l.kept_b, row_major(l.kept));
        r.reduced = make_loop(l.reduced, l.reduced_a, l.reduced_b);
        long long bytes = ft_cuda_reduce_plan(&r);
        partial = std::make_unique<array>(FT_F64, bytes / 8);
        r.partial = partial->at();
    }
    void run(uint64_t order) {
        launch(FT_KERNEL_reduce, r, order);
        if (r.pieces > 1) launch(FT_KERNEL_reduce_join, r, order);
    }
    // The numbers that are reduced to one, as they come.
    std::vector<double> elements(int64_t kept, bool mapped) const {
        std::vector<double> all;
        for (int64_t i = 0; i < r.reduced.count; i++) {
            int64_t a = x.first + at(r.kept, kept, r.kept.a) + at(r.reduced, i, r.reduced.a);
            int64_t b = y.first + at(r.kept, kept, r.kept.b) + at(r.reduced, i, r.reduced.b);
            double value = x.memory->number(a);
            all.push_back(mapped ? value * y.memory->number(b) : value);
        }
        return all;
    }
    static int64_t at(const ft_cuda_loop &loop, int64_t i, const long long *strides) {
        int64_t offset = 0;
        for (int d = (int)loop.rank - 1; d >= 0; d--) {
            offset += i % loop.dims[d] * strides[d];
            i /= loop.dims[d];
        }
        return offset;
    }
};

double wanted_of(int op, const std::vector<double> &x) {
    long double total = op == FT_REDUCTION_product || op == FT_REDUCTION_all ? 1 : 0;
    long double most = -INFINITY, least = INFINITY;
    bool has_nan = false;
    for (double value : x) has_nan |= value != value;
    for (double value : x) {
        switch (op) {
        case FT_REDUCTION_product: total *= value; break;
        case FT_REDUCTION_any: total = total != 0 || value != 0; break;
        case FT_REDUCTION_all: total = total != 0 && value != 0; break;
        case FT_REDUCTION_nan_sum: total += value != value ? 0 : value; break;
        case FT_REDUCTION_norm: total += (long double)value * value; break;
        case FT_REDUCTION_log_sum_exp: total += expl(value); break;
        default: total += value; break;
        }
        most = fmaxl(most, value);
        least = fminl(least, value);
    }
    switch (op) {
    case FT_REDUCTION_maximum: return has_nan ? NAN : (double)most;
    case FT_REDUCTION_minimum: return has_nan ? NAN : (double)least;
    case FT_REDUCTION_mean: return (double)(total / (long double)x.size());
    case FT_REDUCTION_norm: return (double)sqrtl(total);
    case FT_REDUCTION_log_sum_exp: return (double)logl(total);
    default: return (double)total;
    }
}

double error_of(int dtype) {
    return dtype == FT_F64 ? 1e-13 : dtype == FT_F16 ? 1e-3 : dtype == FT_BF16 ? 8e-3 : 1e-6;
}

void check_reduce(const layout &l, int op, int dtype, uint64_t order) {
    if (!ft_reduction_has(op, dtype)) return;
    setting s(l, op, dtype, dtype, ft_reduction_result(op, dtype));
    bool is_product = op == FT_REDUCTION_product;
    fill(*s.x.memory, (uint64_t)(op * 100 + dtype), is_product ? 0.95 : -3, is_product ? 1.05 : 3);
    if (!is_float(dtype)) fill(*s.x.memory, 3, is_product ? 1 : -5, is_product ? 2 : 5);
    if (is_float(dtype) && op != FT_REDUCTION_product && s.x.memory->count > 40) {
        s.x.memory->set(17, NAN);
    }
    s.run(order);
    std::vector<double> wanted;
    for (int64_t k = 0; k < s.out.count; k++) wanted.push_back(wanted_of(op, s.elements(k, false)));
    near_numbers(s.out, wanted, error_of(dtype),
                 std::string("reduce ") + ft_reduction_name(op) + " " + dtype_names[dtype] + " " +
                     l.name);
}

// The sum of products, of operands of two dtypes, to a third.
void check_mapped(const layout &l, int dtype, int second, int out, uint64_t order) {
    setting s(l, FT_REDUCTION_sum, dtype, second, out);
    s.r.map = FT_CUDA_MAP_BINARY;
    s.r.function = FT_BINARY_mul;
    fill(*s.x.memory, 1, -1, 1);
    fill(*s.y.memory, 2, -1, 1);
    s.run(order);
    std::vector<double> wanted;
    for (int64_t k = 0; k < s.out.count; k++) wanted.push_back(wanted_of(0, s.elements(k, true)));
    // Products are rounded to the wider of the two.
    double error = dtype == FT_F64 || second == FT_F64 ? error_of(out) : fmax(1e-5, error_of(out));
    near_numbers(s.out, wanted, error, std::string("mapped sum ") + l.name);
}

void check_unary_map(const layout &l, uint64_t order) {
    setting s(l, FT_REDUCTION_mean, FT_F32, FT_F32, FT_F32);
    s.r.map = FT_CUDA_MAP_UNARY;
    s.r.function = FT_UNARY_clip;
    s.r.p0 = -0.5;
    s.r.p1 = 0.25;
    fill(*s.x.memory, 1, -1, 1);
    s.run(order);
    std::vector<double> wanted;
    for (int64_t k = 0; k < s.out.count; k++) {
        std::vector<double> x = s.elements(k, false);
        for (double &value : x) value = fmin(fmax(value, -0.5), 0.25);
        wanted.push_back(wanted_of(FT_REDUCTION_mean, x));
    }
    near_numbers(s.out, wanted, 1e-6, std::string("mean of clipped ") + l.name);
}

// Sums wrap around, and the same bits come out in any order of threads and size of grid.
void check_repeats() {
    const layout &l = layouts[1];
    array first(FT_F32, 1);
    for (uint64_t order : orders) {
        for (unsigned most : {1u, 3u, 100u}) {
            setting s(l, FT_REDUCTION_sum, FT_F32, FT_F32, FT_F32);
            fill(*s.x.memory, 9, -1, 1);
            launch(FT_KERNEL_reduce, s.r, order, most);
            if (s.r.pieces > 1) launch(FT_KERNEL_reduce_join, s.r, order, most);
            if (order == 0 && most == 1) *first.at<float>() = *s.out.at<float>();
            same_bits(s.out, first, "a sum in another order");
        }
    }
    array x(FT_I64, 3), out(FT_I64, 1);
    x.set(0, 9e18), x.set(1, 9e18), x.set(2, 5);
    ft_cuda_reduce r = {};
    r.x = x.at(), r.out = out.at();
    r.dtype = r.out_dtype = FT_I64;
    r.kept = make_loop({}, {});
    r.reduced = make_loop({3}, {1});
    ft_cuda_reduce_plan(&r);
    launch(FT_KERNEL_reduce, r, 0);
    if (*out.at<uint64_t>() != 2 * 9000000000000000000u + 5) fail("a sum that wraps");
}

// A reduction that is cut into so many pieces, the last one shorter, of several kept elements: the
// same bits by any order of threads and size of grid.
void check_pieces(int op, int dtype, int64_t pieces, int64_t kept) {
    int64_t n = 16 * pieces - 7;
    layout l = {"pieces", {kept}, {n}, {n}, {n}, {1}, {1}};
    int type = ft_reduction_result(op, dtype);
    array first(type, kept);
    for (uint64_t turn = 0; turn < 3; turn++) {
        setting s(l, op, dtype, dtype, type);
        fill(*s.x.memory, 5, -3, 3);
        s.r.pieces = pieces, s.r.piece = 16;
        array partial(FT_F64, pieces * kept);
        s.r.partial = partial.at();
        launch(FT_KERNEL_reduce, s.r, orders[turn], 9);
        launch(FT_KERNEL_reduce_join, s.r, orders[turn], turn == 1 ? 100 : 2);
        if (turn == 0) {
            memcpy(first.at(), s.out.at(), (size_t)(kept * dtype_sizes[type]));
            std::vector<double> wanted;
            for (int64_t k = 0; k < kept; k++) {
                wanted.push_back(wanted_of(op, s.elements(k, false)));
            }
            near_numbers(s.out, wanted, 1e-12, std::string("pieces of ") + ft_reduction_name(op));
        }
        same_bits(s.out, first, "pieces in another order");
    }
}

void check_extreme(int dtype, int64_t rows, int64_t n, bool maximum, uint64_t order) {
    array x(dtype, rows * n), out(FT_I64, rows), wanted(FT_I64, rows);
    fill(x, (uint64_t)n, -4, 4, is_float(dtype) && rows % 2 == 0);
    ft_cuda_rows a = {};
    a.x = x.at(), a.out = out.at();
    a.rows = rows, a.n = n, a.dtype = dtype, a.flag = maximum;
    launch(FT_KERNEL_arg_extreme, a, order);
    cpu.arg_rows(maximum, dtype, rows, n, n, x.at(), wanted.at<int64_t>());
    same_bits(out, wanted, std::string("arg extreme ") + dtype_names[dtype]);
}
}  // namespace

void test_reductions() {
    uint64_t turn = 0;
    for (const layout &l : layouts) {
        for (int dtype = 0; dtype <= FT_BOOL; dtype++) {
            for (int op = 0; op < FT_REDUCTION_COUNT; op++) {
                check_reduce(l, op, dtype, orders[turn++ % 3]);
            }
        }
        for (int dtype = 0; dtype <= FT_BF16; dtype++) {
            for (int second = 0; second <= FT_BF16; second++) {
                check_mapped(l, dtype, second, (int)(turn % 4), orders[turn % 3]);
                turn++;
            }
        }
        check_unary_map(l, orders[turn++ % 3]);
    }
    check_repeats();
    for (int64_t pieces : {2, 8, 9, 31, 32, 33, 255, 257, 512}) {
        for (int64_t kept : {1, 9}) {
            check_pieces(FT_REDUCTION_sum, FT_F64, pieces, kept);
            check_pieces(FT_REDUCTION_maximum, FT_I32, pieces, kept);
            check_pieces(FT_REDUCTION_log_sum_exp, FT_F64, pieces, kept);
        }
    }
    for (int dtype = 0; dtype <= FT_BOOL; dtype++) {
        for (int64_t n : {1, 2, 31, 33, 1000, 1500}) {
            check_extreme(dtype, 9, n, turn % 2 == 0, orders[turn % 3]);
            check_extreme(dtype, 2, n, turn % 2 == 1, orders[turn % 3]);
            turn++;
        }
    }
}
