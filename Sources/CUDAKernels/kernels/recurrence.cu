// Recurrent layers over a whole sequence in one launch: a block has some rows of the batch, which
// need no other, and reads the weights anew at every step, from cache. Formulas and layouts are
// those of ft_recurrence in kernel_arguments.h.
#include "rows.cuh"

enum { FT_KIND_TANH, FT_KIND_RELU, FT_KIND_LSTM, FT_KIND_GRU };
constexpr int FT_BATCH_ROWS = 4;

FT_DEVICE float real_tanh(float x) { return ft_tanh_f(x); }
FT_DEVICE double real_tanh(double x) { return ft_tanh_d(x); }
FT_DEVICE float real_sigmoid(float x) { return ft_sigmoid_f(x); }
FT_DEVICE double real_sigmoid(double x) { return ft_sigmoid_d(x); }

// The rows [begin, begin + rows) at one step, which begins with state `from` and ends with `to`.
struct moment { int64_t step, from, to, begin, rows; };

FT_DEVICE moment moment_of(const ft_cuda_recurrence &r, int64_t number, int64_t begin) {
    int64_t t = r.reversed ? r.steps - 1 - number : number;
    return {t, t + (r.reversed ? 1 : 0), t + (r.reversed ? 0 : 1), begin,
            least(FT_BATCH_ROWS, r.batch - begin)};
}

// Row `row` of the batch at a step or state, in an array of rows of `width` elements.
template <class T>
FT_DEVICE T *row_at(const ft_cuda_recurrence &r, const void *array, int64_t step, int64_t row,
                    int64_t width) {
    return (T *)array + (step * r.batch + row) * width;
}
FT_DEVICE bool is_over(const ft_cuda_recurrence &r, int64_t step, int64_t row) {
    return r.lengths && step >= r.lengths[row];
}

// Calls each(row, j) for j below n of the block's rows, by its threads.
template <class Each> FT_DEVICE void for_rows(const moment &m, int64_t n, Each each) {
    for (int64_t i = threadIdx.x; i < m.rows * n; i += FT_THREADS) each(m.begin + i / n, i % n);
}

// Sums of products of the rows with a matrix [depth, n], for each column j: each(row, j, sum).
template <class T, class Left, class Each>
FT_DEVICE void for_products(const moment &m, int64_t depth, int64_t n, const T *matrix, Left left,
                            Each each) {
    for (int64_t j = threadIdx.x; j < n; j += FT_THREADS) {
        T sums[FT_BATCH_ROWS] = {};
        for (int64_t k = 0; k < depth; k++) {
            T w = matrix[k * n + j];
#pragma unroll
            for (int i = 0; i < FT_BATCH_ROWS; i++) {
                if (i < m.rows) sums[i] += left(m.begin + i)[k] * w;
            }
        }
#pragma unroll
        for (int i = 0; i < FT_BATCH_ROWS; i++) {
            if (i < m.rows) each(m.begin + i, j, sums[i]);
        }
    }
}

// What the gates are before their functions: p + W h + b, or of a GRU W h + b.
template <class T> FT_DEVICE void gates_of(const ft_cuda_recurrence &r, const moment &m) {
    int64_t n = r.width, width = r.parts * n;
    const T *bias = (const T *)r.bias;
    for_products<T>(
        m, n, width, (const T *)r.weight,
        [&](int64_t row) { return row_at<T>(r, r.states, m.from, row, n); },
        [&](int64_t row, int64_t j, T sum) {
            T begin = bias ? bias[j] : (T)0;
            if (r.kind != FT_KIND_GRU) begin += row_at<T>(r, r.projections, m.step, row, width)[j];
            row_at<T>(r, r.gates, m.step, row, width)[j] = begin + sum;
        });
}

template <class T>
FT_DEVICE void lstm_state(const ft_cuda_recurrence &r, const moment &m, int64_t row, int64_t j) {
    int64_t n = r.width;
    T *gate = row_at<T>(r, r.gates, m.step, row, 4 * n);
    T i = real_sigmoid(gate[j]), f = real_sigmoid(gate[n + j]);
    T g = real_tanh(gate[2 * n + j]), o = real_sigmoid(gate[3 * n + j]);
    T c = f * row_at<T>(r, r.cells, m.from, row, n)[j] + i * g;
    gate[j] = i, gate[n + j] = f, gate[2 * n + j] = g, gate[3 * n + j] = o;
    row_at<T>(r, r.cells, m.to, row, n)[j] = c;
    row_at<T>(r, r.states, m.to, row, n)[j] = o * real_tanh(c);
}

