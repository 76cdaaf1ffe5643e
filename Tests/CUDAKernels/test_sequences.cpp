// Recurrent layers against the CPU's double.
#include "layers.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);

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
    for (int dtype : {FT_F32, FT_F64}) {
        for (int kind = FT_RNN_TANH; kind <= FT_GRU; kind++) {
            for (int flags = 0; flags < 8; flags++) {
                check_recurrence(dtype, kind, flags & 1, flags & 2, flags & 4, flags % 3 * 3 + 1,
                                 flags % 2 ? 7 : 90, orders[turn++ % 3]);
            }
        }
    }
}
