// Recurrent layers over a whole sequence in one launch: a block has some rows of the batch, which
// need no other block. Layers that are too wide for that are made step by step, see
// recurrent_steps.cu.
#include "recurrent_cells.cuh"
#include "recurrent_products.cuh"

template <int R> struct row_count { static constexpr int ROWS = R; };

template <class F> FT_DEVICE void for_row_count(int rows, F f) {
#ifdef FT_OP
    (void)rows;
    f(row_count<FT_OP>());
#else
    if (rows == 1) f(row_count<1>());
    if (rows == 2) f(row_count<2>());
    if (rows == 4) f(row_count<4>());
#endif
}

// The elements of the states of a block's rows: each has the same thread at every step.
struct block_units {
    int64_t begin;
    int width, count;
    unit own;

    __device__ __forceinline__ block_units(const ft_cuda_recurrence &r, int64_t begin, int most)
        : begin(begin), width((int)r.width),
          count((int)least(most, r.batch - begin) * width), own(divided(threadIdx.x)) {}
    __device__ __forceinline__ unit divided(int number) const {
        return {begin + number / width, number % width};
    }
    __device__ __forceinline__ unit operator[](int number) const {
        return number == (int)threadIdx.x ? own : divided(number);
    }
    // Calls each(unit, its row of the block), by the block's threads.
    template <class Each> __device__ __forceinline__ void visit(Each each) const {
        for (int i = threadIdx.x; i < count; i += FT_THREADS) {
            unit u = (*this)[i];
            each(u, (int)(u.row - begin));
        }
    }
    // The same with what `read` gives of a unit, which is read before what it goes with is made:
    // `next` is that of the thread's first.
    template <class Next, class Read, class Each>
    __device__ __forceinline__ void visit(Next next, Read read, Each each) const {
        for (int i = threadIdx.x; i < count; i += FT_THREADS) {
            Next x = next;
            unit u = (*this)[i];
            if (i + FT_THREADS < count) next = read((*this)[i + FT_THREADS]);
            each(u, (int)(u.row - begin), x);
        }
    }
    __device__ __forceinline__ bool has_own() const { return (int)threadIdx.x < count; }
};

template <class T, int ROWS> struct forward_space {
    alignas(32) T states[ROWS][FT_ROOM<T>], sums[ROWS][FT_ROOM<T>];
};

template <class T, int ROWS, class Products>
FT_DEVICE void run_rows(const ft_cuda_recurrence &r, const block_units &units, const Products &w,
                        forward_space<T, ROWS> &space) {
    units.visit([&](unit u, int row) { space.states[row][u.at] = first_state<T>(r, u); });
    __syncthreads();
    for (int64_t number = 0; number < r.steps; number++) {
        moment m = moment_of(r, number);
        auto read = [&](unit u) { return inputs_of<T>(r, m, u); };
        step_inputs<T> first = {};
        if (units.has_own()) first = read(units.own);
        w.run(space.states, space.sums);
        __syncthreads();
        units.visit(first, read, [&](unit u, int row, const step_inputs<T> &x) {
            T sums[FT_MOST_GATES];
#pragma unroll
            for (int k = 0; k < FT_MOST_GATES; k++) {
                if (k >= gates_of(FT_KIND_OF(r))) continue;
                sums[k] = w.joined(space.sums[row], k * units.width + u.at);
            }
            T *h = &space.states[row][u.at];
            *h = state_after(r, m, u, x, sums, *h);
        });
        __syncthreads();
    }
}

// Gradients by gates are what W is multiplied by; those by states and cells wait for the step
// before, and none of a layer is wider than half and a quarter of its gates.
template <class T, int ROWS> struct backward_space {
    alignas(32) T gates[ROWS][FT_ROOM<T>], sums[ROWS][FT_ROOM<T>];
    T state[ROWS][FT_ROOM<T> / 2], cell[ROWS][FT_ROOM<T> / 4];
};

