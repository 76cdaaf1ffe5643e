// Cross-entropy by labels, against the CPU's double.
#include "check.h"

namespace {
const ft_kernels &cpu = *ft_kernels_for(FT_BASE);

struct setting {
    array x, dy, labels, weights, rows_out, out;
    array wide_x, wide_dy, wanted_rows, wanted;
    ft_cuda_labels a = {};
    ft_labels target = {};

    setting(int dtype, int64_t rows, int64_t classes, bool weighted, double smoothing)
        : x(dtype, rows * classes), dy(wide(dtype), rows), labels(FT_I64, rows),
          weights(FT_F64, classes), rows_out(wide(dtype), rows), out(dtype, rows * classes),
          wide_x(FT_F64, rows * classes), wide_dy(FT_F64, rows), wanted_rows(FT_F64, rows),
          wanted(FT_F64, rows * classes) {
        fill(x, 1, -4, 4);
        fill(dy, 2, -1, 1);
        fill(labels, 3, 0, (double)classes);
        fill(weights, 4, 0, 2);
        for (int64_t i = 0; i < x.count; i++) wide_x.set(i, x.number(i));
        for (int64_t i = 0; i < rows; i++) wide_dy.set(i, dy.number(i));
        if (rows > 2) labels.set(2, -7);
        a.x = x.at(), a.dy = dy.at();
        a.labels = labels.at<long long>();
        a.weights = weighted ? weights.at<double>() : nullptr;
        a.rows = rows, a.classes = classes, a.dy_stride = 1;
        a.dtype = a.out_dtype = dtype, a.ignores = 1, a.ignored = -7, a.smoothing = smoothing;
        double mean = 0;
        for (int64_t j = 0; j < classes; j++) mean += weighted ? weights.number(j) : 1;
        target = {labels.at<int64_t>(), classes, a.weights, mean / (double)classes, smoothing,
                  true, -7};
    }
    // Of the losses.
    static int wide(int dtype) { return dtype == FT_F64 ? FT_F64 : FT_F32; }
    static std::vector<double> numbers(const array &x) {
        std::vector<double> all;
        for (int64_t i = 0; i < x.count; i++) all.push_back(x.number(i));
        return all;
    }
};

void check(int dtype, int64_t rows, int64_t classes, bool weighted, double smoothing,
           uint64_t order) {
    setting s(dtype, rows, classes, weighted, smoothing);
    double error = dtype == FT_F64 ? 1e-12 : 4e-6;
    s.a.out = s.rows_out.at(), s.a.dtype = setting::wide(dtype);
    launch(FT_KERNEL_label_weights, s.a, order);
    s.a.dtype = dtype;
    cpu.label_weights(&s.target, 0, rows, FT_F64, s.wanted_rows.at());
    near_numbers(s.rows_out, setting::numbers(s.wanted_rows), error, "label weights");
    launch(FT_KERNEL_cross_entropy, s.a, order);
    cpu.cross_entropy(&s.target, 0, rows, FT_F64, s.wide_x.at(), s.wanted_rows.at());
    near_numbers(s.rows_out, setting::numbers(s.wanted_rows), error, "cross-entropy");
    s.a.out = s.out.at();
    launch(FT_KERNEL_cross_entropy_backward, s.a, order);
    cpu.cross_entropy_backward(&s.target, 0, rows, FT_F64, s.wide_x.at(), s.wide_dy.at(), 1,
                               s.wanted.at());
    double rounding = dtype == FT_F16 ? 1e-3 : dtype == FT_BF16 ? 8e-3 : error;
    near_numbers(s.out, setting::numbers(s.wanted), rounding, "cross-entropy backward");
    if (dtype == FT_F64) return;
    // Any of the three may be the gradient's.
    for (int to : {FT_F32, FT_F16, FT_BF16}) {
        array out(to, rows * classes), rounded(to, rows * classes), full(FT_F32, rows * classes);
        s.a.out = full.at(), s.a.out_dtype = FT_F32;
        launch(FT_KERNEL_cross_entropy_backward, s.a, order);
        for (int64_t i = 0; i < full.count; i++) rounded.set(i, full.number(i));
        s.a.out = out.at(), s.a.out_dtype = to;
        launch(FT_KERNEL_cross_entropy_backward, s.a, order);
        same_bits(out, rounded, "cross-entropy backward rounded");
    }
}

void check_report(uint64_t order) {
    setting s(FT_F32, 40, 10, false, 0);
    s.labels.set(33, 10);
    s.labels.set(21, -1);
    ft_cuda_report report = {0, 0, ~0ull, 0};
    s.a.witness = {&report, 3, nullptr};
    s.a.out = s.rows_out.at();
    launch(FT_KERNEL_cross_entropy, s.a, order);
    if (report.key != (3ull << 40 | 21) || report.value != -1) fail("a label that is no class");
}
}  // namespace

void test_labels() {
    uint64_t turn = 0;
    for (int dtype : {FT_F32, FT_F64, FT_F16, FT_BF16}) {
        for (int64_t classes : {1, 2, 10, 1000, 1100}) {
            for (int64_t rows : {0, 1, 7, 33}) {
                bool smooth = turn % 3 == 1;
                check(dtype, rows, classes, turn % 2 == 0, smooth ? 0.1 : 0, orders[turn % 3]);
                turn++;
            }
        }
    }
    for (uint64_t order : orders) check_report(order);
}
