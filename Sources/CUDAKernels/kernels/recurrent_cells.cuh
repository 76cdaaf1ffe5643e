// What one element of a recurrent layer's state does in a step, given W h. Formulas and layouts are
// those of ft_recurrence in kernel_arguments.h.
#pragma once
#include "rows.cuh"

enum { FT_KIND_TANH, FT_KIND_RELU, FT_KIND_LSTM, FT_KIND_GRU };
#ifdef FT_FUNCTION
#define FT_KIND_OF(arguments) (FT_FUNCTION)
#else
#define FT_KIND_OF(arguments) ((arguments).kind)
#endif
constexpr int FT_MOST_GATES = 4;

FT_DEVICE float real_tanh(float x) { return ft_tanh_f(x); }
FT_DEVICE double real_tanh(double x) { return ft_tanh_d(x); }
FT_DEVICE float real_sigmoid(float x) { return ft_sigmoid_f(x); }
FT_DEVICE double real_sigmoid(double x) { return ft_sigmoid_d(x); }

FT_DEVICE int gates_of(int kind) {
    return kind == FT_KIND_LSTM ? 4 : kind == FT_KIND_GRU ? 3 : 1;
}

// The step of a number, which begins with state `from` and ends with state `to`.
struct moment { int64_t step, from, to; };

FT_DEVICE moment moment_of(const ft_cuda_recurrence &r, int64_t number) {
    int64_t t = r.reversed ? r.steps - 1 - number : number;
    return {t, t + (r.reversed ? 1 : 0), t + (r.reversed ? 0 : 1)};
}

// Element `at` of the state of a row of the batch.
struct unit {
    int64_t row;
    int at;

    // Its place in an array [steps or states, batch, gates · width].
    template <class T>
    __device__ __forceinline__ T *of(const ft_cuda_recurrence &r, const void *array, int64_t step,
                                     int gate = 0, int gates = 1) const {
        return (T *)array + ((step * r.batch + row) * gates + gate) * r.width + at;
    }
};

FT_DEVICE bool is_over(const ft_cuda_recurrence &r, const moment &m, const unit &u) {
    return r.lengths && m.step >= r.lengths[u.row];
}

// What a step takes beside W h: for each gate its projection and bias, of a GRU's last gate one
// after the other, and the cell before.
template <class T> struct step_inputs {
    T add[FT_MOST_GATES], cell;
    bool is_over;
};

template <class T>
FT_DEVICE step_inputs<T> inputs_of(const ft_cuda_recurrence &r, const moment &m, const unit &u) {
    step_inputs<T> x = {};
    int kind = FT_KIND_OF(r), gates = gates_of(kind);
    const T *bias = (const T *)r.bias;
#pragma unroll
    for (int k = 0; k < FT_MOST_GATES; k++) {
        if (k >= gates) continue;
        T b = bias ? bias[k * r.width + u.at] : (T)0;
        T p = *u.of<T>(r, r.projections, m.step, k, gates);
        bool is_apart = kind == FT_KIND_GRU && k == 2;
        x.add[k] = is_apart ? p : b + p;
        if (is_apart) x.add[3] = b;
    }
    if (kind == FT_KIND_LSTM) x.cell = *u.of<T>(r, r.cells, m.from);
    x.is_over = is_over(r, m, u);
    return x;
}

template <class T>
FT_DEVICE T lstm_state(const ft_cuda_recurrence &r, const moment &m, const unit &u,
                       const step_inputs<T> &x, const T *sums) {
    T i = real_sigmoid(x.add[0] + sums[0]), f = real_sigmoid(x.add[1] + sums[1]);
    T g = real_tanh(x.add[2] + sums[2]), o = real_sigmoid(x.add[3] + sums[3]);
    T c = f * x.cell + i * g;
    T *gate = u.of<T>(r, r.gates, m.step, 0, 4);
    gate[0] = i, gate[r.width] = f, gate[2 * r.width] = g, gate[3 * r.width] = o;
    *u.of<T>(r, r.cells, m.to) = c;
    return o * real_tanh(c);
}

template <class T>
FT_DEVICE T gru_state(const ft_cuda_recurrence &r, const moment &m, const unit &u,
                      const step_inputs<T> &x, const T *sums, T h) {
    T reset = real_sigmoid(x.add[0] + sums[0]), z = real_sigmoid(x.add[1] + sums[1]);
    T q = x.add[3] + sums[2], c = real_tanh(x.add[2] + reset * q);
    T *gate = u.of<T>(r, r.gates, m.step, 0, 3);
    gate[0] = reset, gate[r.width] = z, gate[2 * r.width] = c;
    *u.of<T>(r, r.inner, m.step) = q;
    return (1 - z) * c + z * h;
}

// The state after h, by the sums W h of its gates; writes all that a step leaves.
template <class T>
FT_DEVICE T state_after(const ft_cuda_recurrence &r, const moment &m, const unit &u,
                        const step_inputs<T> &x, const T *sums, T h) {
    int kind = FT_KIND_OF(r);
    if (x.is_over) {
        if (kind == FT_KIND_LSTM) *u.of<T>(r, r.cells, m.to) = x.cell;
    } else if (kind == FT_KIND_LSTM) {
        h = lstm_state(r, m, u, x, sums);
    } else if (kind == FT_KIND_GRU) {
        h = gru_state(r, m, u, x, sums, h);
    } else {
        T value = x.add[0] + sums[0];
        h = kind == FT_KIND_TANH ? real_tanh(value) : value < 0 ? (T)0 : value;
        *u.of<T>(r, r.gates, m.step) = h;
    }
    *u.of<T>(r, r.states, m.to) = h;
    return h;
}

