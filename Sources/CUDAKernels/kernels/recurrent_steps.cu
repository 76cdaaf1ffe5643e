// A step of a recurrent layer that is too wide for its sequence to be one launch. Products with W
// are the caller's, between launches: see ft_cuda_recurrence.
#include "recurrent_cells.cuh"

// Calls each(unit) for all elements of the states of a batch.
template <class Each> FT_DEVICE void for_units(const ft_cuda_recurrence &r, Each each) {
    for (int64_t i = grid_thread(); i < r.batch * r.width; i += grid_threads()) {
        int64_t row = divided(i, r.width);
        each(unit{row, (int)(i - row * r.width)});
    }
}

template <class T> FT_DEVICE void begin_or_step(const ft_cuda_recurrence &r, const unit &u) {
    if (r.number == 0) {
        first_state<T>(r, u);
        return;
    }
    moment m = moment_of(r, r.number - 1);
    int gates = gates_of(FT_KIND_OF(r));
    T sums[FT_MOST_GATES] = {};
#pragma unroll
    for (int k = 0; k < FT_MOST_GATES; k++) {
        if (k < gates) sums[k] = *u.of<T>(r, r.gates, m.step, k, gates);
    }
    state_after(r, m, u, inputs_of<T>(r, m, u), sums, *u.of<T>(r, r.states, m.from));
}

FT_KERNEL(recurrence_step, ft_cuda_recurrence) {
    for_reals(arguments.dtype, [&](auto like) {
        for_units(arguments, [&](unit u) { begin_or_step<decltype(like)>(arguments, u); });
    });
}

template <class T> FT_DEVICE void step_back_or_end(const ft_cuda_recurrence &r, const unit &u) {
    bool is_lstm = FT_KIND_OF(r) == FT_KIND_LSTM;
    T *state = u.of<T>(r, r.d_initial, 0);
    T *cell = is_lstm ? u.of<T>(r, r.d_initial_cell, 0) : nullptr;
    step_slopes<T> d = {};
    if (r.number == r.steps) {
        d = last_slopes<T>(r, u);
    } else {
        d.state = *state + *u.of<T>(r, r.sums, 0);
        if (is_lstm) d.cell = *cell;
    }
    if (r.number > 0) {
        moment m = moment_of(r, r.number - 1);
        d = slopes_of(r, m, u, results_of<T>(r, m, u), d.state, d.cell);
    }
    *state = d.state;
    if (is_lstm) *cell = d.cell;
}

FT_KERNEL(recurrence_step_backward, ft_cuda_recurrence) {
    for_reals(arguments.dtype, [&](auto like) {
        for_units(arguments, [&](unit u) { step_back_or_end<decltype(like)>(arguments, u); });
    });
}
