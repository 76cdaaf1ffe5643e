// Attention against its definition, and recurrent layers against the CPU's double.
#include <algorithm>

#include "layers.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);

struct sizes {
    int64_t batch, heads, sharing, queries, keys, width, value_width, reach;
    bool masked;
};
const sizes attentions[] = {
    {2, 4, 1, 10, 10, 8, 8, 0, false},   {1, 2, 2, 33, 40, 16, 12, 40, true},
    {2, 2, 1, 5, 70, 7, 300, 70, false}, {1, 1, 1, 70, 70, 270, 5, 0, true},
    {1, 3, 3, 12, 9, 4, 4, -3, false},   {3, 1, 1, 1, 1, 1, 1, 1, false},
};

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
    std::vector<double> y, dq, dk, dv;

    attention_case(const sizes &s, int dtype)
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
                y[(size_t)dy.at(b, i, h, e)] += p * v.number(b, j, own, e);
                dv[(size_t)v.at(b, j, own, e)] += p * dy.number(b, i, h, e);
                by[(size_t)j] += dy.number(b, i, h, e) * v.number(b, j, own, e);
            }
            mean += p * by[(size_t)j];
        }
        for (int64_t j = 0; j < s.keys; j++) {
            if (!sees(b, h, i, j)) continue;
            double slope = share[(size_t)j] * (by[(size_t)j] - mean) * scale;
            for (int64_t e = 0; e < s.width; e++) {
                dq[(size_t)q.at(b, i, h, e)] += slope * k.number(b, j, own, e);
                dk[(size_t)k.at(b, j, own, e)] += slope * q.number(b, i, h, e);
            }
        }
    }
};

