// Cross-entropy of rows of logits by class labels; formulas in ckernels.h.
#include "rows.cuh"

// What a row counts: its label's share of the target and all shares together, times their weights.
// Ignored rows have a label of -1, labels that are no class one of -2.
struct row_target {
    int64_t label;
    double own, all;
};

FT_DEVICE row_target target_of(const ft_cuda_labels &a, int64_t row, double mean_weight) {
    int64_t label = a.labels[row];
    row_target target = {label, 0, 0};
    if (a.ignores && label == a.ignored) {
        target.label = -1;
    } else if (label < 0 || label >= a.classes) {
        target.label = -2;
    } else {
        target.own = (1 - a.smoothing) * (a.weights ? a.weights[label] : 1);
        target.all = target.own + a.smoothing * mean_weight;
    }
    return target;
}

// The mean of the weights, which counts where labels are smoothed. Called by a whole team.
FT_DEVICE double mean_weight(const ft_cuda_labels &a, const team &t) {
    if (!a.weights || !(a.smoothing > 0)) return 1;
    double total = 0;
    for (int64_t j = t.rank; j < a.classes; j += t.size) total += a.weights[j];
    return team_joined(t, total, add_up()) / (double)a.classes;
}

FT_KERNEL(label_weights, ft_cuda_labels) {
    team block = {FT_THREADS, (int)threadIdx.x, 0, 1};
    double mean = mean_weight(arguments, block);
    for (int64_t row = grid_thread(); row < arguments.rows; row += grid_threads()) {
        row_target target = target_of(arguments, row, mean);
        if (target.label == -2) tell(arguments.witness, row, arguments.labels[row]);
        if (arguments.dtype == FT_F32) {
            ((float *)arguments.out)[row] = (float)target.all;
        } else {
            ((double *)arguments.out)[row] = target.all;
        }
    }
}

template <class X> FT_DEVICE void cross_entropy_row(const ft_cuda_labels &a, const team &t,
                                                    int64_t row) {
    typedef typename element<X>::compute T;
    int64_t n = a.classes;
    const X *x = (const X *)a.x + row * n;
    T *out = (T *)a.out;
    row_target target = target_of(a, row, 1);
    if (target.label < 0) {
        if (t.rank > 0) return;
        if (target.label == -2) tell(a.witness, row, a.labels[row]);
        out[row] = 0;
        return;
    }
    T top = row_top(t, x, n), shift = real_log((T)row_total(t, x, n, top));
    // A share of 0 adds nothing to an infinite logarithm; a row of NaN stays NaN.
    T loss = target.own == 0 ? 0 * shift : (T)target.own * ((top - number(x[target.label])) + shift);
    if (a.smoothing > 0) {
        double spread = 0;
        for (int64_t j = t.rank; j < n; j += t.size) {
            double weight = a.weights ? a.weights[j] : 1;
            double logarithm = (double)(top - number(x[j])) + (double)shift;
            spread += weight == 0 ? 0 : weight * logarithm;
        }
        loss += (T)(a.smoothing / (double)n * team_joined(t, spread, add_up()));
    }
    if (t.rank == 0) out[row] = loss;
}

FT_KERNEL(cross_entropy, ft_cuda_labels) {
    team t = team_of(arguments.classes);
    for_floats(arguments.dtype, [&](auto like) {
        for (int64_t row = t.first; row < arguments.rows; row += t.step) {
            cross_entropy_row<decltype(like)>(arguments, t, row);
        }
    });
}

// From logits of one type to a gradient of another, which it is rounded to.
template <class X, class To>
FT_DEVICE void cross_entropy_backward_row(const ft_cuda_labels &a, const team &t, int64_t row,
                                          double mean) {
    typedef typename element<X>::compute T;
    int64_t n = a.classes;
    const X *x = (const X *)a.x + row * n;
    To *dx = (To *)a.out + row * n;
    row_target target = target_of(a, row, mean);
    if (target.label < 0) {
        if (target.label == -2 && t.rank == 0) tell(a.witness, row, a.labels[row]);
        // Selected, not multiplied: an ignored row may hold anything.
        for (int64_t j = t.rank; j < n; j += t.size) dx[j] = element<To>::store(0);
        return;
    }
    T top = row_top(t, x, n), by = ((const T *)a.dy)[row * a.dy_stride];
    T scale = (T)(target.all / row_total(t, x, n, top)) * by;
    double share = a.smoothing / (double)n;
    for (int64_t j = t.rank; j < n; j += t.size) {
        T value = real_exp(number(x[j]) - top) * scale;
        if (j == target.label) value -= (T)target.own * by;
        if (a.smoothing > 0) value -= (T)(share * (a.weights ? a.weights[j] : 1)) * by;
        dx[j] = element<To>::store(value);
    }
}

// Local memory: registers are kept there about divisions, which are calls.
FT_KERNEL(cross_entropy_backward, ft_cuda_labels) {
    team t = team_of(arguments.classes);
    double mean = mean_weight(arguments, t);
    for_floats(arguments.dtype, [&](auto like) {
        typedef decltype(like) X;
        among((X *)nullptr, arguments.out_dtype, [&](auto to) {
            for (int64_t row = t.first; row < arguments.rows; row += t.step) {
                cross_entropy_backward_row<X, decltype(to)>(arguments, t, row, mean);
            }
        });
    });
}
