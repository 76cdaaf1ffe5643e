// Attention against its definition.
#include <algorithm>

#include "layers.h"

namespace {
struct sizes {
    int64_t batch, heads, sharing, queries, keys, width, value_width, reach;
    bool masked;
};
const sizes attentions[] = {
    {2, 4, 1, 10, 10, 8, 8, 0, false},   {1, 2, 2, 33, 40, 16, 12, 40, true},
    {2, 2, 1, 5, 70, 7, 300, 70, false}, {1, 1, 1, 70, 70, 270, 5, 0, true},
    {1, 3, 3, 12, 9, 4, 4, -3, false},   {3, 1, 1, 1, 1, 1, 1, 1, false},
    // More rows than a block has, and more blocks than are launched.
    {1, 2, 1, 300, 300, 16, 16, 0, false}, {1, 2, 2, 130, 290, 72, 80, -3, true},
};

// The largest relative error of a rounded number.
double unit(int numbers) {
    return numbers == FT_CUDA_EXACT ? 0 : numbers == FT_CUDA_BHALVES ? 0x1p-8 : 0x1p-11;
}

// Rows of heads [batch, rows, heads, width] in an array.
struct rows_of_heads {
    twins data;
    int64_t rows, heads, width;
    rows_of_heads(int dtype, int64_t batch, int64_t rows, int64_t heads, int64_t width,
                  uint64_t seed)
        : data(dtype, batch * rows * heads * width, seed, -1, 1), rows(rows), heads(heads),
          width(width) {}
    ft_cuda_heads own() const {
        return {data.at(), rows * heads * width, width, heads * width};
    }
    int64_t at(int64_t b, int64_t row, int64_t head, int64_t i) const {
        return ((b * rows + row) * heads + head) * width + i;
    }
    double number(int64_t b, int64_t row, int64_t head, int64_t i) const {
        return data.own.number(at(b, row, head, i));
    }
};

struct attention_case {
    const sizes &s;
    rows_of_heads q, k, v, dy;
    array mask;
    // Results, and sums of the sizes of what each is the sum of.
    std::vector<double> y, dq, dk, dv, y_size, dq_size, dk_size, dv_size;

    // Operands that `numbers` hold.
    attention_case(const sizes &s, int dtype, int numbers = FT_CUDA_EXACT)
        : s(s), q(dtype, s.batch, s.queries, s.heads, s.width, 1),
          k(dtype, s.batch, s.keys, s.heads / s.sharing, s.width, 2),
          v(dtype, s.batch, s.keys, s.heads / s.sharing, s.value_width, 3),
          dy(dtype, s.batch, s.queries, s.heads, s.value_width, 4),
          mask(FT_BOOL, s.batch * s.heads * s.queries * s.keys) {
        fill(mask, 5, 0, 2);
        // Some queries see nothing.
        for (int64_t j = 0; j < s.keys; j++) mask.set(j, 0);
        y.resize((size_t)dy.data.own.count);
        dq.resize((size_t)q.data.own.count);
        dk.resize((size_t)k.data.own.count);
        dv.resize((size_t)v.data.own.count);
        y_size = y, dq_size = dq, dk_size = dk, dv_size = dv;
        round_operands(numbers);
    }
    void round_operands(int numbers) {
        for (rows_of_heads *rows : {&q, &k, &v, &dy}) {
            twins &data = rows->data;
            for (int64_t i = 0; i < data.own.count; i++) {
                data.set(i, rounded(data.own.number(i), numbers));
            }
        }
    }
    static void add(std::vector<double> &to, std::vector<double> &size, int64_t at, double x) {
        to[(size_t)at] += x;
        size[(size_t)at] += std::fabs(x);
    }
    bool sees(int64_t b, int64_t h, int64_t i, int64_t j) const {
        if (j > i + s.reach) return false;
        return !s.masked || mask.number(((b * s.heads + h) * s.queries + i) * s.keys + j) != 0;
    }
    void make(double scale) {
        for (int64_t r = 0; r < s.batch * s.heads * s.queries; r++) {
            make_row(r / s.queries / s.heads, r / s.queries % s.heads, r % s.queries, scale);
        }
    }
    void make_row(int64_t b, int64_t h, int64_t i, double scale) {
        int64_t own = h / s.sharing;
        std::vector<double> share((size_t)s.keys), by((size_t)s.keys);
        double total = 0, mean = 0;
        for (int64_t j = 0; j < s.keys; j++) {
            if (!sees(b, h, i, j)) continue;
            double score = 0;
            for (int64_t e = 0; e < s.width; e++) {
                score += q.number(b, i, h, e) * k.number(b, j, own, e);
            }
            total += share[(size_t)j] = std::exp(score * scale);
        }
        for (int64_t j = 0; j < s.keys; j++) {
            if (!sees(b, h, i, j)) continue;
            double p = share[(size_t)j] /= total;
            for (int64_t e = 0; e < s.value_width; e++) {
                add(y, y_size, dy.at(b, i, h, e), p * v.number(b, j, own, e));
                add(dv, dv_size, v.at(b, j, own, e), p * dy.number(b, i, h, e));
                by[(size_t)j] += dy.number(b, i, h, e) * v.number(b, j, own, e);
            }
            mean += p * by[(size_t)j];
        }
        for (int64_t j = 0; j < s.keys; j++) {
            if (!sees(b, h, i, j)) continue;
            double slope = share[(size_t)j] * (by[(size_t)j] - mean) * scale;
            for (int64_t e = 0; e < s.width; e++) {
                add(dq, dq_size, q.at(b, i, h, e), slope * k.number(b, j, own, e));
                add(dk, dk_size, k.at(b, j, own, e), slope * q.number(b, i, h, e));
            }
        }
    }
};

// Its own results, and a launch of it.
struct attention_results {
    array y, dq, dk, dv, statistics;

