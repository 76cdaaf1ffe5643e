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
        ft_cuda_recurrence_plan(&r, batch);
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

// A product with W in the type of its elements, of rows [batch, depth].
template <class T>
void multiply(int64_t batch, int64_t depth, int64_t columns, const void *rows, const void *matrix,
              void *to) {
    for (int64_t i = 0; i < batch; i++) {
        for (int64_t j = 0; j < columns; j++) {
            T sum = 0;
            for (int64_t k = 0; k < depth; k++) {
                sum += ((const T *)rows)[i * depth + k] * ((const T *)matrix)[k * columns + j];
            }
            ((T *)to)[i * columns + j] = sum;
        }
    }
}
void multiply(const recurrence_case &c, int64_t depth, int64_t columns, const void *rows,
              const void *matrix, void *to) {
    if (c.dtype == FT_F64) multiply<double>(c.batch, depth, columns, rows, matrix, to);
    if (c.dtype == FT_F32) multiply<float>(c.batch, depth, columns, rows, matrix, to);
}
void *step_of(const recurrence_case &c, const ft_cuda_recurrence &r, void *array, int64_t number,
              int64_t width) {
    int64_t step = r.reversed ? c.steps - number : number - 1;
    return (char *)array + step * c.batch * width * dtype_sizes[c.dtype];
}

void run_forward(const recurrence_case &c, ft_cuda_recurrence r, uint64_t order) {
    if (r.rows > 0) return launch(FT_KERNEL_recurrence, r, order);
    int64_t wide = c.parts * c.width;
    for (r.number = 0; r.number <= c.steps; r.number++) {
        if (r.number > 0) {
            const void *from = step_of(c, r, r.states, r.number, c.width);
            if (r.reversed) from = (const char *)from + c.batch * c.width * dtype_sizes[c.dtype];
            multiply(c, c.width, wide, from, r.weight, step_of(c, r, r.gates, r.number, wide));
        }
        launch(FT_KERNEL_recurrence_step, r, order);
    }
}
void run_backward(const recurrence_case &c, ft_cuda_recurrence r, uint64_t order) {
    if (r.rows > 0) return launch(FT_KERNEL_recurrence_backward, r, order);
    int64_t wide = c.parts * c.width;
    array sums(c.dtype, c.batch * c.width);
    r.sums = sums.at();
    for (r.number = c.steps; r.number >= 0; r.number--) {
        launch(FT_KERNEL_recurrence_step_backward, r, order);
        void *through = c.kind == FT_GRU ? r.d_inner : r.d_projections;
        if (r.number == 0) continue;
        multiply(c, wide, c.width, step_of(c, r, through, r.number, wide), r.weight, sums.at());
    }
}

struct recurrence_flags { bool reversed, has_bias, has_lengths; };

// `rows` of the batch a block, 0 for steps of their own, or -1 for what is planned.
void check_recurrence(const recurrence_case &c, recurrence_flags is, int rows, uint64_t order) {
    ft_cuda_recurrence own = c.own(is.reversed, is.has_bias, is.has_lengths);
    ft_recurrence wide = c.wide(is.reversed, is.has_bias, is.has_lengths);
    if (rows >= 0) own.rows = rows;
    run_forward(c, own, order);
    if (c.batch > 0) cpu.recurrence(&wide, 0, c.batch, nullptr);
    clear_gates_of_rows_that_are_over(c, is.has_lengths);
    c.states.compare("states", 1e-5);
    c.gates.compare("gates", 1e-5);
    if (c.kind == FT_LSTM) c.cells.compare("cells", 1e-5);
    if (c.kind == FT_GRU) c.inner.compare("inner", 1e-5);
    own.weight = c.back_w.at();
    wide.weight = c.back_w.wide();
    for (bool ends : {false, true}) {
        own.ends = wide.ends = ends;
        run_backward(c, own, order);
        if (c.batch > 0) cpu.recurrence_backward(&wide, 0, c.batch, nullptr);
        c.dp.compare("by projections", 3e-5);
        c.d0.compare("by the first state", 3e-5);
        if (c.kind == FT_LSTM) c.dc0.compare("by the first cell", 3e-5);
        if (c.kind == FT_GRU) c.di.compare("by W h", 3e-5);
    }
}

// All combinations of flags, through one launch or through one for each step.
void check_kinds(int rows) {
    uint64_t turn = 0;
    for (int dtype : {FT_F32, FT_F64}) {
        for (int kind = FT_RNN_TANH; kind <= FT_GRU; kind++) {
            for (int flags = 0; flags < 8; flags++) {
                int64_t batch = flags % 3 * 3 + 1, width = flags % 2 ? 7 : 90;
                recurrence_case c(dtype, kind, 5, batch, width);
                check_recurrence(c, {bool(flags & 1), bool(flags & 2), bool(flags & 4)}, rows,
                                 orders[turn++ % 3]);
            }
        }
    }
}