template <class T>
FT_DEVICE void gru_state(const ft_cuda_recurrence &r, const moment &m, int64_t row, int64_t j) {
    int64_t n = r.width;
    T *gate = row_at<T>(r, r.gates, m.step, row, 3 * n);
    const T *p = row_at<T>(r, r.projections, m.step, row, 3 * n);
    T reset = real_sigmoid(p[j] + gate[j]), z = real_sigmoid(p[n + j] + gate[n + j]);
    T q = gate[2 * n + j], c = real_tanh(p[2 * n + j] + reset * q);
    row_at<T>(r, r.inner, m.step, row, n)[j] = q;
    gate[j] = reset, gate[n + j] = z, gate[2 * n + j] = c;
    T h = row_at<T>(r, r.states, m.from, row, n)[j];
    row_at<T>(r, r.states, m.to, row, n)[j] = (1 - z) * c + z * h;
}

template <class T>
FT_DEVICE void state_of(const ft_cuda_recurrence &r, const moment &m, int64_t row, int64_t j) {
    int64_t n = r.width;
    if (is_over(r, m.step, row)) {
        row_at<T>(r, r.states, m.to, row, n)[j] = row_at<T>(r, r.states, m.from, row, n)[j];
        if (r.kind != FT_KIND_LSTM) return;
        row_at<T>(r, r.cells, m.to, row, n)[j] = row_at<T>(r, r.cells, m.from, row, n)[j];
    } else if (r.kind == FT_KIND_LSTM) {
        lstm_state<T>(r, m, row, j);
    } else if (r.kind == FT_KIND_GRU) {
        gru_state<T>(r, m, row, j);
    } else {
        T *gate = row_at<T>(r, r.gates, m.step, row, n);
        T value = gate[j];
        value = r.kind == FT_KIND_TANH ? real_tanh(value) : value < 0 ? (T)0 : value;
        gate[j] = value;
        row_at<T>(r, r.states, m.to, row, n)[j] = value;
    }
}

template <class T> FT_DEVICE void run_rows(const ft_cuda_recurrence &r, int64_t begin) {
    int64_t n = r.width, first = r.reversed ? r.steps : 0;
    moment start = moment_of(r, 0, begin);
    for_rows(start, n, [&](int64_t row, int64_t j) {
        row_at<T>(r, r.states, first, row, n)[j] = ((const T *)r.initial)[row * n + j];
        if (r.kind != FT_KIND_LSTM) return;
        row_at<T>(r, r.cells, first, row, n)[j] = ((const T *)r.initial_cell)[row * n + j];
    });
    __syncthreads();
    for (int64_t number = 0; number < r.steps; number++) {
        moment m = moment_of(r, number, begin);
        gates_of<T>(r, m);
        __syncthreads();
        for_rows(m, n, [&](int64_t row, int64_t j) { state_of<T>(r, m, row, j); });
        __syncthreads();
    }
}

FT_KERNEL(recurrence, ft_cuda_recurrence) {
    for_reals(arguments.dtype, [&](auto like) {
        for (int64_t b = blockIdx.x; b * FT_BATCH_ROWS < arguments.batch; b += gridDim.x) {
            run_rows<decltype(like)>(arguments, b * FT_BATCH_ROWS);
        }
    });
}

// From the gradients by what a step ends with, in dh and dc: those by the gates before their
// functions, and in dh and dc what reaches the step before, except by way of W.
template <class T>
FT_DEVICE void lstm_back(const ft_cuda_recurrence &r, const moment &m, int64_t row, int64_t j,
                         T *dh, T *dc) {
    int64_t n = r.width;
    const T *gate = row_at<T>(r, r.gates, m.step, row, 4 * n);
    T *d = row_at<T>(r, r.d_projections, m.step, row, 4 * n);
    T i = gate[j], f = gate[n + j], g = gate[2 * n + j], o = gate[3 * n + j];
    T t = real_tanh(row_at<T>(r, r.cells, m.to, row, n)[j]);
    T by = *dc + *dh * o * (1 - t * t);
    d[3 * n + j] = *dh * t * (o * (1 - o));
    d[j] = by * g * (i * (1 - i));
    d[n + j] = by * row_at<T>(r, r.cells, m.from, row, n)[j] * (f * (1 - f));
    d[2 * n + j] = by * i * (1 - g * g);
    *dc = by * f;
    *dh = 0;
}