void check_attention(const sizes &s, int dtype, uint64_t order) {
    attention_case c(s, dtype);
    double scale = 1 / std::sqrt((double)s.width), error = dtype == FT_F64 ? 1e-12 : 1e-5;
    c.make(scale);
    array y(dtype, c.dy.data.own.count), dq(dtype, c.q.data.own.count);
    array dk(dtype, c.k.data.own.count), dv(dtype, c.v.data.own.count);
    array statistics(dtype, 3 * s.batch * s.heads * s.queries);
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
    a.dtype = dtype;
    a.scale = scale;
    launch(FT_KERNEL_attention, a, order);
    near_numbers(y, c.y, error, "attention");
    launch(FT_KERNEL_attention_backward, a, order);
    launch(FT_KERNEL_attention_backward_keys, a, order);
    near_numbers(dq, c.dq, error, "attention by queries");
    near_numbers(dk, c.dk, error, "attention by keys");
    near_numbers(dv, c.dv, error, "attention by values");
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

// A recurrent layer in both dtypes.
struct recurrence_case {
    int64_t steps, batch, width, parts;
    int dtype, kind;
    twins p, w, back_w, bias, h0, c0, states, cells, gates, inner, dh, dc, dp, di, d0, dc0;
    array lengths;

    recurrence_case(int dtype, int kind, int64_t steps, int64_t batch, int64_t width)
        : steps(steps), batch(batch), width(width),
          parts(kind == FT_LSTM ? 4 : kind == FT_GRU ? 3 : 1), dtype(dtype), kind(kind),
          p(dtype, steps * batch * parts * width, 1, -1, 1),
          w(dtype, width * parts * width, 2, -0.2, 0.2),
          back_w(dtype, width * parts * width, 3, -0.2, 0.2),
          bias(dtype, parts * width, 4, -0.5, 0.5), h0(dtype, batch * width, 5, -1, 1),
          c0(dtype, batch * width, 6, -1, 1), states(dtype, (steps + 1) * batch * width),
          cells(dtype, (steps + 1) * batch * width), gates(dtype, steps * batch * parts * width),
          inner(dtype, steps * batch * width), dh(dtype, (steps + 1) * batch * width, 7, -1, 1),
          dc(dtype, (steps + 1) * batch * width, 8, -1, 1),
          dp(dtype, steps * batch * parts * width), di(dtype, steps * batch * parts * width),
          d0(dtype, batch * width), dc0(dtype, batch * width), lengths(FT_I64, batch) {
        fill(lengths, 9, 0, (double)steps + 1);
    }
    ft_cuda_recurrence own(bool reversed, bool has_bias, bool has_lengths) const {
        ft_cuda_recurrence r = {};
        r.projections = p.at(), r.weight = w.at(), r.bias = has_bias ? bias.at() : nullptr;
        r.initial = h0.at(), r.initial_cell = c0.at();
        r.lengths = has_lengths ? lengths.at<long long>() : nullptr;
        r.states = states.at(), r.cells = cells.at(), r.gates = gates.at(), r.inner = inner.at();
        r.d_states = dh.at(), r.d_cells = dc.at(), r.d_projections = dp.at();
        r.d_inner = di.at(), r.d_initial = d0.at(), r.d_initial_cell = dc0.at();
        r.steps = steps, r.batch = batch, r.width = width, r.parts = parts;
        r.dtype = dtype, r.kind = kind, r.reversed = reversed;
        return r;
    }
    ft_recurrence wide(bool reversed, bool has_bias, bool has_lengths) const {
        ft_recurrence r = {};
        r.projections = p.wide(), r.weight = w.wide(), r.bias = has_bias ? bias.wide() : nullptr;
        r.initial = h0.wide(), r.initial_cell = c0.wide();
        r.lengths = has_lengths ? lengths.at<int64_t>() : nullptr;
        r.states = states.wide(), r.cells = cells.wide(), r.gates = gates.wide();
        r.inner = inner.wide(), r.d_states = dh.wide(), r.d_cells = dc.wide();
        r.d_projections = dp.wide(), r.d_inner = di.wide(), r.d_initial = d0.wide();
        r.d_initial_cell = dc0.wide();
        r.steps = steps, r.batch = batch, r.width = width, r.parts = parts;
        r.dtype = FT_F64, r.kind = kind, r.reversed = reversed;
        return r;
    }
};

// Of rows that are over the gates hold what they were before their functions, which nobody reads.
void clear_gates_of_rows_that_are_over(const recurrence_case &c, bool has_lengths) {
    for (int64_t i = 0; has_lengths && i < c.steps * c.batch; i++) {
        if (i / c.batch < (int64_t)c.lengths.number(i % c.batch)) continue;
        for (int64_t j = 0; j < c.parts * c.width; j++) {
            const_cast<twins &>(c.gates).own.set(i * c.parts * c.width + j, 0);
            const_cast<twins &>(c.gates).copy.set(i * c.parts * c.width + j, 0);
        }
        for (int64_t j = 0; j < c.width; j++) {
            const_cast<twins &>(c.inner).own.set(i * c.width + j, 0);
            const_cast<twins &>(c.inner).copy.set(i * c.width + j, 0);
        }
    }
}

void check_recurrence(int dtype, int kind, bool reversed, bool has_bias, bool has_lengths,
                      int64_t batch, int64_t width, uint64_t order) {
    recurrence_case c(dtype, kind, 5, batch, width);
    ft_cuda_recurrence own = c.own(reversed, has_bias, has_lengths);
    ft_recurrence wide = c.wide(reversed, has_bias, has_lengths);
    launch(FT_KERNEL_recurrence, own, order);
    cpu.recurrence(&wide, 0, batch, nullptr);
    clear_gates_of_rows_that_are_over(c, has_lengths);
    c.states.compare("states", 1e-5);
    c.gates.compare("gates", 1e-5);
    if (kind == FT_LSTM) c.cells.compare("cells", 1e-5);
    if (kind == FT_GRU) c.inner.compare("inner", 1e-5);
    own.weight = c.back_w.at();
    wide.weight = c.back_w.wide();
    for (bool ends : {false, true}) {
        own.ends = wide.ends = ends;
        launch(FT_KERNEL_recurrence_backward, own, order);
        cpu.recurrence_backward(&wide, 0, batch, nullptr);
        c.dp.compare("by projections", 3e-5);
        c.d0.compare("by the first state", 3e-5);
        if (kind == FT_LSTM) c.dc0.compare("by the first cell", 3e-5);
        if (kind == FT_GRU) c.di.compare("by W h", 3e-5);
    }
}
}  // namespace

void test_sequences() {
    uint64_t turn = 0;
    for (const sizes &s : attentions) {
        for (int dtype : {FT_F32, FT_F64}) check_attention(s, dtype, orders[turn++ % 3]);
    }
    for (uint64_t order : orders) check_unseen(order);
    for (int dtype : {FT_F32, FT_F64}) {
        for (int kind = FT_RNN_TANH; kind <= FT_GRU; kind++) {
            for (int flags = 0; flags < 8; flags++) {
                check_recurrence(dtype, kind, flags & 1, flags & 2, flags & 4, flags % 3 * 3 + 1,
                                 flags % 2 ? 7 : 90, orders[turn++ % 3]);
            }
        }
    }
}