// Widths around what a thread keeps, and what a piece, a row of threads and a block have room for;
// and batches that blocks have no, one or several whole shares of.
void check_sizes() {
    uint64_t turn = 0;
    struct { int dtype, kind; int64_t width; } sizes[] = {
        {FT_F32, FT_LSTM, 31}, {FT_F32, FT_LSTM, 32}, {FT_F32, FT_GRU, 33},
        {FT_F32, FT_LSTM, 64}, {FT_F32, FT_LSTM, 128}, {FT_F32, FT_GRU, 130},
        {FT_F32, FT_LSTM, 256}, {FT_F32, FT_GRU, 341}, {FT_F32, FT_RNN_TANH, 511},
        {FT_F32, FT_RNN_TANH, 512}, {FT_F32, FT_RNN_RELU, 1}, {FT_F32, FT_GRU, 1},
        {FT_F64, FT_LSTM, 33}, {FT_F64, FT_LSTM, 128}, {FT_F64, FT_GRU, 169},
        {FT_F64, FT_RNN_TANH, 255}, {FT_F64, FT_RNN_TANH, 1},
    };
    for (auto size : sizes) {
        int rows = 1 << turn % 3;
        recurrence_case c(size.dtype, size.kind, 3, rows + (int)turn % 2 * 6, size.width);
        check_recurrence(c, {turn % 2 == 0, true, turn % 4 == 3}, rows, orders[turn % 3]);
        turn += 1;
    }
    // Nothing to do, or no step: the first state is the last.
    check_recurrence(recurrence_case(FT_F32, FT_LSTM, 3, 0, 5), {}, 1, 0);
    for (int rows : {0, 2}) {
        check_recurrence(recurrence_case(FT_F32, FT_LSTM, 0, 3, 5), {}, rows, 0);
        check_recurrence(recurrence_case(FT_F32, FT_GRU, 0, 3, 5), {true, true, true}, rows, 0);
    }
}

// How many rows a block has is a matter of time alone, and so is where W lies.
void check_row_counts() {
    for (int dtype : {FT_F32, FT_F64}) {
        for (int64_t width : {9, 40, 128}) {
            recurrence_case c(dtype, width == 9 ? FT_GRU : FT_LSTM, 4, 9, width);
            const twins *results[] = {&c.states, &c.gates, &c.dp, &c.d0};
            std::vector<std::vector<char>> first;
            // The matrices once more, an element behind a multiple of 16 bytes.
            array w(dtype, c.w.own.count + 1), back_w(dtype, c.w.own.count + 1);
            for (int64_t i = 0; i < c.w.own.count; i++) {
                w.set(i + 1, c.w.own.number(i));
                back_w.set(i + 1, c.back_w.own.number(i));
            }
            for (int turn = 0; turn < 4; turn++) {
                ft_cuda_recurrence r = c.own(false, true, true);
                r.rows = 1 << turn % 3;
                if (turn == 3) r.weight = w.at(1);
                run_forward(c, r, orders[turn % 3]);
                r.weight = turn == 3 ? back_w.at(1) : c.back_w.at();
                run_backward(c, r, orders[turn % 3]);
                clear_gates_of_rows_that_are_over(c, true);
                for (int k = 0; k < 4; k++) {
                    const char *bytes = (const char *)results[k]->at();
                    size_t count = (size_t)(results[k]->own.count * dtype_sizes[dtype]);
                    if (turn == 0) first.emplace_back(bytes, bytes + count);
                    if (memcmp(first[(size_t)k].data(), bytes, count) == 0) continue;
                    fail("%d rows a block change result %d of width %lld", r.rows, k,
                         (long long)width);
                }
            }
        }
    }
}

void check_plan() {
    struct { int dtype, parts; long long batch, width; int rows; } plans[] = {
        {FT_F32, 4, 64, 128, 1}, {FT_F32, 4, 132, 128, 1}, {FT_F32, 4, 133, 128, 2},
        {FT_F32, 4, 264, 128, 2}, {FT_F32, 4, 265, 128, 4}, {FT_F32, 4, 5000, 128, 4},
        {FT_F32, 4, 64, 256, 1}, {FT_F32, 4, 64, 257, 0}, {FT_F32, 1, 64, 512, 1},
        {FT_F32, 1, 64, 513, 0}, {FT_F64, 4, 64, 128, 1}, {FT_F64, 4, 64, 129, 0},
    };
    for (auto plan : plans) {
        ft_cuda_recurrence r = {};
        r.dtype = plan.dtype, r.parts = plan.parts, r.batch = plan.batch, r.width = plan.width;
        ft_cuda_recurrence_plan(&r, 132);
        if (r.rows != plan.rows) fail("%d rows planned in place of %d", r.rows, plan.rows);
    }
}
}  // namespace

void test_sequences() {
    check_plan();
    check_kinds(-1);
    check_kinds(0);
    check_sizes();
    check_row_counts();
}