template <class T, int ROWS, class Products>
FT_DEVICE void run_back(const ft_cuda_recurrence &r, const block_units &units, const Products &w,
                        backward_space<T, ROWS> &space) {
    int kind = FT_KIND_OF(r);
    bool is_lstm = kind == FT_KIND_LSTM;
    auto leave = [&](unit u, int row, const step_slopes<T> &d) {
        space.state[row][u.at] = d.state;
        if (is_lstm) space.cell[row][u.at] = d.cell;
    };
    units.visit([&](unit u, int row) {
        leave(u, row, last_slopes<T>(r, u));
        for (int k = 0; k < w.cut.pieces; k++) space.sums[row][k * units.width + u.at] = 0;
    });
    auto by_state = [&](unit u, int row) {
        return space.state[row][u.at] + w.joined(space.sums[row], u.at);
    };
    step_results<T> first = {};
    if (units.has_own() && r.steps > 0) {
        first = results_of<T>(r, moment_of(r, r.steps - 1), units.own);
    }
    for (int64_t number = r.steps - 1; number >= 0; number--) {
        moment m = moment_of(r, number);
        auto read = [&](unit u) { return results_of<T>(r, m, u); };
        units.visit(first, read, [&](unit u, int row, const step_results<T> &x) {
            T dc = is_lstm ? space.cell[row][u.at] : (T)0;
            step_slopes<T> d = slopes_of(r, m, u, x, by_state(u, row), dc);
            leave(u, row, d);
#pragma unroll
            for (int k = 0; k < FT_MOST_GATES; k++) {
                if (k >= gates_of(kind)) continue;
                space.gates[row][k * units.width + u.at] = d.gate[k];
            }
        });
        __syncthreads();
        if (units.has_own() && number > 0) {
            first = results_of<T>(r, moment_of(r, number - 1), units.own);
        }
        w.run(space.gates, space.sums);
        __syncthreads();
    }
    units.visit([&](unit u, int row) {
        *u.of<T>(r, r.d_initial, 0) = by_state(u, row);
        if (is_lstm) *u.of<T>(r, r.d_initial_cell, 0) = space.cell[row][u.at];
    });
}

// Calls each(units, products) for each of the block's shares of the batch, where a matrix [depth,
// columns] multiplies rows that are 0 now.
template <class T, int ROWS, class Each>
FT_DEVICE void for_blocks(const ft_cuda_recurrence &r, int depth, int columns,
                          T (*rows)[FT_ROOM<T>], Each each) {
    constexpr int V = 16 / (int)sizeof(T);
    auto all = [&](const auto &products) {
        for (int64_t b = blockIdx.x; b * ROWS < r.batch; b += gridDim.x) {
            __syncthreads();
            for (int i = threadIdx.x; i < ROWS * FT_ROOM<T>; i += FT_THREADS) rows[0][i] = 0;
            __syncthreads();
            each(block_units(r, b * ROWS, ROWS), products);
        }
    };
    matrix_cut cut = cut_of<T>(depth, columns);
    if (columns % V == 0 && is_aligned<T, V>((const T *)r.weight)) {
        all(row_products<T, V, ROWS>(r.weight, cut));
    } else {
        all(row_products<T, 1, ROWS>(r.weight, cut));
    }
}

// Weights are read in loads of 16 bytes.
FT_LARGE_KERNEL(recurrence, ft_cuda_recurrence) {
    const ft_cuda_recurrence &r = arguments;
    for_reals(r.dtype, [&](auto like) {
        typedef decltype(like) T;
        for_row_count(r.rows, [&](auto count) {
            constexpr int ROWS = decltype(count)::ROWS;
            __shared__ forward_space<T, ROWS> space;
            int n = (int)r.width;
            for_blocks<T, ROWS>(r, n, gates_of(FT_KIND_OF(r)) * n, space.states,
                                [&](const block_units &units, const auto &products) {
                                    run_rows(r, units, products, space);
                                });
        });
    });
}

// Weights are read in loads of 16 bytes.
FT_LARGE_KERNEL(recurrence_backward, ft_cuda_recurrence) {
    const ft_cuda_recurrence &r = arguments;
    for_reals(r.dtype, [&](auto like) {
        typedef decltype(like) T;
        for_row_count(r.rows, [&](auto count) {
            constexpr int ROWS = decltype(count)::ROWS;
            __shared__ backward_space<T, ROWS> space;
            int n = (int)r.width;
            for_blocks<T, ROWS>(r, gates_of(FT_KIND_OF(r)) * n, n, space.gates,
                                [&](const block_units &units, const auto &products) {
                                    run_back(r, units, products, space);
                                });
        });
    });
}
