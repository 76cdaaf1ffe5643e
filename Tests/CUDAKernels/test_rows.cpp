// Softmax and what goes with it, against the CPU's double.
#include "check.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);

// Numbers of a double array as wanted ones.
std::vector<double> numbers(const array &x) {
    std::vector<double> all;
    for (int64_t i = 0; i < x.count; i++) all.push_back(x.number(i));
    return all;
}
// The same numbers in double.
std::unique_ptr<array> widened(const array &x) {
    auto wide = std::make_unique<array>(FT_F64, x.count);
    for (int64_t i = 0; i < x.count; i++) wide->set(i, x.number(i));
    return wide;
}

struct setting {
    array x, y, out;
    std::unique_ptr<array> wide_x, wide_y, wanted;
    ft_cuda_rows a = {};

    setting(int dtype, int64_t rows, int64_t n, bool flag, int64_t outputs)
        : x(dtype, rows * n), y(dtype, rows * n), out(dtype, outputs) {
        fill(x, (uint64_t)(n + 3), -5, 5);
        fill(y, (uint64_t)(n + 4), -1, 1);
        if (rows > 3 && n > 1) {
            x.set(n + 1, -INFINITY);
            x.set(3 * n, NAN);
        }
        if (rows > 4) for (int64_t j = 0; j < n; j++) x.set(4 * n + j, -INFINITY);
        wide_x = widened(x);
        wide_y = widened(y);
        wanted = std::make_unique<array>(FT_F64, outputs);
        a.x = x.at(), a.y = y.at(), a.out = out.at();
        a.rows = rows, a.n = n, a.dtype = dtype, a.flag = flag;
    }
    void compare(const char *what) const {
        near_numbers(out, numbers(*wanted), x.dtype == FT_F64 ? 1e-12 : 2e-6,
                     std::string(what) + " " + std::to_string(a.rows) + " x " +
                         std::to_string(a.n));
    }
};

void check(int dtype, int64_t rows, int64_t n, bool flag, uint64_t order) {
    setting forward(dtype, rows, n, flag, rows * n);
    launch(FT_KERNEL_softmax, forward.a, order);
    cpu.softmax_rows(FT_F64, flag, rows, n, forward.wide_x->at(), forward.wanted->at());
    forward.compare("softmax");

    setting backward(dtype, rows, n, flag, rows * n);
    fill(backward.x, 8, flag ? -3 : 0, flag ? 0 : 1);
    backward.wide_x = widened(backward.x);
    launch(FT_KERNEL_softmax_backward, backward.a, order);
    cpu.softmax_backward_rows(FT_F64, flag, rows, n, backward.wide_x->at(), backward.wide_y->at(),
                              backward.wanted->at());
    // The sum cancels: its error is that of its terms.
    near_numbers(backward.out, numbers(*backward.wanted), dtype == FT_F64 ? 1e-11 : 2e-5,
                 "softmax backward");

    setting total(dtype, rows, n, flag, rows);
    launch(FT_KERNEL_log_sum_exp, total.a, order);
    cpu.logsumexp_rows(FT_F64, rows, n, total.wide_x->at(), total.wanted->at());
    total.compare("log-sum-exp");
}
}  // namespace

void test_rows() {
    uint64_t turn = 0;
    for (int dtype : {FT_F32, FT_F64}) {
        for (int64_t n : {1, 2, 10, 32, 100, 1024, 1025, 3000}) {
            for (int64_t rows : {0, 1, 5, 20}) {
                check(dtype, rows, n, turn % 2 == 0, orders[turn % 3]);
                turn++;
            }
        }
    }
}