template <class T>
FT_DEVICE void gru_back(const ft_cuda_recurrence &r, const moment &m, int64_t row, int64_t j,
                        T *dh) {
    int64_t n = r.width;
    const T *gate = row_at<T>(r, r.gates, m.step, row, 3 * n);
    T *d = row_at<T>(r, r.d_projections, m.step, row, 3 * n);
    T *inner = row_at<T>(r, r.d_inner, m.step, row, 3 * n);
    T reset = gate[j], z = gate[n + j], c = gate[2 * n + j];
    T h = row_at<T>(r, r.states, m.from, row, n)[j];
    T by_c = *dh * (1 - z) * (1 - c * c), by_z = *dh * (h - c) * (z * (1 - z));
    T by_r = by_c * row_at<T>(r, r.inner, m.step, row, n)[j] * (reset * (1 - reset));
    d[j] = inner[j] = by_r;
    d[n + j] = inner[n + j] = by_z;
    d[2 * n + j] = by_c;
    inner[2 * n + j] = by_c * reset;
    *dh *= z;
}

template <class T>
FT_DEVICE void state_back(const ft_cuda_recurrence &r, const moment &m, int64_t row, int64_t j) {
    int64_t n = r.width, width = r.parts * n;
    T *dh = (T *)r.d_initial + row * n + j;
    T *dc = r.kind == FT_KIND_LSTM ? (T *)r.d_initial_cell + row * n + j : nullptr;
    T *d = row_at<T>(r, r.d_projections, m.step, row, width);
    if (is_over(r, m.step, row)) {
        for (int64_t part = 0; part < r.parts; part++) {
            d[part * n + j] = 0;
            if (r.kind == FT_KIND_GRU) {
                row_at<T>(r, r.d_inner, m.step, row, width)[part * n + j] = 0;
            }
        }
    } else if (r.kind == FT_KIND_LSTM) {
        lstm_back(r, m, row, j, dh, dc);
    } else if (r.kind == FT_KIND_GRU) {
        gru_back(r, m, row, j, dh);
    } else {
        T value = row_at<T>(r, r.gates, m.step, row, width)[j];
        d[j] = r.kind == FT_KIND_TANH ? *dh * (1 - value * value) : value > 0 ? *dh : (T)0;
        *dh = 0;
    }
    if (r.ends) return;
    *dh += row_at<T>(r, r.d_states, m.from, row, n)[j];
    if (dc) *dc += row_at<T>(r, r.d_cells, m.from, row, n)[j];
}

template <class T> FT_DEVICE void run_back(const ft_cuda_recurrence &r, int64_t begin) {
    int64_t n = r.width, width = r.parts * n, last = r.reversed || r.ends ? 0 : r.steps;
    moment start = moment_of(r, 0, begin);
    for_rows(start, n, [&](int64_t row, int64_t j) {
        ((T *)r.d_initial)[row * n + j] = row_at<T>(r, r.d_states, last, row, n)[j];
        if (r.kind != FT_KIND_LSTM) return;
        ((T *)r.d_initial_cell)[row * n + j] = row_at<T>(r, r.d_cells, last, row, n)[j];
    });
    __syncthreads();
    const void *through = r.kind == FT_KIND_GRU ? r.d_inner : r.d_projections;
    for (int64_t number = r.steps - 1; number >= 0; number--) {
        moment m = moment_of(r, number, begin);
        for_rows(m, n, [&](int64_t row, int64_t j) { state_back<T>(r, m, row, j); });
        __syncthreads();
        for_products<T>(
            m, width, n, (const T *)r.weight,
            [&](int64_t row) { return row_at<T>(r, through, m.step, row, width); },
            [&](int64_t row, int64_t j, T sum) { ((T *)r.d_initial)[row * n + j] += sum; });
        __syncthreads();
    }
}

FT_KERNEL(recurrence_backward, ft_cuda_recurrence) {
    for_reals(arguments.dtype, [&](auto like) {
        for (int64_t b = blockIdx.x; b * FT_BATCH_ROWS < arguments.batch; b += gridDim.x) {
            run_back<decltype(like)>(arguments, b * FT_BATCH_ROWS);
        }
    });
}