// The first state, and of an LSTM the first cell, brought to where a sequence begins.
template <class T> FT_DEVICE T first_state(const ft_cuda_recurrence &r, const unit &u) {
    int64_t first = r.reversed ? r.steps : 0;
    T h = *u.of<T>(r, r.initial, 0);
    *u.of<T>(r, r.states, first) = h;
    if (FT_KIND_OF(r) == FT_KIND_LSTM) {
        *u.of<T>(r, r.cells, first) = *u.of<T>(r, r.initial_cell, 0);
    }
    return h;
}

// What the way back through a step takes: gates; of an LSTM the cells before and after, of a GRU
// the state before and q; and gradients by the state and cell before from outside.
template <class T> struct step_results {
    T gate[FT_MOST_GATES], before, after, by_state, by_cell;
    bool is_over;
};

template <class T>
FT_DEVICE step_results<T> results_of(const ft_cuda_recurrence &r, const moment &m, const unit &u) {
    step_results<T> x = {};
    int kind = FT_KIND_OF(r), gates = gates_of(kind);
    bool is_lstm = kind == FT_KIND_LSTM;
    x.is_over = is_over(r, m, u);
    if (!x.is_over) {
#pragma unroll
        for (int k = 0; k < FT_MOST_GATES; k++) {
            if (k < gates) x.gate[k] = *u.of<T>(r, r.gates, m.step, k, gates);
        }
        if (gates > 1) x.before = *u.of<T>(r, is_lstm ? r.cells : r.states, m.from);
        if (is_lstm) x.after = *u.of<T>(r, r.cells, m.to);
        if (kind == FT_KIND_GRU) x.after = *u.of<T>(r, r.inner, m.step);
    }
    if (r.ends) return x;
    x.by_state = *u.of<T>(r, r.d_states, m.from);
    if (is_lstm) x.by_cell = *u.of<T>(r, r.d_cells, m.from);
    return x;
}

// Gradients by the gates before their functions, as W takes them, and by the state and cell before,
// except by way of W.
template <class T> struct step_slopes { T gate[FT_MOST_GATES], state, cell; };

template <class T>
FT_DEVICE void lstm_slopes(const step_results<T> &x, T dh, T dc, step_slopes<T> *d) {
    T i = x.gate[0], f = x.gate[1], g = x.gate[2], o = x.gate[3], t = real_tanh(x.after);
    T by = dc + dh * o * (1 - t * t);
    d->gate[3] = dh * t * (o * (1 - o));
    d->gate[0] = by * g * (i * (1 - i));
    d->gate[1] = by * x.before * (f * (1 - f));
    d->gate[2] = by * i * (1 - g * g);
    d->cell = by * f;
}

// Gives the gradient by the last gate's projection.
template <class T>
FT_DEVICE T gru_slopes(const step_results<T> &x, T dh, step_slopes<T> *d) {
    T reset = x.gate[0], z = x.gate[1], c = x.gate[2];
    T by_c = dh * (1 - z) * (1 - c * c);
    d->gate[0] = by_c * x.after * (reset * (1 - reset));
    d->gate[1] = dh * (x.before - c) * (z * (1 - z));
    d->gate[2] = by_c * reset;
    d->state = dh * z;
    return by_c;
}

// From the gradients dh and dc by the state and cell after a step; writes those by projections and
// by W h + b.
template <class T>
FT_DEVICE step_slopes<T> slopes_of(const ft_cuda_recurrence &r, const moment &m, const unit &u,
                                   const step_results<T> &x, T dh, T dc) {
    int kind = FT_KIND_OF(r), gates = gates_of(kind);
    step_slopes<T> d = {};
    T by_last = 0;
    if (x.is_over) {
        d.state = dh, d.cell = dc;
    } else if (kind == FT_KIND_LSTM) {
        lstm_slopes(x, dh, dc, &d);
    } else if (kind == FT_KIND_GRU) {
        by_last = gru_slopes(x, dh, &d);
    } else {
        T h = x.gate[0];
        d.gate[0] = kind == FT_KIND_TANH ? dh * (1 - h * h) : h > 0 ? dh : (T)0;
    }
#pragma unroll
    for (int k = 0; k < FT_MOST_GATES; k++) {
        if (k >= gates) continue;
        bool is_apart = kind == FT_KIND_GRU && k == 2;
        *u.of<T>(r, r.d_projections, m.step, k, gates) = is_apart ? by_last : d.gate[k];
        if (kind == FT_KIND_GRU) *u.of<T>(r, r.d_inner, m.step, k, gates) = d.gate[k];
    }
    d.state += x.by_state;
    d.cell += x.by_cell;
    return d;
}

// Gradients by the state and cell after the last step.
template <class T>
FT_DEVICE step_slopes<T> last_slopes(const ft_cuda_recurrence &r, const unit &u) {
    int64_t last = r.reversed || r.ends ? 0 : r.steps;
    step_slopes<T> d = {};
    d.state = *u.of<T>(r, r.d_states, last);
    if (FT_KIND_OF(r) == FT_KIND_LSTM) d.cell = *u.of<T>(r, r.d_cells, last);
    return d;
}