    explicit attention_results(const attention_case &c)
        : y(c.dy.data.own.dtype, c.dy.data.own.count), dq(y.dtype, c.q.data.own.count),
          dk(y.dtype, c.k.data.own.count), dv(y.dtype, c.v.data.own.count),
          statistics(y.dtype == FT_F64 ? FT_F64 : FT_F32,
                     3 * c.s.batch * c.s.heads * c.s.queries) {}
    ft_cuda_attention arguments(const attention_case &c, int numbers) const {
        const sizes &s = c.s;
        ft_cuda_attention a = {};
        a.q = c.q.own(), a.k = c.k.own(), a.v = c.v.own(), a.dy = a.y = c.dy.own();
        a.dq = a.q, a.dk = a.k, a.dv = a.v;
        a.y.at = y.at(), a.dq.at = dq.at(), a.dk.at = dk.at(), a.dv.at = dv.at();
        a.statistics = statistics.at();
        a.mask = s.masked ? c.mask.at<unsigned char>() : nullptr;
        a.mask_stride[0] = s.heads * s.queries * s.keys, a.mask_stride[1] = s.queries * s.keys;
        a.mask_stride[2] = s.keys, a.mask_stride[3] = 1;
        a.batch = s.batch, a.heads = s.heads, a.sharing = s.sharing, a.queries = s.queries;
        a.keys = s.keys, a.width = s.width, a.value_width = s.value_width, a.reach = s.reach;
        a.dtype = y.dtype, a.numbers = numbers;
        a.scale = 1 / std::sqrt((double)s.width);
        return a;
    }
    void make(const attention_case &c, int numbers, uint64_t order) const {
        ft_cuda_attention a = arguments(c, numbers);
        launch(FT_KERNEL_attention, a, order);
        launch(FT_KERNEL_attention_backward, a, order);
        launch(FT_KERNEL_attention_backward_keys, a, order);
    }
};

// Shares and slopes are rounded before they are summed over, so that a sum is off by the sum of its
// terms' sizes times the numbers' error, beside float32's.
void compare(const array &got, const std::vector<double> &wanted, const std::vector<double> &size,
             int numbers, const char *what) {
    double error = got.dtype == FT_F64 ? 1e-12 : 1e-5;
    for (size_t i = 0; i < wanted.size(); i++) {
        double off = std::fabs(got.number((int64_t)i) - wanted[i]);
        if (off <= error * std::fmax(1, std::fabs(wanted[i])) + unit(numbers) * size[i]) continue;
        fail("%s, numbers %d [%zu of %zu]: %.9g, not %.9g", what, numbers, i, wanted.size(),
             got.number((int64_t)i), wanted[i]);
        return;
    }
}

void check_attention(const sizes &s, int dtype, int numbers, uint64_t order) {
    attention_case c(s, dtype, numbers);
    c.make(1 / std::sqrt((double)s.width));
    attention_results made(c);
    made.make(c, numbers, order);
    compare(made.y, c.y, c.y_size, numbers, "attention");
    compare(made.dq, c.dq, c.dq_size, numbers, "attention by queries");
    compare(made.dk, c.dk, c.dk_size, numbers, "attention by keys");
    compare(made.dv, c.dv, c.dv_size, numbers, "attention by values");
}

// Operands of more digits give what their roundings give, in any order of threads.
void check_rounding(const sizes &s, int numbers) {
    attention_case c(s, FT_F32);
    attention_results made(c), again(c);
    launch(FT_KERNEL_attention, made.arguments(c, numbers), orders[0]);
    c.round_operands(numbers);
    launch(FT_KERNEL_attention, again.arguments(c, numbers), orders[2]);
    same_bits(again.y, made.y, "attention of rounded operands");
}

// Halves give what float32 of their values gives, rounded once, beside NaN too.
void check_halves(const sizes &s, int dtype, int numbers, bool spoiled, uint64_t order) {
    int own = dtype == FT_BF16 ? FT_CUDA_BHALVES : FT_CUDA_HALVES;
    attention_case wide(s, FT_F32, own), narrow(s, dtype, own);
    if (spoiled) wide.k.data.set(wide.k.data.own.count - 1, NAN);
    std::pair<rows_of_heads *, rows_of_heads *> operands[] = {
        {&wide.q, &narrow.q}, {&wide.k, &narrow.k}, {&wide.v, &narrow.v}, {&wide.dy, &narrow.dy}};
    for (auto [from, to] : operands) {
        for (int64_t i = 0; i < from->data.own.count; i++) {
            to->data.set(i, from->data.own.number(i));
        }
    }
    attention_results wanted(wide), made(narrow);
    wanted.make(wide, numbers, order);
    made.make(narrow, numbers, order);
    std::pair<array *, array *> results[] = {
        {&made.y, &wanted.y}, {&made.dq, &wanted.dq}, {&made.dk, &wanted.dk},
        {&made.dv, &wanted.dv}};
    for (auto [got, exact] : results) {
        for (int64_t i = 0; i < got->count; i++) {
            double x = got->number(i), y = rounded(exact->number(i), own);
            if (x == y || (x != x && y != y)) continue;
            fail("attention of halves, numbers %d [%lld]: %.9g, not %.9g", numbers, (long long)i, x,
                 y);
            return;
        }
    }
}

// Where a tile meets NaN that some of its queries don't see, those have the bits of float32.
void check_hidden_from_tiles(int64_t rows, int numbers, uint64_t order) {
    const sizes s = {1, 2, 1, rows, rows, 8, 8, 0, false};
    const int64_t last = rows - 1;
    attention_case c(s, FT_F32, numbers);
    c.make(1 / std::sqrt(8.0));
    for (int64_t i = 0; i < 8; i++) {
        c.k.data.set(c.k.at(0, last, 1, i), NAN);
        c.v.data.set(c.v.at(0, last, 1, i), INFINITY);
        c.q.data.set(c.q.at(0, last, 1, i), NAN);
        c.dy.data.set(c.dy.at(0, last, 1, i), NAN);
    }
    attention_results made(c);
    made.make(c, numbers, order);
    for (int64_t i = 0; i < last * 16 + 8; i++) {
        for (auto [got, wanted] : {std::pair(&made.y, &c.y), std::pair(&made.dq, &c.dq)}) {
            double off = std::fabs(got->number(i) - (*wanted)[(size_t)i]);
            bool near = off <= 4 * unit(numbers) + 1e-5;
            if (!near) fail("attention beside NaN, numbers %d", numbers);
        }
    }
    // Every key of that head is seen by the query that is NaN; of the other head none.
    for (int64_t row = 0; row < rows; row++) {
        double other = made.dk.number(c.k.at(0, row, 0, 0));
        double spoiled = made.dk.number(c.k.at(0, row, 1, 0));
        if (other != other || spoiled == spoiled) fail("gradients beside NaN");
    }
}

// What a query doesn't see may hold anything.
void check_unseen(uint64_t order) {
    const sizes s = {1, 1, 1, 4, 4, 3, 3, 0, false};
    attention_case c(s, FT_F32);
    c.make(1);
    array y(FT_F32, 12), after(FT_F32, 12);
    ft_cuda_attention a = {};
    a.q = c.q.own(), a.k = c.k.own(), a.v = c.v.own(), a.y = c.dy.own();
    a.y.at = y.at();
    a.batch = a.heads = a.sharing = 1, a.queries = a.keys = 4, a.width = a.value_width = 3;
    a.scale = 1;
    c.v.data.set(9, NAN);
    c.k.data.set(9, INFINITY);
    launch(FT_KERNEL_attention, a, order);
    std::vector<double> first(c.y.begin(), c.y.begin() + 9);
    near_numbers(y, first, 1e-6, "attention beside NaN");
    if (y.number(9) == y.number(9)) fail("NaN that is seen");
}
}  // namespace

void test_attention() {
    uint64_t turn = 0;
    for (const sizes &s : attentions) {
        check_attention(s, FT_F64, FT_CUDA_EXACT, orders[turn++ % 3]);
        for (int numbers = FT_CUDA_EXACT; numbers <= FT_CUDA_TF32; numbers++) {
            check_attention(s, FT_F32, numbers, orders[turn++ % 3]);
        }
        for (bool spoiled : {false, true}) {
            check_halves(s, FT_F16, FT_CUDA_HALVES, spoiled, orders[turn++ % 3]);
            check_halves(s, FT_BF16, FT_CUDA_BHALVES, spoiled, orders[turn++ % 3]);
            // Of an architecture without tensor cores for these.
            check_halves(s, FT_BF16, FT_CUDA_EXACT, spoiled, orders[turn++ % 3]);
        }
    }
    for (int numbers = FT_CUDA_EXACT; numbers <= FT_CUDA_TF32; numbers++) {
        check_rounding(attentions[1], numbers);
        check_rounding(attentions[2], numbers);
        check_hidden_from_tiles(40, numbers, orders[turn++ % 3]);
        check_hidden_from_tiles(300, numbers, orders[turn++ % 3]);
    }
    for (uint64_t order : orders) check_unseen(order);
}
